/* Lists of songs, item by item. */
#include "work/songs.h"

#include <string.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/log.h"
#include "core/settings.h"
#include "domain/catalog/video.h"
#include "domain/intake/song_picture.h"
#include "json/decode.h"

/* Further goes at an item that another import changes at the same moment, after a pause of up to so long. */
#define TRIES    6
#define PAUSE_US 100000

struct asker job_asker(struct job_run *run, struct arena *a)
{
    return (struct asker){.core = run->core, .arena = a, .cancelled = job_cancel_flag(run), .patience_ms = -1};
}

struct song_policy job_song_policy(struct job_run *run, struct arena *a, int status, const char *reason)
{
    struct settings *s = run->core->settings;
    return (struct song_policy){
        .status = status,
        .decades = {.enabled = settings_bool(s, "tags.auto_decade.enabled"),
                    .format = settings_text(s, a, "tags.auto_decade.format"),
                    .keep_case = !settings_bool(s, "tags.normalize")},
        .reason = reason,
        .by = run->job->kind,
    };
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} counters[] = {
    {"next", offsetof(struct song_list, next)},       {"done", offsetof(struct song_list, done)},
    {"skipped", offsetof(struct song_list, skipped)}, {"failed", offsetof(struct song_list, failed)},
    {"downloads", offsetof(struct song_list, downloads)},
};
#define COUNTER_COUNT (sizeof(counters) / sizeof(counters[0]))

static int64_t *counter_at(struct song_list *list, size_t i)
{
    return (int64_t *)(void *)((char *)list + counters[i].offset);
}

void song_list_resume(struct song_list *list, struct job_run *run)
{
    struct mistakes ignored = {0};
    const char *saved = run->job->saved;
    const json_t *state = saved ? json_read(run->arena, saved, strlen(saved), "saved", &ignored) : NULL;
    *list = (struct song_list){.run = run, .failures = "[]"};
    for (size_t i = 0; i < COUNTER_COUNT; i++)
        *counter_at(list, i) = json_integer_value(json_object_get(state, counters[i].name));
    if (json_is_array(json_object_get(state, "failures")))
        list->failures = json_keep(run->arena, json_object_get(state, "failures"));
}

static struct err save(struct song_list *list, struct db_conn *tx)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    for (size_t i = 0; i < COUNTER_COUNT; i++)
        jw_kv_int(&w, counters[i].name, *counter_at(list, i));
    jw_kv_raw(&w, "failures", list->failures);
    jw_end(&w);
    return job_save(list->run, tx, out.data);
}

void song_list_failures(const struct song_list *list, struct jw *w, const char *key)
{
    jw_kv_raw(w, key, list->failures);
}

static void note_failure(struct song_list *list, const char *id, const char *name, struct err e)
{
    BUF(out);
    struct jw w = jw_to(&out);
    list->failed++;
    job_log(list->run, LOG_WARN, "%s: %s", name ? name : id, e.msg);
    if (list->failed > SONG_FAILURES_SHOWN)
        return;
    jw_object(&w);
    jw_kv_text(&w, "track_id", id);
    jw_kv_text(&w, "name", name);
    jw_kv_text(&w, "error", e.msg);
    jw_end(&w);
    size_t len = strlen(list->failures) - 1; /* without the bracket */
    list->failures = arena_printf(list->run->arena, "%.*s%s%s]", (int)len, list->failures,
                                  len > 1 ? "," : "", out.data);
}

static struct err write_item(struct song_step *step, const struct song_verbs *verbs)
{
    struct song_list after = *step->list;
    enum song_outcome outcome = SONG_DONE;
    step->queued = 0;
    step->picture_of = INT_NONE;
    TX(tx);
    TRY(db_begin(step->list->run->core->db, &tx));
    TRY(job_fence(step->list->run, tx.conn));
    if (verbs->store)
        TRY(verbs->store(step, tx.conn, &outcome));
    after.next++;
    after.done += outcome == SONG_DONE;
    after.skipped += outcome == SONG_SKIPPED;
    after.downloads += step->queued;
    TRY(save(&after, tx.conn));
    TRY(db_commit(&tx));
    *step->list = after;
    return OK;
}

/* Another process may store the same song, or hold the same rows, at the same moment. */
static bool is_collision(const struct err *e)
{
    return e->kind == ERR_BUSY ||
           (e->kind == ERR_CONFLICT && e->code && strcmp(e->code, "unique_violation") == 0);
}

static struct err work_on(struct song_step *step, const struct song_verbs *verbs)
{
    struct err e = OK;
    if (verbs->prepare)
        TRY(verbs->prepare(step));
    for (int i = 0; i < TRIES; i++) {
        e = write_item(step, verbs);
        if (!is_collision(&e) || job_cancelled(step->list->run))
            return e;
        usleep((useconds_t)(random_u64() % PAUSE_US));
    }
    return e;
}

/* What concerns the whole job, and not this item. */
static bool is_fatal(const struct err *e)
{
    return e->kind == ERR_CANCELLED || e->kind == ERR_UNCONFIGURED || e->kind == ERR_STORAGE;
}

static struct err pass_over(struct song_list *list, const char *id, const char *name, struct err e)
{
    note_failure(list, id, name, e);
    list->next++;
    return save(list, NULL);
}

/* A host that is away costs its timeout once, and not for every song. */
static struct err fetch_picture(struct song_list *list, struct song_step *step)
{
    bool away;
    if (step->picture_of == INT_NONE || !step->picture_url ||
        (list->lost_host && url_same_origin(list->lost_host, step->picture_url)))
        return OK;
    TRY(song_picture(list->run, step->arena, step->picture_of, step->picture_url, step->picture_trust, &away));
    if (away)
        list->lost_host = arena_strdup(list->run->arena, step->picture_url);
    return OK;
}

struct err song_list_step(struct song_list *list, const struct song_verbs *verbs, const void *item,
                          const void *context, const char *id, const char *name)
{
    SCRATCH(a);
    struct song_step step = {.list = list, .arena = &a, .item = item, .context = context, .id = id, .name = name,
                             .picture_of = INT_NONE};
    if (job_cancelled(list->run))
        return job_stopped(list->run);
    job_progress(list->run, list->next, list->total, arena_printf(&a, "%s %s...", verbs->doing, name ? name : id));
    struct err e = work_on(&step, verbs);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(list->run);
    if (is_fatal(&e)) {
        e.msg = arena_strdup(list->run->arena, e.msg);
        return e;
    }
    if (failed(e))
        TRY(pass_over(list, id, name, e));
    else
        TRY(fetch_picture(list, &step));
    job_progress(list->run, list->next, list->total, verbs->doing);
    return OK;
}

/* --- downloads --------------------------------------------------------------------------------------------------- */

static const char *download_args(struct arena *a, const char *kind, int64_t video_id, const char *youtube_id,
                                 const char *youtube_url)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    if (strcmp(kind, "import_download") == 0) {
        jw_kv_int(&w, "video_id", video_id);
        jw_kv_text(&w, "youtube_id", youtube_id);
    } else {
        jw_key(&w, "video_ids");
        jw_array(&w);
        jw_int(&w, video_id);
        jw_end(&w);
        jw_kv_text(&w, "youtube_url", youtube_url);
    }
    jw_end(&w);
    return arena_strndup(a, out.data, out.len);
}

struct err song_queue_download(struct job_run *run, struct db_conn *tx, struct arena *a, const char *kind,
                               int64_t video_id, const char *youtube_id, const char *youtube_url,
                               const char **ret_uuid)
{
    struct video video;
    struct job job;
    TRY(catalog_video_get(tx, a, video_id, false, &video));
    *ret_uuid = NULL;
    if (video.video_file_path)
        return OK;
    TRY(catalog_video_set_status(tx, a, video_id, VIDEO_QUEUED, "Download queued", run->job->kind, NULL));
    TRY(jobs_submit(run->core->jobs, tx, a,
                    JOB_SPEC(kind, .args = download_args(a, kind, video_id, youtube_id, youtube_url),
                             .origin = run->job->origin, .parent_uuid = run->job->uuid,
                             .unique_key = arena_printf(a, "download:%lld", (long long)video_id),
                             .subject = arena_printf(a, "video:%lld", (long long)video_id)),
                    &job));
    *ret_uuid = job.uuid;
    return OK;
}

/* --- pictures ---------------------------------------------------------------------------------------------------- */

struct err song_picture(struct job_run *run, struct arena *a, int64_t video_id, const char *url,
                        const char *trusted, bool *ret_away)
{
    struct asker by = job_asker(run, a);
    int64_t made_at_s;
    struct err e = song_fetch_picture(&by, video_id, url, trusted, &made_at_s);
    *ret_away = e.kind == ERR_UPSTREAM || e.kind == ERR_TIMEOUT;
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    if (failed(e)) {
        job_log(run, LOG_INFO, "No picture of video %lld: %s", (long long)video_id, e.msg);
        return OK;
    }
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(catalog_video_tell(tx.conn, video_id, NULL, made_at_s));
    return db_commit(&tx);
}
