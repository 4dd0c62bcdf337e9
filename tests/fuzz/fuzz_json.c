/* JSON bodies: strict reading, decoding by shape; what was taken, written and read again, is the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/decode.h"
#include "json/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct words colours = WORDS("colour", "red", "green", "blue");
struct part {
    int64_t number;
    const char *text;
};
SHAPE(part_shape, "Part", struct part, "A part", F(struct part, T_INT, number, .flags = FIELD_REQUIRED, BETWEEN(-5, 500)),
      F(struct part, T_TEXT, text, .flags = FIELD_NULLABLE, BETWEEN(1, 10)));
struct whole {
    int8_t truth;
    int64_t number;
    double real;
    const char *text;
    int colour;
    int64_t at;
    const char *any;
    struct part *part;
    struct list parts;
    struct list names;
};
SHAPE(whole_shape, "Whole", struct whole, "Every type", F(struct whole, T_BOOL, truth, .fallback = "true"),
      F(struct whole, T_INT, number, .fallback = "7"), F(struct whole, T_REAL, real, BETWEEN(-1e9, 1e9)),
      F(struct whole, T_TEXT, text, .flags = FIELD_NOT_BLANK, MAX_VALUE(40)),
      F(struct whole, T_ENUM, colour, .words = &colours), F(struct whole, T_TIME, at), F(struct whole, T_JSON, any),
      F(struct whole, T_OBJECT, part, .shape = &part_shape),
      F(struct whole, T_LIST, parts, .item = T_OBJECT, .shape = &part_shape, MAX_VALUE(5)),
      F(struct whole, T_LIST, names, .item = T_TEXT, MIN_VALUE(1)));

static json_t *read_again(struct arena *a, const struct buf *text)
{
    struct mistakes none = {0};
    json_t *value = json_read(a, text->data, text->len, "body", &none);
    if (!value || none.count)
        abort(); /* what we wrote must be JSON */
    return value;
}

static void check_round(struct arena *a, const struct whole *taken)
{
    struct mistakes mistakes = {0};
    struct presence present;
    struct whole again;
    BUF(once);
    BUF(twice);
    struct jw first = jw_to(&once);
    shape_encode(&first, &whole_shape, taken);
    struct decode_options options = {.where = "body", .all_optional = true};
    json_t *value = read_again(a, &once);
    /* Members that are null now were absent before; without them nothing may be wrong. */
    void *next;
    const char *key;
    json_t *member;
    json_object_foreach_safe (value, next, key, member) {
        if (json_is_null(member))
            json_object_del(value, key);
    }
    shape_decode(a, &whole_shape, value, &options, &mistakes, &again, &present);
    if (mistakes.count)
        abort();
    struct jw second = jw_to(&twice);
    shape_encode(&second, &whole_shape, &again);
    if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    struct mistakes mistakes = {0};
    struct presence present;
    struct whole whole;
    json_t *value = json_read(&a, (const char *)data, size, "body", &mistakes);
    if (!value) {
        if (!mistakes.count)
            abort();
        return 0;
    }
    struct decode_options options = {.where = "body", .refuse_unknown = size % 2};
    bool fine = shape_decode(&a, &whole_shape, value, &options, &mistakes, &whole, &present);
    if (fine != (mistakes.count == 0))
        abort();
    for (size_t i = 0; i < mistakes.count; i++) {
        if (!mistake_text(&a, &mistakes.items[i]) || !mistake_path(&a, &mistakes.items[i]))
            abort();
    }
    if (fine)
        check_round(&a, &whole);
    return 0;
}
