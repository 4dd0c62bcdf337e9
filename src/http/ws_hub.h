/*
 * The one thread that owns all upgraded sockets, and watches event streams for clients that left.
 */
#ifndef MEDLEY_HTTP_WS_HUB_H
#define MEDLEY_HTTP_WS_HUB_H

#include "http/ws.h"

struct ws_hub *ws_hub_create(void);
/* Sends 1001 to every socket and STOP to every stream; new ones are turned away. */
void ws_hub_stop(struct ws_hub *hub);
/* Sockets that are still there. */
int ws_hub_count(struct ws_hub *hub);
/* Cuts what is left and ends the thread; adopt, watch and unwatch still work. NULL is fine for both. */
void ws_hub_end(struct ws_hub *hub);
void ws_hub_destroy(struct ws_hub *hub);

/* Takes over a socket after the handshake, with the bytes that came behind it. Any thread. */
void ws_hub_adopt(struct ws_hub *hub, int fd, const void *extra, size_t extra_len,
                  struct MHD_UpgradeResponseHandle *handle, const struct ws_callbacks *callbacks,
                  void *user);
/* From ws.c, under the socket's lock: it has something to send. */
void ws_hub_wake(struct ws_hub *hub, struct ws *ws);

enum ws_hub_stream_event {
    WS_HUB_STREAM_TICK, /* about every second */
    WS_HUB_STREAM_GONE, /* the client closed the connection */
    WS_HUB_STREAM_STOP, /* the server stops */
};

/* Embedded in a stream. */
struct ws_hub_stream {
    /* Called on the socket thread (STOP: on any), never after ws_hub_unwatch() has returned. */
    void (*on_event)(struct ws_hub_stream *stream, enum ws_hub_stream_event event, int64_t now_us);
    struct ws_hub_stream *next;
    struct ws_hub_stream *previous;
    uint64_t id;
    int fd;
};

void ws_hub_watch(struct ws_hub *hub, struct ws_hub_stream *stream, int fd);
void ws_hub_unwatch(struct ws_hub *hub, struct ws_hub_stream *stream);

#endif
