/*
 * One worker process and its socket. Private to src/media. One thread at a time.
 */
#ifndef MEDLEY_MEDIA_PROCESS_H
#define MEDLEY_MEDIA_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "media/wire.h"

struct arena;

struct media_process {
    pid_t pid; /* 0: none */
    int socket;
    uint32_t features;
};

/* The descriptor on which a worker finds its socket. */
#define MEDIA_WORKER_SOCKET 3

/* Starts `program media-worker` and waits for its hello until the deadline (monotonic). */
struct err media_process_start(struct media_process *process, struct arena *a, const char *program,
                               int64_t deadline_us) MUST_CHECK;

/* Kills it. True when it is gone for good; false when the kernel still holds it (a read that
 * hangs on a dead network mount): ask media_process_gone(pid) again later. */
bool media_process_kill(struct media_process *process);
bool media_process_gone(pid_t pid);

enum media_outcome {
    MEDIA_ANSWERED,
    MEDIA_UNSENT,   /* it was dead already: the file is not to blame */
    MEDIA_DIED,     /* it ended or talked nonsense: kill it, blame the file */
    MEDIA_TIMED_OUT /* kill it, blame the file */
};

/* One request with its descriptor, one reply. The payload lands in the arena. */
enum media_outcome media_process_ask(struct media_process *process, struct arena *a,
                                     const struct wire_request *request, int fd,
                                     int64_t deadline_us, struct wire_reply *ret_reply,
                                     void **ret_payload);

#endif
