/* Replies: what handlers call to answer. */
#include "api/common/call.h"

#include <stdlib.h>
#include <string.h>

#include "json/encode.h"

struct db_conn *call_db(struct call *call)
{
    return db_reader(call->core->db);
}

static const struct path_value *path_value(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->path_count; i++) {
        if (strcmp(call->path[i].name, name) == 0)
            return &call->path[i];
    }
    /* The first row that used a segment names it for all; positions are the same. */
    CHECK(call->path_count == 1);
    return &call->path[0];
}

int64_t call_id(const struct call *call, const char *name)
{
    return path_value(call, name)->number;
}

const char *call_text(const struct call *call, const char *name)
{
    return path_value(call, name)->text;
}

bool call_has(const struct call *call, const char *body_field)
{
    return shape_has(call->route->body, &call->body_present, body_field);
}

void call_status(struct call *call, int status)
{
    call->resp->status = status;
}

void call_header(struct call *call, const char *name, const char *value)
{
    http_add_header(call->req, call->resp, name, value);
}

struct jw *call_json(struct call *call)
{
    CHECK(!call->replying);
    call->replying = true;
    if (!call->resp->status)
        call->resp->status = call->route->status ? call->route->status : 200;
    call->resp->content_type = call->api->json_type ? call->api->json_type : "application/json";
    call->writer = jw_to(&call->resp->body);
    call->writer.time_style = call->api->time_style;
    if (call->api->open_envelope && !(call->route->flags & ROUTE_BARE)) {
        call->enveloped = true;
        call->api->open_envelope(call, &call->writer);
    }
    return &call->writer;
}

struct err call_reply_as(struct call *call, const struct shape *shape, const void *object)
{
    shape_encode(call_json(call), shape, object);
    return OK;
}

struct err call_reply(struct call *call, const void *object)
{
    return call_reply_as(call, call->route->reply, object);
}

struct items {
    const struct shape *shape;
    const char *items;
    size_t count;
};

static void write_items(struct call *call, struct jw *w, void *data)
{
    (void)call;
    const struct items *list = data;
    jw_array(w);
    for (size_t i = 0; i < list->count; i++)
        shape_encode(w, list->shape, list->items + i * list->shape->size);
    jw_end(w);
}

struct err call_list(struct call *call, const void *items, size_t count)
{
    struct items list = {call->route->reply, items, count};
    write_items(call, call_json(call), &list);
    return OK;
}

struct err call_page(struct call *call, const void *items, size_t count, int64_t total)
{
    struct items list = {call->route->reply, items, count};
    call->page.total = total;
    call->page.known = true;
    struct jw *w = call_json(call);
    if (call->api->write_page)
        call->api->write_page(call, w, write_items, &list);
    else
        write_items(call, w, &list);
    return OK;
}

struct err call_empty(struct call *call, int status)
{
    call->resp->status = status;
    call->replying = true;
    return OK;
}

struct err call_redirect(struct call *call, int status, const char *location)
{
    call_header(call, "Location", location);
    return call_empty(call, status);
}

struct err call_mistake(struct call *call, const char *where, const char *field, const char *text)
{
    mistake_rule(call->arena, &call->mistakes, where, field, text);
    return call_invalid(call);
}

struct err call_invalid(struct call *call)
{
    const struct mistake *first = call->mistakes.count ? &call->mistakes.items[0] : NULL;
    const char *field = first ? mistake_path(call->arena, first) : NULL;
    const char *text = first ? mistake_text(call->arena, first) : "is invalid";
    struct err e = err_f(call->arena, ERR_INVALID, "validation_failed", "%s%s%s",
                         field && *field ? field : "the request", " ", text);
    e.field = field;
    return e;
}

struct err call_unfinished(struct call *call)
{
    return err_f(call->arena, ERR_UNFINISHED, "not_built_yet", "%s is documented but not built yet",
                 call->route->path);
}

static const struct kind_status common_statuses[] = {
    {ERR_INVALID, 400},      {ERR_UNPROCESSABLE, 422}, {ERR_UNAUTHENTICATED, 401},
    {ERR_DENIED, 403},       {ERR_NOT_FOUND, 404},     {ERR_METHOD, 405},
    {ERR_CONFLICT, 409},     {ERR_GONE, 410},          {ERR_TOO_LARGE, 413},
    {ERR_UNSUPPORTED, 415},  {ERR_RANGE, 416},         {ERR_PRECONDITION, 412},
    {ERR_THROTTLED, 429},    {ERR_BUSY, 503},          {ERR_TIMEOUT, 504},
    {ERR_CANCELLED, 409},    {ERR_UNCONFIGURED, 503},  {ERR_UPSTREAM, 502},
    {ERR_STORAGE, 500},      {ERR_UNFINISHED, 501},    {ERR_INTERNAL, 500},
    {ERR_NONE, 500},
};

static int status_in(const struct kind_status *table, enum err_kind kind)
{
    for (; table->kind != ERR_NONE; table++) {
        if (table->kind == kind)
            return table->status;
    }
    return 0;
}

int api_status(const struct api *api, enum err_kind kind)
{
    int status = api && api->statuses ? status_in(api->statuses, kind) : 0;
    if (!status)
        status = status_in(common_statuses, kind);
    return status ? status : 500;
}
