/* domain/organize/move: whatever state a kill leaves, the repair ends with disk and row in agreement. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/organize/organize.h"

static int64_t recover(struct shop *s)
{
    int64_t settled;
    assert_ok(file_moves_recover(&s->core, s->a, &settled));
    return settled;
}

/* What a process that is gone has written down. */
static int64_t leave_intent(struct shop *s, int64_t video, int kind, const char *from, const char *to, bool arrived)
{
    int64_t id;
    TX(tx);
    assert_ok(db_begin(s->t->db, &tx));
    assert_ok(db_get_int(tx.conn, &id,
                         "INSERT INTO file_move (video_id, kind, from_path, to_path, from_nfo, to_nfo, checksum, size,"
                         " who, arrived, owner, lease_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'sum', 5, 'x',"
                         " $7, 'dead', 1, 1) RETURNING id",
                         "iittttb", video, (int64_t)kind, inside(s, arena_printf(s->a, "%s.mp4", from)),
                         inside(s, arena_printf(s->a, "%s.mp4", to)), inside(s, arena_printf(s->a, "%s.nfo", from)),
                         inside(s, arena_printf(s->a, "%s.nfo", to)), arrived));
    assert_ok(db_commit(&tx));
    return id;
}

/* A letter per file: V video, N NFO; at the old and at the new place. */
struct state {
    const char *from;
    const char *to;
    bool arrived;
    const char *from_after;
    const char *to_after;
    bool forward; /* the row names the new place then */
};

static const struct state states[] = {
    {"VN", "",   false, "VN", "",   false}, /* nothing was done */
    {"N",  "V",  false, "",   "VN", true }, /* killed between video and NFO */
    {"",   "VN", false, "",   "VN", true }, /* killed before the row */
    {"",   "V",  false, "",   "V",  true }, /* the NFO is gone */
    {"VN", "V",  false, "VN", "",   false}, /* a copy, killed before the NFO */
    {"VN", "VN", false, "VN", "",   false}, /* a copy, killed before the row */
    {"VN", "VN", true,  "",   "VN", false}, /* a copy, killed before its source was removed (the row is new) */
    {"N",  "VN", true,  "",   "VN", false},
    {"",   "",   false, "",   "",   false}, /* somebody deleted it */
};

static void lay(struct shop *s, const char *base, const char *letters)
{
    if (strchr(letters, 'V'))
        put(s, arena_printf(s->a, "%s.mp4", base), "video");
    if (strchr(letters, 'N'))
        put(s, arena_printf(s->a, "%s.nfo", base), "nfo");
}

static void assert_laid(struct shop *s, const char *base, const char *letters, size_t i)
{
    bool video = is_there(s, arena_printf(s->a, "%s.mp4", base));
    bool nfo = is_there(s, arena_printf(s->a, "%s.nfo", base));
    if (video != (strchr(letters, 'V') != NULL) || nfo != (strchr(letters, 'N') != NULL))
        fail_msg("state %zu: %s: video %d, NFO %d, wanted \"%s\"", i, base, video, nfo, letters);
}

static void every_state_of_a_killed_move_is_settled(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        const char *from = arena_printf(s.a, "old%zu/x", i);
        const char *to = arena_printf(s.a, "new%zu/y", i);
        int64_t id = add_video(&s, "A", "B", arena_printf(s.a, "%s.mp4", from), arena_printf(s.a, "%s.nfo", from));
        lay(&s, from, states[i].from);
        lay(&s, to, states[i].to);
        leave_intent(&s, id, MOVE_ORGANIZE, from, to, states[i].arrived);
        assert_int_equal(recover(&s), 1);
        assert_laid(&s, from, states[i].from_after, i);
        assert_laid(&s, to, states[i].to_after, i);
        const char *base = states[i].forward ? to : from;
        assert_string_equal(video_of(&s, id).video_file_path, inside(&s, arena_printf(s.a, "%s.mp4", base)));
        assert_int_equal(video_of(&s, id).status, states[i].forward ? VIDEO_ORGANIZED : VIDEO_DISCOVERED);
        assert_int_equal(recover(&s), 0);
    }
    assert_clean(&s);
    shop_close(&s);
}

static void a_strangers_file_at_the_target_stays(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    put(&s, "y.mp4", "other");
    leave_intent(&s, id, MOVE_ORGANIZE, "x", "y", false);
    recover(&s);
    assert_string_equal(content(&s, "x.mp4"), "video");
    assert_string_equal(content(&s, "y.mp4"), "other");
    shop_close(&s);
}

static void one_file_reached_in_two_ways_is_not_removed(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    put(&s, "real/x.mp4", "video");
    assert_int_equal(symlink("real", inside(&s, "link")), 0);
    int64_t id = add_video(&s, "A", "B", "link/x.mp4", NULL);
    leave_intent(&s, id, MOVE_ORGANIZE, "link/x", "real/x", false);
    recover(&s);
    assert_string_equal(content(&s, "real/x.mp4"), "video");
    shop_close(&s);
}

static void temporary_copies_of_a_killed_move_go(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "A", "B", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    int64_t move = leave_intent(&s, id, MOVE_ORGANIZE, "x", "new/y", false);
    put(&s, arena_printf(s.a, "new/.medley-tmp-move-%lld", (long long)move), "vid");
    recover(&s);
    assert_clean(&s);
    assert_string_equal(content(&s, "x.mp4"), "video");
    shop_close(&s);
}

static void nothing_is_settled_while_the_library_is_away(struct test_db *t)
{
    struct shop s;
    shop_open(&s, t, NULL);
    assert_ok(root_mark(s.items[0], s.a));
    int64_t id = add_video(&s, "A", "B", "x.mp4", NULL);
    put(&s, "y.mp4", "video");
    leave_intent(&s, id, MOVE_ORGANIZE, "x", "y", false);
    const char *away = arena_printf(s.a, "%s.away", s.library);
    assert_int_equal(rename(s.library, away), 0);
    assert_int_equal(recover(&s), 0);
    mkdir(s.library, 0755); /* an empty mount point */
    assert_int_equal(recover(&s), 0);
    rmdir(s.library);
    assert_int_equal(rename(away, s.library), 0);
    assert_int_equal(recover(&s), 1);
    assert_string_equal(video_of(&s, id).video_file_path, inside(&s, "y.mp4"));
    shop_close(&s);
}

static void a_retry_repairs_first(struct test_db *t)
{
    struct shop s;
    struct organized done;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "Artist", "Title", "x.mp4", "x.nfo");
    put(&s, "Artist/Title.mp4", "video"); /* renamed, then killed */
    put(&s, "x.nfo", "nfo");
    leave_intent(&s, id, MOVE_ORGANIZE, "x", "Artist/Title", false);
    struct organize_request request = {.video_id = id, .who = "test"};
    /* Its source is gone as long as the row tells the old place. */
    assert_fails(organize_video(&s.core, s.a, &request, &done), ERR_NOT_FOUND);
    recover(&s);
    assert_ok(organize_video(&s.core, s.a, &request, &done));
    assert_int_equal(done.status, ORGANIZE_ALREADY);
    assert_string_equal(content(&s, "Artist/Title.nfo"), "nfo");
    shop_close(&s);
}

static void another_processs_move_is_left_alone_while_it_lives(struct test_db *t)
{
    struct shop s;
    struct organized done;
    shop_open(&s, t, NULL);
    int64_t id = add_video(&s, "Artist", "Title", "x.mp4", NULL);
    put(&s, "x.mp4", "video");
    leave_intent(&s, id, MOVE_ORGANIZE, "x", "Artist/Title", false);
    test_db_script(t, "UPDATE file_move SET lease_until = 9000000000000000");
    struct organize_request request = {.video_id = id, .who = "test"};
    struct err e = organize_video(&s.core, s.a, &request, &done);
    /* On SQLite there is no other process. */
    assert_int_equal(e.kind, t->driver == DB_POSTGRES ? ERR_CONFLICT : ERR_NONE);
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM file_move"), t->driver == DB_POSTGRES);
    shop_close(&s);
}

/* --- between devices ------------------------------------------------------------------------------------ */

static bool open_elsewhere(struct shop *s, struct test_db *t)
{
    struct stat here;
    struct stat there;
    if (stat(t->folder, &here) != 0 || stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev ||
        access("/dev/shm", W_OK) != 0)
        return false;
    shop_open(s, t, arena_printf(&t->arena, "/dev/shm/medley-organize-%d-%d", (int)getpid(), (int)t->driver));
    return true;
}

static void a_download_comes_over_from_another_device(struct test_db *t)
{
    struct shop s;
    struct organized done;
    if (!open_elsewhere(&s, t))
        return;
    int64_t id = add_video(&s, "Artist", "Title", NULL, NULL);
    const char *temp = arena_printf(s.a, "%s/download.webm", t->folder);
    write_at(temp, "video", 5);
    struct organize_request request = {.video_id = id, .who = "test"};
    assert_ok(organize_arrival(&s.core, s.a, &request, temp, &done));
    assert_string_equal(content(&s, "Artist/Title.webm"), "video");
    assert_int_not_equal(access(temp, F_OK), 0);
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM file_move"), 0);
    /* Again, after a kill that forgot it was done. */
    assert_ok(organize_arrival(&s.core, s.a, &request, temp, &done));
    assert_int_equal(done.status, ORGANIZE_ALREADY);
    assert_fails(organize_arrival(&s.core, s.a, &request, "/etc/passwd", &done), ERR_INVALID);
    assert_clean(&s);
    shop_close(&s);
}

#define BIG (4 << 20)

static void a_full_disk_changes_nothing(struct test_db *t)
{
    struct shop s;
    struct organized done;
    struct rlimit before;
    if (!open_elsewhere(&s, t))
        return;
    int64_t id = add_video(&s, "Artist", "Title", NULL, NULL);
    const char *temp = arena_printf(s.a, "%s/download.mp4", t->folder);
    char *bytes = arena_alloc(s.a, BIG);
    memset(bytes, 'x', BIG);
    write_at(temp, bytes, BIG);
    struct organize_request request = {.video_id = id, .who = "test"};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){BIG - 4096, before.rlim_max});
    struct err e = organize_arrival(&s.core, s.a, &request, temp, &done);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_int_equal(access(temp, F_OK), 0);
    assert_false(is_there(&s, "Artist/Title.mp4"));
    assert_null(video_of(&s, id).video_file_path);
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM file_move"), 0);
    assert_clean(&s);
    assert_ok(organize_arrival(&s.core, s.a, &request, temp, &done));
    shop_close(&s);
}

static bool stop_at_once(void *context)
{
    int *calls = context;
    return ++*calls > 1;
}

static void a_cancelled_copy_changes_nothing(struct test_db *t)
{
    struct shop s;
    struct organized done;
    int calls = 0;
    if (!open_elsewhere(&s, t))
        return;
    int64_t id = add_video(&s, "Artist", "Title", NULL, NULL);
    const char *temp = arena_printf(s.a, "%s/download.mp4", t->folder);
    char *bytes = arena_alloc(s.a, BIG);
    memset(bytes, 'x', BIG);
    write_at(temp, bytes, BIG);
    struct move_guard guard = {.cancelled = stop_at_once, .context = &calls};
    struct organize_request request = {.video_id = id, .who = "test", .guard = &guard};
    assert_fails(organize_arrival(&s.core, s.a, &request, temp, &done), ERR_CANCELLED);
    assert_int_equal(access(temp, F_OK), 0);
    assert_int_equal(number(&s, "SELECT COUNT(*) FROM file_move"), 0);
    assert_clean(&s);
    shop_close(&s);
}

/* --- a folder that becomes a link while videos go into it ------------------------------------------------ */

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

static void swapping_a_folder_for_a_link_reaches_nothing_outside(struct test_db *t)
{
    struct shop s;
    pthread_t thread;
    shop_open(&s, t, NULL);
    put(&s, "Artist/keep.txt", "x");
    struct swapper w = {.folder = inside(&s, "Artist"), .aside = inside(&s, "Aside"), .outside = s.outside};
    assert_int_equal(pthread_create(&thread, NULL, swap, &w), 0);
    for (int i = 0; i < 150; i++) {
        SCRATCH(a);
        struct organized done;
        const char *file = arena_printf(s.a, "in/%d.mp4", i);
        put(&s, file, "video");
        struct organize_request request = {
            .video_id = add_video(&s, "Artist", arena_printf(s.a, "secret%d", i), file, NULL), .who = "test"};
        IGNORE(organize_video(&s.core, &a, &request, &done)); /* whatever it says: nothing outside, nothing lost */
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    recover(&s);
    /* The swapper may be beaten to the name by a folder that was made anew; then its own one stays aside. */
    for (int64_t id = 1; id <= 150; id++) {
        const char *path = video_of(&s, id).video_file_path;
        const char *aside = inside(&s, arena_printf(s.a, "Aside/secret%lld.mp4", (long long)id - 1));
        if (access(path, F_OK) != 0 && access(aside, F_OK) != 0)
            fail_msg("%s is lost", path);
    }
    assert_clean(&s);
    shop_close(&s);
}

int main(void)
{
    static const struct db_case cases[] = {
        DB_CASE(every_state_of_a_killed_move_is_settled),
        DB_CASE(a_strangers_file_at_the_target_stays),
        DB_CASE(one_file_reached_in_two_ways_is_not_removed),
        DB_CASE(temporary_copies_of_a_killed_move_go),
        DB_CASE(nothing_is_settled_while_the_library_is_away),
        DB_CASE(a_retry_repairs_first),
        DB_CASE(another_processs_move_is_left_alone_while_it_lives),
        DB_CASE(a_download_comes_over_from_another_device),
        DB_CASE(a_full_disk_changes_nothing),
        DB_CASE(a_cancelled_copy_changes_nothing),
        DB_CASE(swapping_a_folder_for_a_link_reaches_nothing_outside),
    };
    return db_cases_run("organize_move", cases, sizeof(cases) / sizeof(cases[0]));
}
