/* Background tasks (contract, section 7). */
#include <stdlib.h>
#include <string.h>

#include "api/haas/haas.h"
#include "api/haas/tasks.h"

#define MAX_TASKS 1000
#define MAX_KINDS 100

static int newest_first(const void *left, const void *right)
{
    const struct job *l = left;
    const struct job *r = right;
    if (l->created_at != r->created_at)
        return l->created_at < r->created_at ? 1 : -1;
    return l->id < r->id ? 1 : l->id > r->id ? -1 : 0;
}

static struct err reply_tasks(struct call *call, const struct job_filter *filter)
{
    struct job_list jobs = {0};
    TRY(jobs_list(call_db(call), call->arena, filter, &jobs));
    struct task *tasks = arena_array(call->arena, struct task, jobs.count + 1);
    if (jobs.count)
        qsort(jobs.items, jobs.count, sizeof(jobs.items[0]), newest_first);
    for (size_t i = 0; i < jobs.count; i++)
        haas_task_of(call->core, call->arena, &jobs.items[i], &tasks[i]);
    return call_list(call, tasks, jobs.count);
}

static struct err list(struct call *call)
{
    return reply_tasks(call, &(struct job_filter){.limit = MAX_TASKS});
}

/* By the exact type name; several kinds of jobs may share one. */
static struct err list_type(struct call *call)
{
    const char *type = call_text(call, "type");
    const char *kinds[MAX_KINDS + 1] = {0};
    size_t count = 0;
    for (const struct job_kind *const *k = jobs_kinds(call->core->jobs); *k && count < MAX_KINDS; k++) {
        if (strcmp(haas_task_type(call->arena, (*k)->name), type) == 0)
            kinds[count++] = (*k)->name;
    }
    if (!count)
        return call_list(call, NULL, 0);
    return reply_tasks(call, &(struct job_filter){.kinds = kinds, .limit = MAX_TASKS});
}

static struct err get(struct call *call)
{
    struct job job;
    struct task task;
    TRY(jobs_get_uuid(call_db(call), call->arena, call_text(call, "id"), &job));
    haas_task_of(call->core, call->arena, &job, &task);
    return call_reply(call, &task);
}

static struct err cancel(struct call *call)
{
    struct job job;
    struct err e = jobs_get_uuid(call_db(call), call->arena, call_text(call, "id"), &job);
    if (!failed(e))
        e = jobs_cancel(call->core->jobs, call->arena, job.id, &job);
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_CONFLICT)
        return err_make(ERR_NOT_FOUND, "task_not_found", "The task does not exist or is over");
    TRY(e);
    return call_empty(call, 200);
}

#define TAG "Background tasks"
ROUTES(haas_task_routes,
       {HTTP_GET, "/api/background-tasks", TAG, "Tasks, newest first", list, .reply = &haas_task_shape,
        .flags = ROUTE_LIST},
       {HTTP_GET, "/api/background-tasks/{id:uuid}", TAG, "One task", get, .reply = &haas_task_shape},
       {HTTP_DELETE, "/api/background-tasks/{id:uuid}", TAG, "Cancels a task", cancel,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/api/background-tasks/{type}", TAG, "Tasks of one type: CopyOperationTask ...", list_type,
        .reply = &haas_task_shape, .flags = ROUTE_LIST});
