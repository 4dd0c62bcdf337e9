/* The packets of Socket.IO. */
#include "http/socketio_packet.h"

#include <string.h>

#include "base/fold.h"
#include "json/decode.h"

#define MAX_NAMESPACE 256

static struct err bad_packet(const char *msg)
{
    return err_make(ERR_INVALID, "bad_packet", msg);
}

/* Events that the protocol's own libraries raise; a client that sends one wants to confuse us. */
static bool reserved(const char *name)
{
    static const char *const names[] = {"connect",        "connect_error",  "disconnect",
                                        "disconnecting",  "newListener",    "removeListener"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static struct err check_data(const struct sio_packet *packet)
{
    const json_t *data = packet->data;
    const char *name;
    switch (packet->type) {
    case SIO_CONNECT:
        return !data || json_is_object(data) ? OK : bad_packet("connect data is not an object");
    case SIO_DISCONNECT:
        return !data ? OK : bad_packet("disconnect carries data");
    case SIO_EVENT:
        name = json_string_value(json_array_get(data, 0));
        return name && !reserved(name) ? OK : bad_packet("the event has no usable name");
    case SIO_ACK:
        return json_is_array(data) && packet->ack_id >= 0 ? OK : bad_packet("malformed answer");
    default:
        return bad_packet("packet type");
    }
}

static struct err read_data(struct arena *a, const char *text, size_t len,
                            struct sio_packet *packet)
{
    if (len == 0)
        return check_data(packet);
    struct mistakes mistakes = {0};
    packet->data = json_read(a, text, len, "packet", &mistakes);
    if (!packet->data)
        return bad_packet("the data is not JSON");
    return check_data(packet);
}

struct err sio_parse(struct arena *a, const char *text, size_t len, struct sio_packet *ret_packet)
{
    const char *p = text, *stop = text + len;
    struct sio_packet packet = {.name_space = "/", .ack_id = -1};
    if (p == stop || *p < SIO_CONNECT || *p > SIO_ACK)
        return bad_packet("packet type");
    packet.type = (enum sio_type)*p++;
    if (p < stop && *p == '/') {
        const char *comma = memchr(p, ',', (size_t)(stop - p));
        size_t size = (size_t)((comma ? comma : stop) - p);
        if (size > MAX_NAMESPACE || memchr(p, 0, size) || !utf8_valid(p, size))
            return bad_packet("namespace");
        packet.name_space = arena_strndup(a, p, size);
        p = comma ? comma + 1 : stop;
    }
    if (p < stop && *p >= '0' && *p <= '9') {
        packet.ack_id = 0;
        for (; p < stop && *p >= '0' && *p <= '9'; p++)
            if (__builtin_mul_overflow(packet.ack_id, 10, &packet.ack_id) ||
                __builtin_add_overflow(packet.ack_id, *p - '0', &packet.ack_id))
                return bad_packet("answer id");
    }
    TRY(read_data(a, p, (size_t)(stop - p), &packet));
    *ret_packet = packet;
    return OK;
}

void sio_head(struct buf *out, enum sio_type type, const char *name_space, int64_t ack_id)
{
    buf_putc(out, EIO_MESSAGE);
    buf_putc(out, (char)type);
    if (strcmp(name_space, "/") != 0) {
        buf_puts(out, name_space);
        buf_putc(out, ',');
    }
    if (ack_id >= 0)
        buf_put_int(out, ack_id);
}
