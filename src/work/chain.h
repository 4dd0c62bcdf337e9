/*
 * The way of a music video from the Internet into its place, as a chain of jobs (document 000, section 3.2):
 *
 *     import_download -> video_post_process -> import_organize -> import_nfo_generate
 *
 * Each link commits its change to the video, the next job and its own result in one transaction
 * (chain_next), so a killed process repeats a link from its start or not at all, and nothing is queued
 * twice. A link that fails takes the downloaded file away and leaves the video failed with the reason.
 */
#ifndef MEDLEY_WORK_CHAIN_H
#define MEDLEY_WORK_CHAIN_H

#include "core/core.h"
#include "core/jobs.h"

/* A run after a kill: the link was done, its result is set again. The caller returns OK at once. */
bool chain_is_done(struct job_run *run);
/* Queues `kind` (NULL: this was the last link) about the video, keeps the result of this run, and commits.
 * In `result`, "%s" stands for the UUID of the new job. */
struct err chain_next(struct job_run *run, struct db_tx *tx, const char *kind, int64_t video_id, const char *args,
                      const char *result) MUST_CHECK;
/* Ends a link that failed with `e`, which is returned: forgets the file (NULL: there is none), and marks the
 * video. A cancelled one leaves the video as it was before, an interrupted one (shutdown) everything. */
struct err chain_give_up(struct job_run *run, int64_t video_id, const char *path, struct err e) MUST_CHECK;
/* For the kinds of the chain, jobs of which have the subject "video:<id>": the video is again what it was. */
struct err chain_cancelled(struct db_conn *tx, struct arena *a, const struct job *job) MUST_CHECK;
/* ERR_CANCELLED as job_stopped() when it was cancelled meanwhile; else OK. */
struct err chain_go_on(struct job_run *run) MUST_CHECK;

#endif
