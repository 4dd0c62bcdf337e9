/*
 * SignalR, server side: negotiate, and the JSON hub protocol (version 1) over WebSocket. Document 003.
 *
 * One struct signalr per hub. The caller authenticates (header or access_token) and routes:
 *     POST <hub>/negotiate   -> signalr_negotiate()
 *     GET  <hub>             -> signalr_accept()
 * and implements the callbacks, which run on the socket thread and must not block. `connected` comes after
 * the protocol's own handshake, so whatever is sent from then on is in order. Messages for many are
 * encoded once: signalr_message(), then ws_send_message() to each connection's signalr_socket().
 *
 * Limits: no handshake within 15 s, 30 s of silence, or a message over 32 KiB end a connection; a
 * negotiated token that nobody claims lives 15 s.
 */
#ifndef MEDLEY_HTTP_SIGNALR_H
#define MEDLEY_HTTP_SIGNALR_H

#include <jansson.h>

#include "http/http.h"

struct signalr;
struct signalr_connection;

struct signalr_callbacks {
    void (*connected)(struct signalr_connection *c, void *user);
    /* The client calls `target`. Append the result as JSON to `ret_result` (left empty: null); an error's
     * msg becomes the completion's error. NULL: every target is unknown. `arguments` is an array. */
    struct err (*invoke)(struct signalr_connection *c, void *user, struct arena *a,
                         const char *target, const json_t *arguments, struct buf *ret_result);
    /* Exactly once after a successful signalr_accept(), last; `c` is NULL when it never connected. */
    void (*disconnected)(struct signalr_connection *c, void *user);
};

/* Zero fields take the defaults above. */
struct signalr_options {
    int handshake_ms;
    int silence_ms;
    int ping_ms; /* 15 s */
    int token_ms;
};

struct signalr *signalr_create(const struct signalr_callbacks *callbacks,
                               const struct signalr_options *options);
/* After the server has been destroyed. */
void signalr_destroy(struct signalr *hub);

/* Answers 200 with a fresh connection id and token. `note` (NULL: none) is kept for signalr_note(). */
void signalr_negotiate(struct signalr *hub, struct http_request *req, struct http_response *resp,
                       const char *note);
/* Answers with the WebSocket. ERR_NOT_FOUND: unknown ?id; ERR_CONFLICT: it has a socket already;
 * ERR_INVALID: not a WebSocket. On failure `user` stays the caller's. Without ?id a connection is made
 * on the fly. */
struct err signalr_accept(struct signalr *hub, struct http_request *req, struct http_response *resp,
                          void *user) MUST_CHECK;

/* --- between connected and disconnected ---------------------------------------------------------- */

/* The negotiate request's note, or NULL. */
const char *signalr_note(const struct signalr_connection *c);
const char *signalr_id(const struct signalr_connection *c);
/* For ws_send_message(); with ws_ref() it may be kept beyond disconnected(). */
struct ws *signalr_socket(const struct signalr_connection *c);
/* An invocation without answer. `arguments` is JSON, without the outer brackets: "{...},3". */
struct ws_message *signalr_message(const char *target, const char *arguments);
void signalr_send(struct signalr_connection *c, const char *target, const char *arguments);
/* Sends the protocol's close message and closes. `error` NULL: a normal end. */
void signalr_close(struct signalr_connection *c, const char *error);

#endif
