/* The WebSocket opening handshake (RFC 6455, section 4.2) and the hand-over of the socket. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/internal.h"

/* --- SHA-1 and base64, which the handshake alone needs ------------------------------------------- */

static uint32_t rotate(uint32_t value, int bits)
{
    return (value << bits) | (value >> (32 - bits));
}

static void sha1_block(uint32_t state[5], const unsigned char block[64])
{
    uint32_t w[80];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5a827999;
        } else if (i < 40) {
            f = b ^ c ^ d;
            k = 0x6ed9eba1;
        } else if (i < 60) {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8f1bbcdc;
        } else {
            f = b ^ c ^ d;
            k = 0xca62c1d6;
        }
        uint32_t next = rotate(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* `len` is at most 119: one or two blocks. */
static void sha1_short(const char *text, size_t len, unsigned char digest[20])
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char padded[128] = {0};
    size_t total = len + 9 <= 64 ? 64 : 128;
    memcpy(padded, text, len);
    padded[len] = 0x80;
    padded[total - 2] = (unsigned char)(len * 8 >> 8);
    padded[total - 1] = (unsigned char)(len * 8);
    for (size_t i = 0; i < total; i += 64)
        sha1_block(state, padded + i);
    for (int i = 0; i < 20; i++)
        digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 20 bytes become 28 characters. */
static void base64_digest(const unsigned char digest[20], char text[29])
{
    unsigned char padded[21] = {0};
    memcpy(padded, digest, 20);
    for (int i = 0; i < 7; i++) {
        uint32_t group = (uint32_t)padded[3 * i] << 16 | (uint32_t)padded[3 * i + 1] << 8 |
                         padded[3 * i + 2];
        for (int k = 0; k < 4; k++)
            text[4 * i + k] = base64_digits[group >> (18 - 6 * k) & 63];
    }
    text[27] = '=';
    text[28] = 0;
}

/* --- the request -------------------------------------------------------------------------------- */

static bool has_token(const char *list, const char *token)
{
    size_t len = strlen(token);
    for (const char *p = list; p && *p;) {
        p += strspn(p, " \t,");
        size_t word = strcspn(p, " \t,;");
        if (word == len && strncasecmp(p, token, len) == 0)
            return true;
        p += strcspn(p, ",");
    }
    return false;
}

/* 16 random bytes in base64: 22 digits and "==". */
static bool valid_key(const char *key)
{
    return key && strlen(key) == 24 && strspn(key, base64_digits) == 22 &&
           strcmp(key + 22, "==") == 0;
}

static const char *accept_key(struct arena *a, const char *key)
{
    char text[80];
    int len = snprintf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    unsigned char digest[20];
    sha1_short(text, (size_t)len, digest);
    char accept[29];
    base64_digest(digest, accept);
    return arena_strdup(a, accept);
}

struct err http_reply_websocket(struct http_request *req, struct http_response *resp,
                                const struct ws_callbacks *callbacks, const char *protocol,
                                void *user)
{
    static const char *const not_websocket = "This address speaks WebSocket";
    const char *key = http_header(req, "Sec-WebSocket-Key");
    const char *version = http_header(req, "Sec-WebSocket-Version");
    if (req->method != HTTP_GET || !has_token(http_header(req, "Upgrade"), "websocket") ||
        !has_token(http_header(req, "Connection"), "upgrade") || !version)
        return err_make(ERR_INVALID, "not_websocket", not_websocket);
    if (strcmp(version, "13") == 0 && !valid_key(key))
        return err_make(ERR_INVALID, "not_websocket", "Sec-WebSocket-Key is not 16 bytes");
    resp->ws = callbacks;
    resp->ws_user = user;
    if (strcmp(version, "13") != 0) {
        resp->status = 426;
        http_add_header(req, resp, "Sec-WebSocket-Version", "13");
        http_add_header(req, resp, "Upgrade", "websocket");
        return OK;
    }
    if (atomic_load(&req->exchange->server->stopping)) {
        resp->status = 503;
        http_add_header(req, resp, "Retry-After", "1");
        return OK;
    }
    resp->status = 101;
    resp->content_type = NULL;
    if (protocol && has_token(http_header(req, "Sec-WebSocket-Protocol"), protocol))
        resp->ws_protocol = protocol;
    return OK;
}

/* --- the reply ---------------------------------------------------------------------------------- */

/* Runs on the connection's thread once the 101 has been sent. */
static void on_upgraded(void *data, struct MHD_Connection *connection, void *state,
                        const char *extra, size_t extra_len, MHD_socket fd,
                        struct MHD_UpgradeResponseHandle *handle)
{
    (void)data;
    (void)connection;
    struct http_exchange *x = state;
    x->ws_adopted = true;
    ws_hub_adopt(x->server->hub, fd, extra, extra_len, handle, x->resp.ws, x->resp.ws_user);
    /* libmicrohttpd keeps the exchange until the socket is closed; the request ends here. */
    exchange_finish(x, 101, 0);
}

struct MHD_Response *websocket_response(struct http_exchange *x)
{
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgraded, NULL);
    const char *key = http_header(&x->req, "Sec-WebSocket-Key");
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", accept_key(&x->arena, key));
    if (x->resp.ws_protocol)
        MHD_add_response_header(response, "Sec-WebSocket-Protocol", x->resp.ws_protocol);
    return response;
}
