/* The packets of Socket.IO 5 inside Engine.IO 4 messages. Pure; any thread. */
#ifndef MEDLEY_HTTP_SOCKETIO_PACKET_H
#define MEDLEY_HTTP_SOCKETIO_PACKET_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Engine.IO: the first character of every packet. */
enum eio_type {
    EIO_OPEN = '0',
    EIO_CLOSE = '1',
    EIO_PING = '2',
    EIO_PONG = '3',
    EIO_MESSAGE = '4',
    EIO_UPGRADE = '5',
    EIO_NOOP = '6',
};

/* Joins the packets of one polling payload. */
#define EIO_SEPARATOR '\x1e'

/* Socket.IO: the character behind EIO_MESSAGE. */
enum sio_type {
    SIO_CONNECT = '0',
    SIO_DISCONNECT = '1',
    SIO_EVENT = '2',
    SIO_ACK = '3',
    SIO_CONNECT_ERROR = '4',
};

struct sio_packet {
    enum sio_type type;
    const char *name_space; /* "/" when the packet names none */
    int64_t ack_id;         /* -1: no answer wanted */
    const json_t *data;     /* NULL: none. CONNECT: an object; EVENT: an array that starts with a name */
};

/* Parses what follows EIO_MESSAGE. ERR_INVALID "bad_packet" for everything that a client must not send,
 * binary packets included. The packet lives in the arena. */
struct err sio_parse(struct arena *a, const char *text, size_t len,
                     struct sio_packet *ret_packet) MUST_CHECK;
/* Appends EIO_MESSAGE, the type, the namespace unless it is "/", and the id unless negative. */
void sio_head(struct buf *out, enum sio_type type, const char *name_space, int64_t ack_id);

#endif
