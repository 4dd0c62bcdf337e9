/* sys/: stop flags, thread pools, files that are replaced as a whole. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/atomic_file.h"
#include "sys/pool.h"
#include "sys/stop.h"

/* --- stop ------------------------------------------------------------------------------------- */

static void *raise_soon(void *data)
{
    usleep(50000);
    stop_raise(data);
    return NULL;
}

static void stop_wakes_those_who_wait(void **state)
{
    (void)state;
    struct stop stop;
    pthread_t thread;
    stop_init(&stop);
    assert_false(stop_raised(&stop));
    assert_false(stop_raised(NULL));
    int64_t before = time_monotonic_us();
    assert_false(stop_wait(&stop, 20));
    assert_true(time_monotonic_us() - before >= 20000);
    assert_false(stop_wait(&stop, 0));
    assert_int_equal(pthread_create(&thread, NULL, raise_soon, &stop), 0);
    assert_true(stop_wait(&stop, 10000));
    assert_true(stop_wait(&stop, -1));
    assert_true(stop_raised(&stop));
    assert_true(time_monotonic_us() - before < 5 * SECONDS_US);
    pthread_join(thread, NULL);
    stop_finish(&stop);
}

/* --- pools ------------------------------------------------------------------------------------ */

static _Atomic int ran;

static void count_one(void *data)
{
    (void)data;
    atomic_fetch_add(&ran, 1);
}

static void wait_for_stop(void *data)
{
    stop_wait(data, -1);
    atomic_fetch_add(&ran, 1);
}

static void pool_runs_everything_once(void **state)
{
    (void)state;
    struct pool *pool;
    ran = 0;
    assert_ok(pool_create("test", 4, 1000, &pool));
    for (int i = 0; i < 900; i++)
        assert_ok(pool_submit(pool, count_one, NULL));
    pool_drain(pool);
    assert_int_equal(ran, 900);
    for (int i = 0; i < 100; i++)
        assert_ok(pool_submit(pool, count_one, NULL));
    pool_destroy(pool); /* also what was still queued */
    assert_int_equal(ran, 1000);
    pool_destroy(NULL);
}

static void full_pool_refuses(void **state)
{
    (void)state;
    struct pool *pool;
    struct stop stop;
    stop_init(&stop);
    ran = 0;
    assert_ok(pool_create("test", 1, 3, &pool));
    assert_ok(pool_submit(pool, wait_for_stop, &stop));
    while (pool_queued(pool) > 0)
        usleep(1000);
    for (int i = 0; i < 3; i++)
        assert_ok(pool_submit(pool, count_one, NULL));
    assert_fails(pool_submit(pool, count_one, NULL), ERR_BUSY);
    stop_raise(&stop);
    pool_drain(pool);
    assert_int_equal(ran, 4);
    assert_ok(pool_submit(pool, count_one, NULL));
    pool_destroy(pool);
    assert_int_equal(ran, 5);
    stop_finish(&stop);
}

struct nested {
    struct pool *pool;
    _Atomic int left;
};

static void submit_again(void *data)
{
    struct nested *nested = data;
    if (atomic_fetch_sub(&nested->left, 1) > 1)
        IGNORE(pool_submit(nested->pool, submit_again, nested)); /* room for one is always there */
}

static void pool_function_may_submit(void **state)
{
    (void)state;
    struct nested nested = {.left = 50};
    assert_ok(pool_create("test", 2, 4, &nested.pool));
    assert_ok(pool_submit(nested.pool, submit_again, &nested));
    pool_drain(nested.pool);
    assert_int_equal(nested.left, 0);
    pool_destroy(nested.pool);
}

/* --- atomic files ----------------------------------------------------------------------------- */

static char folder[128];

static int make_place(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%.90s/medley-sys-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_place(void **state)
{
    (void)state;
    SCRATCH(a);
    struct root *root;
    assert_ok(root_make(&a, "/", false, &root));
    assert_ok(root_remove_tree(root, &a, folder + 1));
    root_free(root);
    return 0;
}

static int entries(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.' || atomic_file_is_temporary(entry->d_name);
    closedir(dir);
    return count;
}

static const char *content(struct arena *a, const char *path)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    return arena_strdup(a, text);
}

static void file_is_old_or_new_and_never_between(void **state)
{
    (void)state;
    SCRATCH(a);
    struct root *root;
    const char *path = arena_printf(&a, "%s/config.yaml", folder);
    assert_ok(root_make(&a, folder, false, &root));
    assert_ok(atomic_file_write(&a, NULL, path, "old", 3, 0600));
    {
        ATOMIC_FILE(file);
        assert_ok(atomic_file_open(&a, root, "config.yaml", 0600, &file));
        assert_ok(write_all(&a, file.fd, "half", 4));
        assert_string_equal(content(&a, path), "old");
        assert_int_equal(entries(), 2);
    }
    assert_string_equal(content(&a, path), "old");
    assert_int_equal(entries(), 1);
    assert_ok(atomic_file_write(&a, root, "config.yaml", "new", 3, 0600));
    assert_string_equal(content(&a, path), "new");
    assert_int_equal(entries(), 1);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_fails(atomic_file_write(&a, root, "../config.yaml", "x", 1, 0600), ERR_DENIED);
    assert_fails(atomic_file_write(&a, root, "no/such/folder", "x", 1, 0600), ERR_NOT_FOUND);
    assert_ok(root_mkdirs(root, &a, "dir", 0755));
    assert_true(failed(atomic_file_write(&a, root, "dir", "x", 1, 0600)));
    assert_int_equal(entries(), 2);
    root_free(root);
}

static void full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    SCRATCH(a);
    const char *path = arena_printf(&a, "%s/settings", folder);
    assert_ok(atomic_file_write(&a, NULL, path, "old", 3, 0600));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static char big[100000];
        struct rlimit limit = {10000, 10000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        struct err e = atomic_file_write(&a, NULL, path, big, sizeof(big), 0600);
        _exit(e.kind == ERR_STORAGE && strcmp(e.code, "disk_full") == 0 ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_string_equal(content(&a, path), "old");
    assert_int_equal(entries(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_wakes_those_who_wait),
        cmocka_unit_test(pool_runs_everything_once),
        cmocka_unit_test(full_pool_refuses),
        cmocka_unit_test(pool_function_may_submit),
        cmocka_unit_test_setup_teardown(file_is_old_or_new_and_never_between, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(full_disk_leaves_the_old_file, make_place, remove_place),
    };
    return cmocka_run_group_tests_name("sys", tests, NULL, NULL);
}
