/*
 * Socket.IO 5 over Engine.IO 4, server side: WebSocket, HTTP long-polling, and the upgrade from one to the
 * other. Document 004.
 *
 * The caller routes GET and POST /socket.io/ (not blocking; POST with max_body SOCKETIO_MAX_PAYLOAD) to
 * socketio_handle(), adds its CORS headers, and implements the callbacks. Only the main namespace exists.
 * Rooms are the caller's: it keeps the connections it wants to reach (socketio_ref) and sends each the
 * same prepared message.
 *
 * Callbacks of one connection never overlap; they run on the socket thread, on a request's thread or on
 * the heartbeat thread, must not block, and may call everything below.
 */
#ifndef MEDLEY_HTTP_SOCKETIO_H
#define MEDLEY_HTTP_SOCKETIO_H

#include <jansson.h>

#include "http/http.h"

#define SOCKETIO_MAX_PAYLOAD 1000000

struct socketio;
struct socketio_connection;
struct socketio_message;

/* Why a connect packet was refused: {"message":...,"data":...}. */
struct socketio_refusal {
    const char *message;
    const char *data; /* JSON or NULL */
};

struct socketio_callbacks {
    /* A session begins: returns its `user`, made from the request (headers, peer). May be NULL. */
    void *(*open)(void *context, const struct http_request *req);
    /* The connect packet: `auth` is an object or NULL. False, with the refusal filled, to say no; the
     * client may try again. */
    bool (*connect)(void *user, struct arena *a, const json_t *auth,
                    struct socketio_refusal *ret_refusal);
    /* The client has its id; events may be sent from here on. */
    void (*connected)(struct socketio_connection *c, void *user);
    /* `arguments` is the array with the event's name first. With `ret_ack` not NULL the client waits for
     * an answer: append the arguments as JSON, without the outer brackets. */
    void (*event)(struct socketio_connection *c, void *user, struct arena *a, const char *name,
                  const json_t *arguments, struct buf *ret_ack);
    /* Once for each connected(). */
    void (*disconnected)(struct socketio_connection *c, void *user);
    /* Exactly once, last: frees `user`. */
    void (*closed)(void *user);
    void *context;
};

/* Zero fields take the library's defaults. */
struct socketio_options {
    int ping_interval_ms;   /* 25000 */
    int ping_timeout_ms;    /* 20000 */
    int connect_timeout_ms; /* 45000 */
};

struct socketio *socketio_create(const struct socketio_callbacks *callbacks,
                                 const struct socketio_options *options);
/* After the server has been destroyed. */
void socketio_destroy(struct socketio *io);

/* Answers everything below /socket.io/, errors included. */
void socketio_handle(struct socketio *io, struct http_request *req, struct http_response *resp);

/* The public socket id, as the client knows it. */
const char *socketio_id(const struct socketio_connection *c);
/* Keeps the handle beyond disconnected(); sending is then harmless. */
struct socketio_connection *socketio_ref(struct socketio_connection *c);
void socketio_unref(struct socketio_connection *c);

/* Any thread. `arguments` is JSON without the outer brackets, or NULL. A reader more than 1 MiB behind is
 * dropped. Before connected() and after disconnected() nothing is sent. */
void socketio_emit(struct socketio_connection *c, const char *event, const char *arguments);
/* The same for many: encoded once. The creator frees it when all have it. */
struct socketio_message *socketio_message_create(const char *event, const char *arguments);
void socketio_message_free(struct socketio_message *message);
void socketio_send(struct socketio_connection *c, const struct socketio_message *message);
/* Sends the disconnect packet, upon which the client does not come back by itself, and ends it. */
void socketio_disconnect(struct socketio_connection *c);

#endif
