/* The activity log and its export (contract: activity, sections 2 and 16). */
#include <ctype.h>
#include <string.h>

#include "api/harmony/harmony.h"
#include "base/clock.h"
#include "core/activity.h"
#include "json/encode.h"

SHAPE(activity_view, "ActivityItem", struct activity, "An entry of the activity log",
      FN("timestamp", struct activity, T_TIME, at, .flags = FIELD_REQUIRED),
      F(struct activity, T_TEXT, type, .flags = FIELD_REQUIRED),
      F(struct activity, T_TEXT, status, .flags = FIELD_REQUIRED),
      F(struct activity, T_JSON, details, .flags = FIELD_OMIT));

/* --- list -------------------------------------------------------------------------------------------------- */

struct activity_query {
    int64_t limit;
    int64_t offset;
    const char *type;
    const char *status;
};
SHAPE(activity_query_shape, "ActivityQuery", struct activity_query, "Filters",
      F(struct activity_query, T_INT, limit, .fallback = "50", BETWEEN(1, 200)),
      F(struct activity_query, T_INT, offset, .fallback = "0", MIN_VALUE(0)),
      F(struct activity_query, T_TEXT, type), F(struct activity_query, T_TEXT, status));

struct activity_reply {
    struct list items;
    int64_t total_count;
};
SHAPE(activity_reply_shape, "ActivityList", struct activity_reply, "Newest first",
      F(struct activity_reply, T_LIST, items, .item = T_OBJECT, .shape = &activity_view,
        .flags = FIELD_EMPTY_LIST),
      F(struct activity_reply, T_INT, total_count, .flags = FIELD_REQUIRED));

static const char *filled(const char *text)
{
    return text && *text ? text : NULL;
}

static struct err list(struct call *call)
{
    const struct activity_query *query = call->query;
    struct activity_list found = {0};
    int64_t total;
    struct activity_filter filter = {
        .type = filled(query->type),
        .status = filled(query->status),
        .from_us = TIME_NONE,
        .to_us = TIME_NONE,
        .limit = query->limit,
        .offset = query->offset,
    };
    TRY(activity_read(call_db(call), call->arena, &filter, &found));
    TRY(activity_count(call_db(call), call->arena, &filter, &total));
    struct activity_reply reply = {{found.items, found.count}, total};
    return call_reply(call, &reply);
}

/* --- export ------------------------------------------------------------------------------------------------ */

static const struct words format_words = WORDS("format", "json", "csv");
enum format { FORMAT_JSON, FORMAT_CSV };

struct export_query {
    int format;
    const char *type;
    const char *status;
    const char *from;
    const char *to;
    int64_t limit;
};
SHAPE(export_query_shape, "ActivityExportQuery", struct export_query, "What to export",
      F(struct export_query, T_ENUM, format, .words = &format_words, .fallback = "json"),
      F(struct export_query, T_TEXT, type), F(struct export_query, T_TEXT, status),
      F(struct export_query, T_TEXT, from), F(struct export_query, T_TEXT, to),
      F(struct export_query, T_INT, limit, MIN_VALUE(1)));

/* Dates, date-times with or without zone ("+" may have become a blank), unix seconds or milliseconds. */
static struct err read_time(struct call *call, const char *field, const char *text, int64_t *ret_us)
{
    int64_t number;
    *ret_us = TIME_NONE;
    if (!filled(text))
        return OK;
    if (text_to_int(text, &number)) {
        bool milliseconds = number > INT64_C(20000000000) || number < -INT64_C(20000000000);
        if (!__builtin_mul_overflow(number, milliseconds ? 1000 : SECONDS_US, ret_us))
            return OK;
    }
    char *copy = arena_strdup(call->arena, text);
    size_t len = strlen(copy);
    if (len > 19 && copy[len - 6] == ' ' && copy[len - 3] == ':')
        copy[len - 6] = '+';
    if (len == 16 || (len > 16 && (copy[16] == 'Z' || copy[16] == '+'))) /* seconds left out */
        copy = arena_printf(call->arena, "%.16s:00%s", copy, copy + 16);
    if (time_parse(copy, ret_us))
        return OK;
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_PARSE, "query");
    m->type = T_TIME;
    m->input = text;
    m->path[m->path_len++] = (struct path_step){field, 0};
    return call_invalid(call);
}

static void csv_field(struct buf *out, const char *text, bool last)
{
    if (!strpbrk(text, ",\"\r\n")) {
        buf_puts(out, text);
    } else {
        buf_putc(out, '"');
        for (; *text; text++) {
            if (*text == '"')
                buf_putc(out, '"');
            buf_putc(out, *text);
        }
        buf_putc(out, '"');
    }
    buf_puts(out, last ? "\r\n" : ",");
}

static struct err reply_csv(struct call *call, const struct activity_list *list)
{
    struct buf *out = &call->resp->body;
    char today[TIME_TEXT_BYTES];
    buf_puts(out, "id,timestamp,type,status,details\r\n");
    for (size_t i = 0; i < list->count; i++) {
        const struct activity *a = &list->items[i];
        BUF(stamp);
        struct jw w = jw_to(&stamp);
        w.time_style = call->api->time_style;
        jw_time(&w, a->at);
        buf_printf(out, "%lld,", (long long)a->id);
        csv_field(out, arena_strndup(call->arena, stamp.data + 1, stamp.len - 2), false);
        csv_field(out, a->type, false);
        csv_field(out, a->status, false);
        csv_field(out, a->details ? a->details : "{}", true);
    }
    time_format(time_now_us(), today);
    call_header(call, "Content-Disposition",
                arena_printf(call->arena, "attachment; filename=\"activity_history_%.10s.csv\"", today));
    call->resp->content_type = "text/csv; charset=utf-8";
    call->resp->status = 200;
    call->replying = true;
    return OK;
}

static struct err export(struct call *call)
{
    const struct export_query *query = call->query;
    struct activity_list found = {0};
    struct activity_filter filter = {.type = filled(query->type), .status = filled(query->status),
                                     .limit = query->limit};
    TRY(read_time(call, "from", query->from, &filter.from_us));
    TRY(read_time(call, "to", query->to, &filter.to_us));
    if (filter.from_us != TIME_NONE && filter.to_us != TIME_NONE && filter.to_us < filter.from_us)
        return call_mistake(call, "query", "to", "'to' must be greater than or equal to 'from'");
    TRY(activity_read(call_db(call), call->arena, &filter, &found));
    if (query->format == FORMAT_CSV)
        return reply_csv(call, &found);
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < found.count; i++)
        shape_encode(w, &activity_view, &found.items[i]);
    jw_end(w);
    return OK;
}

#define TAG "Activity"
ROUTES(harmony_activity_routes,
       {HTTP_GET, "/api/activity", TAG, "What the server did, newest first", list, .query = &activity_query_shape,
        .reply = &activity_reply_shape},
       {HTTP_GET, "/api/activity/export", TAG, "The log as JSON or CSV", export, .query = &export_query_shape,
        .flags = ROUTE_ANY_JSON});
