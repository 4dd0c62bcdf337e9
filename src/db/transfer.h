/*
 * All rows of one database into another of the same schema version: backups of a PostgreSQL as a SQLite file,
 * and back; a library that moves from one to the other.
 *
 * One of the two is SQLite, whose file lists the tables and their columns. The source is read as of one moment
 * while others go on writing it. The target is emptied and filled in one transaction: it holds everything of
 * the source afterwards, or what it held before. Full-text indexes (virtual tables, and `skip`) are not
 * copied: whoever owns them builds them anew. Numbers given out later continue after the copied ones.
 *
 * Failures are those of db.h. One thread; no transaction of it may be open.
 */
#ifndef MEDLEY_DB_TRANSFER_H
#define MEDLEY_DB_TRANSFER_H

#include "db/db.h"

/* `skip` ends with NULL. `finish` (may be NULL) runs in the target's transaction before its commit. */
struct err db_transfer(struct db *from, struct db *to, struct arena *a, const char *const *skip,
                       struct err (*finish)(struct db_conn *tx, void *data), void *data) MUST_CHECK;

#endif
