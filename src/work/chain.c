/* The chain from a download to a music video in its place. */
#include "work/chain.h"

#include <string.h>

#include "base/log.h"
#include "domain/catalog/video.h"
#include "json/decode.h"
#include "json/writer.h"
#include "work/incoming.h"

bool chain_is_done(struct job_run *run)
{
    struct mistakes ignored = {0};
    const char *saved = run->job->saved;
    const json_t *state = saved ? json_read(run->arena, saved, strlen(saved), "saved", &ignored) : NULL;
    const json_t *result = json_object_get(state, "result");
    if (!result)
        return false;
    job_result(run, json_keep(run->arena, result));
    return true;
}

struct err chain_go_on(struct job_run *run)
{
    return job_cancelled(run) ? job_stopped(run) : OK;
}

static const char *with_uuid(struct arena *a, const char *result, const char *uuid)
{
    const char *mark = strstr(result, "%s");
    return mark ? arena_printf(a, "%.*s%s%s", (int)(mark - result), result, uuid, mark + 2) : result;
}

struct err chain_next(struct job_run *run, struct db_tx *tx, const char *kind, int64_t video_id, const char *args,
                      const char *result)
{
    struct arena *a = run->arena;
    struct job next = {.uuid = ""};
    if (kind)
        TRY(jobs_submit(run->core->jobs, tx->conn, a,
                        JOB_SPEC(kind, .args = args, .priority = (int)run->job->priority, .origin = run->job->origin,
                                 .parent_uuid = run->job->uuid,
                                 .subject = arena_printf(a, "video:%lld", (long long)video_id)),
                        &next));
    const char *kept = with_uuid(a, result, next.uuid);
    TRY(job_save(run, tx->conn, arena_printf(a, "{\"result\":%s}", kept)));
    TRY(db_commit(tx));
    job_result(run, kept);
    return OK;
}

static bool is_under_way(int status)
{
    return status == VIDEO_QUEUED || status == VIDEO_DOWNLOADING || status == VIDEO_DOWNLOADED;
}

/* What the video was before its download was queued. */
static struct err status_before(struct db_conn *conn, struct arena *a, int64_t id, int *ret_status)
{
    struct status_changes history = {0};
    TRY(catalog_video_history(conn, a, id, &history));
    *ret_status = VIDEO_DISCOVERED;
    for (size_t i = 0; i < history.count; i++) {
        const struct status_change *change = &history.items[i];
        if (is_under_way(change->new_status) && change->old_status != ENUM_NONE && !is_under_way(change->old_status)) {
            *ret_status = change->old_status;
            break;
        }
    }
    return OK;
}

static struct err take_back(struct db_conn *tx, struct arena *a, int64_t id, const char *who)
{
    struct video video;
    int status;
    struct err e = catalog_video_get(tx, a, id, true, &video);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (!is_under_way(video.status))
        return OK; /* a person has decided otherwise meanwhile */
    TRY(status_before(tx, a, id, &status));
    return catalog_video_set_status(tx, a, id, status, "Download cancelled", who, NULL);
}

struct err chain_cancelled(struct db_conn *tx, struct arena *a, const struct job *job)
{
    int64_t id;
    if (!job->subject || strncmp(job->subject, "video:", 6) != 0 || !text_to_int(job->subject + 6, &id))
        return OK;
    return take_back(tx, a, id, job->kind);
}

static struct err mark_failed(struct db_conn *tx, struct arena *a, int64_t id, const char *why, const char *who)
{
    struct video video;
    struct video change = {.last_download_error = why};
    struct presence which = {0};
    TRY(catalog_video_get(tx, a, id, true, &video));
    if (!is_under_way(video.status))
        return OK;
    set_present(&which, VIDEO_FIELD_last_download_error);
    TRY(catalog_video_update(tx, a, id, &change, &which));
    return catalog_video_set_status(tx, a, id, VIDEO_FAILED, why, who, NULL);
}

static struct err mark(struct job_run *run, int64_t id, struct err why)
{
    struct arena *a = run->arena;
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    if (why.kind == ERR_CANCELLED)
        TRY(take_back(tx.conn, a, id, run->job->kind));
    else
        TRY(mark_failed(tx.conn, a, id, why.msg, run->job->kind));
    return db_commit(&tx);
}

struct err chain_give_up(struct job_run *run, int64_t video_id, const char *path, struct err e)
{
    if (!failed(e) || job_is_interrupted(run))
        return e;
    if (path)
        incoming_forget(run->core, run->arena, path);
    struct err marked = mark(run, video_id, e);
    if (failed(marked))
        job_log(run, LOG_ERROR, "The video's status could not be changed: %s", marked.msg);
    return e.kind == ERR_CANCELLED ? job_stopped(run) : e;
}
