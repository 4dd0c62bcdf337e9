/*
 * What follows a changed setting, in the transaction that changes it, whoever changes it (any door, undo and
 * redo, any process): jobs that bring the library in line, and the schedules that are made of settings.
 *
 * tags.auto_decade.*: the job sync_decade_tags. trash.*, backup.*, nfo_export.*: the schedules of
 * trash_cleanup, backup and export_nfo (builtin rows; a cron text that never matches refuses the change).
 * organizer.path_pattern and trash.trash_dir are judged here, too: the domain knows what they mean.
 */
#ifndef MEDLEY_WORK_FOLLOW_SETTINGS_H
#define MEDLEY_WORK_FOLLOW_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "core/core.h"

/* After jobs_create(), before anybody is served: brings the schedules in line and listens from then on. */
struct err follow_settings(struct core *core, struct arena *a) MUST_CHECK;

#endif
