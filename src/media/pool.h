/*
 * The pool of sandboxed media workers: the only way in which Medley looks inside media files.
 *
 * The server never demuxes or decodes. It opens a file, and a worker process gets that descriptor
 * over a socket pair. A worker has no file system, no network, no way to start programs, and hard
 * limits on memory and time (see media/worker/sandbox.h). One broken file costs one worker at most:
 * the worker is replaced, and the call that sent the file gets an error.
 *
 *     struct media_pool *pool;
 *     TRY(media_pool_create(&(struct media_pool_options){0}, &pool));
 *     struct media_info *info;
 *     TRY(media_pool_probe(pool, call->arena, fd, &info));
 *
 * Threads: any number of threads may call at the same time; each call blocks until its answer is
 * there, so call from jobs and blocking handlers only. Workers are started when first needed, and
 * leave after a while without work. Destroy the pool after all callers are gone.
 *
 * Descriptors: `fd` stays the caller's, its file offset is not moved. It must be open for reading
 * only and be a regular file; anything else is refused with ERR_UNPROCESSABLE "media_not_a_file".
 *
 * Failures:
 *   ERR_UNPROCESSABLE "media_broken"      not media, or the worker died of it
 *   ERR_UNPROCESSABLE "media_timeout"     took longer than the time limit; the worker was killed
 *   ERR_NOT_FOUND     "media_no_picture"  a picture was asked of a file that holds none
 *   ERR_BUSY          "media_busy"        no worker became free in time
 *   ERR_INTERNAL      "media_worker"      workers cannot be started here; the message says why
 */
#ifndef MEDLEY_MEDIA_POOL_H
#define MEDLEY_MEDIA_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "media/info.h"

struct arena;
struct media_pool;

#define MEDIA_POOL_WORKERS_MAX 64

/* Zero means the default everywhere. */
struct media_pool_options {
    unsigned workers;        /* 2 */
    const char *program;     /* the worker program; default: media_worker_program() */
    int64_t time_limit_ms;   /* 20 000 for one request */
    int64_t wait_limit_ms;   /* 120 000 for a free worker */
    int64_t idle_limit_ms;   /* 30 000 without work, then the process ends */
    unsigned requests_limit; /* 500, then the process is replaced */
};

struct err media_pool_create(const struct media_pool_options *options,
                             struct media_pool **ret_pool) MUST_CHECK;
void media_pool_destroy(struct media_pool *pool);

/* Container, duration, streams and tags. */
struct err media_pool_probe(struct media_pool *pool, struct arena *a, int fd,
                            struct media_info **ret_info) MUST_CHECK;

enum media_picture_format { MEDIA_JPEG = 1, MEDIA_WEBP = 2 };

struct media_picture_request {
    unsigned max_width;  /* the picture fits this box, keeps its shape, and is never enlarged; */
    unsigned max_height; /* 0: 320x180; at most 4096 */
    enum media_picture_format format; /* default JPEG */
    unsigned quality;                 /* 1..100, default 80 */
    bool has_position;                /* false: at 20 % of the duration */
    double position_s;
    double position_fraction; /* 0..1, used when position_s is negative */
};

/* A frame of a video: the key frame at or before the position, the first one when it lies beyond
 * the end. Falls back to the attached cover when there is no video. */
struct err media_pool_thumbnail(struct media_pool *pool, struct arena *a, int fd,
                                const struct media_picture_request *request,
                                struct media_picture *ret_picture) MUST_CHECK;
/* A still image (JPEG, PNG, WebP, GIF, BMP ...), or the cover inside an audio or video file. */
struct err media_pool_image(struct media_pool *pool, struct arena *a, int fd,
                            const struct media_picture_request *request,
                            struct media_picture *ret_picture) MUST_CHECK;

struct media_pool_stats {
    uint64_t requests;
    uint64_t started; /* worker processes */
    uint64_t died;    /* of a file */
    uint64_t timeouts;
    unsigned alive;
    unsigned busy;
};
void media_pool_stats(struct media_pool *pool, struct media_pool_stats *ret_stats);

/* What the sandbox of this machine consists of, for the health page and the start-up log:
 * "seccomp limits landlock landlock-net". Empty until a worker has started. The text is static
 * or lives in the arena. */
const char *media_worker_features(struct media_pool *pool, struct arena *a);

/* Where the worker program is: beside this program, in the build tree or in libexec. It is a
 * program of its own because the codec libraries cost 24 MB of memory and 24 ms of start-up,
 * which the server should not pay. NULL when it is in none of these places. */
const char *media_worker_program(struct arena *a);

#endif
