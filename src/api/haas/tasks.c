/* Jobs as background tasks. */
#include "api/haas/tasks.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "domain/files/place.h"
#include "domain/library/library.h"
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

struct scan_info {
    const char *id;
    const char *library_path;
    const char *library_title;
    int64_t start_time;
    const char *current_file;
    int64_t total_files;
    int64_t processed_files;
    int64_t found;
    int64_t people; /* people are read with each file: there is no step of their own */
};
#define SF(name_, kind_, member_, ...) FN(name_, struct scan_info, kind_, member_, __VA_ARGS__)
SHAPE(haas_scan_info_shape, "ScanOperationInfo", struct scan_info, "A scan and how far it is", SF("id", T_TEXT, id),
      SF("libraryPath", T_TEXT, library_path), SF("libraryTitle", T_TEXT, library_title),
      SF("startTime", T_TIME, start_time), SF("currentFile", T_TEXT, current_file),
      SF("totalFiles", T_INT, total_files), SF("processedFiles", T_INT, processed_files),
      SF("foundMetadata", T_INT, found), SF("totalPeople", T_INT, people), SF("syncedPeople", T_INT, people),
      SF("failedPeople", T_INT, people));

static const char *scan_payload(struct core *core, struct arena *a, const struct job *job)
{
    json_t *result = parse(a, job->result);
    const json_t *library_id = json_object_get(parse(a, job->args), "library_id");
    bool is_over = job_state_is_final(job->state) && result;
    struct library library;
    bool one = json_is_integer(library_id) &&
               !failed(library_get(db_reader(core->db), a, json_integer_value(library_id), &library));
    int64_t total = number(result, "total_files");
    struct scan_info info = {
        .id = job->uuid,
        .library_path = one ? shown(core, a, library.path) : "All libraries",
        .library_title = one ? library.name : "All libraries",
        .start_time = job->started_at != TIME_NONE ? job->started_at : job->created_at,
        .current_file = is_over ? NULL : job->step,
        .total_files = is_over ? total : job->total,
        .processed_files = is_over ? total : job->processed,
        .found = is_over ? total - number(result, "broken") : job->processed,
    };
    return encode(a, &haas_scan_info_shape, &info);
}

struct cleanup_info {
    const char *id;
    int64_t total;
    int64_t checked;
    int64_t deleted;
    const char *stage;
    int64_t started_at;
    int64_t completed_at;
    const char *last_error;
};
#define PF(name_, kind_, member_, ...) FN(name_, struct cleanup_info, kind_, member_, __VA_ARGS__)
SHAPE(haas_cleanup_info_shape, "PersonCleanupOperationInfo", struct cleanup_info, "A clean-up and how far it is",
      PF("id", T_TEXT, id), PF("totalPeople", T_INT, total), PF("checkedPeople", T_INT, checked),
      PF("deletedPeople", T_INT, deleted), PF("stage", T_TEXT, stage), PF("startedAt", T_TIME, started_at),
      PF("completedAt", T_TIME, completed_at), PF("lastError", T_TEXT, last_error));

static const char *cleanup_payload(struct core *core, struct arena *a, const struct job *job)
{
    json_t *state = state_of(a, job);
    (void)core;
    struct cleanup_info info = {
        .id = job->uuid,
        .total = (int64_t)json_array_size(json_object_get(parse(a, job->args), "people")),
        .checked = number(state, "checked"),
        .deleted = number(state, "deleted"),
        .stage = job->step,
        .started_at = job->started_at,
        .completed_at = job_state_is_final(job->state) ? job->finished_at : TIME_NONE,
        .last_error = job->error,
    };
    return encode(a, &haas_cleanup_info_shape, &info);
}

/* --- types --------------------------------------------------------------------------------------------- */

static const struct task_type {
    const char *kind;
    const char *type;
    const char *name;
    const char *(*payload)(struct core *core, struct arena *a, const struct job *job);
} task_types[] = {
    {"file_copy", "CopyOperationTask", "File copy operation", copy_payload},
    {"movie_scan", "MetadataScanTask", "Metadata library scan", scan_payload},
    {"person_cleanup", "PersonCleanupTask", "Person metadata cleanup", cleanup_payload},
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
