/* From struct http_response to libmicrohttpd's response. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/internal.h"
#include "http/uri.h"

void http_add_header(struct http_request *req, struct http_response *resp, const char *name,
                     const char *value)
{
    if (!value || resp->header_count >= HTTP_MAX_HEADERS || text_has_controls(value, strlen(value)))
        return;
    resp->headers[resp->header_count++] =
        (struct http_pair){name, arena_strdup(req->arena, value)};
}

void http_response_drop_file(struct http_response *resp)
{
    if (resp->file_fd >= 0)
        close(resp->file_fd);
    resp->file_fd = -1;
}

struct plain_status {
    enum err_kind kind;
    int status;
};

/* Only for servers whose handler leaves the reply empty; the API layer has its own table. */
static int status_of(enum err_kind kind)
{
    static const struct plain_status statuses[] = {
        {ERR_INVALID, 400}, {ERR_TOO_LARGE, 413},   {ERR_UNSUPPORTED, 415}, {ERR_RANGE, 416},
        {ERR_BUSY, 503},    {ERR_PRECONDITION, 412}, {ERR_STORAGE, 507},
    };
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].kind == kind)
            return statuses[i].status;
    return 500;
}

void response_refuse(struct http_exchange *x, struct err e)
{
    const struct http_handler *handler = &x->server->handler;
    if (handler->refuse)
        handler->refuse(handler->context, &x->req, &x->resp, e);
    if (x->resp.status)
        return;
    x->resp.status = status_of(e.kind);
    x->resp.content_type = "text/plain; charset=utf-8";
    buf_clear(&x->resp.body);
    buf_printf(&x->resp.body, "%s\n", e.msg ? e.msg : e.code);
}

/* --- bodies ------------------------------------------------------------------------------------- */

static bool allows_body(int status)
{
    return status != 204 && status != 304 && status >= 200;
}

/* A handler that names an ETag gets its If-None-Match answered. */
static void apply_etag(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    bool reads = x->req.method == HTTP_GET || x->req.method == HTTP_HEAD;
    if (!resp->etag || resp->status != 200 || !reads)
        return;
    const char *list = http_header(&x->req, "If-None-Match");
    if (list && etag_listed(list, resp->etag, true)) {
        resp->status = 304;
        buf_clear(&resp->body);
    }
}

static void apply_gzip(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    if (resp->no_compress || resp->body.len < COMPRESS_MIN_BYTES ||
        !compressible(resp->content_type))
        return;
    http_add_header(&x->req, resp, "Vary", "Accept-Encoding");
    if (!accepts_gzip(http_header(&x->req, "Accept-Encoding")))
        return;
    struct buf packed;
    if (!gzip_buffer(&resp->body, &packed))
        return;
    buf_finish(&resp->body);
    resp->body = packed;
    http_add_header(&x->req, resp, "Content-Encoding", "gzip");
    /* The bytes differ from the plain ones, so the tag is no longer a strong one. */
    if (resp->etag && strncmp(resp->etag, "W/", 2) != 0)
        resp->etag = arena_printf(&x->arena, "W/%s", resp->etag);
}

static struct MHD_Response *buffer_response(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    if (!allows_body(resp->status))
        buf_clear(&resp->body);
    x->reply_bytes = (int64_t)resp->body.len;
    if (resp->body.len == 0)
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    size_t len;
    char *data = buf_take(&resp->body, &len);
    return MHD_create_response_from_buffer(len, data, MHD_RESPMEM_MUST_FREE);
}

static struct MHD_Response *make_response(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    if (resp->status == 0)
        resp->status = 500;
    if (resp->status == 101 && resp->ws)
        return websocket_response(x);
    if (resp->stream_open && resp->status == 200)
        return stream_response(x);
    if (resp->file_fd >= 0)
        return file_response(x);
    apply_etag(x);
    apply_gzip(x);
    return buffer_response(x);
}

void response_prepare(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    struct MHD_Response *reply = make_response(x);
    CHECK(reply != NULL);
    /* Set by make_response(), so read after it. */
    if (resp->content_type && allows_body(resp->status))
        MHD_add_response_header(reply, "Content-Type", resp->content_type);
    if (resp->etag)
        MHD_add_response_header(reply, "ETag", resp->etag);
    if (resp->modified_us != TIME_NONE) {
        char text[TIME_TEXT_BYTES];
        MHD_add_response_header(reply, "Last-Modified", time_format_http(resp->modified_us, text));
    }
    MHD_add_response_header(reply, "X-Request-ID", x->req.id);
    MHD_add_response_header(reply, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < resp->header_count; i++)
        MHD_add_response_header(reply, resp->headers[i].name, resp->headers[i].value);
    if (atomic_load_explicit(&x->server->stopping, memory_order_relaxed) && resp->status != 101)
        MHD_add_response_header(reply, "Connection", "close");
    x->reply = reply;
}
