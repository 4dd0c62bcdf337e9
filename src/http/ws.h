/*
 * One WebSocket without its socket: frames in, frames out. The socket thread (ws_hub.h) feeds it what
 * it reads and writes what is queued; tests and fuzzers do the same with bytes in memory.
 *
 * ws_send_text(), ws_send_message() and ws_close() work from any thread under the socket's own lock.
 * Everything declared here belongs to the socket thread.
 */
#ifndef MEDLEY_HTTP_WS_H
#define MEDLEY_HTTP_WS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>
#include <wslay/wslay.h>

#include "http/http.h"

/* A reader further behind is dropped. */
#define WS_QUEUE_BYTES ((size_t)1024 * 1024)

struct ws_hub;
struct MHD_UpgradeResponseHandle;

/* A whole frame, ready to send, shared by all sockets that send it. */
struct ws_message {
    atomic_int refs;
    size_t len;
    unsigned char data[];
};

struct ws_node {
    struct ws_message *message;
    struct ws_node *next;
};

struct ws {
    atomic_int refs;
    /* fixed */
    const struct ws_callbacks *callbacks;
    void *user;
    /* socket thread only */
    wslay_event_context_ptr frames;
    const unsigned char *in; /* being fed */
    size_t in_len;
    struct buf own;   /* frames of wslay's own, being put together */
    size_t head_sent; /* bytes of the first queued frame that are out */
    unsigned fragments; /* of the message that is coming in */
    bool close_sent; /* our close frame is in the queue or out */
    bool failed;     /* wslay has given up on what the peer sends */
    /* the hub's */
    struct ws_hub *hub; /* NULL: detached (tests) */
    struct MHD_UpgradeResponseHandle *handle;
    int fd;
    unsigned char *extra; /* came with the handshake */
    size_t extra_len;
    struct ws *next;
    struct ws *previous;
    int64_t heard_us;
    int64_t pinged_us;
    int64_t deadline_us; /* while closing; 0: none */
    bool lingering;
    bool told_stopping;
    bool wants_write;
    /* under hub->lock */
    struct ws *next_dirty;
    /* under lock */
    pthread_mutex_t lock;
    struct ws_node *first;
    struct ws_node *last;
    size_t queued_bytes;
    bool gone;       /* no more sends; the hub may be gone as well */
    bool overflowed; /* to be dropped */
    bool dirty;      /* in the hub's list */
    bool close_asked;
    uint16_t close_code;
    char close_reason[124];
};

/* The holder has the one reference. */
struct ws *ws_create(const struct ws_callbacks *callbacks, void *user);
/* Parses what arrived, calls the callbacks, queues what wslay answers. */
void ws_feed(struct ws *ws, const void *data, size_t len);
/* Turns an asked-for close and wslay's own frames into queued bytes. */
void ws_prepare_output(struct ws *ws);
/* Queues a protocol ping. */
void ws_ping(struct ws *ws);
/* The first queued bytes; returns how many of `slices` were filled. */
int ws_output(struct ws *ws, struct iovec *slices, int max);
/* `len` of them were written. True when the queue is empty. */
bool ws_output_done(struct ws *ws, size_t len);
/* The peer's close frame has come. */
bool ws_close_received(const struct ws *ws);
/* False after a close frame or a broken one: what still arrives is thrown away. */
bool ws_reads(const struct ws *ws);
/* Drops the queue and refuses further sends. */
void ws_abandon(struct ws *ws);

#endif
