/* http/: server-sent events. */
#include "harness.h"

#include <pthread.h>
#include <time.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

static int open_stream(struct harness *h)
{
    int before = atomic_load(&h->streams_opened);
    int fd = client_connect(h);
    client_text(fd, "GET /events HTTP/1.1\r\nHost: t\r\n\r\n");
    char text[1000];
    size_t len = 0;
    do {
        assert_int_equal(client_read(fd, text + len, 1), 1);
        text[++len] = 0;
    } while (!strstr(text, "data: hello\n\n\r\n"));
    assert_non_null(strstr(text, "text/event-stream"));
    assert_non_null(strstr(text, "Cache-Control: no-cache"));
    assert_true(wait_for_count(&h->streams_opened, before + 1));
    return fd;
}

static void events_reach_the_client_as_they_happen(void **state)
{
    struct harness *h = *state;
    int fd = open_stream(h);
    for (int i = 0; i < 20; i++) {
        http_stream_write(atomic_load(&h->stream), "data: x\n\n", 9);
        char text[14];
        assert_int_equal(client_read(fd, text, sizeof(text)), sizeof(text));
        assert_memory_equal(text, "9\r\ndata: x\n\n\r\n", sizeof(text));
    }
    http_stream_end(atomic_load(&h->stream));
    char end[5];
    assert_int_equal(client_read(fd, end, 5), 5);
    assert_memory_equal(end, "0\r\n\r\n", 5);
    assert_true(wait_for_count(&h->streams_closed, 1));
    close(fd);
}

static void clients_that_leave_are_noticed_without_writing(void **state)
{
    struct harness *h = *state;
    for (int i = 0; i < 10; i++) {
        int fd = open_stream(h);
        close(fd);
    }
    assert_true(wait_for_count(&h->streams_closed, 10));
    assert_true(wait_for_count(&h->finished, 10));
}

static void head_closes_without_opening(void **state)
{
    struct harness *h = *state;
    struct reply r = request(h, "HEAD", "/events", "", NULL);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    assert_true(wait_for_count(&h->streams_closed, 1));
    assert_int_equal(atomic_load(&h->streams_opened), 0);
}

static void slow_readers_are_dropped(void **state)
{
    struct harness *h = *state;
    int fd = open_stream(h);
    char *text = malloc(50000);
    memset(text, 'x', 50000);
    /* As a real user must, writing and closing exclude each other. */
    for (bool open = true; open;) {
        pthread_mutex_lock(&h->stream_lock);
        open = atomic_load(&h->stream) != NULL;
        if (open)
            http_stream_write(atomic_load(&h->stream), text, 50000);
        pthread_mutex_unlock(&h->stream_lock);
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    assert_true(wait_for_count(&h->streams_closed, 1));
    free(text);
    close(fd);
}

static void stopping_ends_streams(void **state)
{
    struct harness *h = *state;
    int fds[5];
    for (int i = 0; i < 5; i++)
        fds[i] = open_stream(h);
    http_server_destroy(h->server, 2000);
    h->server = NULL;
    for (int i = 0; i < 5; i++) {
        char end[5];
        assert_int_equal(client_read(fds[i], end, 5), 5);
        assert_memory_equal(end, "0\r\n\r\n", 5);
        assert_true(client_closed(fds[i]));
        close(fds[i]);
    }
    assert_int_equal(atomic_load(&h->streams_closed), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_reach_the_client_as_they_happen),
        TEST(clients_that_leave_are_noticed_without_writing),
        TEST(head_closes_without_opening),
        TEST(slow_readers_are_dropped),
        TEST(stopping_ends_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
