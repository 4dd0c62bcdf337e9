/*
 * Pictures of videos, made when first asked for and kept in the data folder.
 *
 * One file per video and width ("7-640.jpg"), replaced whole. A picture older than the video's file is made
 * anew. "7-remote.jpg" is one that an outside service gave. Making one asks the
 * media workers and takes a while: from jobs and blocking handlers only. Any number of threads.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_THUMBNAIL_H
#define MEDLEY_DOMAIN_CATALOG_THUMBNAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct core;

#define THUMBNAIL_WIDTH 640

struct thumbnail_request {
    int64_t video_id;
    int64_t width;     /* 0: THUMBNAIL_WIDTH; rounded up to one of few */
    bool again;        /* make it anew even when there is one */
    double position_s; /* NAN: a place of our choice */
};
struct thumbnail {
    const char *path;  /* absolute */
    int64_t made_at_s; /* unix time */
};

/* `fd` is the video's file, open for reading; it stays the caller's. Errors are those of media/pool.h. */
struct err thumbnail_get(struct core *core, struct arena *a, int fd, const struct thumbnail_request *request,
                         struct thumbnail *ret_thumbnail) MUST_CHECK;
/* The picture from outside; it is shown before one of the video itself. ERR_NOT_FOUND when there is none. */
struct err thumbnail_remote(struct core *core, struct arena *a, int64_t video_id,
                            struct thumbnail *ret_thumbnail) MUST_CHECK;
struct err thumbnail_keep_remote(struct core *core, struct arena *a, int64_t video_id, const void *jpeg,
                                 size_t len) MUST_CHECK;
/* Where they are: absolute. A picture's name begins with its video's number. */
const char *thumbnail_folder(struct core *core, struct arena *a);
/* From now on the video shows for itself. */
void thumbnail_forget_remote(struct core *core, int64_t video_id);
/* All pictures of a video that is gone for good. */
void thumbnail_forget(struct core *core, int64_t video_id);

#endif
