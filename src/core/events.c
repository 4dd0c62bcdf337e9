/* Events: rows written with what caused them. */
#include "core/events.h"

#include <string.h>

#include "base/clock.h"

static const char *const event_names[] = {
#define EVENT(symbol, word, help) word,
#include "core/events.def"
#undef EVENT
};
const struct words event_words = {"event", event_names, EVENT_KIND_COUNT};

struct err event_append(struct db_conn *conn, enum event_kind kind, int64_t subject_id,
                        const char *payload)
{
    CHECK(db_in_transaction(conn));
    TRY(db_exec(conn, "INSERT INTO event (kind, at, subject_id, payload) VALUES ($1, $2, $3, $4)",
                "iiit", (int64_t)kind, time_now_us(), subject_id, payload));
    db_signal(conn);
    return OK;
}

static void read_event(const struct rows *rows, struct arena *a, struct event *ret)
{
    int64_t kind = rows_int(rows, 1);
    *ret = (struct event){
        .id = rows_int(rows, 0),
        .kind = kind >= 0 && kind < EVENT_KIND_COUNT ? (enum event_kind)kind : EVENT_ACTIVITY,
        .at_us = rows_int(rows, 2),
        .subject_id = rows_int(rows, 3),
        .payload = rows_text(rows, a, 4),
    };
}

struct err events_after(struct db_conn *conn, struct arena *a, int64_t after_id, int limit,
                        struct event_list *ret_list)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT id, kind, at, subject_id, payload FROM event WHERE id > $1 "
                 "ORDER BY id LIMIT $2",
                 "ii", after_id, (int64_t)limit));
    while (rows_next(&rows))
        read_event(&rows, a, arena_push(a, ret_list));
    return rows_end(&rows);
}
