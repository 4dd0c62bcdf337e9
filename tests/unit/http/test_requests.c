/* http/: requests and replies over real sockets. */
#include "ws_client.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

static void a_reply_carries_the_common_headers(void **state)
{
    struct reply r = request(*state, "GET", "/hello", "", NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body.data, "hello");
    assert_string_equal(reply_header(&r, "Content-Type"), "text/plain; charset=utf-8");
    assert_string_equal(reply_header(&r, "Content-Length"), "5");
    assert_string_equal(reply_header(&r, "X-Content-Type-Options"), "nosniff");
    assert_int_equal(strlen(reply_header(&r, "X-Request-ID")), 16);
    assert_non_null(reply_header(&r, "Date"));
    reply_finish(&r);
    r = request(*state, "GET", "/hello", "X-Request-ID: my-id.42\r\n", NULL);
    assert_string_equal(reply_header(&r, "X-Request-ID"), "my-id.42");
    reply_finish(&r);
    r = request(*state, "GET", "/hello", "X-Request-ID: <script>\r\n", NULL);
    assert_int_equal(strlen(reply_header(&r, "X-Request-ID")), 16);
    reply_finish(&r);
}

static void connections_are_kept_alive(void **state)
{
    int fd = client_connect(*state);
    for (int i = 0; i < 50; i++) {
        bool post = i % 2;
        client_printf(fd, "%s HTTP/1.1\r\nHost: t\r\n%s", post ? "POST /echo" : "GET /hello",
                      post ? "Content-Length: 3\r\n\r\nabc" : "\r\n");
        struct reply r = client_reply(fd, false);
        assert_int_equal(r.status, 200);
        assert_string_equal(r.body.data, post ? "abc" : "hello");
        reply_finish(&r);
    }
    close(fd);
    struct harness *h = *state;
    assert_true(wait_for_count(&h->finished, 50));
    assert_int_equal(atomic_load(&h->last_bytes), 3);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    int fd = client_connect(*state);
    BUF(all);
    for (int i = 0; i < 20; i++)
        buf_printf(&all, "POST %s HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n%02d",
                   i % 3 ? "/echo" : "/slow-echo", i);
    client_send(fd, all.data, all.len);
    for (int i = 0; i < 20; i++) {
        struct reply r = client_reply(fd, false);
        assert_int_equal(r.status, 200);
        assert_int_equal(strtol(r.body.data, NULL, 10), i);
        reply_finish(&r);
    }
    close(fd);
}

static void head_answers_the_headers_of_get(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "HEAD /big HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
    struct reply head = client_reply(fd, true);
    struct reply next = client_reply(fd, false);
    struct reply get = request(*state, "GET", "/big", "", NULL);
    assert_int_equal(head.status, 200);
    char *length = strdup(reply_header(&head, "Content-Length"));
    assert_string_equal(length, reply_header(&get, "Content-Length"));
    assert_string_equal(next.body.data, "hello");
    free(length);
    reply_finish(&head);
    reply_finish(&next);
    reply_finish(&get);
    close(fd);
}

static void large_texts_are_compressed_when_allowed(void **state)
{
    struct reply plain = request(*state, "GET", "/big", "", NULL);
    struct reply packed = request(*state, "GET", "/big", "Accept-Encoding: gzip\r\n", NULL);
    struct reply refused = request(*state, "GET", "/big", "Accept-Encoding: gzip;q=0\r\n", NULL);
    assert_null(reply_header(&plain, "Content-Encoding"));
    assert_string_equal(reply_header(&plain, "Vary"), "Accept-Encoding");
    assert_string_equal(reply_header(&packed, "Content-Encoding"), "gzip");
    assert_string_equal(reply_header(&packed, "Vary"), "Accept-Encoding");
    assert_true(packed.body.len < plain.body.len);
    assert_memory_equal(packed.body.data, "\x1f\x8b", 2);
    assert_null(reply_header(&refused, "Content-Encoding"));
    reply_finish(&plain);
    reply_finish(&packed);
    reply_finish(&refused);
    plain = request(*state, "GET", "/hello", "Accept-Encoding: gzip\r\n", NULL);
    assert_null(reply_header(&plain, "Content-Encoding"));
    reply_finish(&plain);
}

static void a_matching_etag_is_answered_304(void **state)
{
    struct reply r = request(*state, "GET", "/etag", "If-None-Match: W/\"v1\"\r\n", NULL);
    assert_int_equal(r.status, 304);
    assert_string_equal(reply_header(&r, "ETag"), "\"v1\"");
    reply_finish(&r);
    r = request(*state, "GET", "/etag", "If-None-Match: \"v2\"\r\nAccept-Encoding: gzip\r\n", NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_header(&r, "ETag"), "W/\"v1\"");
    reply_finish(&r);
}

static void header_values_cannot_inject_lines(void **state)
{
    struct reply r = request(*state, "GET", "/empty", "", NULL);
    assert_int_equal(r.status, 204);
    assert_string_equal(reply_header(&r, "X-Good"), "yes");
    assert_null(reply_header(&r, "X-Bad"));
    assert_null(reply_header(&r, "X-Injected"));
    assert_null(reply_header(&r, "Content-Type"));
    reply_finish(&r);
}

static void queries_and_cookies_are_decoded(void **state)
{
    struct reply r = request(*state, "GET", "/query?a=1&a=%C3%A9&b=x+y",
                             "Cookie: other=1; session=\"s3\"; session2=no\r\n", NULL);
    assert_string_equal(r.body.data, "a=1\na=\xc3\xa9\nb=x y\ncookie=s3\n");
    reply_finish(&r);
}

struct bad_row {
    const char *request;
    int status;
};

static void malformed_requests_are_refused_before_the_handler(void **state)
{
    struct harness *h = *state;
    static const struct bad_row rows[] = {
        {"GET /%00 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"GET /%ff HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"GET /%4 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"GET /hello?a=%zz HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"GET /hello?a=%00 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: t\r\nX-A: \xff\xfe\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: t\r\nX-A: a\x01z\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\n\r\n", 400},
        {"GET hello HTTP/1.1\r\nHost: t\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = client_connect(h);
        client_text(fd, rows[i].request);
        struct reply r = client_reply(fd, false);
        if (r.status != rows[i].status)
            fail_msg("%s: %d", rows[i].request, r.status);
        reply_finish(&r);
        close(fd);
    }
    assert_int_equal(atomic_load(&h->handled), 0);
}

static void oversized_heads_are_answered_431(void **state)
{
    struct harness *h = *state;
    for (size_t size = 25000; size < 300000; size *= 2) {
        int fd = client_connect(h);
        char *filler = malloc(size + 1);
        memset(filler, 'a', size);
        filler[size] = 0;
        client_printf(fd, "GET /hello HTTP/1.1\r\nHost: t\r\nX-Big: %s\r\n\r\n", filler);
        struct reply r = client_reply(fd, false);
        /* A reset may overtake the reply while the client is still sending. */
        assert_true(r.status == 431 || (r.status == 0 && size > 100000));
        reply_finish(&r);
        free(filler);
        close(fd);
    }
    assert_int_equal(atomic_load(&h->handled), 0);
    char *large = calloc(1, 24001);
    memset(large, 'a', 24000);
    BUF(header);
    buf_printf(&header, "X-Big: %s\r\n", large);
    struct reply r = request(h, "GET", "/hello", header.data, NULL);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    free(large);
}

static void oversized_bodies_are_answered_413_and_the_connection_lives(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 17\r\n\r\n12345678901234567");
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 413);
    assert_string_equal(r.body.data, "body_too_large");
    reply_finish(&r);
    client_text(fd, "POST /small HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "f\r\n123456789012345\r\n5\r\nabcde\r\n0\r\n\r\n");
    r = client_reply(fd, false);
    assert_int_equal(r.status, 413);
    reply_finish(&r);
    client_text(fd, "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 16\r\n\r\n1234567890123456");
    r = client_reply(fd, false);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    close(fd);
}

static void a_hopeless_upload_is_refused_before_it_is_sent(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99000000000\r\n\r\n");
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 413);
    reply_finish(&r);
    assert_true(client_closed(fd));
    close(fd);
    fd = client_connect(*state);
    client_text(fd, "POST /small HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
                    "Content-Length: 17\r\n\r\n");
    r = client_reply(fd, false);
    assert_int_equal(r.status, 413);
    reply_finish(&r);
    close(fd);
}

static void expect_continue_is_answered_when_the_body_is_wanted(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
                    "Content-Length: 3\r\n\r\n");
    char interim[25];
    assert_int_equal(client_read(fd, interim, sizeof(interim)), sizeof(interim));
    assert_memory_equal(interim, "HTTP/1.1 100 Continue\r\n\r\n", sizeof(interim));
    client_text(fd, "abc");
    struct reply r = client_reply(fd, false);
    assert_string_equal(r.body.data, "abc");
    reply_finish(&r);
    close(fd);
}

static void chunked_bodies_are_put_together(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    static const char *const pieces[] = {"5", "\r", "\nhel", "lo\r\n1;ext=1\r\n ", "\r\n", "5\r\nworld",
                                         "\r\n0\r", "\n", "\r\n"};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        client_text(fd, pieces[i]);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body.data, "hello world");
    reply_finish(&r);
    close(fd);
}

static void large_bodies_come_back_whole(void **state)
{
    size_t size = 1 << 20;
    char *body = malloc(size);
    for (size_t i = 0; i < size; i++)
        body[i] = (char)(i * 7 + i / 1000);
    int fd = client_connect(*state);
    client_printf(fd, "POST /slow-echo HTTP/1.1\r\nHost: t\r\nContent-Length: %zu\r\n\r\n", size);
    client_send(fd, body, size);
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.len, size);
    assert_memory_equal(r.body.data, body, size);
    reply_finish(&r);
    free(body);
    close(fd);
}

static void unknown_paths_with_bodies_keep_the_connection(void **state)
{
    int fd = client_connect(*state);
    client_text(fd, "POST /nowhere HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 404);
    reply_finish(&r);
    client_text(fd, "DELETE /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}");
    r = client_reply(fd, false);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    close(fd);
}

static void silent_clients_are_closed(void **state)
{
    (void)state;
    struct harness *h = harness_start((struct http_options){.threads = 1, .idle_timeout_s = 1});
    int idle = client_connect(h);
    int half = client_connect(h);
    int body = client_connect(h);
    client_text(half, "GET /hello HTT");
    client_text(body, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
    assert_true(client_closed(idle));
    assert_true(client_closed(half));
    assert_true(client_closed(body));
    close(idle);
    close(half);
    close(body);
    assert_true(wait_for_count(&h->finished, 1));
    assert_int_equal(atomic_load(&h->last_status), 0);
    harness_stop(h);
}

/* A byte now and then keeps the idle timeout away. */
static void heads_that_never_end_are_cut(void **state)
{
    (void)state;
    static const char head[] = "GET /hello HTTP/1.1\r\nHost: t\r\nX-Slow: ";
    struct harness *h = harness_start((struct http_options){.threads = 1, .idle_timeout_s = 5, .head_timeout_s = 1});
    int line = client_connect(h);
    int headers = client_connect(h);
    int again = client_connect(h);
    client_text(headers, head);
    client_text(again, "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
    struct reply r = client_reply(again, false);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    for (int i = 0; i < 25; i++) {
        char c = head[i];
        usleep(100 * 1000);
        /* A cut connection answers with a reset, which must not end the test. */
        (void)!send(line, &c, 1, MSG_NOSIGNAL);
        (void)!send(headers, "x", 1, MSG_NOSIGNAL);
        (void)!send(again, &c, 1, MSG_NOSIGNAL);
    }
    assert_true(client_closed(line));
    assert_true(client_closed(headers));
    assert_true(client_closed(again));
    close(line);
    close(headers);
    close(again);
    harness_stop(h);
}

/* What is past its head has all the time. */
static void streams_sockets_and_bodies_are_not_cut(void **state)
{
    (void)state;
    struct harness *h = harness_start((struct http_options){.threads = 1, .head_timeout_s = 1});
    struct frame *f = malloc(sizeof(*f));
    int ws = ws_connect(h, "/ws");
    int events = client_connect(h);
    int body = client_connect(h);
    client_text(events, "GET /events HTTP/1.1\r\nHost: t\r\n\r\n");
    client_text(body, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nabc");
    sleep(3);
    client_text(body, "def");
    struct reply r = client_reply(body, false);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    frame_send(ws, 0x81, "still here", 10);
    frame_read(ws, f);
    assert_int_equal(f->opcode, 1);
    assert_int_equal(atomic_load(&h->streams_closed), 0);
    free(f);
    close(ws);
    close(events);
    close(body);
    harness_stop(h);
}

static void the_caller_is_known_by_trusted_proxies_alone(void **state)
{
    (void)state;
    static const struct {
        int proxies;
        const char *headers;
        const char *peer;
    } rows[] = {
        {0, "X-Forwarded-For: 10.1.1.1\r\n", "127.0.0.1"},
        {1, "X-Forwarded-For: 10.1.1.1\r\n", "10.1.1.1"},
        {1, "X-Forwarded-For: 6.6.6.6, 10.1.1.1\r\n", "10.1.1.1"},
        {2, "X-Forwarded-For: 6.6.6.6, 10.1.1.1 , 10.2.2.2\r\n", "10.1.1.1"},
        {2, "X-Forwarded-For: 10.1.1.1\r\nX-Forwarded-For: 10.2.2.2\r\n", "10.1.1.1"},
        {2, "X-Forwarded-For: 2001:db8::1,10.2.2.2\r\n", "2001:db8::1"},
        {3, "X-Forwarded-For: 10.1.1.1\r\n", "10.1.1.1"},
        {1, "X-Forwarded-For: nonsense\r\n", "127.0.0.1"},
        {1, "X-Forwarded-For: \r\n", "127.0.0.1"},
        {1, "X-Forwarded-For: ,,,\r\n", "127.0.0.1"},
        {1, "", "127.0.0.1"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct harness *h = harness_start((struct http_options){.threads = 1, .trusted_proxies = rows[i].proxies});
        struct reply r = request(h, "GET", "/peer", rows[i].headers, NULL);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body.len, strlen(rows[i].peer));
        assert_memory_equal(r.body.data, rows[i].peer, r.body.len);
        reply_finish(&r);
        harness_stop(h);
    }
}

static void *slow_client(void *data)
{
    struct harness *h = data;
    for (int i = 0; i < 10; i++) {
        struct reply r = request(h, "GET", i % 2 ? "/slow" : "/slow-file", "", NULL);
        bool good = r.status == 200 && r.body.len == (i % 2 ? 4 : FILE_BYTES);
        reply_finish(&r);
        if (!good)
            return data;
    }
    return NULL;
}

static void blocking_handlers_serve_many_clients(void **state)
{
    struct harness *h = *state;
    h->sleep_ms = 5;
    pthread_t threads[32];
    for (int i = 0; i < 32; i++)
        pthread_create(&threads[i], NULL, slow_client, h);
    for (int i = 0; i < 32; i++) {
        void *failure;
        pthread_join(threads[i], &failure);
        assert_null(failure);
    }
    assert_int_equal(atomic_load(&h->handled), 320);
    assert_true(wait_for_count(&h->finished, 320));
}

static void blocking_handlers_do_not_hold_up_the_others(void **state)
{
    struct harness *h = *state;
    h->sleep_ms = 1000;
    int slow[4];
    for (int i = 0; i < 4; i++) {
        slow[i] = client_connect(h);
        client_text(slow[i], "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    assert_true(wait_for_count(&h->handled, 4));
    for (int i = 0; i < 20; i++) {
        struct reply r = request(h, "GET", "/hello", "", NULL);
        assert_int_equal(r.status, 200);
        reply_finish(&r);
    }
    assert_true(wait_for_count(&h->finished, 20));
    for (int i = 0; i < 4; i++) {
        struct reply r = client_reply(slow[i], false);
        assert_int_equal(r.status, 200);
        reply_finish(&r);
        close(slow[i]);
    }
}

static void a_full_pool_says_come_back(void **state)
{
    (void)state;
    struct harness *h = harness_start((struct http_options){.threads = 2, .blocking_threads = 1});
    h->sleep_ms = 20;
    int fds[100];
    for (int i = 0; i < 100; i++) {
        fds[i] = client_connect(h);
        client_text(fds[i], "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    int busy = 0, served = 0;
    for (int i = 0; i < 100; i++) {
        struct reply r = client_reply(fds[i], false);
        served += r.status == 200;
        if (r.status == 503) {
            busy++;
            assert_string_equal(reply_header(&r, "Retry-After"), "1");
        }
        reply_finish(&r);
        close(fds[i]);
    }
    assert_int_equal(busy + served, 100);
    assert_true(busy > 0 && served >= 32);
    harness_stop(h);
}

static void clients_that_leave_do_not_matter(void **state)
{
    struct harness *h = *state;
    h->sleep_ms = 30;
    for (int i = 0; i < 20; i++) {
        int fd = client_connect(h);
        client_text(fd, i % 2 ? "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n"
                              : "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc");
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        close(fd);
    }
    assert_true(wait_for_count(&h->finished, 20));
    struct reply r = request(h, "GET", "/hello", "", NULL);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
}

static void stopping_lets_running_requests_finish(void **state)
{
    struct harness *h = *state;
    h->sleep_ms = 300;
    int fds[3], idle = client_connect(h);
    for (int i = 0; i < 3; i++) {
        fds[i] = client_connect(h);
        client_text(fds[i], "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    assert_true(wait_for_count(&h->handled, 3));
    http_server_destroy(h->server, 2000);
    h->server = NULL;
    for (int i = 0; i < 3; i++) {
        struct reply r = client_reply(fds[i], false);
        assert_int_equal(r.status, 200);
        assert_string_equal(reply_header(&r, "Connection"), "close");
        reply_finish(&r);
        assert_true(client_closed(fds[i]));
        close(fds[i]);
    }
    assert_true(client_closed(idle));
    close(idle);
    assert_int_equal(atomic_load(&h->finished), 3);
}

static void stopping_without_grace_still_waits_for_handlers(void **state)
{
    struct harness *h = *state;
    h->sleep_ms = 200;
    int fds[30];
    for (int i = 0; i < 30; i++) {
        fds[i] = client_connect(h);
        client_text(fds[i], "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    assert_true(wait_for_count(&h->begun, 30));
    http_server_destroy(h->server, 0);
    h->server = NULL;
    assert_int_equal(atomic_load(&h->finished), 30);
    /* Four threads: the other 26 were told to come back instead of being run. */
    assert_true(atomic_load(&h->handled) <= 8);
    for (int i = 0; i < 30; i++)
        close(fds[i]);
}

static void servers_start_and_stop_many_times(void **state)
{
    (void)state;
    int before = open_descriptors();
    for (int i = 0; i < 20; i++) {
        struct harness *h = harness_start((struct http_options){0});
        struct reply r = request(h, "GET", "/hello", "", NULL);
        assert_int_equal(r.status, 200);
        reply_finish(&r);
        harness_stop(h);
    }
    assert_int_equal(open_descriptors(), before);
}

static void bad_listen_addresses_are_errors(void **state)
{
    (void)state;
    static const char *const addresses[] = {"", "localhost", "127.0.0.1", "127.0.0.1:", ":x",
                                            "127.0.0.1:99999", "::1:80", "256.1.1.1:0"};
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        SCRATCH(a);
        struct http_handler handler = {0};
        struct http_options options = {.listen = addresses[i]};
        struct http_server *server;
        struct err e = http_server_create(&a, &options, &handler, &server);
        if (!failed(e))
            fail_msg("%s was taken", addresses[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reply_carries_the_common_headers),
        TEST(connections_are_kept_alive),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(head_answers_the_headers_of_get),
        TEST(large_texts_are_compressed_when_allowed),
        TEST(a_matching_etag_is_answered_304),
        TEST(header_values_cannot_inject_lines),
        TEST(queries_and_cookies_are_decoded),
        TEST(malformed_requests_are_refused_before_the_handler),
        TEST(oversized_heads_are_answered_431),
        TEST(oversized_bodies_are_answered_413_and_the_connection_lives),
        TEST(a_hopeless_upload_is_refused_before_it_is_sent),
        TEST(expect_continue_is_answered_when_the_body_is_wanted),
        TEST(chunked_bodies_are_put_together),
        TEST(large_bodies_come_back_whole),
        TEST(unknown_paths_with_bodies_keep_the_connection),
        TEST(blocking_handlers_serve_many_clients),
        TEST(blocking_handlers_do_not_hold_up_the_others),
        TEST(clients_that_leave_do_not_matter),
        TEST(stopping_lets_running_requests_finish),
        TEST(stopping_without_grace_still_waits_for_handlers),
        cmocka_unit_test(silent_clients_are_closed),
        cmocka_unit_test(heads_that_never_end_are_cut),
        cmocka_unit_test(streams_sockets_and_bodies_are_not_cut),
        cmocka_unit_test(the_caller_is_known_by_trusted_proxies_alone),
        cmocka_unit_test(a_full_pool_says_come_back),
        cmocka_unit_test(servers_start_and_stop_many_times),
        cmocka_unit_test(bad_listen_addresses_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
