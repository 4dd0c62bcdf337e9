/*
 * The media worker: the process that looks inside untrusted media files.
 *
 * `medley-media-worker media-worker` is started by the pool (media/pool.h) with one end of a socket
 * pair as descriptor 3. It locks itself in (sandbox.h), says hello, and then answers one request
 * after the other until the other end closes. It is the only code of Medley that is linked with the
 * codec libraries. It holds one thread and nothing worth stealing, logs nothing, and dies rather
 * than recover: the pool starts another.
 */
#ifndef MEDLEY_MEDIA_WORKER_WORKER_H
#define MEDLEY_MEDIA_WORKER_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "media/wire.h"

struct input;

/* An answer in the making. The payload is malloc'ed and owned by the answer. */
struct answer {
    struct wire_reply reply;
    void *payload;
};

/* Runs until the socket closes; returns the exit code. Never returns to a usable process: the
 * sandbox stays. */
int media_worker_main(int socket_fd);

/* For the tests: the same with one more function, which gets the requests that this program does
 * not know (kinds from WIRE_TEST on). NULL: such requests are answered as broken. */
typedef void media_worker_extra(const struct wire_request *request, int fd, struct answer *answer);
int media_worker_run(int socket_fd, media_worker_extra *extra);

/* Fails the answer with a reason for people. */
void answer_fail(struct answer *answer, enum wire_status status, const char *reason);
/* The same with libav's words for an error number. */
void answer_fail_av(struct answer *answer, int number);

/* The kinds of request, one file each. `fd` is borrowed. */
void worker_probe(const struct wire_request *request, int fd, struct answer *answer);
void worker_frame(const struct wire_request *request, int fd, struct answer *answer);
void worker_image(const struct wire_request *request, int fd, struct answer *answer);

#endif
