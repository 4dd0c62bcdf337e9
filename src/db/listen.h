/*
 * Waiting for other processes' news: PostgreSQL's LISTEN on a connection of its own.
 *
 * Whoever has written says db_exec(conn, "SELECT pg_notify($1, '')", "t", channel) (PostgreSQL
 * only). Inside a transaction it is delivered on commit, and once however often it was said; but
 * such commits wait for each other's flush. On SQLite there is one process, so a listener only
 * waits for its wake descriptor: one loop serves both.
 *
 * A listener belongs to one thread. It reconnects by itself; because news may have been missed
 * meanwhile, a fresh connection counts as news. The truth is in the tables, always.
 */
#ifndef MEDLEY_DB_LISTEN_H
#define MEDLEY_DB_LISTEN_H

#include "db/db.h"

struct db_listener;

/* `channel` is a plain lower-case word. Does not connect yet: the first wait does. */
struct db_listener *db_listen(struct db *db, const char *channel);
/* Sleeps until there is news, `wake_fd` (an eventfd; -1: none) is readable, or `ms` have passed.
 * True for news. Does not read wake_fd. While the server is away it tries again about once a
 * second. */
bool db_listener_wait(struct db_listener *listener, int wake_fd, int64_t ms);
void db_listener_close(struct db_listener *listener); /* NULL is fine */

#endif
