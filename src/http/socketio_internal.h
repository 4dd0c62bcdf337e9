/*
 * What socketio.c (sessions, protocol, heartbeat) and socketio_transport.c (polling, WebSocket) share.
 *
 * Locks of a session: call_lock is held around the caller's callbacks, so they never overlap; lock guards
 * what sending needs and is held briefly. Order: call_lock, then lock, then those of sockets and streams.
 */
#ifndef MEDLEY_HTTP_SOCKETIO_INTERNAL_H
#define MEDLEY_HTTP_SOCKETIO_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/socketio.h"
#include "http/socketio_packet.h"
#include "http/token.h"

#define SOCKETIO_BUCKETS 1024u

struct socketio_connection {
    atomic_int refs;
    /* fixed */
    struct socketio *io;
    char sid[TOKEN_TEXT_BYTES]; /* the session's: a secret */
    void *user;
    struct socketio_connection *next; /* under io->lock */
    pthread_mutex_t call_lock;
    /* under call_lock */
    bool joined; /* connected() without disconnected() */
    bool ended;
    char id[TOKEN_TEXT_BYTES]; /* public; changes with each connect packet */
    pthread_mutex_t lock;
    /* under lock */
    struct ws *ws;      /* the transport once there is one */
    bool probing;       /* a WebSocket wants to take over */
    bool upgrading;     /* ... and was told that it works */
    bool live;          /* `joined`, for senders */
    bool gone;          /* no more sends */
    bool connected_once;
    struct buf queue;   /* packets for the next poll */
    struct http_stream *poll;
    bool poll_arriving; /* answered with a stream that has not opened yet */
    bool ping_sent;
    int64_t pinged_us;
    int64_t created_us;
    int64_t kicked_us;  /* 0: not */
};

struct socketio {
    struct socketio_callbacks callbacks;
    struct socketio_options options;
    pthread_t heart;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    /* under lock */
    bool stopping;
    struct socketio_connection *buckets[SOCKETIO_BUCKETS];
};

struct socketio_message {
    struct ws_message *frame;
    struct buf text;
};

/* A new session in the table, with a reference for the caller. */
struct socketio_connection *session_create(struct socketio *io, const struct http_request *req);
/* With a reference, or NULL. */
struct socketio_connection *session_find(struct socketio *io, const char *sid);
/* The open packet. */
void session_write_open(const struct socketio_connection *c, bool can_upgrade, struct buf *out);
/* Processes one Engine.IO packet; false: the client broke the protocol or left, end the session. */
bool session_receive(struct socketio_connection *c, const char *text, size_t len);
/* Calls disconnected() and closed() unless that was done. Not from a callback. */
void session_end(struct socketio_connection *c);
void session_send(struct socketio_connection *c, const char *text, size_t len);
/* Under lock: answers a waiting poll with what is queued. */
void session_flush_poll(struct socketio_connection *c);
/* Under lock: lets a waiting poll go with a packet that means nothing. */
void session_release_poll(struct socketio_connection *c);

#endif
