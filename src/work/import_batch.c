/*
 * import_spotify_batch and import_imvdb_artist: what a person has chosen of a playlist or of an artist's
 * videos, with the metadata that the page has gathered (document 000, section 3.2).
 */
#include <string.h>

#include "domain/catalog/video.h"
#include "json/decode.h"
#include "work/kinds.h"
#include "work/songs.h"

struct chosen {
    const char *spotify_track_id;
    int64_t imvdb_id;
    const char *metadata; /* JSON */
    const char *imvdb_url, *youtube_id, *youtube_url, *thumbnail_url;
};
#define CHOSEN_REST                                                                                 \
    F(struct chosen, T_JSON, metadata, .fallback = "{}"),                                             \
        F(struct chosen, T_TEXT, imvdb_url, .flags = FIELD_NULLABLE),                                 \
        F(struct chosen, T_TEXT, youtube_id, .flags = FIELD_NULLABLE),                                \
        F(struct chosen, T_TEXT, youtube_url, .flags = FIELD_NULLABLE),                               \
        F(struct chosen, T_TEXT, thumbnail_url, .flags = FIELD_NULLABLE)
SHAPE(chosen_track_shape, "ChosenTrack", struct chosen, "A track of a playlist",
      F(struct chosen, T_TEXT, spotify_track_id, .flags = FIELD_NULLABLE),
      F(struct chosen, T_INT, imvdb_id, .flags = FIELD_NULLABLE), CHOSEN_REST);
SHAPE(chosen_video_shape, "ChosenVideo", struct chosen, "A video at IMVDb",
      F(struct chosen, T_INT, imvdb_id, .flags = FIELD_REQUIRED), CHOSEN_REST);

struct batch_args {
    const char *playlist_id;
    int64_t entity_id;
    const char *entity_name;
    struct list items;
    int initial_status;
    int8_t auto_download;
};
#define BATCH_REST                                                                                  \
    F(struct batch_args, T_ENUM, initial_status, .words = &video_status_words, .fallback = "discovered"), \
        F(struct batch_args, T_BOOL, auto_download, .fallback = "false")
SHAPE(spotify_batch_args_shape, "ImportSpotifyBatchArgs", struct batch_args, "Imports chosen tracks",
      F(struct batch_args, T_TEXT, playlist_id, .flags = FIELD_REQUIRED),
      FN("tracks", struct batch_args, T_LIST, items, .item = T_OBJECT, .shape = &chosen_track_shape,
         .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      BATCH_REST);
SHAPE(imvdb_batch_args_shape, "ImportImvdbArtistArgs", struct batch_args, "Imports chosen videos of an artist",
      F(struct batch_args, T_INT, entity_id, .flags = FIELD_REQUIRED),
      F(struct batch_args, T_TEXT, entity_name, .flags = FIELD_NULLABLE),
      FN("videos", struct batch_args, T_LIST, items, .item = T_OBJECT, .shape = &chosen_video_shape,
         .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      BATCH_REST);

struct batch {
    const struct batch_args *args;
    struct song_policy policy;
    const char *source;        /* "spotify" */
    const char *picture_trust; /* setting */
};

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

static void describe(struct arena *a, const struct batch *b, const struct chosen *chosen, struct song *song)
{
    struct mistakes ignored = {0};
    song_clear(song);
    song->source = b->source;
    song_take_metadata(a, json_read(a, chosen->metadata, strlen(chosen->metadata), "metadata", &ignored), song);
    if (chosen->imvdb_id != INT_NONE)
        song->imvdb_video_id = provider_number(a, chosen->imvdb_id);
    if (given(chosen->imvdb_url))
        song->imvdb_url = chosen->imvdb_url;
    if (given(chosen->youtube_id))
        song->youtube_id = chosen->youtube_id;
    if (!song->youtube_id)
        song->youtube_id = youtube_id_of(a, chosen->youtube_url);
    if (given(chosen->thumbnail_url))
        song->thumbnail_url = chosen->thumbnail_url;
}

/* The same song by name; two versions of it that IMVDb tells apart are two. */
static struct err find_by_name(struct db_conn *tx, struct arena *a, const struct song *song, int64_t *ret_id)
{
    struct video video;
    TRY(song_find_by_name(tx, a, song->artist, song->title, ret_id));
    if (*ret_id == INT_NONE || !song->imvdb_video_id)
        return OK;
    TRY(catalog_video_get(tx, a, *ret_id, false, &video));
    if (video.imvdb_video_id)
        *ret_id = INT_NONE;
    return OK;
}

static struct err find(struct db_conn *tx, struct arena *a, const struct song *song, int64_t *ret_id)
{
    TRY(song_find_by_ids(tx, &(struct song_ids){.imvdb_video_id = song->imvdb_video_id, .youtube_id = song->youtube_id},
                         ret_id));
    if (*ret_id == INT_NONE && !song->imvdb_video_id)
        TRY(song_find_by_ids(tx, &(struct song_ids){.isrc = song->isrc}, ret_id));
    return *ret_id == INT_NONE && song->artist ? find_by_name(tx, a, song, ret_id) : OK;
}

static struct err store(struct song_step *step, struct db_conn *tx, enum song_outcome *ret_outcome)
{
    const struct batch *b = step->context;
    const struct chosen *chosen = step->item;
    struct song song;
    int64_t id;
    bool created;
    const char *job = NULL;
    (void)ret_outcome;
    describe(step->arena, b, chosen, &song);
    if (!song.title)
        return err_make(ERR_INVALID, "song_unnamed", "The metadata has no title");
    TRY(song_lock(tx, step->arena, song.artist, song.title));
    TRY(find(tx, step->arena, &song, &id));
    TRY(song_store(tx, step->arena, &song, &b->policy, id, &id, &created));
    if (b->args->auto_download == 1 && (song.youtube_id || given(chosen->youtube_url)))
        TRY(song_queue_download(step->list->run, tx, step->arena, "download_youtube", id, song.youtube_id,
                                given(chosen->youtube_url), &job));
    step->queued = job != NULL;
    step->picture_of = id;
    step->picture_url = song.thumbnail_url;
    step->picture_trust = b->picture_trust;
    return OK;
}

static void write_result(const struct song_list *list, const char *total)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "imported", list->done);
    jw_kv_int(&w, "download_jobs", list->downloads);
    jw_kv_int(&w, total, list->total);
    jw_kv_int(&w, "failed", list->failed);
    song_list_failures(list, &w, "failed_tracks");
    jw_end(&w);
    job_result(list->run, out.data);
}

static const char *title_of(struct arena *a, const struct chosen *chosen)
{
    struct mistakes ignored = {0};
    struct song song;
    song_clear(&song);
    song_take_metadata(a, json_read(a, chosen->metadata, strlen(chosen->metadata), "metadata", &ignored), &song);
    return song.title;
}

static struct err run_batch(struct job_run *run, const char *source, const char *picture_trust, const char *total)
{
    static const struct song_verbs verbs = {.store = store, .doing = "Importing"};
    const struct batch_args *args = run->args;
    const struct chosen *items = args->items.items;
    const char *reason = arena_printf(run->arena, "Imported from %s", source);
    struct batch b = {args, job_song_policy(run, run->arena, args->initial_status, reason), source, picture_trust};
    struct song_list list;
    struct err e = OK;
    song_list_resume(&list, run);
    list.total = (int64_t)args->items.count;
    while (!failed(e) && list.next < list.total) {
        const struct chosen *chosen = &items[list.next];
        const char *id = chosen->spotify_track_id;
        if (!id)
            id = provider_number(run->arena, chosen->imvdb_id);
        e = song_list_step(&list, &verbs, chosen, &b, id, title_of(run->arena, chosen));
    }
    write_result(&list, total);
    return e;
}

static struct err import_tracks(struct job_run *run)
{
    return run_batch(run, "spotify", "providers.spotify.base_url", "total_tracks");
}

static struct err import_videos(struct job_run *run)
{
    return run_batch(run, "imvdb", "providers.imvdb.base_url", "total_videos");
}

const struct job_kind import_spotify_batch_kind = {
    .name = "import_spotify_batch",
    .args = &spotify_batch_args_shape,
    .run = import_tracks,
    .help = "Imports chosen tracks of a Spotify playlist",
};
const struct job_kind import_imvdb_artist_kind = {
    .name = "import_imvdb_artist",
    .args = &imvdb_batch_args_shape,
    .run = import_videos,
    .help = "Imports chosen videos of an artist at IMVDb",
};
