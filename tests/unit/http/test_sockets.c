/* http/: WebSocket. */
#include "ws_client.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

static void the_handshake_follows_rfc_6455(void **state)
{
    struct reply r = request(*state, "GET", "/ws", &WS_HANDSHAKE[9], NULL);
    assert_int_equal(r.status, 101);
    assert_string_equal(reply_header(&r, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_string_equal(reply_header(&r, "Upgrade"), "websocket");
    assert_non_null(strcasestr(reply_header(&r, "Connection"), "upgrade"));
    assert_null(reply_header(&r, "Sec-WebSocket-Protocol"));
    reply_finish(&r);
    BUF(headers);
    buf_printf(&headers, "%sSec-WebSocket-Protocol: other, chat\r\n", &WS_HANDSHAKE[9]);
    r = request(*state, "GET", "/ws", headers.data, NULL);
    assert_string_equal(reply_header(&r, "Sec-WebSocket-Protocol"), "chat");
    reply_finish(&r);
}

struct handshake_row {
    const char *method;
    const char *headers;
    int status;
};

static void wrong_handshakes_are_refused(void **state)
{
    struct harness *h = *state;
    static const struct handshake_row rows[] = {
        {"GET", "", 400},
        {"POST", &WS_HANDSHAKE[9], 400},
        {"GET", "Connection: Upgrade\r\nUpgrade: websocket\r\n", 400},
        {"GET", "Connection: close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400},
        {"GET", "Connection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400},
        {"GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", 400},
        {"GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: short\r\n", 400},
        {"GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reply r = request(h, rows[i].method, "/ws", rows[i].headers, NULL);
        if (r.status != rows[i].status)
            fail_msg("%s %s: %d", rows[i].method, rows[i].headers, r.status);
        if (r.status == 426)
            assert_string_equal(reply_header(&r, "Sec-WebSocket-Version"), "13");
        reply_finish(&r);
    }
    assert_int_equal(atomic_load(&h->ws_opened), 0);
    /* The 426 had taken the callbacks, so it was told that they are free again. */
    assert_true(wait_for_count(&h->ws_closed, 1));
}

static void texts_come_back_whole_and_in_fragments(void **state)
{
    int fd = ws_connect(*state, "/ws");
    static struct frame f;
    static const size_t sizes[] = {0, 1, 125, 126, 127, 65535, 65536, 69000};
    char *text = malloc(70000);
    memset(text, 'x', 70000);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        frame_send(fd, 0x81, text, sizes[i]);
        frame_read(fd, &f);
        assert_int_equal(f.opcode, 1);
        assert_int_equal(f.len, sizes[i]);
        assert_memory_equal(f.data, text, f.len);
    }
    frame_send(fd, 0x01, "hel", 3);
    frame_send(fd, 0x89, "ping", 4);
    frame_send(fd, 0x00, "lo ", 3);
    frame_send(fd, 0x80, "w\xc3\xb6rld", 6);
    for (int i = 0; i < 2; i++) {
        frame_read(fd, &f);
        assert_string_equal(f.data, f.opcode == 10 ? "ping" : "hello w\xc3\xb6rld");
    }
    free(text);
    close(fd);
}

static void frames_sent_with_the_handshake_are_not_lost(void **state)
{
    int fd = client_connect(*state);
    BUF(all);
    buf_puts(&all, "GET /ws HTTP/1.1\r\n" WS_HANDSHAKE "\r\n");
    frame_append(&all, 0x81, "early", 5);
    client_send(fd, all.data, all.len);
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 101);
    reply_finish(&r);
    static struct frame f;
    frame_read(fd, &f);
    assert_string_equal(f.data, "early");
    close(fd);
}

struct close_row {
    const char *what;
    int first_byte;
    const char *data;
    size_t len;
    int code;
};

static void broken_frames_are_closed_with_their_code(void **state)
{
    struct harness *h = *state;
    static const struct close_row rows[] = {
        {"normal close", 0x88, "\x03\xe8", 2, 1000},
        {"own code", 0x88, "\x0f\xa0why", 5, 4000},
        {"invalid UTF-8", 0x81, "\xff\xfe", 2, 1007},
        {"truncated UTF-8", 0x81, "a\xc3", 2, 1007},
        {"binary", 0x82, "x", 1, 1003},
        {"reserved bit", 0xc1, "x", 1, 1002},
        {"unknown opcode", 0x83, "x", 1, 1002},
        {"continuation of nothing", 0x80, "x", 1, 1002},
        {"fragmented ping", 0x09, "x", 1, 1002},
        {"close code 1005", 0x88, "\x03\xed", 2, 1002},
        {"the handler closes", 0x81, "close", 5, 4001},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = ws_connect(h, "/ws");
        frame_send(fd, rows[i].first_byte, rows[i].data, rows[i].len);
        int code = read_close_code(fd);
        if (code != rows[i].code)
            fail_msg("%s: %d", rows[i].what, code);
        if (rows[i].first_byte != 0x88)
            frame_send(fd, 0x88, "\x03\xe8", 2);
        shutdown(fd, SHUT_WR);
        assert_true(client_closed(fd));
        close(fd);
    }
    assert_true(wait_for_count(&h->ws_closed, sizeof(rows) / sizeof(rows[0])));
}

static void unmasked_frames_are_refused(void **state)
{
    int fd = ws_connect(*state, "/ws");
    client_send(fd, "\x81\x02hi", 4);
    assert_int_equal(read_close_code(fd), 1002);
    close(fd);
}

static void oversized_messages_are_closed_with_1009(void **state)
{
    char *text = calloc(1, 700000);
    memset(text, 'x', 700000);
    int fd = ws_connect(*state, "/ws");
    frame_send(fd, 0x01, text, 700000);
    frame_send(fd, 0x80, text, 700000);
    assert_int_equal(read_close_code(fd), 1009);
    close(fd);
    /* An announced length is enough. */
    fd = ws_connect(*state, "/ws");
    client_send(fd, "\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00\x01\x02\x03\x04x", 15);
    assert_int_equal(read_close_code(fd), 1009);
    close(fd);
    free(text);
}

static void endless_empty_fragments_are_refused(void **state)
{
    int fd = ws_connect(*state, "/ws");
    BUF(flood);
    frame_append(&flood, 0x01, "", 0);
    for (int i = 0; i < 20000; i++)
        frame_append(&flood, 0x00, "", 0);
    client_send(fd, flood.data, flood.len);
    assert_int_equal(read_close_code(fd), 1008);
    close(fd);
}

static void clients_that_just_leave_are_noticed(void **state)
{
    struct harness *h = *state;
    for (int i = 0; i < 10; i++) {
        int fd = ws_connect(h, "/ws");
        close(fd);
    }
    assert_true(wait_for_count(&h->ws_closed, 10));
    assert_int_equal(atomic_load(&h->ws_opened), 10);
}

static void a_handle_outlives_its_connection(void **state)
{
    struct harness *h = *state;
    int fd = ws_connect(h, "/ws");
    assert_true(wait_for_count(&h->ws_opened, 1));
    struct ws *ws = ws_ref(atomic_load(&h->ws));
    close(fd);
    assert_true(wait_for_count(&h->ws_closed, 1));
    ws_send_text(ws, "nobody", 6);
    ws_close(ws, 1000, NULL);
    http_server_destroy(h->server, 100);
    h->server = NULL;
    ws_send_text(ws, "nobody", 6);
    ws_unref(ws);
}

static void slow_readers_are_dropped(void **state)
{
    struct harness *h = *state;
    int fd = ws_connect(h, "/ws");
    assert_true(wait_for_count(&h->ws_opened, 1));
    struct ws *ws = atomic_load(&h->ws);
    char *text = calloc(1, 100001);
    memset(text, 'x', 100000);
    /* Far more than the kernel's buffers and the queue hold. */
    for (int i = 0; i < 1000 && atomic_load(&h->ws_closed) == 0; i++) {
        ws_send_text(ws, text, 100000);
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    assert_true(wait_for_count(&h->ws_closed, 1));
    free(text);
    close(fd);
}

struct sender {
    struct ws *ws;
    int id;
};

static void *send_many(void *data)
{
    struct sender *s = data;
    for (int i = 0; i < 500; i++) {
        char text[32];
        int len = snprintf(text, sizeof(text), "%d %d", s->id, i);
        ws_send_text(s->ws, text, (size_t)len);
    }
    return NULL;
}

static void many_threads_may_send_and_each_keeps_its_order(void **state)
{
    struct harness *h = *state;
    int fd = ws_connect(h, "/ws");
    assert_true(wait_for_count(&h->ws_opened, 1));
    pthread_t threads[4];
    struct sender senders[4];
    for (int i = 0; i < 4; i++) {
        senders[i] = (struct sender){atomic_load(&h->ws), i};
        pthread_create(&threads[i], NULL, send_many, &senders[i]);
    }
    int next[4] = {0};
    static struct frame f;
    for (int i = 0; i < 2000; i++) {
        /* Pongs must not land inside another frame. */
        if (i % 50 == 0)
            frame_send(fd, 0x89, "p", 1);
        do {
            frame_read(fd, &f);
        } while (f.opcode == 10);
        assert_int_equal(f.opcode, 1);
        char *rest;
        long id = strtol(f.data, &rest, 10);
        assert_in_range(id, 0, 3);
        assert_int_equal(strtol(rest, NULL, 10), next[id]++);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    close(fd);
}

static void a_message_is_shared_by_a_thousand_sockets(void **state)
{
    struct harness *h = *state;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    int count = limit.rlim_cur > 2200 ? 1000 : (int)(limit.rlim_cur / 2 - 100);
    int *fds = calloc((size_t)count, sizeof(int));
    struct ws **sockets = calloc((size_t)count, sizeof(struct ws *));
    for (int i = 0; i < count; i++) {
        fds[i] = ws_connect(h, "/ws");
        assert_true(wait_for_count(&h->ws_opened, i + 1));
        sockets[i] = ws_ref(atomic_load(&h->ws));
    }
    for (int round = 0; round < 5; round++) {
        struct ws_message *message = ws_message_create("to all of you", 13);
        for (int i = 0; i < count; i++)
            ws_send_message(sockets[i], message);
        ws_message_unref(message);
    }
    static struct frame f;
    for (int i = 0; i < count; i++) {
        for (int round = 0; round < 5; round++) {
            frame_read(fds[i], &f);
            assert_string_equal(f.data, "to all of you");
        }
    }
    for (int i = 0; i < count; i++) {
        ws_unref(sockets[i]);
        close(fds[i]);
    }
    assert_true(wait_for_count(&h->ws_closed, count));
    free(sockets);
    free(fds);
}

static void *stop_server(void *data)
{
    struct harness *h = data;
    http_server_destroy(h->server, 2000);
    h->server = NULL;
    return NULL;
}

static void stopping_closes_sockets_with_1001(void **state)
{
    struct harness *h = *state;
    int fds[10];
    for (int i = 0; i < 10; i++)
        fds[i] = ws_connect(h, "/ws");
    int rude = ws_connect(h, "/ws"); /* never answers */
    assert_true(wait_for_count(&h->ws_opened, 11));
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_server, h);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(read_close_code(fds[i]), 1001);
        frame_send(fds[i], 0x88, "\x03\xe9", 2);
        assert_true(client_closed(fds[i]));
        close(fds[i]);
    }
    pthread_join(stopper, NULL);
    assert_int_equal(atomic_load(&h->ws_closed), 11);
    close(rude);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_handshake_follows_rfc_6455),
        TEST(wrong_handshakes_are_refused),
        TEST(texts_come_back_whole_and_in_fragments),
        TEST(frames_sent_with_the_handshake_are_not_lost),
        TEST(broken_frames_are_closed_with_their_code),
        TEST(unmasked_frames_are_refused),
        TEST(oversized_messages_are_closed_with_1009),
        TEST(endless_empty_fragments_are_refused),
        TEST(clients_that_just_leave_are_noticed),
        TEST(a_handle_outlives_its_connection),
        TEST(slow_readers_are_dropped),
        TEST(many_threads_may_send_and_each_keeps_its_order),
        TEST(a_message_is_shared_by_a_thousand_sockets),
        TEST(stopping_closes_sockets_with_1001),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
