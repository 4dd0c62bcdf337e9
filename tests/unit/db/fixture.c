/* A throwaway database for one test. */
#include "unit.h"

#include "db/fixture.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ids.h"
#include "db/migrate.h"

static const char *const driver_names[] = {"sqlite", "postgres"};

bool test_db_available(enum db_driver driver)
{
    return driver == DB_SQLITE || getenv("MEDLEY_TEST_POSTGRES") != NULL;
}

static void server_command(const char *verb, const char *schema)
{
    char sql[128];
    PGconn *server = PQconnectdb(getenv("MEDLEY_TEST_POSTGRES"));
    snprintf(sql, sizeof(sql), "SET client_min_messages = error; %s", verb);
    snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql), " SCHEMA %s%s", schema,
             verb[0] == 'D' ? " CASCADE" : "");
    PGresult *result = PQexec(server, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(server));
    PQclear(result);
    PQfinish(server);
}

void test_db_start(struct test_db *t, enum db_driver driver)
{
    const char *tmp = getenv("TMPDIR");
    *t = (struct test_db){.driver = driver};
    arena_init(&t->arena);
    snprintf(t->folder, sizeof(t->folder), "%.40s/medley-db-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(t->folder));
    if (driver == DB_SQLITE) {
        snprintf(t->url, sizeof(t->url), "%s/test.db", t->folder);
    } else {
        const char *server = getenv("MEDLEY_TEST_POSTGRES");
        snprintf(t->schema, sizeof(t->schema), "t%016llx", (unsigned long long)random_u64());
        server_command("CREATE", t->schema);
        snprintf(t->url, sizeof(t->url), "%s%coptions=-csearch_path%%3D%s", server,
                 strchr(server, '?') ? '&' : '?', t->schema);
    }
    t->options = (struct db_options){.url = t->url};
    assert_ok(db_open(&t->options, &t->db));
}

void test_db_reopen(struct test_db *t)
{
    db_close(t->db);
    t->db = NULL;
    assert_ok(db_open(&t->options, &t->db));
}

void test_db_finish(struct test_db *t)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    db_close(t->db);
    if (t->driver == DB_POSTGRES)
        server_command("DROP", t->schema);
    for (size_t i = 0; t->driver == DB_SQLITE && i < 3; i++) {
        char path[1100];
        snprintf(path, sizeof(path), "%s%s", t->url, endings[i]);
        unlink(path);
    }
    rmdir(t->folder);
    arena_finish(&t->arena);
}

void test_db_script(struct test_db *t, const char *sql)
{
    BUF(expanded);
    db_expand_types(&expanded, sql, t->driver);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_script(tx.conn, expanded.data));
    assert_ok(db_commit(&tx));
}

int64_t test_db_int(struct test_db *t, const char *sql)
{
    int64_t value = INT_NONE;
    assert_ok(db_get_int(db_reader(t->db), &value, sql, ""));
    return value;
}

/* --- the same cases on both ------------------------------------------------------------------- */

struct bound_case {
    const struct db_case *test;
    enum db_driver driver;
};

static void run_case(void **state)
{
    const struct bound_case *bound = *state;
    struct test_db t;
    if (!test_db_available(bound->driver))
        skip();
    test_db_start(&t, bound->driver);
    bound->test->run(&t);
    test_db_finish(&t);
}

int db_cases_run(const char *group, const struct db_case *cases, size_t count)
{
    struct arena a = {0};
    struct CMUnitTest *tests = arena_array(&a, struct CMUnitTest, count * 2);
    for (size_t i = 0; i < count * 2; i++) {
        struct bound_case *bound = arena_new(&a, struct bound_case);
        *bound = (struct bound_case){&cases[i % count], i < count ? DB_SQLITE : DB_POSTGRES};
        tests[i].name = arena_printf(&a, "%s: %s", driver_names[bound->driver], bound->test->name);
        tests[i].test_func = run_case;
        tests[i].initial_state = bound;
    }
    int failures = _cmocka_run_group_tests(group, tests, count * 2, NULL, NULL);
    arena_finish(&a);
    return failures;
}
