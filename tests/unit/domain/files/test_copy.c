/* domain/files/copy: whole or not there. */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/files/copy.h"

struct watch {
    int64_t bytes;
    int64_t stop_after; /* 0: never */
};

static bool cancelled(void *context)
{
    const struct watch *w = context;
    return w->stop_after && w->bytes >= w->stop_after;
}

static void advanced(void *context, int64_t bytes)
{
    struct watch *w = context;
    w->bytes += bytes;
}

static struct copy copy_of(struct media *m, const char *from, const char *to, struct watch *w)
{
    return (struct copy){
        .from = at(m, from),
        .to = at(m, to),
        .temporary = COPY_TEMPORARY "test",
        .cancelled = cancelled,
        .advanced = advanced,
        .context = w,
    };
}

static struct err run(struct media *m, const struct copy *copy, struct copy_plan *plan)
{
    TRY(copy_plan_make(&m->arena, copy, plan));
    TRY(copy_folders(&m->arena, copy, plan));
    for (size_t i = 0; i < plan->files.count; i++)
        TRY(copy_file(&m->arena, copy, &plan->files.items[i]));
    return OK;
}

static struct err copy_now(struct media *m, const char *from, const char *to)
{
    struct watch w = {0};
    struct copy_plan plan;
    struct copy copy = copy_of(m, from, to, &w);
    return run(m, &copy, &plan);
}

/* Something that no repetition hides mistakes in. */
static void put_big(struct media *m, const char *path, size_t size)
{
    char block[65536];
    uint32_t seed = 1;
    int fd = open(full(m, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t left = size; left;) {
        for (size_t i = 0; i < sizeof(block); i++)
            block[i] = (char)((seed = seed * 1664525u + 1013904223u) >> 24);
        size_t now = left < sizeof(block) ? left : sizeof(block);
        assert_int_equal(write(fd, block, now), (ssize_t)now);
        left -= now;
    }
    close(fd);
}

static void assert_same(struct media *m, const char *left, const char *right)
{
    struct stat l;
    struct stat r;
    assert_int_equal(stat(full(m, left), &l), 0);
    assert_int_equal(stat(full(m, right), &r), 0);
    assert_int_equal(l.st_size, r.st_size);
    assert_int_equal(l.st_mode, r.st_mode);
    assert_int_equal(l.st_mtim.tv_sec, r.st_mtim.tv_sec);
    assert_int_equal(l.st_mtim.tv_nsec, r.st_mtim.tv_nsec);
    assert_memory_equal(content(m, left), content(m, right), (size_t)l.st_size);
}

static void a_copy_is_the_same_file_with_its_time(void **state)
{
    struct media *m = *state;
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000, .tv_nsec = 123456789}};
    put_big(m, "big.bin", (size_t)(70 << 20) + 12345); /* more than one write-back window */
    assert_int_equal(utimensat(AT_FDCWD, full(m, "big.bin"), old, 0), 0);
    assert_ok(copy_now(m, "big.bin", "new/folder/größer.bin"));
    assert_same(m, "big.bin", "new/folder/größer.bin");
    assert_int_equal(entries(m, "new/folder"), 1);
    put(m, "empty", "");
    assert_ok(copy_now(m, "empty", "empty2"));
    assert_string_equal(content(m, "empty2"), "");
}

static void a_tree_keeps_its_shape_and_leaves_out_what_is_no_file(void **state)
{
    struct media *m = *state;
    struct watch w = {0};
    struct copy_plan plan;
    put(m, "tree/a.txt", "a");
    put(m, "tree/sub/b.txt", "bb");
    put(m, "tree/.hidden", "h");
    put(m, "tree/.medley-root", "marker");
    put_folder(m, "tree/void/inner");
    put_link(m, "tree/link.txt", "sub/b.txt");
    put_link(m, "tree/out", m->outside);
    put_link(m, "tree/folder", "sub");
    assert_int_equal(mkfifo(full(m, "tree/pipe"), 0600), 0);
    struct copy copy = copy_of(m, "tree", "forest", &w);
    assert_ok(run(m, &copy, &plan));
    assert_int_equal(plan.files.count, 4);
    assert_int_equal(plan.bytes, 6);
    assert_int_equal(w.bytes, 6);
    assert_int_equal(plan.skipped, 4);
    assert_string_equal(content(m, "forest/sub/b.txt"), "bb");
    assert_string_equal(content(m, "forest/link.txt"), "bb");
    assert_string_equal(content(m, "forest/.hidden"), "h");
    assert_true(is_there(m, "forest/void/inner"));
    assert_int_equal(entries(m, "forest"), 5);
    assert_untouched(m);
}

static void a_cancelled_copy_leaves_nothing(void **state)
{
    struct media *m = *state;
    struct watch w = {.stop_after = 1};
    struct copy_plan plan;
    put_big(m, "big.bin", (size_t)20 << 20);
    put_folder(m, "target");
    struct copy copy = copy_of(m, "big.bin", "target/big.bin", &w);
    assert_fails(run(m, &copy, &plan), ERR_CANCELLED);
    assert_true(w.bytes < (20 << 20));
    assert_int_equal(entries(m, "target"), 0);
}

static void what_is_there_stays_unless_told_otherwise(void **state)
{
    struct media *m = *state;
    struct watch w = {0};
    struct copy_plan plan;
    put(m, "a", "new");
    put(m, "b", "old");
    put_folder(m, "folder/inner");
    assert_fails(copy_now(m, "a", "b"), ERR_CONFLICT);
    assert_string_equal(content(m, "b"), "old");
    struct copy copy = copy_of(m, "a", "b", &w);
    copy.overwrite = true;
    assert_ok(run(m, &copy, &plan));
    assert_string_equal(content(m, "b"), "new");
    copy.to = at(m, "folder");
    assert_fails(run(m, &copy, &plan), ERR_CONFLICT);
    assert_true(is_there(m, "folder/inner"));
}

static void a_run_after_a_kill_takes_what_is_done_and_the_name_that_was_left(void **state)
{
    struct media *m = *state;
    struct watch w = {0};
    struct copy_plan plan;
    put(m, "tree/1", "one");
    put(m, "tree/2", "two!");
    assert_ok(copy_now(m, "tree", "copy"));
    assert_int_equal(unlink(full(m, "copy/2")), 0);
    put(m, "copy/" COPY_TEMPORARY "test", "half");
    struct copy copy = copy_of(m, "tree", "copy", &w);
    assert_fails(run(m, &copy, &plan), ERR_CONFLICT);
    copy.resume = true;
    w.bytes = 0;
    assert_ok(run(m, &copy, &plan));
    assert_int_equal(w.bytes, 7);
    assert_string_equal(content(m, "copy/2"), "two!");
    assert_int_equal(entries(m, "copy"), 2);
    /* Another file of the same name is not taken for the copy. */
    put(m, "copy/1", "other");
    assert_fails(run(m, &copy, &plan), ERR_CONFLICT);
    assert_string_equal(content(m, "copy/1"), "other");
}

static void a_copy_is_prepared_only_when_it_can_work(void **state)
{
    struct media *m = *state;
    put(m, "tree/file", "x");
    put_link(m, "leak", arena_printf(&m->arena, "%s/secret.txt", m->outside));
    put_link(m, "out", m->outside);
    struct place tree = at(m, "tree");
    struct place inner = at(m, "tree/sub/tree");
    struct place gone = at(m, "gone");
    struct place leak = at(m, "leak");
    struct place target = at(m, "target");
    struct place outside = at(m, "out/x");
    assert_fails(copy_prepare(&m->arena, &tree, &inner), ERR_INVALID);
    assert_fails(copy_prepare(&m->arena, &tree, &tree), ERR_INVALID);
    assert_fails(copy_prepare(&m->arena, &gone, &target), ERR_NOT_FOUND);
    assert_fails(copy_prepare(&m->arena, &leak, &target), ERR_INVALID);
    assert_fails(copy_prepare(&m->arena, &tree, &outside), ERR_INVALID);
    assert_false(is_there(m, "target"));
    assert_ok(copy_prepare(&m->arena, &tree, &target));
    assert_true(is_there(m, "target"));
    assert_untouched(m);
}

static void a_copy_into_a_link_of_itself_ends(void **state)
{
    struct media *m = *state;
    put(m, "tree/file", "x");
    put_link(m, "link", "tree");
    assert_ok(copy_now(m, "tree", "link/again"));
    assert_string_equal(content(m, "tree/again/file"), "x");
    assert_false(is_there(m, "tree/again/again"));
}

static void the_source_of_a_move_goes_unless_it_changed(void **state)
{
    struct media *m = *state;
    struct watch w = {0};
    struct copy_plan plan;
    int64_t kept;
    put(m, "tree/1", "one");
    put(m, "tree/sub/2", "two");
    struct copy copy = copy_of(m, "tree", "there", &w);
    assert_ok(run(m, &copy, &plan));
    put(m, "tree/sub/2", "changed");
    put(m, "tree/sub/new", "new");
    assert_ok(copy_remove_source(&m->arena, &copy, &plan, &kept));
    assert_true(kept > 0);
    assert_false(is_there(m, "tree/1"));
    assert_string_equal(content(m, "tree/sub/2"), "changed");
    assert_string_equal(content(m, "tree/sub/new"), "new");
    struct copy second = copy_of(m, "there", "again", &w);
    assert_ok(run(m, &second, &plan));
    assert_ok(copy_remove_source(&m->arena, &second, &plan, &kept));
    assert_int_equal(kept, 0);
    assert_false(is_there(m, "there"));
}

static void copies_between_devices_are_the_same(void **state)
{
    struct media *m = *state;
    struct stat here;
    struct stat there;
    struct watch w = {0};
    struct copy_plan plan;
    if (stat(m->home, &here) != 0 || stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev ||
        access("/dev/shm", W_OK) != 0)
        skip();
    put_big(m, "big.bin", (size_t)(9 << 20) + 1);
    media_second(m, arena_printf(&m->arena, "/dev/shm/medley-files-%d", (int)getpid()));
    const char *second = place_root_name(&m->roots, &m->arena, m->items[1]);
    struct copy out = copy_of(m, "media/big.bin", arena_printf(&m->arena, "%s/big.bin", second), &w);
    assert_ok(run(m, &out, &plan));
    struct copy back = copy_of(m, arena_printf(&m->arena, "%s/big.bin", second), "media/back.bin", &w);
    assert_ok(run(m, &back, &plan));
    assert_same(m, "big.bin", "back.bin");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, media_start, media_finish)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_the_same_file_with_its_time),
        TEST(a_tree_keeps_its_shape_and_leaves_out_what_is_no_file),
        TEST(a_cancelled_copy_leaves_nothing),
        TEST(what_is_there_stays_unless_told_otherwise),
        TEST(a_run_after_a_kill_takes_what_is_done_and_the_name_that_was_left),
        TEST(a_copy_is_prepared_only_when_it_can_work),
        TEST(a_copy_into_a_link_of_itself_ends),
        TEST(the_source_of_a_move_goes_unless_it_changed),
        TEST(copies_between_devices_are_the_same),
    };
    return cmocka_run_group_tests_name("files_copy", tests, NULL, NULL);
}
