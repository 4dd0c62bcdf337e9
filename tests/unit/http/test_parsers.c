/* http/: pure parsers. */
#include "unit.h"

#include <string.h>
#include <zlib.h>

#include "http/internal.h"
#include "http/uri.h"

struct range_row {
    const char *header;
    int64_t size;
    enum range_kind kind;
    const char *ranges; /* "start+length ..." */
};

static const struct range_row range_rows[] = {
    {NULL, 100, RANGE_WHOLE, ""},
    {"bytes=0-9", 100, RANGE_PARTS, "0+10 "},
    {"bytes=0-0", 100, RANGE_PARTS, "0+1 "},
    {"Bytes=90-", 100, RANGE_PARTS, "90+10 "},
    {"bytes=-10", 100, RANGE_PARTS, "90+10 "},
    {"bytes=-1000", 100, RANGE_PARTS, "0+100 "},
    {"bytes=50-1000", 100, RANGE_PARTS, "50+50 "},
    {"bytes=99-99999999999999999999999999", 100, RANGE_PARTS, "99+1 "},
    {"bytes=0-1,5-6, -2", 100, RANGE_PARTS, "0+2 5+2 98+2 "},
    {"bytes=,0-1,,", 100, RANGE_PARTS, "0+2 "},
    {"bytes=200-300,0-1", 100, RANGE_PARTS, "0+2 "},
    {"bytes=100-", 100, RANGE_UNSATISFIABLE, ""},
    {"bytes=100-200,300-", 100, RANGE_UNSATISFIABLE, ""},
    {"bytes=-0", 100, RANGE_UNSATISFIABLE, ""},
    {"bytes=0-", 0, RANGE_UNSATISFIABLE, ""},
    {"bytes=-5", 0, RANGE_UNSATISFIABLE, ""},
    {"bytes=99999999999999999999999-", 100, RANGE_UNSATISFIABLE, ""},
    {"bytes=", 100, RANGE_WHOLE, ""},
    {"bytes=-", 100, RANGE_WHOLE, ""},
    {"bytes=9-0", 100, RANGE_WHOLE, ""},
    {"bytes=a-b", 100, RANGE_WHOLE, ""},
    {"bytes=1-2-3", 100, RANGE_WHOLE, ""},
    {"bytes=1", 100, RANGE_WHOLE, ""},
    {"bytes=0x1-2", 100, RANGE_WHOLE, ""},
    {"bytes=--1", 100, RANGE_WHOLE, ""},
    {"items=0-1", 100, RANGE_WHOLE, ""},
    /* overlaps longer than the file, and more than 16 */
    {"bytes=0-,0-,0-", 100, RANGE_WHOLE, ""},
    {"bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0", 100, RANGE_PARTS,
     "0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 0+1 "},
    {"bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0", 100, RANGE_WHOLE,
     ""},
    {"bytes=0-9223372036854775806,0-9223372036854775806", INT64_MAX, RANGE_WHOLE, ""},
};

static void ranges_are_read_as_rfc_9110_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(range_rows) / sizeof(range_rows[0]); i++) {
        const struct range_row *row = &range_rows[i];
        struct http_range ranges[HTTP_MAX_RANGES];
        size_t count = 0;
        enum range_kind kind = http_ranges_parse(row->header, row->size, ranges, &count);
        BUF(text);
        buf_puts(&text, "");
        for (size_t k = 0; k < count; k++)
            buf_printf(&text, "%lld+%lld ", (long long)ranges[k].start,
                       (long long)ranges[k].length);
        if (kind != row->kind || strcmp(text.data, row->ranges) != 0)
            fail_msg("%s of %lld: kind %d, '%s'", row->header, (long long)row->size, (int)kind,
                     text.data);
    }
}

struct accept_row {
    const char *header;
    bool gzip;
};

static void accept_encoding_honours_weights(void **state)
{
    (void)state;
    static const struct accept_row rows[] = {
        {NULL, false},
        {"", false},
        {"gzip", true},
        {"GZIP", true},
        {"deflate, gzip, br", true},
        {"gzip;q=0", false},
        {"gzip;q=0.000", false},
        {"gzip; q=0.001", true},
        {"gzip;q=1.0", true},
        {"*", true},
        {"*;q=0", false},
        {"gzip;q=0, *", false},
        {"*;q=0, gzip", true},
        {"br", false},
        {"identity", false},
        {"identity;q=1, gzip;q=0.5", false},
        {"identity;q=0.5, gzip;q=1.0", true},
        {"gzippo", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (accepts_gzip(rows[i].header) != rows[i].gzip)
            fail_msg("Accept-Encoding: %s", rows[i].header);
}

static void texts_are_compressible_and_media_is_not(void **state)
{
    (void)state;
    assert_true(compressible("application/json"));
    assert_true(compressible("application/json; charset=utf-8"));
    assert_true(compressible("application/vnd.api+json"));
    assert_true(compressible("text/plain"));
    assert_true(compressible("image/svg+xml"));
    assert_false(compressible("text/event-stream"));
    assert_false(compressible("image/png"));
    assert_false(compressible("application/jsonx"));
    assert_false(compressible(NULL));
}

static void gzip_round_trips(void **state)
{
    (void)state;
    BUF(in);
    for (int i = 0; i < 5000; i++)
        buf_printf(&in, "{\"number\":%d},", i);
    struct buf packed;
    assert_true(gzip_buffer(&in, &packed));
    assert_true(packed.len < in.len / 3);
    char *out = malloc(in.len);
    z_stream z = {.next_in = (unsigned char *)packed.data,
                  .avail_in = (unsigned)packed.len,
                  .next_out = (unsigned char *)out,
                  .avail_out = (unsigned)in.len};
    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, in.len);
    assert_memory_equal(out, in.data, in.len);
    inflateEnd(&z);
    free(out);
    buf_finish(&packed);
}

static void incompressible_bytes_stay_as_they_are(void **state)
{
    (void)state;
    BUF(in);
    uint32_t noise = 1;
    for (int i = 0; i < 4096; i++) {
        noise = noise * 1664525 + 1013904223;
        buf_putc(&in, (char)(noise >> 24));
    }
    struct buf packed = {0};
    assert_false(gzip_buffer(&in, &packed));
    assert_null(packed.data);
}

struct target_row {
    const char *target;
    const char *path; /* NULL: refused */
    const char *query;
};

static void targets_are_split_and_checked(void **state)
{
    (void)state;
    static const struct target_row rows[] = {
        {"/", "/", ""},
        {"/a/b?x=1", "/a/b", "x=1"},
        {"/a?", "/a", ""},
        {"/a?b?c", "/a", "b?c"},
        {"/a#frag", "/a", ""},
        {"/a?b#frag", "/a", "b"},
        {"/caf%C3%A9", "/caf%C3%A9", ""},
        {"/caf\xc3\xa9", "/caf\xc3\xa9", ""},
        {"/a%2Fb", "/a%2Fb", ""},
        {"http://host:80/a?b", "/a", "b"},
        {"http://host", "/", ""},
        {"HTTPS://host?x", "/", ""},
        {"*", "/", ""},
        {"//double", "//double", ""},
        {"", NULL, NULL},
        {"a", NULL, NULL},
        {"host:443", NULL, NULL},
        {"/%", NULL, NULL},
        {"/%4", NULL, NULL},
        {"/%zz", NULL, NULL},
        {"/%00", NULL, NULL},
        {"/%0a", NULL, NULL},
        {"/%7f", NULL, NULL},
        {"/%ff", NULL, NULL},
        {"/%c0%af", NULL, NULL},
        {"/%ed%a0%80", NULL, NULL},
        {"/\xff", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        SCRATCH(a);
        const char *path = NULL, *query = NULL;
        struct err e = uri_split(&a, rows[i].target, &path, &query);
        if (failed(e) != !rows[i].path)
            fail_msg("%s", rows[i].target);
        if (!failed(e)) {
            assert_string_equal(path, rows[i].path);
            assert_string_equal(query, rows[i].query);
        }
    }
}

static void forms_keep_order_and_repetition(void **state)
{
    (void)state;
    SCRATCH(a);
    const struct http_pair *pairs;
    size_t count;
    const char *text = "a=1&b=two+words&a=%E2%82%AC&&c&=d&e==";
    assert_ok(http_form_parse(&a, text, strlen(text), &pairs, &count));
    assert_int_equal(count, 6);
    assert_string_equal(pairs[1].value, "two words");
    assert_string_equal(pairs[2].name, "a");
    assert_string_equal(pairs[2].value, "\xe2\x82\xac");
    assert_string_equal(pairs[3].name, "c");
    assert_string_equal(pairs[3].value, "");
    assert_string_equal(pairs[4].name, "");
    assert_string_equal(pairs[5].value, "=");
    assert_fails(http_form_parse(&a, "a=%", 3, &pairs, &count), ERR_INVALID);
    assert_fails(http_form_parse(&a, "a=%00", 5, &pairs, &count), ERR_INVALID);
    assert_fails(http_form_parse(&a, "a=%1b", 5, &pairs, &count), ERR_INVALID);
    assert_fails(http_form_parse(&a, "a%09=1", 6, &pairs, &count), ERR_INVALID);
    assert_ok(http_form_parse(&a, "a=x%09%0d%0a", 12, &pairs, &count)); /* pasted */
    assert_string_equal(pairs[0].value, "x\t\r\n");
}

static void entity_tags_compare_strongly_and_weakly(void **state)
{
    (void)state;
    assert_true(etag_listed("*", "\"a\"", false));
    assert_true(etag_listed("\"b\", \"a\"", "\"a\"", false));
    assert_false(etag_listed("\"b\"", "\"a\"", true));
    assert_false(etag_listed("W/\"a\"", "\"a\"", false));
    assert_true(etag_listed("W/\"a\"", "\"a\"", true));
    assert_true(etag_listed("\"a\"", "W/\"a\"", true));
    assert_false(etag_listed("a", "\"a\"", true));
    assert_false(etag_listed("\"a", "\"a\"", true));
    assert_true(etag_listed("\"with, comma\", \"a\"", "\"a\"", true));
}

static void file_names_have_media_types(void **state)
{
    (void)state;
    assert_string_equal(http_content_type("a.mp4"), "video/mp4");
    assert_string_equal(http_content_type("a.b/C.MKV"), "video/x-matroska");
    assert_string_equal(http_content_type("a.mp4/file"), "application/octet-stream");
    assert_string_equal(http_content_type("noname"), "application/octet-stream");
    assert_string_equal(http_content_type("x.3gp"), "video/3gpp");
    assert_string_equal(http_content_type("x.zip"), "application/zip");
    assert_string_equal(http_content_type("index.html"), "text/html; charset=utf-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_as_rfc_9110_says),
        cmocka_unit_test(accept_encoding_honours_weights),
        cmocka_unit_test(texts_are_compressible_and_media_is_not),
        cmocka_unit_test(gzip_round_trips),
        cmocka_unit_test(incompressible_bytes_stay_as_they_are),
        cmocka_unit_test(targets_are_split_and_checked),
        cmocka_unit_test(forms_keep_order_and_repetition),
        cmocka_unit_test(entity_tags_compare_strongly_and_weakly),
        cmocka_unit_test(file_names_have_media_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
