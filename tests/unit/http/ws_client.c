#include "ws_client.h"

void frame_append(struct buf *to, int first_byte, const void *data, size_t len)
{
    const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    buf_putc(to, (char)first_byte);
    if (len < 126) {
        buf_putc(to, (char)(0x80 | len));
    } else if (len < 65536) {
        buf_putc(to, (char)(0x80 | 126));
        buf_putc(to, (char)(len >> 8));
        buf_putc(to, (char)len);
    } else {
        buf_putc(to, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_putc(to, (char)(len >> shift));
    }
    buf_append(to, mask, 4);
    char *at = buf_reserve(to, len);
    for (size_t i = 0; i < len; i++)
        at[i] = (char)(((const char *)data)[i] ^ mask[i % 4]);
    to->len += len;
}

void frame_send(int fd, int first_byte, const void *data, size_t len)
{
    BUF(frame);
    frame_append(&frame, first_byte, data, len);
    client_send(fd, frame.data, frame.len);
}

void frame_read(int fd, struct frame *f)
{
    unsigned char head[10];
    f->opcode = -1;
    if (client_read(fd, head, 2) != 2)
        return;
    assert_false(head[1] & 0x80); /* a server does not mask */
    f->fin = head[0] & 0x80;
    f->len = head[1];
    size_t more = f->len == 126 ? 2 : f->len == 127 ? 8 : 0;
    if (more) {
        assert_int_equal(client_read(fd, head, more), more);
        f->len = 0;
        for (size_t i = 0; i < more; i++)
            f->len = f->len << 8 | head[i];
    }
    assert_true(f->len < sizeof(f->data));
    assert_int_equal(client_read(fd, f->data, f->len), f->len);
    f->data[f->len] = 0;
    f->opcode = head[0] & 15;
    if (more)
        f->opcode = 1; /* only texts are that long here */
}

int read_close_code(int fd)
{
    struct frame *f = malloc(sizeof(*f));
    do {
        frame_read(fd, f);
    } while (f->opcode != -1 && f->opcode != 8);
    int code = f->opcode == 8 && f->len >= 2
                   ? (unsigned char)f->data[0] << 8 | (unsigned char)f->data[1]
                   : 0;
    free(f);
    return code;
}

int ws_connect(const struct harness *h, const char *path)
{
    int fd = client_connect(h);
    client_printf(fd, "GET %s HTTP/1.1\r\n" WS_HANDSHAKE "\r\n", path);
    struct reply r = client_reply(fd, false);
    assert_int_equal(r.status, 101);
    reply_finish(&r);
    return fd;
}
