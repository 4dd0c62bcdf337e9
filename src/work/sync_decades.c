/*
 * Decade tags of all music videos (document 000, section 17): applied, removed, or moved from one format to
 * another. The NFO of a video whose tags changed is written anew (nfo.write_musicvideo_nfo). Run twice it
 * finds nothing to do the second time.
 */
#include "base/buf.h"
#include "base/log.h"
#include "core/core.h"
#include "core/settings.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/video_list.h"
#include "domain/organize/nfo.h"
#include "work/kinds.h"

#define BATCH 200 /* videos per transaction, so that writers never wait long */

static const struct words sync_modes = WORDS("decade_sync_mode", "apply", "remove", "migrate");
enum sync_mode { MODE_APPLY, MODE_REMOVE, MODE_MIGRATE };

struct sync_args {
    int mode;
    const char *old_format;
    const char *new_format;
};
SHAPE(sync_args_shape, "DecadeSyncArguments", struct sync_args, "What to do with decade tags",
      F(struct sync_args, T_ENUM, mode, .words = &sync_modes, .fallback = "apply"),
      F(struct sync_args, T_TEXT, old_format, .flags = FIELD_NULLABLE, MAX_VALUE(100)),
      F(struct sync_args, T_TEXT, new_format, .flags = FIELD_NULLABLE, MAX_VALUE(100)));

static struct decade_policy policy_of(struct job_run *run)
{
    const struct sync_args *args = run->args;
    bool removes = args->mode == MODE_REMOVE;
    return (struct decade_policy){
        .enabled = !removes,
        .format = removes            ? args->old_format
                  : args->new_format ? args->new_format
                                     : "{decade}s",
        .former = args->mode == MODE_MIGRATE ? args->old_format : NULL,
        .keep_case = !settings_bool(run->core->settings, "tags.normalize"),
    };
}

/* After the commit: a file that says what was rolled back would be wrong. One that cannot be written does not
 * stop the others. */
static void write_nfos(struct job_run *run, struct arena *a, const struct decade_change *change, int64_t *nfos)
{
    for (size_t i = 0; i < change->changed.count; i++) {
        struct err e = nfo_keep(run->core, a, change->changed.items[i], nfos);
        if (failed(e))
            job_log(run, LOG_WARN, "NFO of video %lld: %s", (long long)change->changed.items[i],
                    e.msg ? e.msg : err_kind_name(e.kind));
    }
}

static struct err sync_batch(struct job_run *run, const struct decade_policy *policy, int64_t *after_id,
                             struct decade_change *change, int64_t *nfos)
{
    SCRATCH(a);
    struct decade_change next = *change;
    int64_t reached = *after_id;
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(catalog_sync_decades(tx.conn, &a, BATCH, policy, &reached, &next));
    TRY(db_commit(&tx));
    write_nfos(run, &a, &next, nfos);
    next.changed.items = NULL; /* the next batch has its own */
    next.changed.count = next.changed.capacity = 0;
    *after_id = reached;
    *change = next;
    return OK;
}

static struct err sync_decades(struct job_run *run)
{
    struct decade_policy policy = policy_of(run);
    struct decade_change change = {0};
    int64_t nfos = 0;
    int64_t total;
    TRY(catalog_video_count(db_reader(run->core->db), false, &total));
    for (int64_t after_id = 0; after_id != INT_NONE;) {
        if (job_cancelled(run))
            return job_stopped(run);
        TRY(sync_batch(run, &policy, &after_id, &change, &nfos));
        job_progress(run, change.videos, total, "Decade tags");
    }
    job_progress(run, change.videos, change.videos, "Done");
    job_result(run, arena_printf(run->arena,
                                 "{\"videos_processed\":%lld,\"tags_added\":%lld,\"tags_removed\":%lld,"
                                 "\"nfos_updated\":%lld}",
                                 (long long)change.videos, (long long)change.added,
                                 (long long)change.removed, (long long)nfos));
    return OK;
}

const struct job_kind sync_decades_kind = {
    .name = "sync_decade_tags",
    .args = &sync_args_shape,
    .run = sync_decades,
    .max_attempts = 3,
    .backoff_s = 10,
    .at_once = 1,
    .help = "Brings decade tags of music videos in line with the settings",
};
