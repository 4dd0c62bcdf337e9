/*
 * Schema migrations: forward only, the same list on both databases.
 *
 * A migration is SQL text with type macros in braces: {id} auto-numbered primary key that never
 * reuses a number, {int} 64-bit integer, {real} double, {text}, {bool} 0/1, {time} microseconds,
 * {json} text, {bytes}. `sqlite` and `postgres` hold what only one of them needs (full-text tables,
 * GIN indexes). Each runs in one transaction together with its row in `schema_version`; several
 * processes may start at once on one PostgreSQL (advisory lock).
 *
 * A database newer than the list is refused: ERR_CONFLICT "schema_newer", naming both versions.
 */
#ifndef MEDLEY_DB_MIGRATE_H
#define MEDLEY_DB_MIGRATE_H

#include "db/db.h"

struct migration {
    int version; /* 1, 2, 3 ... without gaps */
    const char *name;
    const char *sql;
    const char *sqlite;
    const char *postgres;
};

struct err db_migrate(struct db *db, struct arena *a, const struct migration *list,
                      size_t count) MUST_CHECK;
/* Writes sql with the type macros replaced: for tables that tests and migrations make by hand. */
void db_expand_types(struct buf *out, const char *sql, enum db_driver driver);

#endif
