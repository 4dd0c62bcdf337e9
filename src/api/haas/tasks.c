/* Jobs as background tasks. */
#include "api/haas/tasks.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "domain/files/place.h"
#include "json/decode.h"
#include "json/encode.h"

static const struct words task_statuses =
    WORDS("BackgroundTaskStatus", "Pending", "Running", "Completed", "Failed", "Cancelled");
enum task_status { TASK_PENDING, TASK_RUNNING, TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED };

SHAPE(haas_task_shape, "BackgroundTaskInfo", struct task, "A background task",
      F(struct task, T_TEXT, id, .flags = FIELD_REQUIRED), F(struct task, T_TEXT, type, .flags = FIELD_REQUIRED),
      F(struct task, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct task, T_ENUM, status, .words = &task_statuses, .flags = FIELD_REQUIRED | FIELD_NUMBER),
      F(struct task, T_REAL, progress, .flags = FIELD_REQUIRED, .help = "0 to 100"),
      FN("errorMessage", struct task, T_TEXT, error),
      FN("createdAt", struct task, T_TIME, created_at, .flags = FIELD_REQUIRED),
      FN("startedAt", struct task, T_TIME, started_at), FN("completedAt", struct task, T_TIME, completed_at),
      FN("statusMessage", struct task, T_TEXT, message),
      F(struct task, T_JSON, payload, .help = "What this type of task tells about itself"));

/* --- payloads ------------------------------------------------------------------------------------------ */

static const char *encode(struct arena *a, const struct shape *shape, const void *object)
{
    BUF(out);
    struct jw w = jw_to(&out);
    shape_encode(&w, shape, object);
    return arena_strdup(a, out.data);
}

static json_t *parse(struct arena *a, const char *text)
{
    struct mistakes ignored = {0};
    return text ? json_read(a, text, strlen(text), "job", &ignored) : NULL;
}

/* What the job told last: its result, else what it saved on the way. */
static json_t *state_of(struct arena *a, const struct job *job)
{
    json_t *result = parse(a, job->result);
    return json_is_object(result) && json_object_size(result) ? result : parse(a, job->saved);
}

static int64_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

struct copy_info {
    const char *id;
    const char *source;
    const char *destination;
    int64_t total_bytes;
    int64_t copied_bytes;
    int64_t start_time;
    int64_t completed_time;
    int8_t is_directory;
    int64_t total_files;
    int64_t copied_files;
    const char *current_path;
    double speed;
    int64_t eta_s;
};
#define CF(name_, kind_, member_, ...) FN(name_, struct copy_info, kind_, member_, __VA_ARGS__)
SHAPE(haas_copy_info_shape, "CopyOperationInfo", struct copy_info, "A copy and how far it is",
      CF("id", T_TEXT, id), CF("sourcePath", T_TEXT, source), CF("destinationPath", T_TEXT, destination),
      CF("totalBytes", T_INT, total_bytes), CF("copiedBytes", T_INT, copied_bytes),
      CF("startTime", T_TIME, start_time), CF("completedTime", T_TIME, completed_time),
      CF("isDirectory", T_BOOL, is_directory), CF("totalFiles", T_INT, total_files),
      CF("copiedFiles", T_INT, copied_files), CF("currentPath", T_TEXT, current_path),
      CF("bytesPerSecond", T_REAL, speed), CF("estimatedTimeSeconds", T_INT, eta_s));

static const char *shown(struct core *core, struct arena *a, const char *absolute)
{
    struct place place;
    if (!absolute || failed(place_of(core->roots, a, absolute, &place)))
        return "";
    return place.shown;
}

static const char *copy_payload(struct core *core, struct arena *a, const struct job *job)
{
    json_t *args = parse(a, job->args);
    json_t *state = state_of(a, job);
    bool done = job->state == JOB_COMPLETED;
    bool running = job->state == JOB_RUNNING;
    struct copy_info info = {
        .id = job->uuid,
        .source = shown(core, a, json_string_value(json_object_get(args, "source"))),
        .destination = shown(core, a, json_string_value(json_object_get(args, "destination"))),
        .total_bytes = number(state, "total_bytes"),
        .copied_bytes = running && job->processed ? job->processed : number(state, "bytes"),
        .start_time = job->started_at != TIME_NONE ? job->started_at : job->created_at,
        .completed_time = done ? job->finished_at : TIME_NONE,
        .is_directory = json_is_true(json_object_get(state, "is_folder")),
        .total_files = number(state, "files"),
        .copied_files = number(state, "copied"),
        .current_path = running && job->step && *job->step ? job->step
                                                           : json_string_value(json_object_get(state, "path")),
        .speed = running ? job->speed : NAN,
        .eta_s = running ? job->eta_s : INT_NONE,
    };
    return encode(a, &haas_copy_info_shape, &info);
}

/* --- types --------------------------------------------------------------------------------------------- */

static const struct task_type {
    const char *kind;
    const char *type;
    const char *name;
    const char *(*payload)(struct core *core, struct arena *a, const struct job *job);
} task_types[] = {
    {"file_copy", "CopyOperationTask", "File copy operation", copy_payload},
};

static const struct task_type *find_type(const char *kind)
{
    for (size_t i = 0; i < sizeof(task_types) / sizeof(task_types[0]); i++) {
        if (strcmp(task_types[i].kind, kind) == 0)
            return &task_types[i];
    }
    return NULL;
}

const char *haas_task_type(struct arena *a, const char *kind)
{
    const struct task_type *known = find_type(kind);
    if (known)
        return known->type;
    char *type = arena_printf(a, "%sTask", kind);
    char *to = type;
    bool start = true;
    for (const char *from = type; *from; from++) {
        if (*from != '_')
            *to++ = start ? (char)toupper((unsigned char)*from) : *from;
        start = *from == '_';
    }
    *to = 0;
    return type;
}

static const char *name_of(struct core *core, const struct job *job)
{
    const struct job_kind *kind = jobs_kind(core->jobs, job->kind);
    return kind && kind->help ? kind->help : job->kind;
}

static int status_of(int state)
{
    static const int statuses[JOB_STATE_COUNT] = {
        [JOB_PENDING] = TASK_PENDING,     [JOB_WAITING] = TASK_PENDING, [JOB_RUNNING] = TASK_RUNNING,
        [JOB_COMPLETED] = TASK_COMPLETED, [JOB_FAILED] = TASK_FAILED,   [JOB_CANCELLED] = TASK_CANCELLED,
        [JOB_TIMEOUT] = TASK_FAILED,
    };
    return statuses[state];
}

void haas_task_of(struct core *core, struct arena *a, const struct job *job, struct task *ret_task)
{
    const struct task_type *known = find_type(job->kind);
    bool is_over = job_state_is_final(job->state);
    *ret_task = (struct task){
        .id = job->uuid,
        .type = haas_task_type(a, job->kind),
        .name = known ? known->name : name_of(core, job),
        .status = status_of(job->state),
        .progress = job->state == JOB_COMPLETED ? 100 : job->progress * 100,
        .error = job->state == JOB_FAILED || job->state == JOB_TIMEOUT ? job->error : NULL,
        .created_at = job->created_at,
        .started_at = job->started_at,
        .completed_at = is_over ? job->finished_at : TIME_NONE,
        .message = job->step && *job->step ? job->step : NULL,
        .payload = known ? known->payload(core, a, job) : NULL,
    };
}
