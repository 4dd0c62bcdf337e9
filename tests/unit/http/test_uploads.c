/* http/: multipart/form-data. */
#include "harness.h"

#include <time.h>

#include "http/multipart.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)
#define TYPE       "multipart/form-data; boundary=AaB03x"

struct upload_row {
    const char *what;
    const char *body;
    const char *parts; /* "name|file|type|size|value;" or NULL: malformed */
};

#define PART(headers, content) "--AaB03x\r\n" headers "\r\n\r\n" content "\r\n"
#define FIELD(name)            "Content-Disposition: form-data; name=\"" name "\""
#define END                    "--AaB03x--\r\n"

static const struct upload_row rows[] = {
    {"one field", PART(FIELD("a"), "1") END, "a|-|-|1|1;"},
    {"empty field", PART(FIELD("a"), "") END, "a|-|-|0|;"},
    {"no parts", END, ""},
    {"preamble and epilogue", "hello\r\n\r\n" PART(FIELD("a"), "1") END "bye", "a|-|-|1|1;"},
    {"no line end after the last boundary", PART(FIELD("a"), "1") "--AaB03x--", "a|-|-|1|1;"},
    {"a file", PART(FIELD("f") "; filename=\"x.mp4\"\r\nContent-Type: video/mp4", "12345") END,
     "f|x.mp4|video/mp4|5|-;"},
    {"an empty file", PART(FIELD("f") "; filename=\"x\"", "") END, "f|x|-|0|-;"},
    {"no file chosen", PART(FIELD("f") "; filename=\"\"", "") END, "f|-|-|0|;"},
    {"path in the file name", PART(FIELD("f") "; filename=\"../../etc/passwd\"", "x") END,
     "f|passwd|-|1|-;"},
    {"Windows path", PART(FIELD("f") "; filename=\"C:\\Users\\me\\x.avi\"", "x") END,
     "f|x.avi|-|1|-;"},
    {"escaped quote", PART(FIELD("f") "; filename=\"a\\\"b.txt\"", "x") END, "f|a\"b.txt|-|1|-;"},
    {"semicolon in quotes", PART(FIELD("f") "; filename=\"a;b=c.txt\"", "x") END,
     "f|a;b=c.txt|-|1|-;"},
    {"tokens instead of quotes", PART("content-disposition: form-data;name=a;filename=b", "x") END,
     "a|b|-|1|-;"},
    {"extended file name", PART(FIELD("f") "; filename=\"x\"; filename*=UTF-8''na%C3%AFve", "x") END,
     "f|na\xc3\xafve|-|1|-;"},
    {"padding behind the boundary", "--AaB03x \t\r\n" FIELD("a") "\r\n\r\n1\r\n--AaB03x-- \r\n",
     "a|-|-|1|1;"},
    {"content that begins like a boundary",
     PART(FIELD("a"), "\r\n--AaB03\r\n--AaB03xy\r\n-") END, "a|-|-|23|\r\n--AaB03\r\n--AaB03xy\r\n-;"},
    {"nested boundary with the outer as prefix",
     PART(FIELD("f") "; filename=\"x\"\r\nContent-Type: multipart/mixed; boundary=AaB03xI",
          "--AaB03xI\r\n\r\ninner\r\n--AaB03xI--") END,
     "f|x|multipart/mixed; boundary=AaB03xI|31|-;"},
    {"other headers", PART("X-A: 1\r\n" FIELD("a") "\r\nX-B: 2", "1") END, "a|-|-|1|1;"},
    {"line ends inside", PART(FIELD("a"), "\r\n\r\n") END, "a|-|-|4|\r\n\r\n;"},
    {"empty name", PART(FIELD(""), "1") END, "|-|-|1|1;"},

    {"nothing", "", NULL},
    {"no final boundary", PART(FIELD("a"), "1"), NULL},
    {"cut in the content", "--AaB03x\r\n" FIELD("a") "\r\n\r\n1", NULL},
    {"cut in the headers", "--AaB03x\r\n" FIELD("a"), NULL},
    {"cut in the final boundary", PART(FIELD("a"), "1") "--AaB03x-", NULL},
    {"another boundary", "--other\r\n" FIELD("a") "\r\n\r\n1\r\n--other--\r\n", NULL},
    {"no headers", "--AaB03x\r\n\r\n1\r\n" END, NULL},
    {"no disposition", PART("Content-Type: text/plain", "1") END, NULL},
    {"no name", PART("Content-Disposition: form-data", "1") END, NULL},
    {"not form-data", PART("Content-Disposition: attachment; name=\"a\"", "1") END, NULL},
    {"unterminated quote", PART("Content-Disposition: form-data; name=\"a", "1") END, NULL},
    {"header without colon", PART(FIELD("a") "\r\nnonsense", "1") END, NULL},
    {"name is not UTF-8", PART(FIELD("\xff"), "1") END, NULL},
    {"control byte in the file name", PART(FIELD("f") "; filename=\"a\x01\"", "1") END, NULL},
    {"field is not UTF-8", PART(FIELD("a"), "\xff") END, NULL},
    {"bad extended name", PART(FIELD("f") "; filename*=UTF-8''%zz", "1") END, NULL},
};

/* Feeds `body` in pieces of `step` bytes and describes the parts. */
static bool parse(const char *body, size_t step, struct buf *out)
{
    SCRATCH(a);
    struct multipart *m;
    const struct http_part *parts;
    size_t count, len = strlen(body);
    assert_ok(multipart_create(&a, TYPE, "/tmp", 1000, &m));
    struct err e = OK;
    for (size_t i = 0; i < len && !failed(e); i += step)
        e = multipart_feed(m, body + i, len - i < step ? len - i : step);
    if (!failed(e))
        e = multipart_end(m, &parts, &count);
    for (size_t i = 0; i < count && !failed(e); i++)
        buf_printf(out, "%s|%s|%s|%lld|%s;", parts[i].name,
                   parts[i].file_name ? parts[i].file_name : "-",
                   parts[i].content_type ? parts[i].content_type : "-", (long long)parts[i].size,
                   parts[i].value ? parts[i].value : "-");
    multipart_destroy(m);
    if (failed(e))
        assert_int_equal(e.kind, ERR_INVALID);
    return !failed(e);
}

static void bodies_parse_alike_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            BUF(out);
            buf_puts(&out, "");
            bool good = parse(rows[i].body, step, &out);
            if (good != (rows[i].parts != NULL) || (good && strcmp(out.data, rows[i].parts) != 0))
                fail_msg("%s in steps of %zu: %s", rows[i].what, step, good ? out.data : "refused");
        }
    }
}

static void unusable_boundaries_are_refused(void **state)
{
    (void)state;
    static const char *const types[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"unterminated",
        "multipart/form-data; boundary=\"ends with blank \"",
        "multipart/form-data; "
        "boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        SCRATCH(a);
        struct multipart *m;
        assert_fails(multipart_create(&a, types[i], "/tmp", 1000, &m), ERR_INVALID);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    SCRATCH(a);
    struct multipart *m;
    BUF(body);
    assert_ok(multipart_create(&a, TYPE, "/tmp", 1000, &m));
    buf_puts(&body, "--AaB03x\r\n" FIELD("f") "; filename=\"x\"\r\n\r\n");
    for (int i = 0; i < 1100; i++)
        buf_putc(&body, 'x');
    assert_fails(multipart_feed(m, body.data, body.len), ERR_TOO_LARGE);
    multipart_destroy(m);

    assert_ok(multipart_create(&a, TYPE, "/tmp", 1000, &m));
    buf_clear(&body);
    for (int i = 0; i <= MULTIPART_MAX_PARTS; i++)
        buf_puts(&body, PART(FIELD("a"), "1"));
    assert_fails(multipart_feed(m, body.data, body.len), ERR_TOO_LARGE);
    multipart_destroy(m);

    assert_ok(multipart_create(&a, TYPE, "/tmp", 1000, &m));
    buf_clear(&body);
    buf_puts(&body, "--AaB03x\r\n" FIELD("a") "\r\n\r\n");
    for (int i = 0; i <= MULTIPART_FIELD_BYTES + 100; i++)
        buf_putc(&body, 'x');
    assert_fails(multipart_feed(m, body.data, body.len), ERR_TOO_LARGE);
    multipart_destroy(m);

    assert_ok(multipart_create(&a, TYPE, "/tmp", 1000, &m));
    buf_clear(&body);
    buf_puts(&body, "--AaB03x\r\nX: ");
    for (int i = 0; i <= MULTIPART_HEADER_BYTES; i++)
        buf_putc(&body, 'x');
    assert_fails(multipart_feed(m, body.data, body.len), ERR_INVALID);
    multipart_destroy(m);
}

static void a_missing_folder_is_a_storage_error(void **state)
{
    (void)state;
    SCRATCH(a);
    struct multipart *m;
    const char *body = PART(FIELD("f") "; filename=\"x\"", "1") END;
    assert_ok(multipart_create(&a, TYPE, "/nonexistent", 1000, &m));
    assert_fails(multipart_feed(m, body, strlen(body)), ERR_STORAGE);
    multipart_destroy(m);
}

static void a_full_disk_is_a_storage_error(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    /* A folder whose next file is /dev/full cannot be made, so the descriptor is swapped. */
    SCRATCH(a);
    struct multipart *m;
    const char *head = "--AaB03x\r\n" FIELD("f") "; filename=\"x\"\r\n\r\n";
    int next = dup(0);
    close(next);
    assert_ok(multipart_create(&a, TYPE, "/tmp", 100000, &m));
    assert_ok(multipart_feed(m, head, strlen(head)));
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    dup2(fileno(full), next);
    fclose(full);
    char content[1000] = {0};
    struct err e = multipart_feed(m, content, sizeof(content));
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_string_equal(e.code, "disk_full");
    multipart_destroy(m);
}

static struct reply upload(struct harness *h, const char *headers, const void *body, size_t len)
{
    int fd = client_connect(h);
    client_printf(fd, "POST /upload HTTP/1.1\r\nHost: t\r\n%sContent-Length: %zu\r\n\r\n", headers,
                  len);
    client_send(fd, body, len);
    struct reply r = client_reply(fd, false);
    close(fd);
    return r;
}

static void uploads_arrive_as_files_that_vanish_after_the_request(void **state)
{
    struct harness *h = *state;
    BUF(body);
    buf_puts(&body, PART(FIELD("title"), "Big one"));
    buf_puts(&body, "--AaB03x\r\n" FIELD("file") "; filename=\"big.mp4\"\r\n\r\n");
    buf_append(&body, h->file, FILE_BYTES);
    buf_puts(&body, "\r\n" END);
    struct reply r = upload(h, "Content-Type: " TYPE "\r\n", body.data, body.len);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body.data, "title|-|-|7|Big one\nfile|big.mp4|-|100000|-\n");
    reply_finish(&r);
    assert_true(wait_for_count(&h->finished, 1));
}

static void refused_uploads_leave_nothing_behind(void **state)
{
    struct harness *h = *state;
    BUF(body);
    buf_puts(&body, "--AaB03x\r\n" FIELD("file") "; filename=\"big.mp4\"\r\n\r\n");
    for (int i = 0; i < 3; i++)
        buf_append(&body, h->file, FILE_BYTES);
    buf_puts(&body, "\r\n" END);
    struct reply r = upload(h, "Content-Type: " TYPE "\r\n", body.data, body.len);
    assert_int_equal(r.status, 413);
    reply_finish(&r);
    r = upload(h, "Content-Type: " TYPE "\r\n", body.data, 50000);
    assert_int_equal(r.status, 400);
    reply_finish(&r);
    r = upload(h, "Content-Type: text/plain\r\n", "x", 1);
    assert_int_equal(r.status, 415);
    reply_finish(&r);
    r = upload(h, "Content-Type: multipart/form-data\r\n", "x", 1);
    assert_int_equal(r.status, 400);
    reply_finish(&r);
    /* A client that leaves in the middle. */
    int fd = client_connect(h);
    client_printf(fd, "POST /upload HTTP/1.1\r\nHost: t\r\nContent-Type: " TYPE
                      "\r\nContent-Length: 150000\r\n\r\n");
    client_send(fd, body.data, 90000);
    /* libmicrohttpd overlooks an end that it receives together with the last bytes; the idle timeout
     * then has to find it. */
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    close(fd);
    assert_true(wait_for_count(&h->finished, 5));
    assert_int_equal(atomic_load(&h->handled), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_parse_alike_however_they_are_cut),
        cmocka_unit_test(unusable_boundaries_are_refused),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_missing_folder_is_a_storage_error),
        cmocka_unit_test(a_full_disk_is_a_storage_error),
        TEST(uploads_arrive_as_files_that_vanish_after_the_request),
        TEST(refused_uploads_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
