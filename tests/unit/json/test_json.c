/* json/: strict reading, decoding with all mistakes, writing, schemas. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/decode.h"
#include "json/encode.h"
#include "json/writer.h"

static const struct words colour_words = WORDS("colour", "red", "green");

struct part {
    int64_t id;
};
SHAPE(part_shape, "Part", struct part, "A part", F(struct part, T_INT, id, .flags = FIELD_REQUIRED));

struct thing {
    const char *title;
    int64_t year;
    double rate;
    int8_t open;
    int colour;
    int64_t made_at;
    const char *extra;
    struct part *part;
    struct list names;
    struct list parts;
};
SHAPE(thing_shape, "Thing", struct thing, "A thing",
      F(struct thing, T_TEXT, title, .flags = FIELD_REQUIRED, BETWEEN(1, 5)),
      F(struct thing, T_INT, year, .flags = FIELD_NULLABLE, BETWEEN(1900, 2100)),
      F(struct thing, T_REAL, rate, .fallback = "0.5"), F(struct thing, T_BOOL, open, .fallback = "true"),
      F(struct thing, T_ENUM, colour, .words = &colour_words),
      F(struct thing, T_TIME, made_at), F(struct thing, T_JSON, extra),
      F(struct thing, T_OBJECT, part, .shape = &part_shape),
      F(struct thing, T_LIST, names, .item = T_TEXT, .flags = FIELD_EMPTY_LIST, MAX_VALUE(2)),
      F(struct thing, T_LIST, parts, .item = T_OBJECT, .shape = &part_shape));

static bool decode(struct arena *a, const char *text, bool lenient, struct thing *t,
                   struct presence *p, struct mistakes *m)
{
    json_t *value = json_read(a, text, strlen(text), "body", m);
    struct decode_options options = {.where = "body", .lenient_numbers = lenient};
    return value && shape_decode(a, &thing_shape, value, &options, m, t, p);
}

static void a_full_object_survives_a_round_trip(void **state)
{
    (void)state;
    SCRATCH(a);
    const char *text =
        "{\"title\":\"J\xc3\xb3ga\",\"year\":1997,\"rate\":0.25,\"open\":false,\"colour\":\"green\","
        "\"made_at\":\"2026-01-24T10:00:00.000001Z\",\"extra\":{\"a\":[1,null]},\"part\":{\"id\":3},"
        "\"names\":[\"x\",\"\\u0001\"],\"parts\":[{\"id\":1},{\"id\":2}]}";
    struct thing t;
    struct presence p;
    struct mistakes m = {0};
    assert_true(decode(&a, text, false, &t, &p, &m));
    assert_int_equal(t.parts.count, 2);
    BUF(out);
    struct jw w = jw_to(&out);
    shape_encode(&w, &thing_shape, &t);
    assert_string_equal(out.data, text);
}

static void absent_fields_get_defaults_or_no_value(void **state)
{
    (void)state;
    SCRATCH(a);
    struct thing t;
    struct presence p;
    struct mistakes m = {0};
    assert_true(decode(&a, "{\"title\":\"a\",\"year\":null}", false, &t, &p, &m));
    assert_true(t.year == INT_NONE);
    assert_true(t.rate > 0.49 && t.rate < 0.51);
    assert_int_equal(t.open, 1);
    assert_int_equal(t.colour, ENUM_NONE);
    assert_true(shape_has(&thing_shape, &p, "year"));
    assert_false(shape_has(&thing_shape, &p, "rate"));
    BUF(out);
    struct jw w = jw_to(&out);
    shape_encode(&w, &thing_shape, &t);
    assert_non_null(strstr(out.data, "\"names\":[],\"parts\":null"));
}

static void all_mistakes_are_reported_in_field_order(void **state)
{
    (void)state;
    SCRATCH(a);
    struct thing t;
    struct presence p;
    struct mistakes m = {0};
    assert_false(decode(&a,
                        "{\"title\":\"toolong\",\"year\":1800,\"rate\":\"x\",\"open\":1,\"colour\":"
                        "\"blue\",\"made_at\":\"then\",\"part\":{},\"names\":[\"1\",\"2\",\"3\"],"
                        "\"parts\":[{\"id\":1},{\"id\":\"z\"},7]}",
                        false, &t, &p, &m));
    static const struct {
        const char *path;
        enum mistake_kind kind;
    } wanted[] = {
        {"title", MISTAKE_TOO_LONG},  {"year", MISTAKE_TOO_SMALL},  {"rate", MISTAKE_TYPE},
        {"open", MISTAKE_TYPE},       {"colour", MISTAKE_NOT_IN_SET}, {"made_at", MISTAKE_PARSE},
        {"part.id", MISTAKE_MISSING}, {"names", MISTAKE_TOO_MANY},  {"parts.1.id", MISTAKE_TYPE},
        {"parts.2", MISTAKE_NOT_OBJECT},
    };
    assert_int_equal(m.count, sizeof(wanted) / sizeof(wanted[0]));
    for (size_t i = 0; i < m.count; i++) {
        assert_string_equal(mistake_path(&a, &m.items[i]), wanted[i].path);
        assert_int_equal(m.items[i].kind, wanted[i].kind);
        assert_true(strlen(mistake_text(&a, &m.items[i])) > 0);
    }
}

static void reading_is_strict(void **state)
{
    (void)state;
    SCRATCH(a);
    char deep[300];
    memset(deep, '[', 150);
    memset(deep + 150, ']', 150);
    static const char *const bad[] = {"",      "{",           "{\"a\":1,\"a\":2}", "[1,]",
                                      "nul",   "\"\\u0000\"", "\"\xff\"",          "1 2",
                                      "1e999", "\"\\ud800\"", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct mistakes m = {0};
        assert_null(json_read(&a, bad[i], strlen(bad[i]), "body", &m));
        assert_int_equal(m.count, 1);
        assert_int_equal(m.items[0].kind, MISTAKE_JSON);
    }
    struct mistakes m = {0};
    assert_null(json_read(&a, deep, sizeof(deep), "body", &m));
}

static void lenient_numbers_take_digit_strings(void **state)
{
    (void)state;
    SCRATCH(a);
    struct thing t;
    struct presence p;
    struct mistakes m = {0};
    assert_true(decode(&a, "{\"title\":\"a\",\"year\":\"1991\",\"rate\":\"2\",\"open\":\"no\"}", true,
                       &t, &p, &m));
    assert_int_equal(t.year, 1991);
    assert_int_equal(t.open, 0);
    assert_false(decode(&a, "{\"title\":5}", true, &t, &p, &m));
}

static void pairs_decode_lists_and_report(void **state)
{
    (void)state;
    SCRATCH(a);
    struct text_pair pairs[] = {{"title", "ab"},  {"year", "19x1"},   {"names", "one"},
                                {"names", "two"}, {"open", "MAYBE"}};
    struct thing t;
    struct presence p;
    struct mistakes m = {0};
    assert_false(shape_decode_pairs(&a, &thing_shape, pairs, 5, "query", &m, &t, &p));
    assert_int_equal(m.count, 2);
    assert_string_equal(m.items[0].path[0].name, "year");
    assert_string_equal(m.items[0].input, "19x1");
    assert_int_equal(t.names.count, 2);
    assert_string_equal(((const char **)t.names.items)[1], "two");
}

static void numbers_print_as_they_read_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"}, {1, "1.0"}, {1e300, "1e+300"}, {-2.5, "-2.5"}, {NAN, "null"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BUF(out);
        struct jw w = jw_to(&out);
        jw_real(&w, cases[i].value);
        assert_string_equal(out.data, cases[i].text);
    }
}

/* The number as the C library writes it with the fewest digits that read back. */
static void print_shortest(double value, char text[40])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 40, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (!strpbrk(text, ".eE"))
        memcpy(text + strlen(text), ".0", 3);
}

static void many_numbers_are_as_short_as_can_be(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value = (double)(int64_t)(seed >> 20) / (double)(INT64_C(1) << (i % 50));
        static const double units[] = {1, 10, 100, 1000, 24000.0 / 1001, 1e5, 1e6, 1e7, 3};
        if (i % 2)
            value = (double)(int64_t)(seed >> (30 + i % 30)) / units[i % 9];
        value = i % 3 ? value : -value;
        char wanted[40];
        BUF(out);
        struct jw w = jw_to(&out);
        jw_real(&w, value);
        print_shortest(value, wanted);
        assert_string_equal(out.data, wanted);
    }
}

/* Every byte at every place of a text: what is written reads back. */
static void each_byte_survives_at_each_place(void **state)
{
    (void)state;
    for (int byte = 1; byte < 0x80; byte++) {
        for (size_t place = 0; place < 19; place++) {
            SCRATCH(a);
            BUF(out);
            char text[20] = "nineteen characters";
            struct mistakes m = {0};
            text[place] = (char)byte;
            struct jw w = jw_to(&out);
            jw_array(&w);
            jw_text(&w, text);
            jw_end(&w);
            json_t *read = json_read(&a, out.data, out.len, "body", &m);
            assert_non_null(read);
            assert_string_equal(json_string_value(json_array_get(read, 0)), text);
        }
    }
}

static void malformed_text_is_mended_not_copied(void **state)
{
    (void)state;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_text(&w, "a\xff\"\n");
    assert_string_equal(out.data, "\"a\xef\xbf\xbd\\\"\\n\"");
}

struct paint {
    int colour;
    int kind;
};
static const struct words kind_words = WORDS("kind", NULL, "Matt", "Gloss");
SHAPE(paint_shape, "Paint", struct paint, "Paint",
      F(struct paint, T_ENUM, colour, .words = &colour_words, .flags = FIELD_NUMBER),
      F(struct paint, T_ENUM, kind, .words = &kind_words, .flags = FIELD_NUMBER));

static bool decode_paint(struct arena *a, const char *text, struct paint *ret)
{
    struct mistakes m = {0};
    struct presence p;
    struct decode_options options = {.where = "body"};
    json_t *value = json_read(a, text, strlen(text), "body", &m);
    return shape_decode(a, &paint_shape, value, &options, &m, ret, &p);
}

static void numbered_enums_are_written_as_numbers_and_read_either_way(void **state)
{
    (void)state;
    SCRATCH(a);
    BUF(out);
    struct paint paint;
    static const char *const same[] = {"{\"colour\":0,\"kind\":2}", "{\"colour\":\"0\",\"kind\":\"2\"}",
                                       "{\"colour\":\"RED\",\"kind\":\"gloss\"}"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(decode_paint(&a, same[i], &paint));
        assert_int_equal(paint.colour, 0);
        assert_int_equal(paint.kind, 2);
    }
    struct jw w = jw_to(&out);
    shape_encode(&w, &paint_shape, &paint);
    assert_string_equal(out.data, same[0]);
    static const char *const wrong[] = {"{\"kind\":0}", "{\"kind\":3}", "{\"kind\":-1}", "{\"kind\":1.5}",
                                        "{\"kind\":\"Satin\"}", "{\"kind\":\"\"}", "{\"kind\":true}"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(decode_paint(&a, wrong[i], &paint));
    buf_clear(&out);
    w = jw_to(&out);
    shape_schema(&w, &paint_shape, SCHEMA_REPLY);
    assert_non_null(strstr(out.data, "\"enum\":[1,2,null]"));
    assert_non_null(strstr(out.data, "[\"integer\",\"null\"]"));
}

static void schema_is_json_and_names_every_field(void **state)
{
    (void)state;
    SCRATCH(a);
    for (int use = SCHEMA_REQUEST; use <= SCHEMA_REPLY; use++) {
        BUF(out);
        struct jw w = jw_to(&out);
        shape_schema(&w, &thing_shape, (enum schema_use)use);
        struct mistakes m = {0};
        json_t *schema = json_read(&a, out.data, out.len, "body", &m);
        assert_non_null(schema);
        json_t *properties = json_object_get(schema, "properties");
        assert_int_equal(json_object_size(properties), thing_shape.count);
        assert_non_null(json_object_get(json_object_get(properties, "parts"), "items"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_object_survives_a_round_trip),
        cmocka_unit_test(absent_fields_get_defaults_or_no_value),
        cmocka_unit_test(many_numbers_are_as_short_as_can_be),
        cmocka_unit_test(each_byte_survives_at_each_place),
        cmocka_unit_test(all_mistakes_are_reported_in_field_order),
        cmocka_unit_test(reading_is_strict),
        cmocka_unit_test(lenient_numbers_take_digit_strings),
        cmocka_unit_test(pairs_decode_lists_and_report),
        cmocka_unit_test(numbers_print_as_they_read_back),
        cmocka_unit_test(malformed_text_is_mended_not_copied),
        cmocka_unit_test(numbered_enums_are_written_as_numbers_and_read_either_way),
        cmocka_unit_test(schema_is_json_and_names_every_field),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
