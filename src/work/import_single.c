/*
 * import_add_single: one find of a search becomes a video (document 000, section 3.2).
 *
 * The video, the download that follows and the result are written in one transaction; a run after a kill
 * finds the result and is done.
 */
#include <string.h>

#include "base/log.h"
#include "domain/catalog/video.h"
#include "domain/intake/genre.h"
#include "domain/intake/song_match.h"
#include "json/decode.h"
#include "providers/discogs.h"
#include "providers/imvdb.h"
#include "providers/ytdlp.h"
#include "work/chain.h"
#include "work/kinds.h"
#include "work/songs.h"

#define STEPS 3
#define TRIES 4

enum source { IMVDB, DISCOGS_MASTER, DISCOGS_RELEASE, YOUTUBE };
static const struct words source_words =
    WORDS("ImportSource", "imvdb", "discogs_master", "discogs_release", "youtube");

struct single_args {
    int source;
    const char *id;
    const char *youtube_id;
    const char *youtube_url;
    int8_t skip_existing;
    int initial_status;
    int8_t auto_download;
    const char *prefetched_metadata; /* JSON */
};
SHAPE(single_args_shape, "ImportAddSingleArgs", struct single_args, "Imports one find",
      F(struct single_args, T_ENUM, source, .words = &source_words, .flags = FIELD_REQUIRED),
      F(struct single_args, T_TEXT, id, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(500)),
      F(struct single_args, T_TEXT, youtube_id, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct single_args, T_TEXT, youtube_url, .flags = FIELD_NULLABLE, MAX_VALUE(2000)),
      F(struct single_args, T_BOOL, skip_existing, .fallback = "true"),
      F(struct single_args, T_ENUM, initial_status, .words = &video_status_words, .fallback = "discovered"),
      F(struct single_args, T_BOOL, auto_download, .fallback = "true"),
      F(struct single_args, T_JSON, prefetched_metadata, .flags = FIELD_NULLABLE));

/* --- what is known of it ---------------------------------------------------------------------------------------- */

static json_t *metadata_of(struct job_run *run)
{
    const struct single_args *args = run->args;
    struct mistakes ignored = {0};
    const char *text = args->prefetched_metadata;
    return text ? json_read(run->arena, text, strlen(text), "metadata", &ignored) : NULL;
}

static struct err number_of(const struct single_args *args, int64_t *ret_number)
{
    if (text_to_int(args->id, ret_number))
        return OK;
    return err_field(ERR_INVALID, "bad_job_args", "id", "The id must be a number");
}

/* The page has looked it up already: then the service is not asked again. */
static bool is_complete(const struct song *song)
{
    return song->title && song->artist;
}

/* The genre is Discogs' word for the album, in a bucket; without Discogs there is none. */
static struct err add_genre(const struct asker *by, struct song *song)
{
    struct album_match album;
    if (song->genre || !song->artist)
        return OK;
    struct err e = discogs_find_album(by, song->artist, song->title, &album);
    if (failed(e))
        return e.kind == ERR_CANCELLED ? e : OK;
    song->genre = genre_bucket(album.genre);
    if (!song->album)
        song->album = album.album;
    if (!song->label)
        song->label = album.label;
    if (song->year == INT_NONE)
        song->year = album.year;
    return OK;
}

static struct err fetch_imvdb(const struct asker *by, const struct single_args *args, struct song *ret)
{
    struct imvdb_video video;
    int64_t id;
    TRY(number_of(args, &id));
    TRY(imvdb_video(by, id, &video));
    song_from_imvdb(by->arena, &video, ret);
    return add_genre(by, ret);
}

static struct err fetch_discogs(const struct asker *by, const struct single_args *args, struct song *ret)
{
    struct discogs_record record;
    int64_t id;
    TRY(number_of(args, &id));
    TRY(args->source == DISCOGS_MASTER ? discogs_master(by, id, &record) : discogs_release(by, id, &record));
    song_from_discogs(by->arena, &record, ret);
    return OK;
}

static struct err fetch_youtube(const struct asker *by, const struct single_args *args, struct song *ret)
{
    struct ytdlp_video video;
    TRY(ytdlp_info(by->core, by->arena, args->id, &video));
    song_from_youtube(by->arena, &video, ret);
    return OK;
}

static struct err fetch(struct job_run *run, struct song *ret)
{
    const struct single_args *args = run->args;
    struct asker by = job_asker(run, run->arena);
    switch ((enum source)args->source) {
    case IMVDB:
        return fetch_imvdb(&by, args, ret);
    case DISCOGS_MASTER:
    case DISCOGS_RELEASE:
        return fetch_discogs(&by, args, ret);
    case YOUTUBE:
        return fetch_youtube(&by, args, ret);
    }
    return err_make(ERR_INVALID, "bad_job_args", "Unknown source");
}

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

/* What the job was given is stronger than what the service says. */
static void lay_over(struct job_run *run, struct song *song)
{
    static const char *const names[] = {"imvdb", "discogs", "discogs", "youtube"};
    const struct single_args *args = run->args;
    song_take_metadata(run->arena, metadata_of(run), song);
    song->source = names[args->source];
    if (args->source == IMVDB)
        song->imvdb_video_id = args->id;
    if (args->source == YOUTUBE) {
        const char *id = youtube_id_of(run->arena, args->id);
        song->youtube_id = id ? id : args->id;
    }
    if (given(args->youtube_id))
        song->youtube_id = args->youtube_id;
    else if (youtube_id_of(run->arena, args->youtube_url))
        song->youtube_id = youtube_id_of(run->arena, args->youtube_url);
}

static struct err describe(struct job_run *run, struct song *ret)
{
    struct song song;
    song_clear(&song);
    lay_over(run, &song);
    if (!is_complete(&song)) {
        TRY(fetch(run, &song));
        lay_over(run, &song);
    }
    *ret = song;
    return OK;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* By its id at the service that it comes from; an id at YouTube names it in any case. */
static struct err find(struct db_conn *tx, struct job_run *run, const struct song *song, int64_t *ret_id)
{
    const struct single_args *args = run->args;
    bool by_name = args->source == DISCOGS_MASTER || args->source == DISCOGS_RELEASE;
    TRY(song_find_by_ids(tx, &(struct song_ids){.imvdb_video_id = song->imvdb_video_id, .youtube_id = song->youtube_id},
                         ret_id));
    return by_name && *ret_id == INT_NONE && song->artist
               ? song_find_by_name(tx, run->arena, song->artist, song->title, ret_id)
               : OK;
}

struct outcome {
    int64_t video_id;
    bool created;
    bool skipped;
    const char *download;
};

static const char *result_json(struct job_run *run, const struct song *song, const struct outcome *o)
{
    const struct single_args *args = run->args;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_bool(&w, "created", o->created);
    jw_kv_bool(&w, "skipped", o->skipped);
    jw_kv_int(&w, "video_id", o->video_id);
    jw_kv_text(&w, "source", words_name(&source_words, args->source));
    jw_kv_text(&w, "id", args->id);
    jw_kv_text(&w, "imvdb_video_id", song->imvdb_video_id);
    jw_kv_text(&w, "youtube_id", song->youtube_id);
    jw_kv_text(&w, "initial_status", words_name(&video_status_words, args->initial_status));
    jw_kv_text(&w, "download_job_id", o->download);
    jw_end(&w);
    return arena_strndup(run->arena, out.data, out.len);
}

static struct err put(struct job_run *run, struct db_conn *tx, const struct song *song, struct outcome *o)
{
    const struct single_args *args = run->args;
    struct song_policy policy = job_song_policy(run, run->arena, args->initial_status, "Imported");
    int64_t id;
    TRY(song_lock(tx, run->arena, song->artist, song->title));
    TRY(find(tx, run, song, &id));
    o->skipped = id != INT_NONE && args->skip_existing == 1;
    o->video_id = id;
    if (o->skipped)
        return OK;
    TRY(song_store(tx, run->arena, song, &policy, id, &o->video_id, &o->created));
    if (o->created && song->youtube_id && args->auto_download == 1)
        TRY(song_queue_download(run, tx, run->arena, "import_download", o->video_id, song->youtube_id, NULL,
                                &o->download));
    return OK;
}

static struct err write_once(struct job_run *run, const struct song *song, struct outcome *ret)
{
    struct outcome o = {0};
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(put(run, tx.conn, song, &o));
    const char *result = result_json(run, song, &o);
    TRY(job_save(run, tx.conn, arena_printf(run->arena, "{\"result\":%s}", result)));
    TRY(db_commit(&tx));
    job_result(run, result);
    *ret = o;
    return OK;
}

/* Again when another import has stored it between our look and our insert. */
static struct err write(struct job_run *run, const struct song *song, struct outcome *ret)
{
    struct err e = write_once(run, song, ret);
    for (int i = 1; i < TRIES && (e.kind == ERR_CONFLICT || e.kind == ERR_BUSY); i++)
        e = write_once(run, song, ret);
    return e;
}

static const char *picture_trust(int source)
{
    return source == IMVDB ? "providers.imvdb.base_url" : source == YOUTUBE ? NULL : "providers.discogs.base_url";
}

static struct err import_single(struct job_run *run)
{
    const struct single_args *args = run->args;
    struct song song;
    struct outcome o = {0};
    if (chain_is_done(run))
        return OK;
    job_progress(run, 0, STEPS, "Reading the metadata");
    TRY(describe(run, &song));
    TRY(chain_go_on(run));
    if (!song.title)
        return err_make(ERR_INVALID, "song_unnamed", "Nothing is known of it, not even a title");
    job_progress(run, 1, STEPS, arena_printf(run->arena, "Importing %s", song.title));
    TRY(write(run, &song, &o));
    job_progress(run, 2, STEPS, "Fetching the picture");
    bool ignored;
    if (!o.skipped && song.thumbnail_url)
        TRY(song_picture(run, run->arena, o.video_id, song.thumbnail_url, picture_trust(args->source), &ignored));
    job_progress(run, STEPS, STEPS, o.skipped ? "It was there already" : "Imported");
    return OK;
}

const struct job_kind import_add_single_kind = {
    .name = "import_add_single",
    .args = &single_args_shape,
    .run = import_single,
    .help = "Imports one find of a search, and queues its download",
};
