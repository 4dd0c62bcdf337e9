/*
 * Replies kept as bytes until what they show has changed.
 *
 * For rows with ROUTE_REMEMBER: path, query, settings and the database alone decide what they reply, so the
 * bytes are given again while settings_generation() and db_generation() are what they were before the reply
 * was made. Credentials and limits are checked for each call before. Nobody reads here what was true before
 * a change that was acknowledged, or told by an event: the count moves first, and nothing is used while a
 * commit is under way. On PostgreSQL another process may write; its events are counted as they are heard,
 * and no reply is given for longer than REMEMBER_SHARED_US. The least recently used go first when there is
 * no room.
 *
 * Any thread.
 */
#ifndef MEDLEY_API_COMMON_REMEMBER_H
#define MEDLEY_API_COMMON_REMEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define REMEMBER_BYTES     (8u << 20) /* of one surface: a few hundred pages of fifty */
#define REMEMBER_SHARED_US INT64_C(1000000)

struct remembered;

/* max_bytes counts keys and replies; one reply may take an eighth of it. */
struct remembered *remember_create(size_t max_bytes);
void remember_destroy(struct remembered *r); /* NULL is fine */

/* Appends the reply to `out`; false when there is none of this generation. */
bool remember_find(struct remembered *r, const char *key, uint64_t generation, struct buf *out);
/* Copies. `generation` was asked for before the reply was made. */
void remember_keep(struct remembered *r, const char *key, uint64_t generation, const char *data, size_t len);

#endif
