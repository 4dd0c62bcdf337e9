/*
 * A throwaway database of either kind for one test, and test tables that run on both.
 *
 * SQLite: a file in a fresh folder. PostgreSQL: a fresh schema of the server that
 * MEDLEY_TEST_POSTGRES names (tools/with-postgres starts one); without it the PostgreSQL half is
 * reported as skipped.
 *
 *     static void title_is_kept(struct test_db *t) { ... t->db ... t->arena ... }
 *     static const struct db_case cases[] = {DB_CASE(title_is_kept)};
 *     int main(void) { return db_cases_run("catalog", cases, sizeof(cases) / sizeof(cases[0])); }
 */
#ifndef MEDLEY_TESTS_DB_FIXTURE_H
#define MEDLEY_TESTS_DB_FIXTURE_H

#include "db/db.h"

struct test_db {
    enum db_driver driver;
    struct db *db;
    char url[1024];
    char folder[64]; /* a temporary folder, on both */
    char schema[64];
    struct arena arena;
    struct db_options options;
};

/* False when this kind cannot be tested here. */
bool test_db_available(enum db_driver driver);
void test_db_start(struct test_db *t, enum db_driver driver);
/* Closes and opens it again, as a restart does. */
void test_db_reopen(struct test_db *t);
void test_db_finish(struct test_db *t);
/* Runs a script of {type} macros (db/migrate.h) in one transaction; the test fails when it does. */
void test_db_script(struct test_db *t, const char *sql);
/* One integer; the test fails when the query does. */
int64_t test_db_int(struct test_db *t, const char *sql);

struct db_case {
    const char *name;
    void (*run)(struct test_db *t);
};
#define DB_CASE(function)                                                                          \
    {                                                                                              \
#function, function                                                                        \
    }
/* Every case on SQLite, then every case on PostgreSQL. Returns the number of failures. */
int db_cases_run(const char *group, const struct db_case *cases, size_t count);

#endif
