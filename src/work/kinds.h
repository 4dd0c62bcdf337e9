/* The table of job kinds: one row per file of this folder. */
#ifndef MEDLEY_WORK_KINDS_H
#define MEDLEY_WORK_KINDS_H

#include "core/jobs.h"

extern const struct job_kind *const job_kinds[]; /* NULL-terminated */

#endif
