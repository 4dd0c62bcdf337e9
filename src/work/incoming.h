/*
 * Files on their way into the library: <data folder>/tmp/downloads/<job>/<name>.
 *
 * A download is written here and nowhere else, so the library never holds part of a file. Its folder is
 * named after the job, so a job that was killed finds what it had; whoever has put the file into its place,
 * or gives up, forgets the folder. What was forgotten by nobody is removed by `prune` after
 * INCOMING_KEEP_DAYS. Any thread.
 */
#ifndef MEDLEY_WORK_INCOMING_H
#define MEDLEY_WORK_INCOMING_H

#include "core/core.h"
#include "core/jobs.h"
#include "domain/files/place.h"

#define INCOMING_KEEP_DAYS 7

/* Makes the folder of this job. `name` is made safe as a file name. */
struct err incoming_path(struct core *core, struct arena *a, const char *job_uuid, const char *name,
                         const char **ret_path) MUST_CHECK;
/* A path that a job was given: beneath this folder or a media folder, else ERR_DENIED "outside_library".
 * The file may be gone. The root lives as long as the arena. */
struct err incoming_find(struct core *core, struct arena *a, const char *path, struct place *ret_place) MUST_CHECK;
bool incoming_is_ours(struct core *core, struct arena *a, const char *path);
/* The folder that holds `path`, with everything in it; nothing happens to paths elsewhere. */
void incoming_forget(struct core *core, struct arena *a, const char *path);
/* Moves the file at `from` to its place, which must be free (ERR_CONFLICT "file_exists"); missing folders are
 * made. The file is there whole or not at all, also when the library is on another disk. */
struct err incoming_deliver(struct job_run *run, const struct place *from, const struct place *to) MUST_CHECK;
/* Folders that nobody has touched for INCOMING_KEEP_DAYS. */
struct err incoming_prune(struct core *core, struct arena *a, int64_t *ret_removed) MUST_CHECK;

#endif
