/*
 * metadata_enrich and metadata_refresh: what the services know of videos that are in the library (document
 * 000, section 3.2).
 *
 * Only empty fields are filled, unless a person asks to overwrite. Artist links are replaced by IMVDb's when
 * the video is first found there.
 */
#include <string.h>

#include "base/clock.h"
#include "domain/catalog/video.h"
#include "domain/intake/genre.h"
#include "domain/intake/identify.h"
#include "domain/intake/song_match.h"
#include "json/decode.h"
#include "work/kinds.h"
#include "work/songs.h"

#define DAY_US (INT64_C(86400) * SECONDS_US)

struct enrich_args {
    struct list video_ids;
    struct list sources;
    int8_t overwrite;
    struct list fields; /* empty: all */
    /* metadata_refresh */
    int64_t max_age_days;
    int64_t limit;
};
SHAPE(enrich_args_shape, "MetadataEnrichArgs", struct enrich_args, "Asks the services about videos",
      F(struct enrich_args, T_LIST, video_ids, .item = T_INT, .flags = FIELD_REQUIRED),
      F(struct enrich_args, T_LIST, sources, .item = T_TEXT, .help = "imvdb (the default), discogs, musicbrainz"),
      F(struct enrich_args, T_BOOL, overwrite, .fallback = "false"),
      F(struct enrich_args, T_LIST, fields, .item = T_TEXT, .help = "only these: director, year, genre ..."));
SHAPE(refresh_args_shape, "MetadataRefreshArgs", struct enrich_args, "Asks the services about old entries",
      F(struct enrich_args, T_INT, max_age_days, .fallback = "30", MIN_VALUE(0)),
      F(struct enrich_args, T_LIST, sources, .item = T_TEXT),
      F(struct enrich_args, T_INT, limit, .fallback = "100", BETWEEN(1, 10000)));

struct enrich {
    const struct enrich_args *args;
    struct song_policy policy;
    const char *const *fields; /* NULL: all; NULL-terminated */
    bool links;                /* artists may be replaced */
    bool overwrite;
    bool touches;
    struct song *found; /* of the video in hand */
};

/* --- asking ------------------------------------------------------------------------------------------------------ */

static bool holds(const struct list *words, const char *word, bool when_empty)
{
    const char *const *items = words->items;
    for (size_t i = 0; i < words->count; i++) {
        if (strcasecmp(items[i], word) == 0)
            return true;
    }
    return words->count == 0 && when_empty;
}

static struct err ask_imvdb(const struct asker *by, const struct video *v, struct song *song)
{
    struct imvdb_video clip;
    bool found = true;
    int64_t id;
    if (v->imvdb_video_id && text_to_int(v->imvdb_video_id, &id)) {
        struct err e = imvdb_video(by, id, &clip);
        found = e.kind != ERR_NOT_FOUND;
        if (found)
            TRY(e);
    } else {
        TRY(imvdb_find_song(by, v->artist, v->title, false, &clip, &found));
    }
    if (found)
        song_from_imvdb(by->arena, &clip, song);
    return OK;
}

static struct err ask_discogs(const struct asker *by, const struct video *v, struct song *song)
{
    struct album_match album;
    TRY(discogs_find_album(by, v->artist, v->title, &album));
    if (album.score < CONFIDENT_SCORE)
        return OK;
    song->genre = genre_bucket(album.genre) ? genre_bucket(album.genre) : album.genre;
    song->album = album.album;
    song->label = album.label;
    if (song->year == INT_NONE)
        song->year = album.year;
    return OK;
}

static struct err ask_musicbrainz(const struct asker *by, const struct video *v, struct song *song)
{
    struct recording_match match;
    TRY(identify_recording(by, &(struct recording_query){v->isrc, v->title, v->artist}, &match));
    if (match.confident_match != 1)
        return OK;
    song->mb_recording_id = match.recording_mbid;
    song->mb_release_id = match.release_mbid;
    song->mb_title = match.canonical_title;
    song->mb_artist = match.canonical_artist;
    song->album = song->album ? song->album : match.album;
    song->label = song->label ? song->label : match.label;
    song->genre = song->genre ? song->genre : match.classified_genre ? match.classified_genre : match.genre;
    if (song->year == INT_NONE)
        song->year = match.year;
    return OK;
}

static struct err ask(struct song_step *step)
{
    const struct enrich *en = step->context;
    const int64_t *id = step->item;
    struct asker by = job_asker(step->list->run, step->arena);
    struct video v;
    song_clear(en->found);
    TRY(catalog_video_get(db_reader(by.core->db), step->arena, *id, false, &v));
    if (!v.artist || !v.title)
        return OK;
    if (holds(&en->args->sources, "imvdb", true))
        TRY(ask_imvdb(&by, &v, en->found));
    if (holds(&en->args->sources, "discogs", false))
        TRY(ask_discogs(&by, &v, en->found));
    return holds(&en->args->sources, "musicbrainz", false) ? ask_musicbrainz(&by, &v, en->found) : OK;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

struct wanted {
    const char *name;      /* as people name it in `fields` */
    const char **found;    /* in the song */
    const char *has;       /* in the video */
};

static bool is_wanted(const struct enrich *en, const char *name)
{
    for (const char *const *f = en->fields; f && *f; f++) {
        if (strcmp(*f, name) == 0)
            return true;
    }
    return en->fields == NULL;
}

/* Leaves in `song` only what is to be written. True when that is anything. */
static bool narrow(const struct enrich *en, const struct video *v, struct song *song)
{
    const struct wanted texts[] = {
        {"director", &song->director, v->director},
        {"genre", &song->genre, v->genre},
        {"studio", &song->label, v->studio},
        {"album", &song->album, v->album},
        {"imvdb_video_id", &song->imvdb_video_id, v->imvdb_video_id},
        {"imvdb_url", &song->imvdb_url, v->imvdb_url},
        {"youtube_id", &song->youtube_id, v->youtube_id},
        {"mb_recording_id", &song->mb_recording_id, v->mb_recording_id},
        {"mb_release_id", &song->mb_release_id, v->mb_release_id},
        {"mb_canonical_title", &song->mb_title, v->mb_canonical_title},
        {"mb_canonical_artist", &song->mb_artist, v->mb_canonical_artist},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        bool stays = texts[i].has && *texts[i].has && (!en->overwrite || strcmp(texts[i].name, "youtube_id") == 0);
        bool same = texts[i].has && *texts[i].found && strcmp(texts[i].has, *texts[i].found) == 0;
        if (stays || same || !is_wanted(en, texts[i].name))
            *texts[i].found = NULL;
        any = any || *texts[i].found;
    }
    if ((v->year != INT_NONE && !en->overwrite) || song->year == v->year || !is_wanted(en, "year"))
        song->year = INT_NONE;
    return any || song->year != INT_NONE;
}

static struct err store(struct song_step *step, struct db_conn *tx, enum song_outcome *ret_outcome)
{
    const struct enrich *en = step->context;
    const int64_t *id = step->item;
    struct song song = *en->found;
    struct video v;
    int64_t ignored_id;
    bool ignored;
    TRY(catalog_video_get(tx, step->arena, *id, false, &v));
    bool found_there = song.imvdb_video_id != NULL;
    if (!narrow(en, &v, &song)) {
        *ret_outcome = SONG_SKIPPED;
        /* A refresh goes by updated_at: it does not come back to this one for a while. */
        return en->touches ? catalog_video_touch(tx, *id) : OK;
    }
    bool relink = en->links && found_there && song.imvdb_video_id && is_wanted(en, "artists");
    song.title = song.artist = song.source = NULL; /* stay as they are in the library */
    if (!relink)
        song.primary = song.featured = NULL;
    return song_store(tx, step->arena, &song, &en->policy, *id, &ignored_id, &ignored);
}

/* --- the jobs ---------------------------------------------------------------------------------------------------- */

static struct err enrich_all(struct song_list *list, struct enrich *en, const int64_t *ids, size_t count)
{
    static const struct song_verbs verbs = {.prepare = ask, .store = store, .doing = "Enriching"};
    struct song found;
    struct err e = OK;
    en->found = &found;
    list->total = (int64_t)count;
    while (!failed(e) && list->next < list->total) {
        const int64_t *id = &ids[list->next];
        e = song_list_step(list, &verbs, id, en, provider_number(list->run->arena, *id), NULL);
    }
    return e;
}

static const char *sources_json(struct arena *a, const struct list *sources)
{
    const char *const *items = sources->items;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_array(&w);
    for (size_t i = 0; i < sources->count; i++)
        jw_text(&w, items[i]);
    if (!sources->count)
        jw_text(&w, "imvdb");
    jw_end(&w);
    return arena_strndup(a, out.data, out.len);
}

static const char *const *terminated(struct arena *a, const struct list *words)
{
    const char *const *items = words->items;
    const char **list = arena_array(a, const char *, words->count + 1);
    for (size_t i = 0; i < words->count; i++)
        list[i] = items[i];
    return words->count ? list : NULL;
}

static struct err metadata_enrich(struct job_run *run)
{
    const struct enrich_args *args = run->args;
    struct enrich en = {.args = args, .fields = terminated(run->arena, &args->fields), .links = true,
                        .overwrite = args->overwrite == 1,
                        .policy = job_song_policy(run, run->arena, VIDEO_DISCOVERED, NULL)};
    struct song_list list;
    song_list_resume(&list, run);
    struct err e = enrich_all(&list, &en, args->video_ids.items, args->video_ids.count);
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "enriched", list.done);
    jw_kv_int(&w, "skipped", list.skipped);
    jw_kv_int(&w, "failed", list.failed);
    jw_kv_int(&w, "total_videos", list.total);
    jw_kv_raw(&w, "sources", sources_json(run->arena, &args->sources));
    song_list_failures(&list, &w, "failed_videos");
    jw_end(&w);
    job_result(run, out.data);
    return e;
}

struct ids {
    VEC(int64_t)
};

/* What this job has looked at drops out, also for the next run. */
static struct err old_videos(struct job_run *run, const struct enrich_args *args, struct ids *ret)
{
    ROWS(rows);
    int64_t before = run->job->created_at - args->max_age_days * DAY_US;
    TRY(db_query(db_reader(run->core->db), &rows,
                 "SELECT id FROM video WHERE is_deleted = 0 AND updated_at < $1 ORDER BY updated_at, id LIMIT $2", "ii",
                 before, args->limit));
    while (rows_next(&rows))
        *arena_push(run->arena, ret) = rows_int(&rows, 0);
    return rows_end(&rows);
}

static struct err metadata_refresh(struct job_run *run)
{
    static const char *const refreshed[] = {"director", "year", "studio", "genre", NULL};
    const struct enrich_args *args = run->args;
    struct enrich en = {.args = args, .fields = refreshed, .touches = true,
                        .policy = job_song_policy(run, run->arena, VIDEO_DISCOVERED, NULL)};
    struct song_list list;
    struct ids ids = {0};
    song_list_resume(&list, run);
    list.next = 0; /* those that were done are not found again */
    int64_t before = list.done + list.skipped + list.failed;
    TRY(old_videos(run, args, &ids));
    struct err e = enrich_all(&list, &en, ids.items, ids.count);
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "refreshed", list.done);
    jw_kv_int(&w, "skipped", list.skipped);
    jw_kv_int(&w, "failed", list.failed);
    jw_kv_int(&w, "total_checked", list.done + list.skipped + list.failed);
    jw_kv_int(&w, "videos_needing_refresh", before + (int64_t)ids.count);
    song_list_failures(&list, &w, "failed_videos");
    jw_end(&w);
    job_result(run, out.data);
    return e;
}

const struct job_kind metadata_enrich_kind = {
    .name = "metadata_enrich",
    .args = &enrich_args_shape,
    .run = metadata_enrich,
    .help = "Fills what the services know of videos",
};
const struct job_kind metadata_refresh_kind = {
    .name = "metadata_refresh",
    .args = &refresh_args_shape,
    .run = metadata_refresh,
    .help = "Fills gaps of videos that were not touched for long",
};
