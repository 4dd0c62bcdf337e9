/* SignalR records as one client may send them: 0xff ends a frame. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "http/signalr_internal.h"
#include "http/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_connected(struct signalr_connection *c, void *user)
{
    (void)user;
    signalr_send(c, "Welcome", "1");
}

static struct err on_invoke(struct signalr_connection *c, void *user, struct arena *a,
                            const char *target, const json_t *arguments, struct buf *ret_result)
{
    (void)c;
    (void)user;
    CHECK(target && json_is_array(arguments));
    if (json_array_size(arguments) == 0)
        return err_f(a, ERR_INVALID, "bad", "no arguments for %s", target);
    buf_puts(ret_result, "true");
    return OK;
}

static void on_disconnected(struct signalr_connection *c, void *user)
{
    (void)c;
    (void)user;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct signalr_callbacks callbacks = {on_connected, on_invoke, on_disconnected};
    struct signalr *hub = signalr_create(&callbacks, NULL);
    struct ws *ws = ws_create(&signalr_socket_callbacks, signalr_connection_for(hub, NULL));
    ws->callbacks->open(ws, ws->user);
    for (size_t i = 0; i < size;) {
        const uint8_t *end = memchr(data + i, 0xff, size - i);
        size_t len = end ? (size_t)(end - data) - i : size - i;
        ws->callbacks->text(ws, ws->user, (const char *)data + i, len);
        i += len + 1;
    }
    ws_prepare_output(ws);
    ws->callbacks->closed(ws, ws->user);
    ws_unref(ws);
    signalr_destroy(hub);
    return 0;
}
