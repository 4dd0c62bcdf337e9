/* The envelope of document 004: replies, pages, links, errors (contract 2). */
#include <stdlib.h>
#include <string.h>

#include "api/metarr/metarr.h"
#include "base/clock.h"

/* --- replies ------------------------------------------------------------------------------------------ */

void metarr_open(struct call *call, struct jw *w)
{
    if (!call->resp->etag)
        call_header(call, "Cache-Control", "no-store");
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_key(w, "data");
}

static void write_meta(struct call *call, struct jw *w)
{
    const struct page *p = &call->page;
    int64_t pages = page_count(p);
    jw_key(w, "meta");
    jw_object(w);
    if (p->known) {
        jw_kv_int(w, "page", p->number);
        jw_kv_int(w, "limit", p->size);
        jw_kv_int(w, "total", p->total);
        jw_kv_int(w, "pages", pages);
        jw_kv_bool(w, "has_next", p->number < pages);
        jw_kv_bool(w, "has_prev", p->number > 1);
    }
    jw_kv_time(w, "timestamp", time_now_us());
    jw_end(w);
}

static void encode(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr("-_.~", c);
        if (plain)
            buf_putc(out, (char)c);
        else
            buf_printf(out, "%%%02X", (unsigned)c);
    }
}

/* Credentials stay out of links. */
static bool belongs_in_links(const char *name)
{
    static const char *const left_out[] = {"page", "limit", "api_key", "access_token", "token"};
    for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
        if (strcmp(name, left_out[i]) == 0)
            return false;
    }
    return true;
}

static void write_link(struct call *call, struct jw *w, const char *name, int64_t page, bool exists)
{
    const struct http_request *req = call->req;
    BUF(link);
    if (!exists) {
        jw_kv_text(w, name, NULL);
        return;
    }
    buf_append(&link, req->raw_path, strcspn(req->raw_path, "?"));
    buf_printf(&link, "?page=%lld&limit=%lld", (long long)page, (long long)call->page.size);
    for (size_t i = 0; i < req->query_count; i++) {
        if (!belongs_in_links(req->query[i].name))
            continue;
        buf_putc(&link, '&');
        encode(&link, req->query[i].name);
        buf_putc(&link, '=');
        encode(&link, req->query[i].value);
    }
    jw_kv_text(w, name, link.data);
}

static void write_links(struct call *call, struct jw *w)
{
    int64_t pages = page_count(&call->page);
    int64_t last = pages > 0 ? pages : 1;
    int64_t number = call->page.number;
    jw_key(w, "links");
    jw_object(w);
    write_link(call, w, "first", 1, true);
    write_link(call, w, "prev", number > last ? last : number - 1, number > 1);
    write_link(call, w, "next", number + 1, number < pages);
    write_link(call, w, "last", last, true);
    jw_end(w);
}

void metarr_close(struct call *call, struct jw *w)
{
    write_meta(call, w);
    if (call->page.known)
        write_links(call, w);
    jw_end(w);
}

void metarr_write_page(struct call *call, struct jw *w, void (*write_items)(struct call *, struct jw *, void *),
                       void *items)
{
    write_items(call, w, items);
}

struct err metarr_success(struct call *call)
{
    struct jw *w = call_json(call);
    call_header(call, "Cache-Control", "no-store");
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_end(w);
    return OK;
}

void metarr_take_paging(struct call *call, const struct metarr_paging *paging)
{
    call->page.number = paging->page;
    call->page.size = paging->limit > METARR_LIMIT_MAX ? METARR_LIMIT_MAX : paging->limit;
}

/* --- errors ------------------------------------------------------------------------------------------- */

const struct kind_status metarr_statuses[] = {
    {ERR_INVALID, 422},   {ERR_UNSUPPORTED, 400}, {ERR_TOO_LARGE, 422},    {ERR_METHOD, 404},
    {ERR_CANCELLED, 409}, {ERR_GONE, 404},        {ERR_UNCONFIGURED, 502}, {ERR_NONE, 500},
};

struct err metarr_id(struct call *call, int64_t *ret_id)
{
    int64_t id = call_id(call, "id");
    if (id < 1)
        return err_field(ERR_INVALID, "INVALID_FORMAT", "id", "id must be a positive integer");
    *ret_id = id;
    return OK;
}

struct err metarr_missing(struct call *call, const char *what, const char *code, int64_t id)
{
    struct err e = err_f(call->arena, ERR_NOT_FOUND, code, "%s with ID %lld not found", what, (long long)id);
    e.field = arena_printf(call->arena, "%lld", (long long)id);
    return e;
}

static bool is_code(const struct err *e, const char *code)
{
    return e->code && strcmp(e->code, code) == 0;
}

static const char *conflict_word(const struct err *e)
{
    static const char *const locked[] = {"LOCKED", "job_finished", "job_active", "cancelled"};
    for (size_t i = 0; i < sizeof(locked) / sizeof(locked[0]); i++) {
        if (is_code(e, locked[i]))
            return "LOCKED";
    }
    return "ALREADY_EXISTS";
}

static const char *error_word(const struct err *e)
{
    switch (e->kind) {
    case ERR_INVALID:
        return is_code(e, "MISSING_REQUIRED") || is_code(e, "INVALID_FORMAT") ? e->code : "VALIDATION_FAILED";
    case ERR_UNPROCESSABLE:
    case ERR_TOO_LARGE:
    case ERR_RANGE:
    case ERR_PRECONDITION:
        return "VALIDATION_FAILED";
    case ERR_UNSUPPORTED:
        return "INVALID_FORMAT";
    case ERR_UNAUTHENTICATED:
        return is_code(e, "token_expired") ? "TOKEN_EXPIRED" : "UNAUTHORIZED";
    case ERR_DENIED:
        return "FORBIDDEN";
    case ERR_NOT_FOUND:
        return is_code(e, "movie_not_found") ? "MOVIE_NOT_FOUND" : "NOT_FOUND";
    case ERR_METHOD:
    case ERR_GONE:
        return "NOT_FOUND";
    case ERR_CONFLICT:
    case ERR_CANCELLED:
        return conflict_word(e);
    case ERR_THROTTLED:
        return "RATE_LIMITED";
    case ERR_UPSTREAM:
    case ERR_UNCONFIGURED:
        return "PROVIDER_ERROR";
    case ERR_STORAGE:
        return "DATABASE_ERROR";
    case ERR_UNFINISHED:
        return "NOT_IMPLEMENTED";
    default:
        return "INTERNAL_ERROR";
    }
}

/* Numbers are ids of what was not found; anything else names a field. */
static void write_details(struct jw *w, const struct err *e)
{
    int64_t id;
    if (!e->field)
        return;
    jw_key(w, "details");
    jw_object(w);
    if (e->kind == ERR_NOT_FOUND && text_to_int(e->field, &id)) {
        jw_kv_int(w, "id", id);
    } else {
        jw_kv_text(w, "field", e->field);
        if (!is_code(e, "MISSING_REQUIRED"))
            jw_kv_text(w, "message", e->msg);
    }
    jw_end(w);
}

static void write_error(struct jw *w, const char *code, const char *message)
{
    jw_object(w);
    jw_kv_bool(w, "success", 0);
    jw_key(w, "error");
    jw_object(w);
    jw_kv_text(w, "code", code);
    jw_kv_text(w, "message", message);
}

static void write_mistake(struct call *call, struct jw *w, const struct mistake *m)
{
    jw_object(w);
    jw_kv_text(w, "field", mistake_path(call->arena, m));
    jw_kv_text(w, "message", mistake_text(call->arena, m));
    if (m->input)
        jw_kv_text(w, "value", m->input);
    jw_end(w);
}

/* What is no JSON or no number comes before what is missing, and that before what is wrong. */
static const struct mistake *gravest(const struct mistakes *mistakes, int *ret_status, const char **ret_code)
{
    const struct mistake *missing = NULL;
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct mistake *m = &mistakes->items[i];
        bool form = m->kind == MISTAKE_JSON || m->kind == MISTAKE_NOT_OBJECT || strcmp(m->where, "path") == 0;
        if (form) {
            *ret_status = 400;
            *ret_code = "INVALID_FORMAT";
            return m;
        }
        if (m->kind == MISTAKE_MISSING && !missing)
            missing = m;
    }
    *ret_status = missing ? 400 : 422;
    *ret_code = missing ? "MISSING_REQUIRED" : "VALIDATION_FAILED";
    return missing ? missing : &mistakes->items[0];
}

static void write_mistakes(struct call *call, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    const char *code;
    const struct mistake *m = gravest(mistakes, &call->resp->status, &code);
    const char *path = mistake_path(call->arena, m);
    const char *name = path && *path ? path : "The body";
    write_error(w, code, arena_printf(call->arena, "%s %s", name, mistake_text(call->arena, m)));
    jw_key(w, "details");
    if (call->resp->status == 422 && mistakes->count > 1) {
        jw_object(w);
        jw_key(w, "errors");
        jw_array(w);
        for (size_t i = 0; i < mistakes->count; i++)
            write_mistake(call, w, &mistakes->items[i]);
        jw_end(w);
        jw_end(w);
    } else {
        write_mistake(call, w, m);
    }
    jw_end(w);
    jw_end(w);
}

void metarr_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    if (mistakes->count) {
        write_mistakes(call, mistakes);
        return;
    }
    if (is_code(e, "MISSING_REQUIRED") || is_code(e, "INVALID_FORMAT"))
        call->resp->status = 400;
    bool ours = e->kind == ERR_INTERNAL || e->kind == ERR_STORAGE;
    write_error(w, error_word(e), ours ? "Internal server error" : e->msg ? e->msg : err_kind_name(e->kind));
    write_details(w, e);
    jw_end(w);
    jw_end(w);
}
