/*
 * import_organize: a downloaded file goes to its place in the library, and artist.nfo is looked after;
 * import_nfo_generate: the NFO beside it (document 000, section 3.2). The last links of the chain (work/chain.h).
 */
#include "base/log.h"
#include "core/settings.h"
#include "domain/organize/nfo.h"
#include "domain/organize/organize.h"
#include "json/writer.h"
#include "work/chain.h"
#include "work/incoming.h"
#include "work/kinds.h"

/* --- into its place ----------------------------------------------------------------------------------------- */

struct organize_args {
    int64_t video_id;
    const char *temp_path;
};
SHAPE(import_organize_shape, "ImportOrganizeArgs", struct organize_args, "A download that goes to its place",
      F(struct organize_args, T_INT, video_id, .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      F(struct organize_args, T_TEXT, temp_path, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK));

static bool is_cancelled(void *run)
{
    return job_cancelled(run);
}

static struct err fence(void *run, struct db_conn *tx)
{
    return job_fence(run, tx);
}

static const char *result_json(struct job_run *run, const struct organized *done, bool writes_nfo)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", done->video_id);
    jw_kv_text(&w, "nfo_job_id", writes_nfo ? "%s" : NULL);
    jw_kv_text(&w, "video_path", done->target);
    jw_kv_text(&w, "nfo_path", done->target_nfo);
    jw_end(&w);
    return arena_strdup(run->arena, out.data);
}

static struct err place_file(struct job_run *run, struct organized *ret_done)
{
    const struct organize_args *args = run->args;
    struct place from;
    struct move_guard guard = {is_cancelled, fence, run};
    struct organize_request request = {.video_id = args->video_id, .who = run->job->kind, .guard = &guard};
    TRY(incoming_find(run->core, run->arena, args->temp_path, &from));
    return organize_arrival(run->core, run->arena, &request, args->temp_path, ret_done);
}

/* The file has its place; what follows cannot lose it any more. */
static struct err hand_on(struct job_run *run, const struct organized *done)
{
    bool writes_nfo = settings_bool(run->core->settings, "nfo.write_musicvideo_nfo");
    enum nfo_outcome outcome;
    struct err e = artist_nfo_keep(run->core, run->arena, done->video_id, &outcome);
    if (failed(e))
        job_log(run, LOG_WARN, "artist.nfo: %s", e.msg);
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(chain_next(run, &tx, writes_nfo ? "import_nfo_generate" : NULL, done->video_id,
                   arena_printf(run->arena, "{\"video_id\":%lld}", (long long)done->video_id),
                   result_json(run, done, writes_nfo)));
    job_progress(run, 4, 4, "Organized");
    return OK;
}

static struct err organize(struct job_run *run)
{
    const struct organize_args *args = run->args;
    struct organized done;
    if (chain_is_done(run))
        return OK;
    job_progress(run, 1, 4, "Moving the file to its place");
    TRY(chain_give_up(run, args->video_id, args->temp_path, place_file(run, &done)));
    incoming_forget(run->core, run->arena, args->temp_path);
    job_progress(run, 3, 4, "Writing artist.nfo");
    return hand_on(run, &done);
}

const struct job_kind import_organize_kind = {
    .name = "import_organize",
    .args = &import_organize_shape,
    .run = organize,
    .help = "Moves a downloaded video to its place",
    .cancelled = chain_cancelled,
};

/* --- its NFO ------------------------------------------------------------------------------------------------ */

struct nfo_args {
    int64_t video_id;
};
SHAPE(import_nfo_generate_shape, "ImportNfoGenerateArgs", struct nfo_args, "Whose NFO is written",
      F(struct nfo_args, T_INT, video_id, .flags = FIELD_REQUIRED, MIN_VALUE(1)));

static struct err generate(struct job_run *run)
{
    const struct nfo_args *args = run->args;
    struct nfo_done done = {.video_id = args->video_id};
    job_progress(run, 0, 2, "Writing the NFO");
    if (settings_bool(run->core->settings, "nfo.write_musicvideo_nfo"))
        TRY(nfo_generate(run->core, run->arena, args->video_id, &done));
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", args->video_id);
    jw_kv_text(&w, "nfo_path", done.path);
    jw_end(&w);
    job_result(run, out.data);
    job_progress(run, 2, 2, "Done");
    return OK;
}

const struct job_kind import_nfo_generate_kind = {
    .name = "import_nfo_generate",
    .args = &import_nfo_generate_shape,
    .run = generate,
    .max_attempts = 1,
    .help = "Writes the NFO of a video",
};
