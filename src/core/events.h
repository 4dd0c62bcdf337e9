/*
 * What happened, as rows, and the bus that tells it.
 *
 * event_append() writes a row in the transaction that caused the event, so nobody hears of something
 * that did not happen. After the commit the bus thread reads new rows in order and hands each to the
 * subscribers (the live adapters of the APIs). With several processes on one PostgreSQL the bus tells the
 * others' buses by NOTIFY that there is something to read; the truth is the table, which each looks at every
 * second anyway. Rows are pruned after events.keep_days (progress: one hour).
 *
 * The kinds are rows in core/events.def: EVENT(SYMBOL, "word", "what it means; its payload").
 */
#ifndef MEDLEY_CORE_EVENTS_H
#define MEDLEY_CORE_EVENTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum event_kind {
#define EVENT(symbol, word, help) EVENT_##symbol,
#include "core/events.def"
#undef EVENT
    EVENT_KIND_COUNT
};
extern const struct words event_words;

struct event {
    int64_t id;
    enum event_kind kind;
    int64_t at_us;
    int64_t subject_id;  /* job, video, movie ...: what the kind says; INT_NONE: nothing */
    const char *payload; /* a JSON object */
};

/* `conn` must be in a transaction. `payload` is a JSON object (copied into the row). */
struct err event_append(struct db_conn *conn, enum event_kind kind, int64_t subject_id,
                        const char *payload) MUST_CHECK;

/* Events after `after_id`, oldest first, at most `limit`: for catching up and for the activity log. */
struct event_list {
    VEC(struct event)
};
struct err events_after(struct db_conn *conn, struct arena *a, int64_t after_id, int limit,
                        struct event_list *ret_list) MUST_CHECK;

/* --- the bus ------------------------------------------------------------------------------------ */

struct bus;
/* Starts the bus thread; it begins after the newest event. */
struct err bus_create(struct db *db, struct bus **ret_bus) MUST_CHECK;
void bus_destroy(struct bus *bus);
/* fn runs on the bus thread, in order, and must not block; the event is valid during the call. Subscribe
 * before the server serves; there is no unsubscribe. */
void bus_subscribe(struct bus *bus, void (*fn)(void *context, const struct event *event),
                   void *context);
/* The id of the newest event that subscribers have seen. */
int64_t bus_position(struct bus *bus);
/* Waits until an event newer than `after_id` was delivered, or the time is over. For job workers. */
void bus_wait(struct bus *bus, int64_t after_id, int timeout_ms);
/* Wakes the bus thread (another process's NOTIFY, or a commit here). Any thread. */
void bus_wake(struct bus *bus);

#endif
