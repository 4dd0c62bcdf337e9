/*
 * Fetching one file with yt-dlp inside a job: progress in percent points, speed and remaining time for whoever
 * watches the job, its cancel heeded. What yt-dlp had when the process was killed is continued.
 */
#ifndef MEDLEY_WORK_FETCHING_H
#define MEDLEY_WORK_FETCHING_H

#include "core/core.h"
#include "core/jobs.h"

struct fetching {
    struct job_run *run;
    int64_t done_before; /* percent points of the files before this one */
    int64_t total;       /* percent points of all files: 100 each */
};
/* `format` NULL: as the setting says. Nothing is fetched when an earlier run had it all. Failures are those of
 * providers/ytdlp.h. */
struct err fetch_file(struct fetching *fetching, const char *id_or_url, const char *format, const char *path,
                      int64_t *ret_bytes) MUST_CHECK;

#endif
