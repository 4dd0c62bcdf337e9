/*
 * For tests: makes one statement fail before it runs, to prove that nothing half-written stays
 * behind.
 *
 * db_fault(db, n, prefix): the n-th statement from now (1: the next) whose text starts with
 * `prefix` (NULL: any, BEGIN, SAVEPOINT and COMMIT included, never ROLLBACK) fails with ERR_STORAGE
 * "db_error". n = 0 switches it off. db_fault_pending() tells whether it has not struck yet, which
 * ends a walk over n. Set while no other thread is inside the database; `prefix` must be a literal.
 */
#ifndef MEDLEY_DB_FAULT_H
#define MEDLEY_DB_FAULT_H

#include "db/db.h"

void db_fault(struct db *db, int64_t nth, const char *prefix);
bool db_fault_pending(const struct db *db);

#endif
