/*
 * YouTube, and what else yt-dlp knows, through that program (setting ytdlp.ytdlp_path).
 *
 * Each call runs the program once, in its own process group, with an argument list that holds no user text
 * as an option: `--` stands before the address, the person's own yt-dlp configuration is not read, and an
 * address that is not public is refused unless ytdlp.allow_private says otherwise. Questions end after
 * YTDLP_ASK_LIMIT_MS; a download has no limit but its caller's patience.
 *
 * Blocking: jobs and blocking handlers only. Any thread. What comes back lives in the arena.
 *
 * Failures: ERR_UNCONFIGURED "ytdlp_missing" (field: the setting) when there is no such program; ERR_NOT_FOUND
 * "video_unavailable" when the site says that the video is private or gone; ERR_UPSTREAM "ytdlp_failed" with
 * the program's exit status and its last words; ERR_TIMEOUT; ERR_CANCELLED; and those of net/guard.h.
 *
 * Document 000, sections 2.17 and 14.1 of its contract.
 */
#ifndef MEDLEY_PROVIDERS_YTDLP_H
#define MEDLEY_PROVIDERS_YTDLP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"

struct core;

#define YTDLP_ASK_LIMIT_MS 300000
/* What the program prints of one question; formats of a long video take a megabyte. */
#define YTDLP_OUTPUT_MAX_BYTES (16u << 20)

struct ytdlp_video {
    const char *id;
    const char *title;
    const char *url; /* of its page */
    const char *channel;
    int64_t channel_follower_count; /* INT_NONE unknown, as the next two */
    int64_t view_count;
    int64_t duration; /* seconds */
    const char *thumbnail; /* address of a picture; NULL unknown */
};
extern const struct shape ytdlp_video_shape; /* "VideoInfo", without the thumbnail */
struct ytdlp_videos {
    VEC(struct ytdlp_video)
};

/* The first `max` finds for "<artist> <title>". What cannot be read of the answer is left out. */
struct err ytdlp_search(struct core *core, struct arena *a, const char *artist, const char *title, int64_t max,
                        struct ytdlp_videos *ret_videos) MUST_CHECK;
/* A video by its id at YouTube or by address. */
struct err ytdlp_info(struct core *core, struct arena *a, const char *id_or_url,
                      struct ytdlp_video *ret_video) MUST_CHECK;

struct ytdlp_progress {
    double percent;      /* 0..100 */
    int64_t total_bytes; /* INT_NONE unknown */
    double speed;        /* bytes/s; NAN unknown */
    int64_t eta_s;       /* INT_NONE unknown */
};
/* "[download]  12.5% of ~10.00MiB at 2.00MiB/s ETA 00:30"; false for any other line. */
bool ytdlp_read_progress(const char *line, struct ytdlp_progress *ret_progress);

struct ytdlp_download {
    const char *id_or_url;
    const char *format; /* NULL: setting ytdlp.format_spec */
    const char *path;   /* absolute; its folder exists. Nothing may be there yet. */
    void (*on_progress)(void *data, const struct ytdlp_progress *progress); /* NULL: not told */
    bool (*cancelled)(void *data);                                          /* NULL: never */
    void *data;
};
/* The file is at `path` on success. Otherwise parts may lie beside it: download into a folder of its own. */
struct err ytdlp_download(struct core *core, struct arena *a, const struct ytdlp_download *download) MUST_CHECK;

struct ytdlp_version {
    const char *version; /* "2023.03.04" */
    int64_t age_days;    /* since that date; INT_NONE when the version is no date */
};
/* Asked once per path and hour; sites change, so an old program is the usual reason for failures. */
struct err ytdlp_version(struct core *core, struct arena *a, struct ytdlp_version *ret_version) MUST_CHECK;
/* What was last learnt of the program that is set now; false when nobody has asked. Never waits. */
bool ytdlp_known_version(struct core *core, struct arena *a, struct ytdlp_version *ret_version);

#endif
