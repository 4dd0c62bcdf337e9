/*
 * The three push protocols on one port, for tests with the real client libraries:
 *     /ws           plain WebSocket: echoes texts; "close CODE" closes
 *     /hub/test     SignalR: methods Echo(x), Broadcast(x) -> Message(x) to all, Kick(); note = ?type
 *     /socket.io/   Socket.IO: events echo (answers, or emits "echo"), broadcast, kick
 * Both hubs take the token "good" (?access_token, Authorization, auth.token). POST /drop cuts nothing but
 * answers how many are connected. Prints its address; ends when standard input does.
 * Usage: echo_server [ping interval ms] [ping timeout ms]
 */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"
#include "http/signalr.h"
#include "http/socketio.h"

#define MAX_CLIENTS 64

struct app {
    struct signalr *hub;
    struct socketio *io;
    pthread_mutex_t lock;
    struct ws *hub_clients[MAX_CLIENTS];
    struct socketio_connection *io_clients[MAX_CLIENTS];
};

static struct app app = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void json_append(struct buf *out, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_puts(out, text ? text : "null");
    free(text);
}

static int count_clients(void **list)
{
    int count = 0;
    pthread_mutex_lock(&app.lock);
    for (int i = 0; i < MAX_CLIENTS; i++)
        count += list[i] != NULL;
    pthread_mutex_unlock(&app.lock);
    return count;
}

/* Replaces the first `from` by `to`. */
static void swap(void **list, void *from, void *to)
{
    pthread_mutex_lock(&app.lock);
    for (int i = 0; i < MAX_CLIENTS; i++)
        if (list[i] == from) {
            list[i] = to;
            break;
        }
    pthread_mutex_unlock(&app.lock);
}

/* --- plain WebSocket ---------------------------------------------------------------------------- */

static void plain_open(struct ws *ws, void *user)
{
    (void)ws;
    (void)user;
}

static void plain_text(struct ws *ws, void *user, const char *data, size_t len)
{
    (void)user;
    if (strncmp(data, "close ", 6) == 0)
        ws_close(ws, (uint16_t)strtol(data + 6, NULL, 10), "asked");
    else
        ws_send_text(ws, data, len);
}

static void plain_closed(struct ws *ws, void *user)
{
    (void)ws;
    (void)user;
}

static const struct ws_callbacks plain = {
    .open = plain_open, .text = plain_text, .closed = plain_closed};

/* --- SignalR ------------------------------------------------------------------------------------ */

static void hub_connected(struct signalr_connection *c, void *user)
{
    (void)user;
    swap((void **)app.hub_clients, NULL, ws_ref(signalr_socket(c)));
    BUF(arguments);
    json_t *note = signalr_note(c) ? json_string(signalr_note(c)) : json_null();
    json_append(&arguments, note);
    json_decref(note);
    signalr_send(c, "Welcome", arguments.data);
}

static struct err hub_invoke(struct signalr_connection *c, void *user, struct arena *a,
                             const char *target, const json_t *arguments, struct buf *ret_result)
{
    (void)user;
    if (strcmp(target, "Echo") == 0) {
        json_append(ret_result, json_array_get(arguments, 0));
    } else if (strcmp(target, "Broadcast") == 0) {
        BUF(text);
        json_append(&text, json_array_get(arguments, 0));
        struct ws_message *message = signalr_message("Message", text.data);
        pthread_mutex_lock(&app.lock);
        for (int i = 0; i < MAX_CLIENTS; i++)
            if (app.hub_clients[i])
                ws_send_message(app.hub_clients[i], message);
        pthread_mutex_unlock(&app.lock);
        ws_message_unref(message);
    } else if (strcmp(target, "Kick") == 0) {
        signalr_close(c, "kicked");
    } else if (strcmp(target, "Drop") == 0) {
        ws_close(signalr_socket(c), 1011, "lost");
    } else {
        return err_f(a, ERR_NOT_FOUND, "no_method", "Unknown hub method '%s'", target);
    }
    return OK;
}

static void hub_disconnected(struct signalr_connection *c, void *user)
{
    (void)user;
    if (!c)
        return;
    swap((void **)app.hub_clients, signalr_socket(c), NULL);
    ws_unref(signalr_socket(c));
}

/* --- Socket.IO ---------------------------------------------------------------------------------- */

static bool io_connect(void *user, struct arena *a, const json_t *auth,
                       struct socketio_refusal *ret_refusal)
{
    (void)user;
    (void)a;
    const char *token = json_string_value(json_object_get(auth, "token"));
    if (token && strcmp(token, "good") == 0)
        return true;
    ret_refusal->message = "unauthorized";
    ret_refusal->data = "{\"code\":\"UNAUTHORIZED\"}";
    return false;
}

static void io_connected(struct socketio_connection *c, void *user)
{
    (void)user;
    swap((void **)app.io_clients, NULL, socketio_ref(c));
    BUF(text);
    buf_printf(&text, "{\"id\":\"%s\"}", socketio_id(c));
    socketio_emit(c, "connected", text.data);
}

static void io_event(struct socketio_connection *c, void *user, struct arena *a, const char *name,
                     const json_t *arguments, struct buf *ret_ack)
{
    (void)user;
    (void)a;
    BUF(text);
    json_append(&text, json_array_get(arguments, 1));
    if (strcmp(name, "kick") == 0) {
        socketio_disconnect(c);
    } else if (strcmp(name, "broadcast") == 0) {
        struct socketio_message *message = socketio_message_create("message", text.data);
        pthread_mutex_lock(&app.lock);
        for (int i = 0; i < MAX_CLIENTS; i++)
            if (app.io_clients[i])
                socketio_send(app.io_clients[i], message);
        pthread_mutex_unlock(&app.lock);
        socketio_message_free(message);
    } else if (ret_ack) {
        buf_append(ret_ack, text.data, text.len);
    } else {
        socketio_emit(c, "echo", text.data);
    }
}

static void io_disconnected(struct socketio_connection *c, void *user)
{
    (void)user;
    swap((void **)app.io_clients, c, NULL);
    socketio_unref(c);
}

/* --- routes ------------------------------------------------------------------------------------- */

static bool has_token(struct http_request *req)
{
    const char *query = http_query(req, "access_token");
    const char *header = http_header(req, "Authorization");
    return (query && strcmp(query, "good") == 0) || (header && strcmp(header, "Bearer good") == 0);
}

static struct http_plan begin(void *context, struct http_request *req, struct http_response *resp)
{
    (void)context;
    (void)req;
    (void)resp;
    return (struct http_plan){.max_body = SOCKETIO_MAX_PAYLOAD};
}

static void handle(void *context, struct http_request *req, struct http_response *resp)
{
    (void)context;
    struct err e = OK;
    bool hub = strncmp(req->raw_path, "/hub/test", 9) == 0;
    if (hub && !has_token(req))
        resp->status = 401;
    else if (strcmp(req->raw_path, "/hub/test/negotiate") == 0)
        signalr_negotiate(app.hub, req, resp, http_query(req, "type"));
    else if (hub)
        e = signalr_accept(app.hub, req, resp, NULL);
    else if (strcmp(req->raw_path, "/socket.io/") == 0)
        socketio_handle(app.io, req, resp);
    else if (strcmp(req->raw_path, "/ws") == 0)
        e = http_reply_websocket(req, resp, &plain, NULL, NULL);
    else if (strcmp(req->raw_path, "/count") == 0) {
        resp->status = 200;
        resp->content_type = "application/json";
        buf_printf(&resp->body, "{\"hub\":%d,\"io\":%d}", count_clients((void **)app.hub_clients),
                   count_clients((void **)app.io_clients));
    } else
        resp->status = 404;
    if (failed(e))
        resp->status = e.kind == ERR_NOT_FOUND ? 404 : e.kind == ERR_CONFLICT ? 409 : 400;
}

int main(int argc, char **argv)
{
    static const struct signalr_callbacks hub_callbacks = {hub_connected, hub_invoke,
                                                           hub_disconnected};
    static const struct socketio_callbacks io_callbacks = {
        .connect = io_connect,
        .connected = io_connected,
        .event = io_event,
        .disconnected = io_disconnected,
    };
    int interval_ms = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
    int timeout_ms = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    SCRATCH(a);
    app.hub = signalr_create(&hub_callbacks, &(struct signalr_options){.ping_ms = interval_ms});
    app.io = socketio_create(
        &io_callbacks, &(struct socketio_options){.ping_interval_ms = interval_ms,
                                                  .ping_timeout_ms = timeout_ms});
    struct http_options options = {.name = "live", .listen = "127.0.0.1:0", .temp_dir = "/tmp"};
    struct http_handler handler = {.begin = begin, .handle = handle};
    struct http_server *server;
    struct err e = http_server_create(&a, &options, &handler, &server);
    if (failed(e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    printf("http://%s\n", http_server_address(server));
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    http_server_destroy(server, 2000);
    signalr_destroy(app.hub);
    socketio_destroy(app.io);
    return 0;
}
