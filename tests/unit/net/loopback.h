/*
 * A server on 127.0.0.1 whose answers a test writes: one thread per connection, keep-alive.
 * The answer is chosen by the path: "/x" gets what loopback_answer("/x", ...) said, in order, the last one again
 * and again. "%s" in an answer's head is not touched: heads are given whole, without Content-Length.
 */
#ifndef MEDLEY_TESTS_NET_LOOPBACK_H
#define MEDLEY_TESTS_NET_LOOPBACK_H

#include <stdatomic.h>
#include <stddef.h>

struct loopback;
struct loopback *loopback_start(void);
void loopback_stop(struct loopback *server);
int loopback_port(const struct loopback *server);

struct answer {
    int status;
    const char *headers; /* "A: b\r\n..."; NULL: none */
    const char *body;    /* NULL: empty */
    size_t len;          /* 0: strlen */
    int delay_ms;        /* before it is sent */
    int drop;            /* the connection is closed instead */
};
void loopback_answer(struct loopback *server, const char *path, const struct answer *answer);

int loopback_connections(struct loopback *server); /* accepted */
int loopback_requests(struct loopback *server);
int loopback_most_at_once(struct loopback *server);
/* The last request's head. Valid until the next request. */
const char *loopback_last(struct loopback *server);

#endif
