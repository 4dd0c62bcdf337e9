/* The client for outside services, against a server of our own. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loopback.h"
#include "net/net.h"

static const struct net_service plain = {.name = "plain", .pause_ms = 20};
static const struct net_service kept = {.name = "kept", .cache_s = 1, .pause_ms = 20};
static const struct net_service slow = {.name = "slow", .per_minute = 600, .burst = 2};
static const struct net_service narrow = {.name = "narrow", .at_once = 2};
static const struct net_service stated = {.name = "stated", .per_minute = 60000, .burst = 10,
                                          .limit_header = "X-Limit", .left_header = "X-Left"};
static const struct net_service hourly = {.name = "hourly", .per_minute = 1.0 / 60};
static const struct net_service *const services[] = {&plain, &kept, &slow, &narrow, &stated, &hourly, NULL};

struct world {
    struct arena arena;
    struct loopback *server;
    struct net *net;
};

static int setup(void **state)
{
    static struct world w;
    struct net_options options = {.services = services, .user_agent = "Test/1 (+nobody)", .cache_bytes = 100000};
    w = (struct world){0};
    w.server = loopback_start();
    assert_ok(net_create(&options, &w.net));
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    net_stop(w->net);
    net_destroy(w->net);
    loopback_stop(w->server);
    arena_finish(&w->arena);
    return 0;
}

static const char *url(struct world *w, const char *path)
{
    return arena_printf(&w->arena, "http://127.0.0.1:%d%s", loopback_port(w->server), path);
}

static struct net_stats figures(struct world *w, const char *name)
{
    struct net_stats s;
    assert_true(net_stats(w->net, name, &s));
    return s;
}

static double seconds_since(int64_t started)
{
    return (double)(time_monotonic_us() - started) / 1e6;
}

#define SEND(w_, reply_, ...)                                                                        \
    net_send((w_)->net, &(w_)->arena, &(struct net_request){__VA_ARGS__}, (reply_))
#define ANSWER(w_, path_, ...) loopback_answer((w_)->server, (path_), &(struct answer){__VA_ARGS__})

/* --- plain requests --------------------------------------------------------------------------------------------- */

static void an_answer_has_status_body_and_headers(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    const char *headers[] = {"X-Asked: yes", NULL};
    ANSWER(w, "/a", 418, "Content-Type: text/tea\r\nX-Twice: 1\r\nx-twice:  2 \r\n", "short and stout");
    assert_ok(SEND(w, &reply, .url = url(w, "/a"), .headers = headers));
    assert_int_equal(reply.status, 418);
    assert_string_equal(reply.body, "short and stout");
    assert_string_equal(reply.content_type, "text/tea");
    assert_string_equal(net_header(&w->arena, &reply, "X-TWICE"), "2 ");
    assert_null(net_header(&w->arena, &reply, "X-Thrice"));
    assert_non_null(strstr(loopback_last(w->server), "X-Asked: yes"));
    assert_non_null(strstr(loopback_last(w->server), "User-Agent: Test/1 (+nobody)"));
}

static void connections_are_kept(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 200, NULL, "x");
    for (int i = 0; i < 10; i++)
        assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a")));
    assert_int_equal(loopback_requests(w->server), 10);
    assert_int_equal(loopback_connections(w->server), 1);
    assert_int_equal(figures(w, "plain").requests, 10);
}

static void bodies_are_limited_after_they_are_unpacked(void **state)
{
    static const char bomb[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0d\x0f"
    "\xa0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x80\x57\x03\x7d\x95\x11\xd4\xa0\x86\x01\x00";
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/zip", 200, "Content-Encoding: gzip\r\n", bomb, .len = 132);
    assert_ok(SEND(w, &reply, .url = url(w, "/zip")));
    assert_int_equal(reply.len, 100000);
    assert_fails(SEND(w, &reply, .url = url(w, "/zip"), .max_bytes = 99999), ERR_TOO_LARGE);
}

static void a_server_that_is_not_there_is_away(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    struct loopback *gone = loopback_start();
    const char *address = arena_printf(&w->arena, "http://127.0.0.1:%d/", loopback_port(gone));
    loopback_stop(gone);
    assert_fails(SEND(w, &reply, .url = address), ERR_UPSTREAM);
    assert_fails(SEND(w, &reply, .url = "file:///etc/passwd"), ERR_INVALID);
    assert_fails(SEND(w, &reply, .url = "not a url"), ERR_INVALID);
}

static void an_attempt_ends_after_its_time(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    int64_t started = time_monotonic_us();
    ANSWER(w, "/slow", 200, NULL, "x", .delay_ms = 3000);
    assert_fails(SEND(w, &reply, .url = url(w, "/slow"), .timeout_ms = 200), ERR_TIMEOUT);
    assert_true(seconds_since(started) < 2.5);
}

/* --- repeats ---------------------------------------------------------------------------------------------------- */

static void passing_trouble_is_tried_again(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", .drop = 1);
    ANSWER(w, "/a", 503);
    ANSWER(w, "/a", 200, NULL, "at last");
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a")));
    assert_string_equal(reply.body, "at last");
    struct net_stats s = figures(w, "plain");
    assert_int_equal(s.retries, 2);
    assert_int_equal(s.requests, 3);
    assert_int_equal(s.errors, 2);
    assert_true(s.last_error_us != TIME_NONE && *s.last_error);
}

static void trouble_that_stays_is_answered(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 500, NULL, "no");
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a")));
    assert_int_equal(reply.status, 500);
    assert_int_equal(loopback_requests(w->server), 3);
    ANSWER(w, "/b", 404);
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/b")));
    assert_int_equal(loopback_requests(w->server), 4);
}

static void a_post_is_sent_once(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 503);
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a"), .body = "{}"));
    assert_int_equal(loopback_requests(w->server), 1);
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a"), .body = "{}", .repeatable = true));
    assert_int_equal(loopback_requests(w->server), 4);
}

static void a_short_retry_after_is_waited_for(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    int64_t started = time_monotonic_us();
    ANSWER(w, "/a", 429, "Retry-After: 1\r\n");
    ANSWER(w, "/a", 200, NULL, "x");
    assert_ok(SEND(w, &reply, .service = &plain, .url = url(w, "/a")));
    assert_int_equal(reply.status, 200);
    assert_true(seconds_since(started) >= 0.95);
}

static void a_long_retry_after_parks_the_service(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    char date[TIME_TEXT_BYTES];
    int64_t started = time_monotonic_us();
    time_format_http(time_now_us() + 3600 * SECONDS_US, date);
    const char *header = arena_printf(&w->arena, "Retry-After: %s\r\n", date);
    ANSWER(w, "/a", 429, header);
    assert_fails(SEND(w, &reply, .service = &plain, .url = url(w, "/a")), ERR_UPSTREAM);
    assert_fails(SEND(w, &reply, .service = &plain, .url = url(w, "/a"), .patience_ms = -1), ERR_UPSTREAM);
    assert_int_equal(loopback_requests(w->server), 1);
    assert_true(seconds_since(started) < 2.5);
    assert_true(figures(w, "plain").parked_until_us > time_now_us() + 3000 * SECONDS_US);
    assert_ok(SEND(w, &reply, .url = url(w, "/a"))); /* only the service is parked */
}

/* --- turns ------------------------------------------------------------------------------------------------------ */

static void tokens_come_back_steadily(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    int64_t started = time_monotonic_us();
    ANSWER(w, "/a", 200, NULL, "x");
    for (int i = 0; i < 6; i++)
        assert_ok(SEND(w, &reply, .service = &slow, .url = url(w, "/a")));
    assert_true(seconds_since(started) >= 0.35); /* two at once, then ten a second */
    assert_true(seconds_since(started) < 5);
    assert_true(figures(w, "slow").waits >= 1);
}

static void patience_has_an_end(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 200, NULL, "x");
    assert_ok(SEND(w, &reply, .service = &hourly, .url = url(w, "/a")));
    assert_fails(SEND(w, &reply, .service = &hourly, .url = url(w, "/a"), .patience_ms = 300), ERR_UPSTREAM);
    assert_int_equal(loopback_requests(w->server), 1);
}

static void a_stated_limit_replaces_ours(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 200, "X-Limit: 600\r\nX-Left: 1\r\n", "x");
    int64_t started = time_monotonic_us();
    for (int i = 0; i < 4; i++)
        assert_ok(SEND(w, &reply, .service = &stated, .url = url(w, "/a")));
    assert_true(seconds_since(started) >= 0.15);
}

struct asking {
    struct world *w;
    const struct net_service *service;
    const char *path;
    volatile bool cancelled;
    struct err result;
    struct arena arena;
};

static void *ask(void *context)
{
    struct asking *s = context;
    struct net_reply reply;
    struct net_request request = {.service = s->service, .cancelled = &s->cancelled, .patience_ms = -1,
                                  .url = arena_printf(&s->arena, "http://127.0.0.1:%d%s",
                                                      loopback_port(s->w->server), s->path)};
    s->result = net_send(s->w->net, &s->arena, &request, &reply);
    return NULL;
}

#define THREADS 12
static void no_more_than_allowed_run_at_once(void **state)
{
    struct world *w = *state;
    pthread_t threads[THREADS];
    struct asking askers[THREADS] = {0};
    ANSWER(w, "/a", 200, NULL, "x", .delay_ms = 30);
    for (int i = 0; i < THREADS; i++) {
        askers[i] = (struct asking){.w = w, .service = &narrow, .path = "/a"};
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_ok(askers[i].result);
        arena_finish(&askers[i].arena);
    }
    assert_int_equal(loopback_requests(w->server), THREADS);
    assert_int_equal(loopback_most_at_once(w->server), 2);
    assert_int_equal(figures(w, "narrow").active, 0);
}

/* --- ending a wait ---------------------------------------------------------------------------------------------- */

static double seconds_until_cancelled(struct world *w, struct asking *s, bool stop)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, ask, s), 0);
    usleep(200000);
    int64_t started = time_monotonic_us();
    if (stop)
        net_stop(w->net);
    else
        __atomic_store_n(&s->cancelled, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_int_equal(s->result.kind, ERR_CANCELLED);
    arena_finish(&s->arena);
    return seconds_since(started);
}

static void cancelling_ends_every_wait(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    struct asking answer = {.w = w, .service = &plain, .path = "/slow"};
    struct asking pause = {.w = w, .service = &kept, .path = "/later"};
    struct asking turn = {.w = w, .service = &slow, .path = "/x"};
    ANSWER(w, "/slow", 200, NULL, "x", .delay_ms = 3000);
    ANSWER(w, "/later", 429, "Retry-After: 9\r\n");
    ANSWER(w, "/x", 429, "Retry-After: 9\r\n");
    assert_true(seconds_until_cancelled(w, &answer, false) < 1.0);
    assert_true(seconds_until_cancelled(w, &pause, false) < 1.0);
    assert_fails(SEND(w, &reply, .service = &slow, .url = url(w, "/x"), .patience_ms = 500), ERR_NONE);
    assert_true(seconds_until_cancelled(w, &turn, false) < 1.0);
    assert_int_equal(figures(w, "plain").active, 0);
}

static void stopping_ends_every_wait_for_good(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    struct asking answer = {.w = w, .service = &plain, .path = "/slow"};
    ANSWER(w, "/slow", 200, NULL, "x", .delay_ms = 3000);
    assert_true(seconds_until_cancelled(w, &answer, true) < 1.0);
    assert_fails(SEND(w, &reply, .url = url(w, "/a")), ERR_CANCELLED);
    assert_fails(SEND(w, &reply, .service = &plain, .url = url(w, "/a")), ERR_CANCELLED);
}

/* --- kept answers ----------------------------------------------------------------------------------------------- */

static void answers_are_kept_for_their_time(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 200, "Content-Type: text/plain\r\n", "first");
    ANSWER(w, "/a", 200, NULL, "second");
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a")));
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a")));
    assert_string_equal(reply.body, "first");
    assert_string_equal(reply.content_type, "text/plain");
    assert_true(reply.cached);
    assert_int_equal(figures(w, "kept").cache_hits, 1);
    assert_int_equal(figures(w, "kept").requests, 1);
    usleep(1100000);
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a")));
    assert_string_equal(reply.body, "second");
    const char *headers[] = {"Authorization: other", NULL};
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a"), .headers = headers));
    assert_false(reply.cached); /* somebody else's answer */
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a"), .fresh = true));
    assert_false(reply.cached);
}

static void failures_are_not_kept(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 404);
    ANSWER(w, "/a", 200, NULL, "now it is there");
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a")));
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a")));
    assert_int_equal(reply.status, 200);
}

static void the_cache_has_a_size(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    static char large[10000];
    memset(large, 'x', sizeof(large));
    ANSWER(w, "/a", 200, NULL, large, .len = sizeof(large));
    for (int i = 0; i < 20; i++) {
        const char *headers[] = {arena_printf(&w->arena, "X-Number: %d", i), NULL};
        assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a"), .headers = headers));
    }
    const char *first[] = {"X-Number: 0", NULL};
    const char *last[] = {"X-Number: 19", NULL};
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a"), .headers = last));
    assert_true(reply.cached);
    assert_ok(SEND(w, &reply, .service = &kept, .url = url(w, "/a"), .headers = first));
    assert_false(reply.cached);
}

/* --- the guard, and redirects ----------------------------------------------------------------------------------- */

static void private_addresses_are_refused_unless_a_setting_names_them(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/a", 200, NULL, "secret");
    assert_ok(SEND(w, &reply, .url = url(w, "/a"))); /* leaves a connection open that must not be used */
    assert_fails(SEND(w, &reply, .url = url(w, "/a"), .guard = true), ERR_DENIED);
    assert_fails(SEND(w, &reply, .url = url(w, "/a"), .guard = true, .trusted = "http://127.0.0.1:1/"), ERR_DENIED);
    assert_ok(SEND(w, &reply, .url = url(w, "/a"), .guard = true, .trusted = url(w, "/api")));
    assert_string_equal(reply.body, "secret");
}

static void redirects_are_followed_when_asked(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    ANSWER(w, "/from", 302, "Location: ../to?x=1\r\n");
    ANSWER(w, "/to?x=1", 200, NULL, "there");
    ANSWER(w, "/round", 301, "Location: /round\r\n");
    assert_ok(SEND(w, &reply, .url = url(w, "/from")));
    assert_int_equal(reply.status, 302);
    assert_ok(SEND(w, &reply, .url = url(w, "/from"), .redirects = 5));
    assert_string_equal(reply.body, "there");
    assert_string_equal(reply.url, url(w, "/to?x=1"));
    assert_ok(SEND(w, &reply, .url = url(w, "/round"), .redirects = 3));
    assert_int_equal(reply.status, 301);
}

static void a_redirect_elsewhere_is_guarded(void **state)
{
    struct world *w = *state;
    struct net_reply reply;
    struct loopback *other = loopback_start();
    const char *location = arena_printf(&w->arena, "Location: http://127.0.0.1:%d/x\r\n", loopback_port(other));
    const char *there = arena_printf(&w->arena, "http://127.0.0.1:%d", loopback_port(other));
    const char *headers[] = {"Authorization: mine", NULL};
    ANSWER(w, "/away", 307, location);
    loopback_answer(other, "/x", &(struct answer){200, NULL, "inner", 0, 0, 0});
    assert_fails(SEND(w, &reply, .url = url(w, "/away"), .redirects = 5), ERR_DENIED);
    assert_int_equal(loopback_requests(other), 0);
    assert_ok(SEND(w, &reply, .url = url(w, "/away"), .redirects = 5, .trusted = there, .headers = headers));
    assert_string_equal(reply.body, "inner");
    assert_null(strstr(loopback_last(other), "mine"));
    loopback_stop(other);
}

static void origins_are_scheme_host_and_port(void **state)
{
    (void)state;
    assert_true(url_same_origin("http://a.test/x?y", "HTTP://A.test:80"));
    assert_true(url_same_origin("https://a.test:443/", "https://a.test/z"));
    assert_false(url_same_origin("http://a.test/", "https://a.test/"));
    assert_false(url_same_origin("http://a.test:81/", "http://a.test/"));
    assert_false(url_same_origin("http://a.test@b.test/", "http://a.test/"));
    assert_false(url_same_origin("http://a.test/", NULL));
    assert_false(url_same_origin("nonsense", "nonsense"));
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_has_status_body_and_headers),
        TEST(connections_are_kept),
        TEST(bodies_are_limited_after_they_are_unpacked),
        TEST(a_server_that_is_not_there_is_away),
        TEST(an_attempt_ends_after_its_time),
        TEST(passing_trouble_is_tried_again),
        TEST(trouble_that_stays_is_answered),
        TEST(a_post_is_sent_once),
        TEST(a_short_retry_after_is_waited_for),
        TEST(a_long_retry_after_parks_the_service),
        TEST(tokens_come_back_steadily),
        TEST(patience_has_an_end),
        TEST(a_stated_limit_replaces_ours),
        TEST(no_more_than_allowed_run_at_once),
        TEST(cancelling_ends_every_wait),
        TEST(stopping_ends_every_wait_for_good),
        TEST(answers_are_kept_for_their_time),
        TEST(failures_are_not_kept),
        TEST(the_cache_has_a_size),
        TEST(private_addresses_are_refused_unless_a_setting_names_them),
        TEST(redirects_are_followed_when_asked),
        TEST(a_redirect_elsewhere_is_guarded),
        cmocka_unit_test(origins_are_scheme_host_and_port),
    };
    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
