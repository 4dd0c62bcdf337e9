/* What a client sends after the handshake, in pieces of the first byte's size; texts are echoed. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/fold.h"
#include "http/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_text(struct ws *ws, void *user, const char *data, size_t len)
{
    (void)user;
    CHECK(utf8_valid(data, len) && data[len] == 0);
    ws_send_text(ws, data, len);
}

static void on_binary(struct ws *ws, void *user, const void *data, size_t len)
{
    (void)data;
    (void)user;
    if (len == 3)
        ws_close(ws, 4000, "three");
}

/* Writes as a socket would: some bytes at a time. */
static void drain(struct ws *ws)
{
    struct iovec slices[4];
    for (int count; (count = ws_output(ws, slices, 4)) > 0;) {
        size_t len = 0;
        for (int i = 0; i < count; i++)
            len += slices[i].iov_len;
        ws_output_done(ws, len > 7 ? len - len / 3 : len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ws_callbacks callbacks = {.text = on_text, .binary = on_binary};
    if (size == 0)
        return 0;
    struct ws *ws = ws_create(&callbacks, NULL);
    size_t step = data[0] % 64u + 1;
    for (size_t i = 1; i < size; i += step) {
        ws_feed(ws, data + i, size - i < step ? size - i : step);
        drain(ws);
    }
    ws_ping(ws);
    drain(ws);
    ws_unref(ws);
    return 0;
}
