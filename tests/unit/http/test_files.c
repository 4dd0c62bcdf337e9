/* http/: files by sendfile, ranges and preconditions. */
#include "harness.h"

#include <fcntl.h>
#include <sys/stat.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

struct file_row {
    const char *headers;
    int status;
    long start;
    long length; /* -1: not looked at */
    const char *content_range;
};

static void single_ranges_answer_their_bytes(void **state)
{
    struct harness *h = *state;
    static const struct file_row rows[] = {
        {"", 200, 0, FILE_BYTES, NULL},
        {"Range: bytes=0-99\r\n", 206, 0, 100, "bytes 0-99/100000"},
        {"Range: bytes=99999-\r\n", 206, 99999, 1, "bytes 99999-99999/100000"},
        {"Range: bytes=-500\r\n", 206, 99500, 500, "bytes 99500-99999/100000"},
        {"Range: bytes=5-1000000\r\n", 206, 5, 99995, "bytes 5-99999/100000"},
        {"Range: bytes=100000-\r\n", 416, 0, -1, "bytes */100000"},
        {"Range: bytes=5-1\r\n", 200, 0, FILE_BYTES, NULL},
        {"Range: pages=1-2\r\n", 200, 0, FILE_BYTES, NULL},
        {"Range: bytes=0-,0-,0-\r\n", 200, 0, FILE_BYTES, NULL},
        {"Range: bytes=0-9\r\nIf-Range: \"other\"\r\n", 200, 0, FILE_BYTES, NULL},
        {"Range: bytes=0-9\r\nIf-Range: Sat, 24 Jan 1998 10:00:00 GMT\r\n", 200, 0, FILE_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reply r = request(h, "GET", "/file", rows[i].headers, NULL);
        const char *range = reply_header(&r, "Content-Range");
        if (r.status != rows[i].status)
            fail_msg("%s: %d", rows[i].headers, r.status);
        if (rows[i].content_range)
            assert_string_equal(range, rows[i].content_range);
        else
            assert_null(range);
        if (rows[i].length >= 0) {
            assert_int_equal(r.body.len, rows[i].length);
            assert_memory_equal(r.body.data, h->file + rows[i].start, r.body.len);
            assert_string_equal(reply_header(&r, "Accept-Ranges"), "bytes");
            assert_string_equal(reply_header(&r, "Content-Type"), "video/mp4");
        }
        reply_finish(&r);
    }
}

static void several_ranges_come_as_parts(void **state)
{
    struct harness *h = *state;
    struct reply r = request(h, "GET", "/file", "Range: bytes=0-9, 50000-69999, -3\r\n", NULL);
    assert_int_equal(r.status, 206);
    const char *type = reply_header(&r, "Content-Type");
    assert_memory_equal(type, "multipart/byteranges; boundary=", 31);
    BUF(wanted);
    static const long parts[][2] = {{0, 10}, {50000, 20000}, {99997, 3}};
    for (int i = 0; i < 3; i++) {
        buf_printf(&wanted,
                   "%s--%s\r\nContent-Type: video/mp4\r\nContent-Range: bytes %ld-%ld/100000\r\n\r\n",
                   i ? "\r\n" : "", type + 31, parts[i][0], parts[i][0] + parts[i][1] - 1);
        buf_append(&wanted, h->file + parts[i][0], (size_t)parts[i][1]);
    }
    buf_printf(&wanted, "\r\n--%s--\r\n", type + 31);
    assert_int_equal(r.body.len, wanted.len);
    assert_memory_equal(r.body.data, wanted.data, wanted.len);
    reply_finish(&r);
}

static void validators_decide_between_200_304_and_412(void **state)
{
    struct harness *h = *state;
    struct reply r = request(h, "GET", "/file", "", NULL);
    char *etag = strdup(reply_header(&r, "ETag"));
    char *modified = strdup(reply_header(&r, "Last-Modified"));
    reply_finish(&r);
    struct {
        const char *format;
        const char *value;
        int status;
    } rows[] = {
        {"If-None-Match: %s\r\n", etag, 304},
        {"If-None-Match: \"x\", W/%s\r\n", etag, 304},
        {"If-None-Match: *%.0s\r\n", etag, 304},
        {"If-None-Match: \"x\"%.0s\r\n", etag, 200},
        {"If-Modified-Since: %s\r\n", modified, 304},
        {"If-Modified-Since: Sat, 24 Jan 1998 10:00:00 GMT%.0s\r\n", modified, 200},
        {"If-Modified-Since: yesterday%.0s\r\n", modified, 200},
        /* A tag wins over a date. */
        {"If-None-Match: \"x\"\r\nIf-Modified-Since: %s\r\n", modified, 200},
        {"If-Match: %s\r\n", etag, 200},
        {"If-Match: *%.0s\r\n", etag, 200},
        {"If-Match: \"x\"%.0s\r\n", etag, 412},
        {"If-Match: W/%s\r\n", etag, 412},
        {"If-Unmodified-Since: %s\r\n", modified, 200},
        {"If-Unmodified-Since: Sat, 24 Jan 1998 10:00:00 GMT%.0s\r\n", modified, 412},
        {"Range: bytes=0-9\r\nIf-Range: %s\r\n", etag, 206},
        {"Range: bytes=0-9\r\nIf-Range: W/%s\r\n", etag, 200},
        {"Range: bytes=0-9\r\nIf-Range: %s\r\n", modified, 206},
        {"Range: bytes=0-9\r\nIf-None-Match: %s\r\n", etag, 304},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        SCRATCH(a);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        char *headers = arena_printf(&a, rows[i].format, rows[i].value);
#pragma GCC diagnostic pop
        r = request(h, "GET", "/file", headers, NULL);
        if (r.status != rows[i].status)
            fail_msg("%s: %d", headers, r.status);
        if (r.status == 304)
            assert_string_equal(reply_header(&r, "ETag"), etag);
        reply_finish(&r);
    }
    free(etag);
    free(modified);
}

static void head_of_a_file_has_its_length_and_no_body(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "HEAD /file HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
    struct reply r = client_reply(fd, true);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_header(&r, "Content-Length"), "100000");
    reply_finish(&r);
    r = client_reply(fd, false);
    assert_string_equal(r.body.data, "hello");
    reply_finish(&r);
    close(fd);
}

static void not_modified_replies_keep_the_connection(void **state)
{
    int fd = client_connect(*state);
    for (int i = 0; i < 5; i++) {
        client_text(fd, "GET /file HTTP/1.1\r\nHost: t\r\nIf-None-Match: *\r\n\r\n");
        struct reply r = client_reply(fd, false);
        assert_int_equal(r.status, 304);
        reply_finish(&r);
    }
    close(fd);
}

static void a_changed_file_has_another_tag(void **state)
{
    struct harness *h = *state;
    struct reply r = request(h, "GET", "/file", "", NULL);
    char *etag = strdup(reply_header(&r, "ETag"));
    reply_finish(&r);
    struct timespec times[2] = {{.tv_sec = 1000, .tv_nsec = 1}, {.tv_sec = 1000, .tv_nsec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, h->file_path, times, 0), 0);
    r = request(h, "GET", "/file", "", NULL);
    assert_string_not_equal(etag, reply_header(&r, "ETag"));
    reply_finish(&r);
    free(etag);
}

static void empty_files_are_answered(void **state)
{
    struct harness *h = *state;
    assert_int_equal(truncate(h->file_path, 0), 0);
    struct reply r = request(h, "GET", "/file", "", NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_header(&r, "Content-Length"), "0");
    reply_finish(&r);
    r = request(h, "GET", "/file", "Range: bytes=0-\r\n", NULL);
    assert_int_equal(r.status, 416);
    assert_string_equal(reply_header(&r, "Content-Range"), "bytes */0");
    reply_finish(&r);
}

static void directories_are_not_files(void **state)
{
    struct harness *h = *state;
    snprintf(h->file_path + strlen(h->temp_dir), 2, "/");
    struct reply r = request(h, "GET", "/file", "", NULL);
    assert_int_equal(r.status, 404);
    reply_finish(&r);
    snprintf(h->file_path, sizeof(h->file_path), "%s/movie.mp4", h->temp_dir);
}

static void downloads_that_break_off_close_their_file(void **state)
{
    struct harness *h = *state;
    for (int i = 0; i < 30; i++) {
        int fd = client_connect(h);
        client_printf(fd, "GET /file HTTP/1.1\r\nHost: t\r\n%s\r\n",
                      i % 2 ? "Range: bytes=0-49999,50000-99998\r\n" : "");
        char some[100];
        client_read(fd, some, sizeof(some));
        close(fd);
    }
    assert_true(wait_for_count(&h->finished, 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(single_ranges_answer_their_bytes),
        TEST(several_ranges_come_as_parts),
        TEST(validators_decide_between_200_304_and_412),
        TEST(head_of_a_file_has_its_length_and_no_body),
        TEST(not_modified_replies_keep_the_connection),
        TEST(a_changed_file_has_another_tag),
        TEST(empty_files_are_answered),
        TEST(directories_are_not_files),
        TEST(downloads_that_break_off_close_their_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
