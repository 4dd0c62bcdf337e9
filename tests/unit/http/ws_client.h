/* A raw WebSocket client for tests. */
#ifndef MEDLEY_TESTS_HTTP_WS_CLIENT_H
#define MEDLEY_TESTS_HTTP_WS_CLIENT_H

#include "harness.h"

#define WS_HANDSHAKE                                                                               \
    "Host: t\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"                         \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

struct frame {
    int opcode; /* -1: the connection ended */
    bool fin;
    size_t len;
    char data[70000];
};

/* Appends a masked frame. */
void frame_append(struct buf *to, int first_byte, const void *data, size_t len);
void frame_send(int fd, int first_byte, const void *data, size_t len);
void frame_read(int fd, struct frame *f);
/* Reads frames until a close frame; its code, or 0 when the connection just ended. */
int read_close_code(int fd);
/* A connected and upgraded socket. */
int ws_connect(const struct harness *h, const char *path);

#endif
