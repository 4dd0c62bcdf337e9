/*
 * Inside of db/: the two halves of the SQLite driver, links (sqlite.c) and the lending of the one
 * that writes (sqlite_writer.c).
 */
#ifndef MEDLEY_DB_SQLITE_H
#define MEDLEY_DB_SQLITE_H

#include <sqlite3.h>

#include "db/driver.h"

/* One connection. Used by one thread at a time. */
struct sqlite_link {
    sqlite3 *handle;
    struct statements statements;
};

struct sqlite_db {
    char *path;
    int busy_timeout_ms;
    struct sqlite_writer *writer;
};

/* `conn` takes the message of a failure. */
struct err sqlite_link_open(struct db_conn *conn, const char *path, int busy_timeout_ms,
                            bool writer, struct sqlite_link **ret_link) MUST_CHECK;
void sqlite_link_close(struct sqlite_link *link);
/* Runs one statement without parameters or rows, through the cache. */
struct err sqlite_link_exec(struct sqlite_link *link, struct db_conn *conn,
                            const char *sql) MUST_CHECK;

/* Makes text_rank(table, weight of column 1, of column 2 ...) known: lower is better, as bm25() counts. False
 * when this SQLite has no FTS5. */
bool sqlite_rank_register(sqlite3 *handle);

struct err sqlite_writer_open(struct db *db, struct db_conn *conn) MUST_CHECK;
void sqlite_writer_close(struct sqlite_writer *writer);
struct err sqlite_begin(struct db_conn *conn) MUST_CHECK;
struct err sqlite_commit(struct db_conn *conn) MUST_CHECK;
void sqlite_rollback(struct db_conn *conn);

#endif
