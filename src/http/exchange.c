/* One request from its first line to the end of its reply: libmicrohttpd's callbacks. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "http/internal.h"

void *exchange_on_line(void *server, const char *uri, struct MHD_Connection *connection)
{
    struct http_exchange *x = calloc(1, sizeof(*x));
    CHECK(x != NULL);
    arena_init(&x->arena);
    x->server = server;
    x->connection = connection;
    x->resp.file_fd = -1;
    x->resp.modified_us = TIME_NONE;
    x->req.arena = &x->arena;
    x->req.exchange = x;
    x->req.started_us = time_monotonic_us();
    /* libmicrohttpd cuts its own copy apart right after this call. */
    x->target = arena_strdup(&x->arena, uri);
    return x;
}

void exchange_finish(struct http_exchange *x, int status, int64_t bytes)
{
    if (x->done)
        return;
    x->done = true;
    struct http_server *server = x->server;
    if (x->stream)
        stream_destroy(x->stream);
    else if (x->resp.stream_close)
        x->resp.stream_close(NULL, x->resp.stream_user);
    if (x->resp.ws && !x->ws_adopted)
        x->resp.ws->closed(NULL, x->resp.ws_user);
    if (x->active && server->handler.finish)
        server->handler.finish(server->handler.context, &x->req, status, bytes);
    http_response_drop_file(&x->resp);
    multipart_destroy(x->multipart);
    buf_finish(&x->resp.body);
    buf_finish(&x->body);
    arena_finish(&x->arena);
    if (x->active)
        atomic_fetch_sub(&server->active, 1);
}

void exchange_on_completed(void *server, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode how)
{
    (void)server;
    struct http_exchange *x = *state;
    patience_head_awaited(connection);
    if (!x)
        return;
    *state = NULL;
    bool sent = how == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    int64_t bytes = sent || x->stream ? x->reply_bytes : 0;
    exchange_finish(x, x->state == EXCHANGE_QUEUED ? x->resp.status : 0, bytes);
    if (x->reply)
        MHD_destroy_response(x->reply);
    free(x);
}

/* --- replying ----------------------------------------------------------------------------------- */

static enum MHD_Result reply(struct http_exchange *x)
{
    if (!x->reply)
        response_prepare(x);
    struct MHD_Response *response = x->reply;
    x->reply = NULL;
    x->state = EXCHANGE_QUEUED;
    if (x->sends_file)
        MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, FILE_TIMEOUT_S);
    enum MHD_Result result =
        MHD_queue_response(x->connection, (unsigned)x->resp.status, response);
    MHD_destroy_response(response);
    return result;
}

static void refuse(struct http_exchange *x, struct err e)
{
    x->state = EXCHANGE_ANSWERED;
    response_refuse(x, e);
}

/* --- the head ----------------------------------------------------------------------------------- */

static bool is_multipart(const struct http_exchange *x)
{
    const char *type = http_header(&x->req, "Content-Type");
    return type && strncasecmp(type, "multipart/form-data", 19) == 0;
}

/* Decides from the head alone whether the body will be taken. */
static struct err accept_body(struct http_exchange *x)
{
    static const char *const too_large = "The request body is too large";
    if (x->plan.multipart && is_multipart(x)) {
        if (x->content_length > x->plan.max_upload + MULTIPART_OVERHEAD_BYTES)
            return err_make(ERR_TOO_LARGE, "body_too_large", too_large);
        return multipart_create(&x->arena, http_header(&x->req, "Content-Type"),
                                x->server->temp_dir, x->plan.max_upload, &x->multipart);
    }
    if (x->plan.multipart && x->plan.max_body == 0)
        return err_make(ERR_UNSUPPORTED, "not_multipart", "The body must be multipart/form-data");
    int64_t limit = x->plan.max_body ? (int64_t)x->plan.max_body : IGNORED_BODY_BYTES;
    if (x->content_length > limit)
        return err_make(ERR_TOO_LARGE, "body_too_large", too_large);
    x->body.limit = x->plan.max_body;
    return OK;
}

static void begin(struct http_exchange *x, const char *method)
{
    struct http_server *server = x->server;
    x->active = true;
    atomic_fetch_add(&server->active, 1);
    struct err e = request_build(x, method);
    if (failed(e)) {
        refuse(x, e);
        if (e.kind == ERR_TOO_LARGE)
            x->resp.status = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
        return;
    }
    x->state = EXCHANGE_BODY;
    x->plan = server->handler.begin(server->handler.context, &x->req, &x->resp);
    if (x->plan.answered) {
        x->state = EXCHANGE_ANSWERED;
        return;
    }
    e = accept_body(x);
    if (failed(e))
        refuse(x, e);
}

/* The last request on this connection may have been a download. */
static void reset_timeout(struct http_exchange *x)
{
    unsigned wanted = x->server->idle_timeout_s;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_TIMEOUT);
    if (!info || info->connection_timeout != wanted)
        MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, wanted);
}

/* Called when the head is in. Answering here closes the connection (what follows may be a body that
 * nobody reads), so it is done only when reading the body to its end would cost more. */
static enum MHD_Result on_head(struct http_exchange *x, const char *method)
{
    reset_timeout(x);
    begin(x, method);
    if (x->state != EXCHANGE_ANSWERED)
        return MHD_YES;
    if (x->unframed || x->content_length > DRAIN_LIMIT_BYTES ||
        (x->expects_continue && x->content_length != 0))
        return reply(x);
    return MHD_YES;
}

/* --- the body ----------------------------------------------------------------------------------- */

static void take_body(struct http_exchange *x, const char *data, size_t len)
{
    if (x->multipart) {
        struct err e = multipart_feed(x->multipart, data, len);
        if (failed(e))
            refuse(x, e);
    } else if (x->plan.max_body) {
        if (x->content_length > 0 && !x->body.data)
            buf_reserve(&x->body, (size_t)x->content_length);
        buf_append(&x->body, data, len);
        if (x->body.overflowed)
            refuse(x, err_make(ERR_TOO_LARGE, "body_too_large", "The request body is too large"));
    } else if (x->received_bytes > IGNORED_BODY_BYTES) {
        refuse(x, err_make(ERR_TOO_LARGE, "body_too_large", "This request takes no body"));
    }
}

static enum MHD_Result on_body(struct http_exchange *x, const char *data, size_t len)
{
    x->received_bytes += (int64_t)len;
    if (x->state == EXCHANGE_BODY)
        take_body(x, data, len);
    else if (x->received_bytes > DRAIN_LIMIT_BYTES)
        return MHD_NO;
    return MHD_YES;
}

/* --- the handler -------------------------------------------------------------------------------- */

static void run_handler(struct http_exchange *x)
{
    x->server->handler.handle(x->server->handler.context, &x->req, &x->resp);
    response_prepare(x);
    x->state = EXCHANGE_ANSWERED;
}

static void refuse_busy(struct http_exchange *x)
{
    refuse(x, err_make(ERR_BUSY, "server_busy", "The server is busy, try again"));
    http_add_header(&x->req, &x->resp, "Retry-After", "1");
}

static void run_on_pool(void *data)
{
    struct http_exchange *x = data;
    if (atomic_load(&x->server->letting_go))
        refuse_busy(x);
    else
        run_handler(x);
    /* From here on the exchange belongs to the connection's thread again. */
    MHD_resume_connection(x->connection);
}

static enum MHD_Result start_work(struct http_exchange *x)
{
    x->state = EXCHANGE_WORKING;
    MHD_suspend_connection(x->connection);
    struct err e = atomic_load(&x->server->letting_go)
                       ? err_make(ERR_BUSY, "server_stopping", "The server is stopping")
                       : pool_submit(x->server->pool, run_on_pool, x);
    if (failed(e)) {
        refuse_busy(x);
        MHD_resume_connection(x->connection);
    }
    return MHD_YES;
}

static enum MHD_Result on_body_end(struct http_exchange *x)
{
    if (x->multipart) {
        struct err e = multipart_end(x->multipart, &x->req.parts, &x->req.part_count);
        if (failed(e)) {
            refuse(x, e);
            return reply(x);
        }
    }
    if (x->body.len) {
        x->req.body = x->body.data;
        x->req.body_len = x->body.len;
    }
    if (x->plan.blocking)
        return start_work(x);
    run_handler(x);
    return reply(x);
}

/* Called with the head, then with each piece of the body, then once with nothing, and again after
 * each resume. */
enum MHD_Result exchange_on_request(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **state)
{
    (void)server;
    (void)url;
    (void)version;
    struct http_exchange *x = *state;
    if (x->state == EXCHANGE_LINE) {
        patience_head_done(connection);
        return on_head(x, method);
    }
    if (*upload_size) {
        size_t len = *upload_size;
        *upload_size = 0;
        return on_body(x, upload, len);
    }
    if (x->state == EXCHANGE_BODY)
        return on_body_end(x);
    return x->state == EXCHANGE_ANSWERED ? reply(x) : MHD_YES;
}
