/* db/: many threads, group commit, and what survives when a process, a disk or a server fails. */
#include "unit.h"

#include "db/fixture.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/fault.h"
#include "db/listen.h"
#include "db/migrate.h"

#define THREADS_MAX 16

struct work {
    struct test_db *t;
    int number;
    int rounds;
    _Atomic bool *stop;
    int64_t done;
    int64_t wrong; /* cmocka cannot fail from another thread: counted, asserted by the test */
    char why[256];
};

static void run_threads(struct work *works, int count, void *(*fn)(void *))
{
    pthread_t threads[THREADS_MAX];
    assert_true(count <= THREADS_MAX);
    for (int i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fn, &works[i]), 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < count; i++) {
        if (works[i].wrong)
            fail_msg("thread %d: %lld wrong, last: %s", i, (long long)works[i].wrong, works[i].why);
    }
}

static void complain(struct work *work, const char *what, struct err e)
{
    work->wrong++;
    snprintf(work->why, sizeof(work->why), "%s: %s %s", what, e.code ? e.code : "",
             e.msg ? e.msg : "");
}

/* --- writers and readers ---------------------------------------------------------------------- */

/* Moves one unit between two accounts: the sum stays what it was, at every moment. */
static struct err move(struct test_db *t, int64_t from, int64_t to)
{
    TX(tx);
    TRY(db_begin(t->db, &tx));
    /* In one order, so that PostgreSQL has no deadlock to resolve. */
    int64_t low = from < to ? from : to, high = from < to ? to : from;
    TRY(db_exec(tx.conn, "UPDATE account SET units = units + $1 WHERE id = $2", "ii",
                (int64_t)(low == from ? -1 : 1), low));
    TRY(db_exec(tx.conn, "UPDATE account SET units = units + $1 WHERE id = $2", "ii",
                (int64_t)(high == from ? -1 : 1), high));
    return db_commit(&tx);
}

static void *move_units(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        struct err e =
            move(work->t, 1 + (work->number + i) % 8, 1 + (work->number + i * 3 + 1) % 8);
        if (failed(e))
            complain(work, "move", e);
    }
    return NULL;
}

static void *check_sum(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        int64_t sum = 0;
        struct err e = db_get_int(db_reader(work->t->db), &sum,
                                  "SELECT CAST(SUM(units) AS BIGINT) FROM account", "");
        if (failed(e) || sum != 800)
            complain(work, "sum", e);
    }
    return NULL;
}

static void *move_or_check(void *data)
{
    struct work *work = data;
    return work->number % 2 ? check_sum(data) : move_units(data);
}

static void writers_and_readers_share_the_database(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE account (id {id}, units {int} NOT NULL)");
    for (int i = 0; i < 8; i++)
        test_db_script(t, "INSERT INTO account (units) VALUES (100)");
    struct work works[8];
    for (int i = 0; i < 8; i++)
        works[i] = (struct work){.t = t, .number = i, .rounds = 100};
    run_threads(works, 8, move_or_check);
    assert_int_equal(test_db_int(t, "SELECT SUM(units) FROM account"), 800);
}

/* --- noticing changes ------------------------------------------------------------------------- */

static void *count_up(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        TX(tx);
        struct err e = db_begin(work->t->db, &tx);
        if (!failed(e))
            e = db_exec(tx.conn, "UPDATE counter SET n = n + 1", "");
        if (!failed(e))
            e = db_commit(&tx);
        if (failed(e))
            complain(work, "count", e);
    }
    return NULL;
}

/* Plays a cache: what it kept must never be older than what it has seen before it asked. */
static void *cache_it(void *data)
{
    struct work *work = data;
    uint64_t kept_generation = 0;
    int64_t kept = 0;
    for (int64_t seen = 0; seen < work->done;) {
        struct err e = db_get_int(db_reader(work->t->db), &seen, "SELECT n FROM counter", "");
        uint64_t generation = db_generation(work->t->db);
        if (!failed(e) && (!generation || generation != kept_generation)) {
            e = db_get_int(db_reader(work->t->db), &kept, "SELECT n FROM counter", "");
            kept_generation = generation;
        }
        if (failed(e) || kept < seen)
            complain(work, "stale", e);
    }
    return NULL;
}

static void *count_or_cache(void *data)
{
    struct work *work = data;
    return work->number % 2 ? cache_it(data) : count_up(data);
}

static void a_cache_by_generation_is_never_behind_what_was_seen(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE counter (n {int}); INSERT INTO counter VALUES (0)");
    struct work works[8];
    for (int i = 0; i < 8; i++)
        works[i] = (struct work){.t = t, .number = i, .rounds = 200, .done = 4 * 200};
    run_threads(works, 8, count_or_cache);
}

/* --- group commit ----------------------------------------------------------------------------- */

static struct err insert_row(struct test_db *t, int64_t writer, int64_t number)
{
    TX(tx);
    TRY(db_begin(t->db, &tx));
    TRY(db_exec(tx.conn, "INSERT INTO row (writer, number) VALUES ($1, $2)", "ii", writer, number));
    return db_commit(&tx);
}

#define ROW_TABLE "CREATE TABLE row (id {id}, writer {int}, number {int}, UNIQUE (writer, number))"

/* Every third is a duplicate that fails, every fifth is given up halfway. */
static void *insert_some_bad(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        if (i % 5 == 4) {
            TX(tx);
            struct err e = db_begin(work->t->db, &tx);
            if (!failed(e))
                e = db_exec(tx.conn, "INSERT INTO row (writer, number) VALUES ($1, -1)", "i",
                            (int64_t)work->number);
            if (failed(e))
                complain(work, "given up", e);
            continue;
        }
        bool bad = i % 3 == 2;
        struct err e = insert_row(work->t, work->number, bad ? 0 : work->done);
        if (failed(e) != bad || (bad && e.kind != ERR_CONFLICT))
            complain(work, "insert", e);
        work->done += !failed(e);
    }
    return NULL;
}

static void one_that_fails_takes_nobody_along(struct test_db *t)
{
    test_db_script(t, ROW_TABLE);
    struct work works[THREADS_MAX];
    int64_t done = 0;
    for (int i = 0; i < THREADS_MAX; i++)
        works[i] = (struct work){.t = t, .number = i, .rounds = 60};
    run_threads(works, THREADS_MAX, insert_some_bad);
    for (int i = 0; i < THREADS_MAX; i++)
        done += works[i].done;
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM row"), done);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM row WHERE number < 0"), 0);
}

static void *insert_good(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        struct err e = insert_row(work->t, work->number, i);
        if (failed(e))
            complain(work, "insert", e);
    }
    return NULL;
}

static void transactions_that_queue_up_share_a_sync(struct test_db *t)
{
    test_db_script(t, ROW_TABLE);
    struct work works[THREADS_MAX];
    struct db_stats before, after;
    db_stats(t->db, &before);
    for (int i = 0; i < THREADS_MAX; i++)
        works[i] = (struct work){.t = t, .number = i, .rounds = 50};
    run_threads(works, THREADS_MAX, insert_good);
    db_stats(t->db, &after);
    int64_t written = after.transactions - before.transactions;
    int64_t flushes = after.flushes - before.flushes;
    assert_int_equal(written, THREADS_MAX * 50);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM row"), written);
    if (t->driver == DB_SQLITE)
        assert_true(flushes < written);
}

/* Inserts until told to stop, counting what was acknowledged; failures are expected here. */
static void *insert_counting(void *data)
{
    struct work *work = data;
    for (int i = 0; i < work->rounds; i++) {
        struct err e = insert_row(work->t, work->number, i);
        work->done += !failed(e);
        if (failed(e) && e.kind != ERR_STORAGE)
            complain(work, "insert", e);
    }
    return NULL;
}

static void failed_shared_commit_fails_all_of_its_members(struct test_db *t)
{
    test_db_script(t, ROW_TABLE);
    struct work works[8];
    int64_t done = 0;
    for (int i = 0; i < 8; i++)
        works[i] = (struct work){.t = t, .number = i, .rounds = 40};
    db_fault(t->db, 5, "COMMIT");
    run_threads(works, 8, insert_counting);
    assert_false(db_fault_pending(t->db));
    for (int i = 0; i < 8; i++)
        done += works[i].done;
    assert_true(done < 8 * 40);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM row"), done);
}

static void *hold_transaction(void *data)
{
    struct work *work = data;
    TX(tx);
    struct err e = db_begin(work->t->db, &tx);
    if (failed(e))
        complain(work, "begin", e);
    work->done = 1;
    while (!*work->stop)
        usleep(1000);
    return NULL;
}

static void waiting_for_a_stuck_writer_ends_busy(struct test_db *t)
{
    test_db_script(t, ROW_TABLE);
    t->options.busy_timeout_ms = 100;
    t->options.max_connections = 1;
    test_db_reopen(t);
    _Atomic bool stop = false;
    struct work work = {.t = t, .stop = &stop};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hold_transaction, &work), 0);
    usleep(50000);
    assert_fails(insert_row(t, 1, 1), ERR_BUSY);
    stop = true;
    pthread_join(thread, NULL);
    assert_int_equal(work.wrong, 0);
    assert_ok(insert_row(t, 1, 1));
}

/* --- another process -------------------------------------------------------------------------- */

/* Writes from two threads until killed; every acknowledged number goes into the pipe. */
struct child_writer {
    struct db *db;
    int64_t number;
    int pipe;
};

static void *write_and_tell(void *data)
{
    struct child_writer *writer = data;
    struct test_db t = {.db = writer->db};
    for (int64_t i = 0;; i++) {
        int64_t told[2] = {writer->number, i};
        struct err e = insert_row(&t, writer->number, i);
        if (failed(e) || write(writer->pipe, told, sizeof(told)) != sizeof(told))
            _exit(1);
    }
    return NULL;
}

static _Noreturn void child_main(const struct test_db *t, int pipe)
{
    struct db *db;
    struct child_writer writers[4];
    pthread_t threads[4];
    if (failed(db_open(&t->options, &db)))
        _exit(2);
    for (int i = 0; i < 4; i++) {
        writers[i] = (struct child_writer){db, i, pipe};
        pthread_create(&threads[i], NULL, write_and_tell, &writers[i]);
    }
    for (;;)
        pause();
}

static void check_acknowledged(struct test_db *t, int pipe)
{
    int64_t told[2], acknowledged = 0, found;
    while (read(pipe, told, sizeof(told)) == sizeof(told)) {
        acknowledged++;
        assert_ok(db_get_int(db_reader(t->db), &found,
                             "SELECT COUNT(*) FROM row WHERE writer = $1 AND number = $2", "ii",
                             told[0], told[1]));
        assert_int_equal(found, 1);
    }
    assert_true(acknowledged > 0);
}

static void acknowledged_rows_survive_kill(struct test_db *t)
{
    test_db_script(t, ROW_TABLE);
    db_close(t->db); /* a connection must not cross a fork */
    t->db = NULL;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        child_main(t, ends[1]);
    close(ends[1]);
    int64_t told[2];
    assert_int_equal(read(ends[0], told, sizeof(told)), sizeof(told)); /* it writes */
    usleep(150000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_ok(db_open(&t->options, &t->db));
    check_acknowledged(t, ends[0]);
    close(ends[0]);
    assert_ok(insert_row(t, 99, 1));
}

/* Exit status of the child: 0 when a full disk behaved as promised, else the step that did not. */
static int fill_disk(const struct test_db *t)
{
    struct db *db;
    struct test_db mine = {0};
    char big[16384];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    signal(SIGXFSZ, SIG_IGN);
    if (failed(db_open(&t->options, &db)))
        return 2;
    mine.db = db;
    struct rlimit limit = {400000, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    struct err e = OK;
    for (int64_t i = 0; i < 1000 && !failed(e); i++) {
        TX(tx);
        e = db_begin(db, &tx);
        for (int part = 0; part < 3 && !failed(e); part++)
            e = db_exec(tx.conn, "INSERT INTO row (writer, number, big) VALUES (7, $1, $2)", "it",
                        i * 3 + part, big);
        if (!failed(e))
            e = db_commit(&tx);
    }
    if (e.kind != ERR_STORAGE || strcmp(e.code, "disk_full") != 0)
        return 3;
    int64_t rows;
    if (failed(db_get_int(db_reader(db), &rows, "SELECT COUNT(*) FROM row", "")) || rows == 0 ||
        rows % 3 != 0)
        return 4;
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (failed(insert_row(&mine, 8, rows))) /* with room again, work goes on */
        return 5;
    db_close(db);
    return 0;
}

static void full_disk_is_an_answer_and_keeps_what_was_there(struct test_db *t)
{
    if (t->driver != DB_SQLITE)
        return; /* the server's disk is not ours to fill */
    test_db_script(t, "CREATE TABLE row (id {id}, writer {int}, number {int}, big {text})");
    db_close(t->db);
    t->db = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill_disk(t));
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_ok(db_open(&t->options, &t->db));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) - 1 FROM row"),
                     test_db_int(t, "SELECT number FROM row WHERE writer = 8"));
}

/* --- a server that goes away ------------------------------------------------------------------ */

/* Ends this process' other sessions, as a restart does, without disturbing tests beside this one.
 */
static void end_sessions(struct test_db *t)
{
    ROWS(rows);
    assert_ok(db_query(db_reader(t->db), &rows,
                       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                       " WHERE application_name = $1 AND pid <> pg_backend_pid()",
                       "t", t->schema));
}

static void open_named(struct test_db *t)
{
    size_t len = strlen(t->url);
    snprintf(t->url + len, sizeof(t->url) - len, "&application_name=%s", t->schema);
    test_db_reopen(t);
}

static void lost_session_fails_one_transaction_and_the_next_works(struct test_db *t)
{
    if (t->driver != DB_POSTGRES)
        return;
    test_db_script(t, ROW_TABLE);
    struct test_db other = *t;
    assert_ok(db_open(&t->options, &other.db));
    open_named(t);
    {
        TX(tx);
        assert_ok(db_begin(t->db, &tx));
        assert_ok(db_exec(tx.conn, "INSERT INTO row (writer) VALUES (1)", ""));
        end_sessions(&other);
        usleep(100000);
        struct err e = db_exec(tx.conn, "INSERT INTO row (writer) VALUES (2)", "");
        assert_int_equal(e.kind, ERR_STORAGE);
        assert_string_equal(e.code, "db_away");
        assert_fails(db_commit(&tx), ERR_STORAGE);
    }
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM row"), 0);
    assert_ok(insert_row(t, 1, 1));
    end_sessions(&other);
    usleep(100000);
    assert_ok(insert_row(t, 1, 2)); /* idle links that died are noticed before they are used */
    db_close(other.db);
}

static void *read_once(void *data)
{
    struct work *work = data;
    int64_t one = 0;
    struct err e = db_get_int(db_reader(work->t->db), &one, "SELECT 1", "");
    if (failed(e) || one != 1)
        complain(work, "read", e);
    return NULL;
}

/* --- news between processes ------------------------------------------------------------------- */

static void news_arrives_on_commit_and_once(struct test_db *t)
{
    struct db_listener *listener = db_listen(t->db, "medley_news");
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool postgres = t->driver == DB_POSTGRES;
    assert_int_equal(db_listener_wait(listener, wake, 10),
                     postgres); /* connected: may have missed */
    assert_false(db_listener_wait(listener, wake, 10));
    if (postgres) {
        TX(tx);
        assert_ok(db_begin(t->db, &tx));
        for (int i = 0; i < 3; i++)
            assert_ok(db_exec(tx.conn, "SELECT pg_notify($1, '')", "t", "medley_news"));
        assert_false(db_listener_wait(listener, wake, 50));
        assert_ok(db_commit(&tx));
        assert_true(db_listener_wait(listener, wake, 5000));
        assert_false(db_listener_wait(listener, wake, 50));
    }
    uint64_t one = 1;
    assert_int_equal(write(wake, &one, sizeof(one)), sizeof(one));
    assert_false(db_listener_wait(listener, wake, 60000)); /* at once, and not news of others */
    assert_int_equal(read(wake, &one, sizeof(one)), sizeof(one));
    db_listener_close(listener);
    close(wake);
}

static void lost_listener_connects_again_and_says_so(struct test_db *t)
{
    if (t->driver != DB_POSTGRES)
        return;
    struct test_db other = *t;
    assert_ok(db_open(&t->options, &other.db));
    open_named(t);
    struct db_listener *listener = db_listen(t->db, "medley_news");
    assert_true(db_listener_wait(listener, -1, 1000));
    end_sessions(&other);
    assert_true(db_listener_wait(listener, -1, 10000));
    assert_false(db_listener_wait(listener, -1, 20));
    db_listener_close(listener);
    db_close(other.db);
}

/* --- several processes start at once ---------------------------------------------------------- */

static const struct migration migrations[] = {
    {1, "one",   .sql = "CREATE TABLE one (id {id}); INSERT INTO one (id) VALUES (7)"},
    {2, "two",   .sql = "CREATE TABLE two (id {id}); INSERT INTO two (id) VALUES (7)"},
    {3, "three", .sql = "ALTER TABLE two ADD COLUMN word {text}"                     },
};

static void processes_that_migrate_at_once_agree(struct test_db *t)
{
    pid_t children[6];
    db_close(t->db);
    t->db = NULL;
    for (int i = 0; i < 6; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct arena a = {0};
            struct db *db;
            struct err e = db_open(&t->options, &db);
            if (!failed(e))
                e = db_migrate(db, &a, migrations, 3);
            _exit(failed(e));
        }
    }
    for (int i = 0; i < 6; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_ok(db_open(&t->options, &t->db));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM schema_version"), 3);
}

static void threads_that_end_leave_no_connection(struct test_db *t)
{
    for (int round = 0; round < 20; round++) {
        struct work works[4];
        for (int i = 0; i < 4; i++)
            works[i] = (struct work){.t = t};
        run_threads(works, 4, read_once);
    }
    if (t->driver == DB_POSTGRES) {
        open_named(t);
        char sql[200];
        snprintf(sql, sizeof(sql),
                 "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '%s'", t->schema);
        assert_true(test_db_int(t, sql) <= 4);
    }
}

static void unreachable_database_is_an_error_with_words(struct test_db *t)
{
    struct db *db = NULL;
    struct db_options options = {.url = t->driver == DB_POSTGRES
                                            ? "postgresql://nobody@127.0.0.1:1/none"
                                            : "/nowhere/at/all.db"};
    struct err e = db_open(&options, &db);
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_true(e.msg != NULL && e.msg[0] != '\0');
    assert_null(db);
}

static const struct db_case cases[] = {
    DB_CASE(writers_and_readers_share_the_database),
    DB_CASE(a_cache_by_generation_is_never_behind_what_was_seen),
    DB_CASE(one_that_fails_takes_nobody_along),
    DB_CASE(transactions_that_queue_up_share_a_sync),
    DB_CASE(failed_shared_commit_fails_all_of_its_members),
    DB_CASE(waiting_for_a_stuck_writer_ends_busy),
    DB_CASE(acknowledged_rows_survive_kill),
    DB_CASE(full_disk_is_an_answer_and_keeps_what_was_there),
    DB_CASE(lost_session_fails_one_transaction_and_the_next_works),
    DB_CASE(news_arrives_on_commit_and_once),
    DB_CASE(lost_listener_connects_again_and_says_so),
    DB_CASE(processes_that_migrate_at_once_agree),
    DB_CASE(threads_that_end_leave_no_connection),
    DB_CASE(unreachable_database_is_an_error_with_words),
};

int main(void)
{
    return db_cases_run("db_threads", cases, sizeof(cases) / sizeof(cases[0]));
}
