/* Engine.IO packets as one client may send them, joined as in a polling payload. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "http/socketio_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_connect(void *user, struct arena *a, const json_t *auth,
                       struct socketio_refusal *ret_refusal)
{
    (void)user;
    (void)a;
    ret_refusal->message = "no \"token\"";
    return json_object_get(auth, "token") != NULL;
}

static void on_connected(struct socketio_connection *c, void *user)
{
    (void)user;
    socketio_emit(c, "connected", "{}");
}

static void on_event(struct socketio_connection *c, void *user, struct arena *a, const char *name,
                     const json_t *arguments, struct buf *ret_ack)
{
    (void)user;
    (void)a;
    CHECK(name && json_array_size(arguments) > 0);
    if (ret_ack)
        buf_puts(ret_ack, "1,2");
    if (strcmp(name, "kick") == 0)
        socketio_disconnect(c);
}

static void on_disconnected(struct socketio_connection *c, void *user)
{
    (void)c;
    (void)user;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct socketio_callbacks callbacks = {
        .connect = on_connect,
        .connected = on_connected,
        .event = on_event,
        .disconnected = on_disconnected,
    };
    static struct socketio *io;
    if (!io)
        io = socketio_create(&callbacks, NULL);
    struct socketio_connection *c = session_create(io, NULL);
    bool good = true;
    for (size_t i = 0; i < size && good;) {
        const uint8_t *end = memchr(data + i, EIO_SEPARATOR, size - i);
        size_t len = end ? (size_t)(end - data) - i : size - i;
        good = session_receive(c, (const char *)data + i, len);
        i += len + 1;
    }
    session_end(c);
    socketio_unref(c);
    return 0;
}
