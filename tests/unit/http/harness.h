/* A server with a few routes, and a client that speaks raw bytes to it. */
#ifndef MEDLEY_TESTS_HTTP_HARNESS_H
#define MEDLEY_TESTS_HTTP_HARNESS_H

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "http/http.h"

#define FILE_BYTES 100000

struct harness {
    struct arena arena;
    struct http_server *server;
    char temp_dir[64];
    char file_path[96];
    char file[FILE_BYTES]; /* what /file serves */
    /* counted by the routes */
    atomic_int begun;
    atomic_int handled;
    atomic_int finished;
    atomic_int last_status;
    atomic_llong last_bytes;
    atomic_int ws_opened;
    atomic_int ws_closed;
    atomic_int streams_opened;
    atomic_int streams_closed;
    /* The stream that /events has opened last. */
    _Atomic(struct http_stream *) stream;
    pthread_mutex_t stream_lock; /* held while it is closed */
    /* What /ws has opened last, with a reference. */
    _Atomic(struct ws *) ws;
    int sleep_ms; /* of /slow */
};

/* cmocka fixtures: a started server, and its end, which also checks that descriptors are back. */
int harness_setup(void **state);
int harness_teardown(void **state);
/* The same with options of one's own; listen and temp_dir are filled in. */
struct harness *harness_start(struct http_options options);
void harness_stop(struct harness *h);

/* --- the client --------------------------------------------------------------------------------- */

struct reply {
    int status;
    char *head; /* status line and headers, CR LF kept */
    struct buf body;
};

int client_connect(const struct harness *h);
void client_send(int fd, const void *data, size_t len);
void client_text(int fd, const char *text);
void client_printf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads one reply; status 0 when the connection ended before one. `head_request`: it has no body. */
struct reply client_reply(int fd, bool head_request);
void reply_finish(struct reply *r);
/* The value of a header, or NULL; in a static buffer. */
const char *reply_header(const struct reply *r, const char *name);
/* One request on a fresh connection. `headers` are whole lines with CR LF, or "". */
struct reply request(const struct harness *h, const char *method, const char *target,
                     const char *headers, const char *body);
/* True when the peer closes within the timeout of the socket (5 s). */
bool client_closed(int fd);
size_t client_read(int fd, void *to, size_t len);
int open_descriptors(void);
bool wait_for_count(atomic_int *counter, int wanted);

#endif
