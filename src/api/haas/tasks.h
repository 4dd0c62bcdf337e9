/* Background tasks: how document 003 shows jobs (contract 3.5, section 7). Any thread. */
#ifndef MEDLEY_API_HAAS_TASKS_H
#define MEDLEY_API_HAAS_TASKS_H

#include "core/core.h"
#include "core/jobs.h"

struct task {
    const char *id;
    const char *type; /* "CopyOperationTask" */
    const char *name;
    int status;
    double progress;  /* 0..100 */
    const char *error;
    int64_t created_at;
    int64_t started_at;
    int64_t completed_at;
    const char *message;
    const char *payload; /* JSON; NULL for jobs that document 003 does not know */
};
extern const struct shape haas_task_shape;

void haas_task_of(struct core *core, struct arena *a, const struct job *job, struct task *ret_task);
/* "file_copy" -> "CopyOperationTask"; what the document does not name: "prune" -> "PruneTask". */
const char *haas_task_type(struct arena *a, const char *kind);

#endif
