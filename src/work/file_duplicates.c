/*
 * Finds duplicates among music videos and (unless it only reports) keeps one of each group (document 000,
 * 3.2). A group is a video and what is certain enough to be the same; every video is in one group at most.
 * Run again it finds what is left.
 */
#include <string.h>

#include "base/log.h"
#include "core/core.h"
#include "domain/catalog/video.h"
#include "domain/organize/duplicate.h"
#include "domain/organize/home.h"
#include "json/writer.h"
#include "work/kinds.h"

#define GROUPS_SHOWN 50 /* contract 3.2 */

static const struct words strategies = WORDS("duplicate_strategy", "report_only", "keep_best", "keep_newest");
enum strategy { REPORT_ONLY, KEEP_BEST, KEEP_NEWEST };

struct resolve_args {
    struct list video_ids;
    int8_t scan_all;
    int strategy;
    double min_confidence;
    int8_t dry_run;
};
SHAPE(resolve_args_shape, "DuplicateResolveArguments", struct resolve_args, "Where to look and what to keep",
      F(struct resolve_args, T_LIST, video_ids, .item = T_INT, .flags = FIELD_NULLABLE),
      F(struct resolve_args, T_BOOL, scan_all, .fallback = "false"),
      F(struct resolve_args, T_ENUM, strategy, .words = &strategies, .fallback = "report_only"),
      F(struct resolve_args, T_REAL, min_confidence, .fallback = "0.8", BETWEEN(0, 1)),
      F(struct resolve_args, T_BOOL, dry_run, .fallback = "true"));

struct resolving {
    struct job_run *run;
    const struct resolve_args *args;
    struct move_guard guard;
    int64_t *done; /* ids that are in a group: open addressing, 0 is empty */
    size_t done_bins;
    size_t done_count;
    struct buf groups;
    struct jw json;
    int64_t group_count;
    int64_t found;
    int64_t deleted;
    int64_t kept;
};

static bool cancelled(void *context)
{
    return job_cancelled(context);
}

static struct err fence(void *context, struct db_conn *tx)
{
    return job_fence(context, tx);
}

/* --- groups --------------------------------------------------------------------------------------------- */

static int64_t *find_bin(int64_t *bins, size_t count, int64_t id)
{
    size_t bin = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (count - 1);
    while (bins[bin] && bins[bin] != id)
        bin = (bin + 1) & (count - 1);
    return &bins[bin];
}

static bool is_done(const struct resolving *r, int64_t id)
{
    return r->done_bins && *find_bin(r->done, r->done_bins, id) == id;
}

static void note_done(struct resolving *r, int64_t id)
{
    if (r->done_count * 2 >= r->done_bins) {
        size_t bins = r->done_bins ? r->done_bins * 2 : 64;
        int64_t *bigger = arena_array(r->run->arena, int64_t, bins);
        for (size_t i = 0; i < r->done_bins; i++) {
            if (r->done[i])
                *find_bin(bigger, bins, r->done[i]) = r->done[i];
        }
        r->done = bigger;
        r->done_bins = bins;
    }
    *find_bin(r->done, r->done_bins, id) = id;
    r->done_count++;
}

static void itself(struct arena *a, const struct video *video, struct duplicate_list *group)
{
    *arena_push(a, group) = (struct duplicate){.video_id = video->id, .title = video->title, .confidence = 1,
                                               .file_path = video->video_file_path, .file_size = video->file_size,
                                               .created_at = video->created_at};
}

/* A row that no scan has seen has no size; its file has. */
static int64_t size_of(struct resolving *r, struct arena *a, const struct duplicate *d)
{
    return d->file_size == INT_NONE ? size_on_disk(r->run->core, a, d->file_path) : d->file_size;
}

/* The video first, then what is certain enough and in no group yet. */
static struct err find_group(struct resolving *r, struct arena *a, int64_t id, struct duplicate_list *ret_group)
{
    struct duplicate_list found;
    struct video video;
    TRY(catalog_video_get(db_reader(r->run->core->db), a, id, false, &video));
    TRY(duplicates_of(r->run->core, a, id, true, true, &r->guard, &found));
    itself(a, &video, ret_group);
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].confidence + 1e-9 >= r->args->min_confidence && !is_done(r, found.items[i].video_id))
            *arena_push(a, ret_group) = found.items[i];
    }
    for (size_t i = 0; i < ret_group->count; i++)
        ret_group->items[i].file_size = size_of(r, a, &ret_group->items[i]);
    return OK;
}

static bool is_better(const struct duplicate *left, const struct duplicate *right, int strategy)
{
    int64_t l = strategy == KEEP_NEWEST ? left->created_at : left->file_size;
    int64_t r = strategy == KEEP_NEWEST ? right->created_at : right->file_size;
    return l > r; /* an unknown size is the smallest number */
}

static size_t choose(const struct duplicate_list *group, int strategy)
{
    size_t best = 0;
    for (size_t i = 1; i < group->count && strategy != REPORT_ONLY; i++) {
        if (is_better(&group->items[i], &group->items[best], strategy))
            best = i;
    }
    return best;
}

static void report(struct resolving *r, const struct duplicate_list *group, size_t primary)
{
    struct jw *w = &r->json;
    if (r->group_count++ >= GROUPS_SHOWN)
        return;
    jw_object(w);
    jw_kv_int(w, "primary_video_id", group->items[primary].video_id);
    jw_kv_text(w, "primary_title", group->items[primary].title);
    jw_key(w, "duplicates");
    jw_array(w);
    for (size_t i = 0; i < group->count; i++) {
        /* The match is with the video that the group was found by. */
        const struct duplicate *match = i ? &group->items[i] : &group->items[primary];
        if (i == primary)
            continue;
        jw_object(w);
        jw_kv_int(w, "video_id", group->items[i].video_id);
        jw_kv_text(w, "title", group->items[i].title);
        jw_kv_real(w, "confidence", match->confidence);
        jw_kv_text(w, "match_type", words_name(&duplicate_match_words, match->match));
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static struct err remove_others(struct resolving *r, struct arena *a, const struct duplicate_list *group, size_t primary)
{
    for (size_t i = 0; i < group->count; i++) {
        bool removed;
        if (i == primary)
            continue;
        TRY(duplicate_remove(r->run->core, a, group->items[i].video_id, false, &r->guard, &removed));
        r->deleted += removed;
        if (!removed)
            job_log(r->run, LOG_WARN, "video %lld could not be removed", (long long)group->items[i].video_id);
    }
    return OK;
}

static struct err resolve_one(struct resolving *r, int64_t id)
{
    SCRATCH(a);
    struct duplicate_list group = {0};
    if (is_done(r, id))
        return OK;
    struct err e = find_group(r, &a, id, &group);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (group.count < 2)
        return OK;
    for (size_t i = 0; i < group.count; i++)
        note_done(r, group.items[i].video_id);
    size_t primary = choose(&group, r->args->strategy);
    report(r, &group, primary);
    r->found += (int64_t)group.count - 1;
    r->kept++;
    bool acts = r->args->strategy != REPORT_ONLY && r->args->dry_run != 1;
    return acts ? remove_others(r, &a, &group, primary) : OK;
}

/* --- the job -------------------------------------------------------------------------------------------- */

static struct err choose_ids(struct resolving *r, struct list *ret_ids)
{
    if (r->args->scan_all == 1)
        return duplicate_candidates(r->run->core, r->run->arena, &r->guard, ret_ids);
    if (!r->args->video_ids.count)
        return err_field(ERR_INVALID, "bad_job_args", "video_ids", "Missing required parameter: video_ids");
    *ret_ids = r->args->video_ids;
    return OK;
}

static struct err resolve_all(struct resolving *r)
{
    struct list ids = {0};
    job_progress(r->run, 0, 0, "Looking for duplicates...");
    TRY(choose_ids(r, &ids));
    for (size_t i = 0; i < ids.count; i++) {
        SCRATCH(a);
        int64_t id = ((const int64_t *)ids.items)[i];
        if (job_cancelled(r->run))
            return job_stopped(r->run);
        job_progress(r->run, (int64_t)i, (int64_t)ids.count, arena_printf(&a, "Video %lld", (long long)id));
        TRY(resolve_one(r, id));
    }
    job_progress(r->run, (int64_t)ids.count, (int64_t)ids.count, "Done");
    return OK;
}

static void write_result(struct resolving *r)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "duplicates_found", r->found);
    jw_kv_int(&w, "videos_deleted", r->deleted);
    jw_kv_int(&w, "videos_kept", r->kept);
    jw_kv_raw(&w, "duplicate_groups", r->groups.data);
    jw_kv_bool(&w, "dry_run", r->args->dry_run == 1);
    jw_kv_text(&w, "strategy", words_name(&strategies, r->args->strategy));
    jw_end(&w);
    job_result(r->run, out.data);
}

static struct err resolve(struct job_run *run)
{
    struct resolving r = {.run = run, .args = run->args, .guard = {cancelled, fence, run}};
    r.json = jw_to(&r.groups);
    jw_array(&r.json);
    struct err e = resolve_all(&r);
    jw_end(&r.json);
    if (!failed(e))
        write_result(&r);
    buf_finish(&r.groups);
    return e.kind == ERR_CANCELLED ? job_stopped(run) : e;
}

const struct job_kind file_duplicate_resolve_kind = {
    .name = "file_duplicate_resolve",
    .args = &resolve_args_shape,
    .run = resolve,
    .max_attempts = 3,
    .backoff_s = 10,
    .at_once = 1,
    .help = "Finds music videos that are the same and keeps one of each",
};
