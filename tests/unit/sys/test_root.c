/* sys/: files beneath a root, whatever the path says, and roots that are offline. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/root.h"

/* <folder>/inside is the root; <folder>/outside/secret is what nobody may reach. */
struct place {
    struct arena a;
    char folder[128];
    struct root *root;
};

static const char *at(struct place *p, const char *path)
{
    return arena_printf(&p->a, "%s/%s", p->folder, path);
}

static void put(struct place *p, const char *path, const char *text)
{
    FILE *file = fopen(at(p, path), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int start(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct place *p = calloc(1, sizeof(*p));
    snprintf(p->folder, sizeof(p->folder), "%.90s/medley-root-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->folder));
    assert_int_equal(mkdir(at(p, "inside"), 0755), 0);
    assert_int_equal(mkdir(at(p, "inside/films"), 0755), 0);
    assert_int_equal(mkdir(at(p, "outside"), 0755), 0);
    put(p, "outside/secret", "secret");
    put(p, "inside/films/one.mkv", "one");
    assert_ok(root_make(&p->a, at(p, "inside"), false, &p->root));
    *state = p;
    return 0;
}

static int end(void **state)
{
    struct place *p = *state;
    struct root *all;
    assert_ok(root_make(&p->a, "/", false, &all));
    assert_ok(root_remove_tree(all, &p->a, p->folder + 1));
    root_free(all);
    root_free(p->root);
    arena_finish(&p->a);
    free(p);
    return 0;
}

static struct err open_and_close(struct place *p, const char *path, int flags)
{
    int fd;
    TRY(root_open(p->root, &p->a, path, flags, 0644, &fd));
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    return OK;
}

static void paths_that_lead_out_are_denied(void **state)
{
    struct place *p = *state;
    assert_int_equal(symlink(at(p, "outside"), at(p, "inside/door")), 0);
    assert_int_equal(symlink("../../outside/secret", at(p, "inside/films/hole")), 0);
    assert_int_equal(symlink("/proc/self/root", at(p, "inside/magic")), 0);
    const char *const out[] = {"../outside/secret",
                               "films/../../outside/secret",
                               "door/secret",
                               "films/hole",
                               at(p, "outside/secret"),
                               "/etc/passwd",
                               "magic/etc/passwd",
                               "..",
                               "films/../.."};
    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
        struct stat st;
        struct err e = open_and_close(p, out[i], O_RDONLY);
        assert_int_equal(e.kind, ERR_DENIED);
        assert_fails(root_stat(p->root, &p->a, out[i], true, &st), ERR_DENIED);
        assert_true(failed(open_and_close(p, out[i], O_WRONLY | O_CREAT)));
        assert_true(failed(root_rename(p->root, "films/one.mkv", p->root, out[i], false, &p->a)));
    }
    assert_fails(root_mkdirs(p->root, &p->a, "door/new", 0755), ERR_DENIED);
    assert_fails(root_mkdirs(p->root, &p->a, "../new", 0755), ERR_DENIED);
    assert_fails(root_unlink(p->root, &p->a, "door/secret"), ERR_DENIED);
    assert_fails(root_remove_tree(p->root, &p->a, "door/."), ERR_INVALID);
    assert_int_equal(access(at(p, "outside/secret"), F_OK), 0);
    assert_int_equal(access(at(p, "outside/new"), F_OK), -1);
}

static void links_inside_work(void **state)
{
    struct place *p = *state;
    struct stat st;
    assert_int_equal(symlink("films", at(p, "inside/movies")), 0);
    assert_ok(open_and_close(p, "movies/one.mkv", O_RDONLY));
    assert_ok(open_and_close(p, "movies/../films/./one.mkv", O_RDONLY));
    assert_ok(root_stat(p->root, &p->a, "movies", true, &st));
    assert_true(S_ISDIR(st.st_mode));
    assert_ok(root_stat(p->root, &p->a, "movies", false, &st));
    assert_true(S_ISLNK(st.st_mode));
    assert_ok(root_stat(p->root, &p->a, "", true, &st));
    assert_fails(root_stat(p->root, &p->a, "nothing", true, &st), ERR_NOT_FOUND);
}

static void only_files_are_opened_as_files(void **state)
{
    struct place *p = *state;
    int fd;
    assert_int_equal(mkfifo(at(p, "inside/pipe"), 0644), 0);
    assert_fails(open_and_close(p, "pipe", O_RDONLY), ERR_UNSUPPORTED);
    assert_fails(open_and_close(p, "films", O_RDONLY), ERR_UNSUPPORTED);
    assert_ok(root_open(p->root, &p->a, "films", O_RDONLY | O_DIRECTORY, 0, &fd));
    close(fd);
}

static void folders_are_made_and_trees_removed_without_following(void **state)
{
    struct place *p = *state;
    assert_ok(root_mkdirs(p->root, &p->a, "a/b/c/d", 0755));
    assert_ok(root_mkdirs(p->root, &p->a, "a//b/./c", 0755));
    assert_ok(root_mkdirs(p->root, &p->a, "", 0755));
    put(p, "inside/a/b/file", "x");
    assert_int_equal(symlink(at(p, "outside"), at(p, "inside/a/b/c/door")), 0);
    assert_fails(root_mkdirs(p->root, &p->a, "a/b/file/c", 0755), ERR_NOT_FOUND);
    assert_fails(root_unlink(p->root, &p->a, "a"), ERR_CONFLICT);
    assert_ok(root_remove_tree(p->root, &p->a, "a/"));
    assert_fails(root_remove_tree(p->root, &p->a, "a"), ERR_NOT_FOUND);
    assert_int_equal(access(at(p, "outside/secret"), F_OK), 0);
    assert_int_equal(symlink(at(p, "outside"), at(p, "inside/door")), 0);
    assert_ok(root_remove_tree(p->root, &p->a, "door")); /* the link itself */
    assert_int_equal(access(at(p, "outside/secret"), F_OK), 0);
    assert_fails(root_remove_tree(p->root, &p->a, ""), ERR_INVALID);
    assert_fails(root_remove_tree(p->root, &p->a, "films/.."), ERR_INVALID);
}

static void rename_replaces_only_when_asked(void **state)
{
    struct place *p = *state;
    struct stat st;
    put(p, "inside/two.mkv", "twotwo");
    assert_fails(root_rename(p->root, "two.mkv", p->root, "films/one.mkv", false, &p->a),
                 ERR_CONFLICT);
    assert_ok(root_rename(p->root, "two.mkv", p->root, "films/two.mkv", false, &p->a));
    assert_ok(root_rename(p->root, "films/two.mkv", p->root, "films/one.mkv", true, &p->a));
    assert_ok(root_stat(p->root, &p->a, "films/one.mkv", true, &st));
    assert_int_equal(st.st_size, 6);
    assert_fails(root_rename(p->root, "films/two.mkv", p->root, "x", false, &p->a), ERR_NOT_FOUND);
    struct root *shm;
    assert_ok(root_make(&p->a, "/dev/shm", false, &shm));
    if (root_stat(p->root, &p->a, "", true, &st).kind == ERR_NONE &&
        root_check(shm) == ROOT_ONLINE) {
        struct stat other;
        assert_ok(root_stat(shm, &p->a, "", true, &other));
        if (other.st_dev != st.st_dev) {
            struct err e = root_rename(p->root, "films/one.mkv", shm, "medley-x", false, &p->a);
            assert_string_equal(e.code, "other_device");
        }
    }
    root_free(shm);
}

static void list_has_every_entry_once(void **state)
{
    struct place *p = *state;
    char seen[512] = "";
    assert_int_equal(symlink("nowhere", at(p, "inside/dangling")), 0);
    put(p, "inside/file", "12345");
    ROOT_LIST(list);
    assert_ok(root_list(p->root, &p->a, "", &list));
    int count = 0;
    while (root_list_next(&list)) {
        count++;
        snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%s ", list.name,
                 S_ISDIR(list.stat.st_mode) ? "/" : "");
        if (strcmp(list.name, "file") == 0)
            assert_int_equal(list.stat.st_size, 5);
    }
    assert_ok(root_list_end(&list));
    assert_int_equal(count, 3);
    assert_non_null(strstr(seen, "films/ "));
    assert_non_null(strstr(seen, "dangling "));
    assert_fails(root_list(p->root, &p->a, "file", &list), ERR_NOT_FOUND);
}

static void missing_folder_is_offline_until_it_is_back(void **state)
{
    struct place *p = *state;
    assert_int_equal(root_check(p->root), ROOT_ONLINE);
    assert_int_equal(rename(at(p, "inside"), at(p, "elsewhere")), 0);
    assert_int_equal(root_check(p->root), ROOT_OFFLINE);
    assert_int_equal(rename(at(p, "elsewhere"), at(p, "inside")), 0);
    assert_int_equal(root_check(p->root), ROOT_ONLINE);
    struct root *later;
    assert_ok(root_make(&p->a, at(p, "later/"), false, &later));
    assert_int_equal(root_check(later), ROOT_OFFLINE);
    struct stat st;
    struct err e = root_stat(later, &p->a, "", true, &st);
    assert_string_equal(e.code, "root_offline");
    assert_int_equal(mkdir(at(p, "later"), 0755), 0);
    assert_ok(root_stat(later, &p->a, "", true, &st));
    root_free(later);
    assert_fails(root_make(&p->a, "relative", false, &later), ERR_INVALID);
}

static void lost_marker_is_offline_and_a_new_mount_is_followed(void **state)
{
    struct place *p = *state;
    assert_false(root_is_marked(p->root));
    assert_ok(root_mark(p->root, &p->a));
    assert_ok(root_mark(p->root, &p->a));
    assert_true(root_is_marked(p->root));
    /* The mount goes away: an empty folder is left in its place. */
    assert_int_equal(rename(at(p, "inside"), at(p, "disk")), 0);
    assert_int_equal(mkdir(at(p, "inside"), 0755), 0);
    assert_int_equal(root_check(p->root), ROOT_OFFLINE);
    struct root *restarted; /* the library's row remembers the marker */
    assert_ok(root_make(&p->a, at(p, "inside"), true, &restarted));
    assert_int_equal(root_check(restarted), ROOT_OFFLINE);
    /* It comes back as another folder with the marker. */
    assert_int_equal(rmdir(at(p, "inside")), 0);
    assert_int_equal(mkdir(at(p, "copy"), 0755), 0);
    put(p, "copy/" ROOT_MARKER, "");
    put(p, "copy/new.mkv", "new");
    assert_int_equal(rename(at(p, "copy"), at(p, "inside")), 0);
    assert_int_equal(root_check(p->root), ROOT_ONLINE);
    assert_ok(open_and_close(p, "new.mkv", O_RDONLY));
    assert_int_equal(root_check(restarted), ROOT_ONLINE);
    root_free(restarted);
}

static void absolute_paths_find_the_longest_root(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *path;
        int root; /* -1: none */
        const char *relative;
    } rows[] = {
        {"/m",                  0,  ""            },
        {"/m/",                 0,  ""            },
        {"/m/a.mkv",            0,  "a.mkv"       },
        {"/m//films//./a.mkv",  1,  "a.mkv"       },
        {"/m/films2/a.mkv",     0,  "films2/a.mkv"},
        {"/m/films/../music/a", 0,  "music/a"     },
        {"/m/../etc/passwd",    -1, NULL          },
        {"/mm/a",               -1, NULL          },
        {"m/a",                 -1, NULL          },
        {"",                    -1, NULL          },
    };
    struct root *items[2];
    assert_ok(root_make(&p->a, "/m/", false, &items[0]));
    assert_ok(root_make(&p->a, "/m/films", false, &items[1]));
    struct roots roots = {items, 2};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct root *root;
        const char *relative;
        bool found = roots_match(&roots, &p->a, rows[i].path, &root, &relative);
        assert_int_equal(found, rows[i].root >= 0);
        if (!found)
            continue;
        assert_ptr_equal(root, items[rows[i].root]);
        assert_string_equal(relative, rows[i].relative);
    }
    assert_string_equal(root_join(items[1], &p->a, "a/b.mkv"), "/m/films/a/b.mkv");
    assert_string_equal(root_join(items[1], &p->a, ""), "/m/films");
    assert_string_equal(path_normalize(&p->a, "../a/./b//../c/"), "../a/c");
    assert_string_equal(path_normalize(&p->a, "a/.."), "");
    assert_string_equal(path_normalize(&p->a, "/../.."), "/");
    root_free(items[0]);
    root_free(items[1]);
}

/* --- races ------------------------------------------------------------------------------------ */

struct swapper {
    struct place *p;
    const char *folder, *link, *kept;
    _Atomic bool stop;
};

/* Makes `folder` a real folder, then a link that leads out, then real again, as fast as it can. */
static void *swap(void *data)
{
    struct swapper *s = data;
    while (!s->stop) {
        rename(s->folder, s->kept);
        rename(s->link, s->folder);
        rename(s->folder, s->link);
        rename(s->kept, s->folder);
    }
    return NULL;
}

static void swapping_a_folder_for_a_link_opens_nothing_outside(void **state)
{
    struct place *p = *state;
    assert_ok(root_mkdirs(p->root, &p->a, "swap", 0755));
    put(p, "inside/swap/secret", "inside");
    assert_int_equal(symlink(at(p, "outside"), at(p, "inside/link")), 0);
    struct swapper s = {p, at(p, "inside/swap"), at(p, "inside/link"), at(p, "inside/kept"), false};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, swap, &s), 0);
    int opened = 0, denied = 0;
    for (int i = 0; i < 20000; i++) {
        SCRATCH(a);
        char text[16] = "";
        int fd;
        struct err e = root_open(p->root, &a, "swap/secret", O_RDONLY, 0, &fd);
        denied += failed(e);
        if (failed(e))
            continue;
        opened++;
        ssize_t len = read(fd, text, sizeof(text) - 1);
        close(fd);
        assert_int_equal(len, 6);
        assert_string_equal(text, "inside");
        IGNORE(root_mkdirs(p->root, &a, "swap/made", 0755));
        IGNORE(root_remove_tree(p->root, &a, "swap/made"));
        IGNORE(root_remove_tree(p->root, &a, "swap/secret2"));
    }
    s.stop = true;
    pthread_join(thread, NULL);
    assert_true(opened > 0 && denied > 0);
    assert_int_equal(access(at(p, "outside/made"), F_OK), -1);
    assert_int_equal(access(at(p, "outside/secret"), F_OK), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(paths_that_lead_out_are_denied),
        CASE(links_inside_work),
        CASE(only_files_are_opened_as_files),
        CASE(folders_are_made_and_trees_removed_without_following),
        CASE(rename_replaces_only_when_asked),
        CASE(list_has_every_entry_once),
        CASE(missing_folder_is_offline_until_it_is_back),
        CASE(lost_marker_is_offline_and_a_new_mount_is_followed),
        CASE(absolute_paths_find_the_longest_root),
        CASE(swapping_a_folder_for_a_link_opens_nothing_outside),
    };
    return cmocka_run_group_tests_name("sys/root", tests, NULL, NULL);
}
