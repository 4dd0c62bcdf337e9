/* Parameters: from arguments by type letter, and lists built at run time. */
#include <math.h>

#include "db/driver.h"

static const struct db_value null_value = {.type = 'n'};

static struct db_value int_value(int64_t value, int64_t none)
{
    return value == none ? null_value : (struct db_value){.type = 'i', .i = value};
}

static struct db_value text_value(const char *value)
{
    return value ? (struct db_value){.type = 't', .t = value} : null_value;
}

static struct db_value real_value(double value)
{
    return isnan(value) ? null_value : (struct db_value){.type = 'r', .r = value};
}

static struct db_value bytes_value(const void *data, size_t len)
{
    if (!data)
        return null_value;
    return (struct db_value){
        .type = 'z', .z = {.data = data, .len = len}
    };
}

size_t values_collect(const char *types, va_list args, struct db_value out[DB_ARGS_MAX])
{
    size_t count = 0;
    for (; types && types[count]; count++) {
        CHECK(count < DB_ARGS_MAX);
        struct db_value *value = &out[count];
        switch (types[count]) {
        case 'i':
            *value = int_value(va_arg(args, int64_t), INT_NONE);
            break;
        case 't':
            *value = text_value(va_arg(args, const char *));
            break;
        case 'r':
            *value = real_value(va_arg(args, double));
            break;
        case 'b':
            *value = int_value(va_arg(args, int), BOOL_NONE);
            break;
        case 'e':
            *value = int_value(va_arg(args, int), ENUM_NONE);
            break;
        case 'z': {
            const void *data = va_arg(args, const void *);
            *value = bytes_value(data, va_arg(args, size_t));
            break;
        }
        default:
            CHECK(types[count] == 'n');
            *value = null_value;
            break;
        }
    }
    return count;
}

void values_int(struct arena *a, struct db_values *v, int64_t value)
{
    *arena_push(a, v) = int_value(value, INT_NONE);
}

void values_text(struct arena *a, struct db_values *v, const char *value)
{
    *arena_push(a, v) = text_value(value);
}

void values_real(struct arena *a, struct db_values *v, double value)
{
    *arena_push(a, v) = real_value(value);
}

void values_bytes(struct arena *a, struct db_values *v, const void *data, size_t len)
{
    *arena_push(a, v) = bytes_value(data, len);
}
