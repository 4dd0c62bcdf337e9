/* domain/files/change: nothing is written over, nothing outside is touched, also while names move. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/files/change.h"

#define move_(m, from_, to_)                                                                       \
    ({                                                                                             \
        struct place from_place = at((m), (from_));                                                \
        struct place to_place = at((m), (to_));                                                    \
        files_move(&(m)->arena, &from_place, &to_place);                                           \
    })
#define rename_(m, path_, name_)                                                                   \
    ({                                                                                             \
        struct place renamed = at((m), (path_));                                                   \
        files_rename(&(m)->arena, &renamed, (name_));                                              \
    })
#define remove_(m, path_, only_folder_)                                                            \
    ({                                                                                             \
        struct place removed = at((m), (path_));                                                   \
        files_remove(&(m)->arena, &removed, (only_folder_));                                       \
    })
#define make_(m, path_)                                                                            \
    ({                                                                                             \
        struct place made = at((m), (path_));                                                      \
        files_make_folder(&(m)->arena, &made);                                                     \
    })

static void a_move_makes_parents_and_keeps_names_of_any_script(void **state)
{
    struct media *m = *state;
    put(m, "日本/ねこ.mkv", "cat");
    assert_ok(move_(m, "日本/ねこ.mkv", "new/deep/Ünï.mkv"));
    assert_string_equal(content(m, "new/deep/Ünï.mkv"), "cat");
    assert_false(is_there(m, "日本/ねこ.mkv"));
    assert_ok(move_(m, "new", "moved"));
    assert_string_equal(content(m, "moved/deep/Ünï.mkv"), "cat");
}

static void nothing_is_written_over(void **state)
{
    struct media *m = *state;
    put(m, "a", "a");
    put(m, "b", "b");
    put_folder(m, "folder");
    assert_fails(move_(m, "a", "b"), ERR_CONFLICT);
    assert_fails(move_(m, "a", "a"), ERR_CONFLICT);
    assert_fails(move_(m, "a", "folder"), ERR_CONFLICT);
    assert_fails(move_(m, "folder", "b"), ERR_CONFLICT);
    assert_fails(rename_(m, "a", "b"), ERR_CONFLICT);
    assert_fails(rename_(m, "a", "a"), ERR_CONFLICT);
    assert_fails(make_(m, "a"), ERR_CONFLICT);
    assert_fails(make_(m, "a/below"), ERR_CONFLICT);
    assert_fails(move_(m, "b", "a/below/b"), ERR_CONFLICT);
    assert_string_equal(content(m, "a"), "a");
    assert_string_equal(content(m, "b"), "b");
}

static void what_is_not_there_is_not_found(void **state)
{
    struct media *m = *state;
    put(m, "file", "x");
    assert_fails(move_(m, "gone", "x"), ERR_NOT_FOUND);
    assert_fails(move_(m, "file/below", "x"), ERR_NOT_FOUND);
    assert_fails(rename_(m, "gone", "x"), ERR_NOT_FOUND);
    assert_fails(remove_(m, "gone", false), ERR_NOT_FOUND);
    assert_fails(remove_(m, "file", true), ERR_NOT_FOUND);
    assert_false(is_there(m, "x"));
}

static void a_folder_does_not_go_into_itself(void **state)
{
    struct media *m = *state;
    put(m, "tree/file", "x");
    put_link(m, "link", "tree");
    assert_fails(move_(m, "tree", "tree/sub/tree"), ERR_INVALID);
    assert_fails(move_(m, "tree", "link/tree"), ERR_INVALID);
    assert_string_equal(content(m, "tree/file"), "x");
    assert_ok(move_(m, "tree", "tree2"));
}

static void names_that_differ_in_case_are_two_names(void **state)
{
    struct media *m = *state;
    put(m, "name.mkv", "x");
    assert_ok(rename_(m, "name.mkv", "Name.MKV"));
    assert_string_equal(content(m, "Name.MKV"), "x");
    put(m, "name.mkv", "y");
    assert_fails(rename_(m, "name.mkv", "Name.MKV"), ERR_CONFLICT);
}

static void names_of_255_bytes_work(void **state)
{
    struct media *m = *state;
    char name[NAME_MAX_BYTES + 1];
    memset(name, 'n', NAME_MAX_BYTES);
    name[NAME_MAX_BYTES] = 0;
    put(m, "short", "x");
    assert_ok(rename_(m, "short", name));
    assert_string_equal(content(m, name), "x");
    assert_ok(remove_(m, name, false));
}

static void folders_go_with_everything_and_links_are_not_followed(void **state)
{
    struct media *m = *state;
    put(m, "tree/a/b/c", "x");
    put_link(m, "tree/out", m->outside);
    put_link(m, "tree/a/secret", arena_printf(&m->arena, "%s/secret.txt", m->outside));
    assert_ok(remove_(m, "tree", true));
    assert_false(is_there(m, "tree"));
    put_link(m, "out", m->outside);
    assert_ok(remove_(m, "out", false));
    assert_untouched(m);
}

static void links_that_lead_out_are_no_way_out(void **state)
{
    struct media *m = *state;
    put(m, "file", "x");
    put_link(m, "out", m->outside);
    put_link(m, "leak", arena_printf(&m->arena, "%s/secret.txt", m->outside));
    put_link(m, "up", "..");
    assert_fails(move_(m, "out", "taken"), ERR_INVALID);
    assert_fails(move_(m, "leak", "taken"), ERR_INVALID);
    assert_fails(rename_(m, "leak", "taken"), ERR_INVALID);
    assert_fails(move_(m, "file", "out/file"), ERR_INVALID);
    assert_fails(move_(m, "file", "up/file"), ERR_INVALID);
    assert_fails(move_(m, "out/secret.txt", "taken"), ERR_INVALID);
    assert_fails(make_(m, "out/folder"), ERR_INVALID);
    assert_fails(remove_(m, "out/secret.txt", false), ERR_INVALID);
    assert_fails(remove_(m, "up/outside", true), ERR_INVALID);
    assert_false(is_there(m, "taken"));
    assert_string_equal(content(m, "file"), "x");
    assert_untouched(m);
}

static void between_devices_the_caller_is_told_to_copy(void **state)
{
    struct media *m = *state;
    struct stat here;
    struct stat there;
    if (stat(m->home, &here) != 0 || stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev ||
        access("/dev/shm", W_OK) != 0)
        skip();
    put(m, "file", "x");
    media_second(m, arena_printf(&m->arena, "/dev/shm/medley-files-%d", (int)getpid()));
    const char *second = place_root_name(&m->roots, &m->arena, m->items[1]);
    const char *target = arena_printf(&m->arena, "%s/file", second);
    assert_fails(move_(m, "media/file", target), ERR_UNSUPPORTED);
    assert_string_equal(content(m, "file"), "x");
    int fd;
    assert_ok(root_open(m->items[1], &m->arena, "file", O_WRONLY | O_CREAT, 0644, &fd));
    assert_int_equal(write(fd, "y", 1), 1);
    close(fd);
    assert_fails(move_(m, "media/file", target), ERR_CONFLICT);
}

/* --- a folder that becomes a link while somebody works in it --------------------------------------------- */

/* Its paths are made before the thread starts: the fixture's arena is the test's own. */
struct swapper {
    const char *folder;
    const char *aside;
    const char *outside;
    atomic_bool stop;
};

static void *swap(void *data)
{
    struct swapper *s = data;
    while (!atomic_load(&s->stop)) {
        if (rename(s->folder, s->aside) == 0 && symlink(s->outside, s->folder) == 0)
            unlink(s->folder);
        if (rename(s->aside, s->folder) != 0)
            break;
    }
    return NULL;
}

static void swapping_a_folder_for_a_link_reaches_nothing_outside(void **state)
{
    struct media *m = *state;
    struct swapper s = {.folder = full(m, "folder"), .aside = full(m, "aside"), .outside = m->outside};
    pthread_t thread;
    put_folder(m, "folder");
    assert_int_equal(pthread_create(&thread, NULL, swap, &s), 0);
    for (int i = 0; i < 1500; i++) {
        SCRATCH(a);
        struct place file = at(m, "file");
        struct place inside = at(m, "folder/secret.txt");
        struct place made = at(m, "folder/made");
        if (!is_there(m, "file"))
            put(m, "file", "mine");
        IGNORE(files_move(&a, &file, &inside));   /* whichever it is, it must stay inside */
        IGNORE(files_make_folder(&a, &made));
        IGNORE(files_remove(&a, &inside, false));
        IGNORE(files_remove(&a, &made, true));
    }
    atomic_store(&s.stop, true);
    pthread_join(thread, NULL);
    assert_untouched(m);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, media_start, media_finish)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_move_makes_parents_and_keeps_names_of_any_script),
        TEST(nothing_is_written_over),
        TEST(what_is_not_there_is_not_found),
        TEST(a_folder_does_not_go_into_itself),
        TEST(names_that_differ_in_case_are_two_names),
        TEST(names_of_255_bytes_work),
        TEST(folders_go_with_everything_and_links_are_not_followed),
        TEST(links_that_lead_out_are_no_way_out),
        TEST(between_devices_the_caller_is_told_to_copy),
        TEST(swapping_a_folder_for_a_link_reaches_nothing_outside),
    };
    return cmocka_run_group_tests_name("files_change", tests, NULL, NULL);
}
