/* Who moves what: rows that outlive the process. */
#include "domain/organize/intent.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "core/jobs.h"

#define LEASE_US (30 * SECONDS_US)
#define BEAT_US  (10 * SECONDS_US)
#define ACTIVE_MAX 256 /* more moves at a time than threads that could make them */

/* --- this process --------------------------------------------------------------------------------------- */

static pthread_once_t owner_once = PTHREAD_ONCE_INIT;
static char owner[UUID_TEXT_BYTES];

static void make_owner(void)
{
    uuid_make(owner);
}

static const char *own_name(void)
{
    pthread_once(&owner_once, make_owner);
    return owner;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* --- under lock: moves that a thread of this process works on --- */
static struct active {
    int64_t id;
    int64_t beat_us;
} active[ACTIVE_MAX];
static size_t active_count;

static struct active *find_active(int64_t id)
{
    for (size_t i = 0; i < active_count; i++) {
        if (active[i].id == id)
            return &active[i];
    }
    return NULL;
}

static bool enter_active(int64_t id)
{
    pthread_mutex_lock(&lock);
    bool fits = active_count < ACTIVE_MAX && !find_active(id);
    if (fits)
        active[active_count++] = (struct active){id, time_monotonic_us()};
    pthread_mutex_unlock(&lock);
    return fits;
}

static bool is_active(int64_t id)
{
    pthread_mutex_lock(&lock);
    bool found = find_active(id) != NULL;
    pthread_mutex_unlock(&lock);
    return found;
}

void intent_leave(const struct file_move *move)
{
    pthread_mutex_lock(&lock);
    struct active *found = find_active(move->id);
    if (found)
        *found = active[--active_count];
    pthread_mutex_unlock(&lock);
}

static bool beat_is_due(int64_t id)
{
    int64_t now = time_monotonic_us();
    pthread_mutex_lock(&lock);
    struct active *found = find_active(id);
    bool due = found && now - found->beat_us > BEAT_US;
    if (due)
        found->beat_us = now;
    pthread_mutex_unlock(&lock);
    return due;
}

static struct err renew(struct core *core, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE file_move SET lease_until = $1 WHERE id = $2", "ii", time_now_us() + LEASE_US, id));
    return db_commit(&tx);
}

void intent_beat(struct core *core, const struct file_move *move)
{
    /* On SQLite nobody else could take it over. A renewal that fails is tried again at the next beat. */
    if (db_driver(core->db) == DB_POSTGRES && beat_is_due(move->id))
        IGNORE(renew(core, move->id));
}

/* --- reading -------------------------------------------------------------------------------------------- */

#define COLUMNS "id, video_id, kind, from_path, to_path, from_nfo, to_nfo, checksum, size, who, arrived, owner, lease_until"

static void read_move(const struct rows *rows, struct arena *a, struct file_move *move)
{
    *move = (struct file_move){
        .id = rows_int(rows, 0),
        .video_id = rows_int(rows, 1),
        .kind = (int)rows_int(rows, 2),
        .from = rows_text(rows, a, 3),
        .to = rows_text(rows, a, 4),
        .from_nfo = rows_text(rows, a, 5),
        .to_nfo = rows_text(rows, a, 6),
        .checksum = rows_text(rows, a, 7),
        .size = rows_int(rows, 8),
        .who = rows_text(rows, a, 9),
        .arrived = rows_bool(rows, 10) == 1,
    };
}

static bool is_stale(struct core *core, const struct rows *rows, struct arena *a)
{
    const char *who = rows_text(rows, a, 11);
    if (strcmp(who, own_name()) == 0)
        return !is_active(rows_int(rows, 0));
    return db_driver(core->db) == DB_SQLITE || rows_int(rows, 12) < time_now_us();
}

static struct err read_stale(struct core *core, struct arena *a, struct intents *ret)
{
    ROWS(rows);
    TRY(db_query(db_reader(core->db), &rows, "SELECT " COLUMNS " FROM file_move ORDER BY id", ""));
    while (rows_next(&rows)) {
        if (is_stale(core, &rows, a))
            read_move(&rows, a, arena_push(a, ret));
    }
    return rows_end(&rows);
}

/* Of two processes that see the same stale intent one gets it. */
static struct err take_over(struct core *core, const struct file_move *move, bool *ret_ours)
{
    int64_t changed;
    int64_t now = time_now_us();
    *ret_ours = false;
    if (!enter_active(move->id))
        return OK;
    TX(tx);
    struct err e = db_begin(core->db, &tx);
    if (!failed(e))
        e = db_exec_n(tx.conn, &changed,
                      "UPDATE file_move SET owner = $1, lease_until = $2 WHERE id = $3 AND"
                      " (owner = $1 OR $4 = 1 OR lease_until < $5)",
                      "tiiii", own_name(), now + LEASE_US, move->id,
                      (int64_t)(db_driver(core->db) == DB_SQLITE), now);
    if (!failed(e))
        e = db_commit(&tx);
    *ret_ours = !failed(e) && changed == 1;
    if (!*ret_ours)
        intent_leave(move);
    return e;
}

struct err intents_take_stale(struct core *core, struct arena *a, struct intents *ret_list)
{
    struct intents found = {0};
    TRY(read_stale(core, a, &found));
    for (size_t i = 0; i < found.count; i++) {
        bool ours;
        TRY(take_over(core, &found.items[i], &ours));
        if (ours)
            *arena_push(a, ret_list) = found.items[i];
    }
    return OK;
}

struct err file_moves_first_start(struct core *core, struct arena *a)
{
    struct job job;
    int64_t until;
    TRY(db_get_int(db_reader(core->db), &until, "SELECT MAX(lease_until) FROM file_move", ""));
    if (until == INT_NONE)
        return OK;
    return jobs_submit_now(core->jobs, a,
                           JOB_SPEC("file_recover", .origin = "start",
                                    .unique_key = arena_printf(a, "file_recover:%lld", (long long)until),
                                    .run_at = db_driver(core->db) == DB_SQLITE ? 0 : until + SECONDS_US),
                           &job);
}

/* --- writing -------------------------------------------------------------------------------------------- */

static struct err check_claims(struct db_conn *tx, struct arena *a, const struct file_move *move)
{
    int64_t other;
    TRY(db_get_int(tx, &other,
                   "SELECT id FROM video WHERE video_file_path = $1 AND id <> $2 AND is_deleted = 0 LIMIT 1", "ti",
                   move->to, move->video_id));
    return other == INT_NONE ? OK
                             : err_f(a, ERR_CONFLICT, "file_exists", "Target file already exists: %s belongs to video %lld",
                                     move->to, (long long)other);
}

static struct err insert(struct core *core, struct arena *a, struct file_move *move)
{
    int64_t now = time_now_us();
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(check_claims(tx.conn, a, move));
    TRY(db_get_int(tx.conn, &move->id,
                   "INSERT INTO file_move (video_id, kind, from_path, to_path, from_nfo, to_nfo, checksum, size, who,"
                   " arrived, owner, lease_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11,"
                   " $12) RETURNING id",
                   "iitttttittii", move->video_id, (int64_t)move->kind, move->from, move->to, move->from_nfo,
                   move->to_nfo, move->checksum, move->size, move->who, own_name(), now + LEASE_US, now));
    if (!enter_active(move->id))
        return err_make(ERR_BUSY, "too_many_moves", "Too many files are being moved at the moment");
    struct err e = db_commit(&tx);
    if (failed(e))
        intent_leave(move);
    return e;
}

static struct err settle_stale(struct core *core, struct arena *a)
{
    int64_t settled;
    return file_moves_recover(core, a, &settled);
}

struct err intent_enter(struct core *core, struct arena *a, struct file_move *move)
{
    struct err e = insert(core, a, move);
    bool taken = e.kind == ERR_CONFLICT && strcmp(e.code, "unique_violation") == 0;
    if (taken) {
        TRY(settle_stale(core, a));
        e = insert(core, a, move);
        taken = e.kind == ERR_CONFLICT && strcmp(e.code, "unique_violation") == 0;
    }
    return taken ? err_make(ERR_CONFLICT, "file_busy", "Another move of this video, or to this target, is going on") : e;
}

struct err intent_set_checksum(struct core *core, const struct file_move *move)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE file_move SET checksum = $1 WHERE id = $2", "ti", move->checksum, move->id));
    return db_commit(&tx);
}

struct err intent_mark_arrived(struct db_conn *tx, int64_t id)
{
    return db_exec(tx, "UPDATE file_move SET arrived = 1 WHERE id = $1", "i", id);
}

struct err intent_drop(struct db_conn *tx, int64_t id)
{
    return db_exec(tx, "DELETE FROM file_move WHERE id = $1", "i", id);
}

struct err intent_drop_now(struct core *core, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(intent_drop(tx.conn, id));
    return db_commit(&tx);
}

struct err intent_is_settled(struct core *core, int64_t id, bool *ret_settled)
{
    int64_t waiting;
    TRY(db_get_int(db_reader(core->db), &waiting, "SELECT id FROM file_move WHERE id = $1 AND arrived = 0", "i", id));
    *ret_settled = waiting == INT_NONE;
    return OK;
}
