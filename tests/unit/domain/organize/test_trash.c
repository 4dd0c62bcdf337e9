/* domain/organize/trash and nfo: names, kills, links. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/organize/nfo.h"
#include "domain/organize/playlist.h"
#include "domain/organize/trash.h"

static const char *trash(struct shop *s, int64_t id)
{
    const char *path = NULL;
    assert_ok(trash_put(&s->core, s->a, id, NULL, &path));
    return arena_strdup(s->a, path);
}

static void leave_intent(struct shop *s, int64_t video, int kind, const char *from, const char *to)
{
    TX(tx);
    assert_ok(db_begin(s->t->db, &tx));
    assert_ok(db_exec(tx.conn,
                      "INSERT INTO file_move (video_id, kind, from_path, to_path, owner, lease_until, created_at)"
                      " VALUES ($1, $2, $3, $4, 'dead', 1, 1)",
                      "iitt", video, (int64_t)kind, inside(s, from), inside(s, to)));
    assert_ok(db_commit(&tx));
}

static void recover(struct shop *s)
{
    int64_t settled;
    assert_ok(file_moves_recover(&s->core, s->a, &settled));
    assert_int_equal(settled, 1);
}

static void a_kill_on_the_way_into_the_trash_is_finished(struct test_db *t)
{
    struct shop s;
    const char *path;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "a/x.mp4", NULL);
    put(&s, ".trash/a/x.mp4", "video");
    leave_intent(&s, id, MOVE_TRASH, "a/x.mp4", ".trash/a/x.mp4");
    recover(&s);
    struct video v = video_of(&s, id);
    assert_int_equal(v.is_deleted, 1);
    assert_string_equal(v.video_file_path, inside(&s, ".trash/a/x.mp4"));
    assert_ok(trash_restore(&s.core, s.a, id, NULL, &path));
    assert_string_equal(path, inside(&s, "a/x.mp4"));
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM file_trash"), 0);
    shop_close(&s);
}

static void a_kill_on_the_way_back_is_finished(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    trash(&s, id);
    assert_int_equal(rename(inside(&s, ".trash/x.mp4"), inside(&s, "x.mp4")), 0);
    leave_intent(&s, id, MOVE_RESTORE, ".trash/x.mp4", "x.mp4");
    recover(&s);
    struct video v = video_of(&s, id);
    assert_int_equal(v.is_deleted, 0);
    assert_string_equal(v.video_file_path, inside(&s, "x.mp4"));
    shop_close(&s);
}

static void long_names_get_free_names_too(struct test_db *t)
{
    struct shop s;
    char name[256];
    shop_open(&s, t, NULL);
    memset(name, 'n', 255);
    memcpy(name + 251, ".mp4", 5);
    for (int i = 0; i < 3; i++) {
        put(&s, name, "video");
        const char *path = trash(&s, add_video(&s, "A", "B", name, NULL));
        assert_true(strlen(strrchr(path, '/') + 1) <= 255);
        assert_int_equal(access(path, F_OK), 0);
    }
    shop_close(&s);
}

static void a_trash_that_is_a_link_outwards_takes_nothing(struct test_db *t)
{
    struct shop s;
    const char *path;
    shop_open(&s, t, NULL);
    assert_int_equal(symlink(s.outside, inside(&s, ".trash")), 0);
    int64_t id = add_video(&s, "A", "B", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    assert_fails(trash_put(&s.core, s.a, id, NULL, &path), ERR_INVALID);
    assert_string_equal(content(&s, "x.mp4"), "video");
    assert_int_equal(video_of(&s, id).is_deleted, 0);
    assert_clean(&s);
    shop_close(&s);
}

static void purging_a_link_removes_the_link(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "x.mp4", "x.nfo");
    assert_int_equal(symlink(arena_printf(s.a, "%s/secret.txt", s.outside), inside(&s, "x.mp4")), 0);
    put(&s, "x.nfo", "nfo");
    struct err e = trash_purge(&s.core, s.a, id);
    assert_true(!failed(e) || e.kind == ERR_INVALID);
    assert_clean(&s);
    shop_close(&s);
}

static void a_folder_in_place_of_a_file_is_not_removed(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "folder", NULL);
    put(&s, "folder/x.mp4", "video");
    assert_ok(trash_purge(&s.core, s.a, id));
    assert_string_equal(content(&s, "folder/x.mp4"), "video");
    mkdir(inside(&s, "empty"), 0755);
    assert_ok(trash_purge(&s.core, s.a, add_video(&s, "A", "B", "empty", NULL)));
    assert_true(is_there(&s, "empty"));
    shop_close(&s);
}

static void old_temporary_files_go(struct test_db *t)
{
    struct shop s;
    int64_t removed;
    int64_t now = time_now_us();
    shop_open(&s, t, NULL);
    put(&s, "a/b/.medley-tmp-0123456789abcdef", "x");
    put(&s, ".trash/c/.medley-tmp-move-7", "x");
    put(&s, "a/kept.mp4", "x");
    assert_ok(leftovers_remove(&s.core, s.a, now, &removed));
    assert_int_equal(removed, 0);
    assert_ok(leftovers_remove(&s.core, s.a, now + 2 * 86400 * SECONDS_US, &removed));
    assert_int_equal(removed, 2);
    assert_true(is_there(&s, "a/kept.mp4"));
    assert_clean(&s);
    shop_close(&s);
}

/* --- NFO files -------------------------------------------------------------------------------------------- */

static void unchanged_files_are_not_written(struct test_db *t)
{
    struct shop s;
    struct stat before;
    struct stat after;
    struct nfo_done done;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A & \"B\"", "T\xef\xbf\xbf\x01itle", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    assert_ok(nfo_generate(&s.core, s.a, id, &done));
    assert_int_equal(done.outcome, NFO_WRITTEN);
    assert_string_equal(content(&s, "x.nfo"),
                        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<musicvideo>\n"
                        "    <title>Title</title>\n    <artist>A &amp; \"B\"</artist>\n</musicvideo>\n");
    assert_int_equal(stat(inside(&s, "x.nfo"), &before), 0);
    assert_ok(nfo_generate(&s.core, s.a, id, &done));
    assert_int_equal(done.outcome, NFO_UNCHANGED);
    assert_int_equal(stat(inside(&s, "x.nfo"), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    assert_string_equal(video_of(&s, id).nfo_file_path, inside(&s, "x.nfo"));
    shop_close(&s);
}

static void artist_nfo_is_made_repaired_and_otherwise_left_alone(struct test_db *t)
{
    struct shop s;
    enum nfo_outcome outcome;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "Kate Bush", "Cloudbusting", "Kate Bush/Cloudbusting.mp4", NULL);
    put(&s, "Kate Bush/Cloudbusting.mp4", "video");
    assert_ok(artist_nfo_keep(&s.core, s.a, id, &outcome));
    assert_int_equal(outcome, NFO_WRITTEN);
    assert_non_null(strstr(content(&s, "Kate Bush/artist.nfo"), "<name>Kate Bush</name>"));
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM video_artist WHERE role = 0"), 1);
    assert_ok(artist_nfo_keep(&s.core, s.a, id, &outcome));
    assert_int_equal(outcome, NFO_KEPT);
    put(&s, "Kate Bush/artist.nfo", "<artist><name>Kate Bush</name><biography>b</biography></artist>");
    assert_ok(artist_nfo_keep(&s.core, s.a, id, &outcome));
    assert_int_equal(outcome, NFO_KEPT);
    put(&s, "Kate Bush/artist.nfo", "<artist><name>Kate</name></artist>");
    assert_ok(artist_nfo_keep(&s.core, s.a, id, &outcome));
    assert_int_equal(outcome, NFO_WRITTEN);
    /* A video that lies elsewhere has no artist's folder. */
    int64_t other = add_video(&s, "X", "Y", "Unsorted/y.mp4", NULL);
    assert_ok(artist_nfo_keep(&s.core, s.a, other, &outcome));
    assert_int_equal(outcome, NFO_NO_PATH);
    assert_false(is_there(&s, "Unsorted/artist.nfo"));
    shop_close(&s);
}

/* --- a folder that becomes a link while everything goes on in it ------------------------------------------ */

struct swapper {
    const char *folder;
    const char *aside;
    const char *outside;
    atomic_bool stop;
};

static void *swap(void *data)
{
    struct swapper *w = data;
    while (!atomic_load(&w->stop)) {
        if (rename(w->folder, w->aside) == 0 && symlink(w->outside, w->folder) == 0)
            unlink(w->folder);
        if (rename(w->aside, w->folder) != 0)
            break;
    }
    return NULL;
}

/* Whatever each answers while the folder is a link: the file outside stays, and no new one comes to it. */
static void race_once(struct shop *s, int64_t id)
{
    SCRATCH(a);
    const char *path;
    int64_t tracks;
    struct nfo_done done;
    enum nfo_outcome outcome;
    struct playlist list = {.name = "P", .path = "Artist/secret.txt", .format = PLAYLIST_JSON};
    IGNORE(nfo_generate(&s->core, &a, id, &done));
    IGNORE(artist_nfo_put(&s->core, &a, inside(s, "Artist"), "N", true, &outcome));
    IGNORE(playlist_write(&s->core, &a, &list, &tracks, &path));
    IGNORE(trash_put(&s->core, &a, id, NULL, &path));
    IGNORE(trash_restore(&s->core, &a, id, "Artist/secret.txt", &path));
    IGNORE(trash_restore(&s->core, &a, id, NULL, &path));
    IGNORE(trash_purge(&s->core, &a, id));
}

static void swapping_a_folder_for_a_link_reaches_nothing_outside(struct test_db *t)
{
    struct shop s;
    pthread_t thread;
    shop_open(&s, t, NULL);
    put(&s, "Artist/keep.txt", "x");
    struct swapper w = {.folder = inside(&s, "Artist"), .aside = inside(&s, "Aside"), .outside = s.outside};
    assert_int_equal(pthread_create(&thread, NULL, swap, &w), 0);
    for (int i = 0; i < 150; i++) {
        const char *file = i % 2 ? "Artist/secret.txt" : arena_printf(s.a, "Artist/%d.mp4", i);
        int fd;
        if (!failed(root_open(s.items[0], s.a, file, O_WRONLY | O_CREAT, 0644, &fd)))
            close(fd);
        race_once(&s, add_video(&s, "Artist", "T", file, NULL));
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    const char *secret = arena_printf(s.a, "%s/secret.txt", s.outside);
    struct stat st;
    assert_int_equal(stat(secret, &st), 0);
    assert_int_equal(st.st_size, 6);
    assert_clean(&s);
    shop_close(&s);
}

int main(void)
{
    static const struct db_case cases[] = {
        DB_CASE(a_kill_on_the_way_into_the_trash_is_finished),
        DB_CASE(a_kill_on_the_way_back_is_finished),
        DB_CASE(long_names_get_free_names_too),
        DB_CASE(a_trash_that_is_a_link_outwards_takes_nothing),
        DB_CASE(purging_a_link_removes_the_link),
        DB_CASE(a_folder_in_place_of_a_file_is_not_removed),
        DB_CASE(old_temporary_files_go),
        DB_CASE(unchanged_files_are_not_written),
        DB_CASE(swapping_a_folder_for_a_link_reaches_nothing_outside),
        DB_CASE(artist_nfo_is_made_repaired_and_otherwise_left_alone),
    };
    return db_cases_run("organize_trash", cases, sizeof(cases) / sizeof(cases[0]));
}
