/* Remembered replies: of their generation only, the oldest first out, from many threads. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "api/common/remember.h"

static void keep(struct remembered *r, const char *key, uint64_t generation, const char *text)
{
    remember_keep(r, key, generation, text, strlen(text));
}

static void a_reply_is_found_until_something_changed(void **state)
{
    (void)state;
    BUF(out);
    struct remembered *r = remember_create(4096);
    assert_false(remember_find(r, "a", 1, &out));
    keep(r, "a", 1, "one");
    keep(r, "b", 1, "");
    assert_true(remember_find(r, "a", 1, &out));
    assert_string_equal(out.data, "one");
    assert_true(remember_find(r, "b", 1, &out));
    assert_false(remember_find(r, "a", 2, &out));
    assert_false(remember_find(r, "a", 1, &out)); /* gone for good */
    keep(r, "a", 2, "two");
    keep(r, "a", 3, "three");
    buf_clear(&out);
    assert_true(remember_find(r, "a", 3, &out));
    assert_string_equal(out.data, "three");
    remember_destroy(r);
}

static void the_least_recently_used_goes_first(void **state)
{
    (void)state;
    BUF(out);
    char key[16];
    char text[101] = {0};
    struct remembered *r = remember_create(2000);
    memset(text, 'x', 100);
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        keep(r, key, 1, text);
        assert_true(remember_find(r, "key 0", 1, &out));
    }
    assert_true(remember_find(r, "key 49", 1, &out));
    assert_false(remember_find(r, "key 1", 1, &out));
    remember_destroy(r);
}

static void what_is_too_large_is_not_kept(void **state)
{
    (void)state;
    BUF(out);
    char text[300] = {0};
    struct remembered *r = remember_create(2000);
    memset(text, 'x', sizeof(text) - 1);
    keep(r, "large", 1, text);
    assert_false(remember_find(r, "large", 1, &out));
    remember_destroy(r);
}

static void *hammer(void *data)
{
    struct remembered *r = data;
    char key[16];
    for (uint64_t i = 0; i < 3000; i++) {
        BUF(out);
        snprintf(key, sizeof(key), "key %d", (int)(i % 40));
        if (remember_find(r, key, i / 500, &out))
            assert_string_equal(out.data, key);
        else
            keep(r, key, i / 500, key);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t threads[4];
    struct remembered *r = remember_create(3000);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, r), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    remember_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_found_until_something_changed),
        cmocka_unit_test(the_least_recently_used_goes_first),
        cmocka_unit_test(what_is_too_large_is_not_kept),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests_name("remember", tests, NULL, NULL);
}
