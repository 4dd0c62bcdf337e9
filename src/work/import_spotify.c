/*
 * import_spotify: every track of a playlist becomes a video to look for (document 000, section 3.2).
 *
 * The playlist is read anew by each run; saved is where the list stands (work/songs.h).
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "providers/spotify.h"
#include "work/kinds.h"
#include "work/songs.h"

struct playlist_args {
    const char *playlist_id;
    int8_t skip_existing;
    int initial_status;
};
SHAPE(import_spotify_args_shape, "ImportSpotifyArgs", struct playlist_args, "Imports a Spotify playlist",
      F(struct playlist_args, T_TEXT, playlist_id, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(500)),
      F(struct playlist_args, T_BOOL, skip_existing, .fallback = "true"),
      F(struct playlist_args, T_ENUM, initial_status, .words = &video_status_words, .fallback = "discovered"));

struct import {
    const struct playlist_args *args;
    struct song_policy policy;
    struct spotify_extras extras;
};

static struct err find(struct db_conn *tx, struct arena *a, const struct song *song, int64_t *ret_id)
{
    TRY(song_find_by_ids(tx, &(struct song_ids){.isrc = song->isrc}, ret_id));
    return *ret_id == INT_NONE && song->artist ? song_find_by_name(tx, a, song->artist, song->title, ret_id) : OK;
}

static struct err store(struct song_step *step, struct db_conn *tx, enum song_outcome *ret_outcome)
{
    const struct import *im = step->context;
    const struct spotify_track *track = step->item;
    struct song song;
    int64_t id;
    bool created;
    const struct list genres = spotify_genres_of(&im->extras, track);
    song_from_spotify(step->arena, track, spotify_label_of(&im->extras, track), genres.items, genres.count, &song);
    if (!song.title || !song.artist)
        return err_make(ERR_INVALID, "song_unnamed", "The track has no title or no artist");
    TRY(song_lock(tx, step->arena, song.artist, song.title));
    TRY(find(tx, step->arena, &song, &id));
    if (id != INT_NONE && im->args->skip_existing == 1) {
        *ret_outcome = SONG_SKIPPED;
        return OK;
    }
    TRY(song_store(tx, step->arena, &song, &im->policy, id, &id, &created));
    step->picture_of = created ? id : INT_NONE;
    step->picture_url = song.thumbnail_url;
    step->picture_trust = "providers.spotify.base_url";
    return OK;
}

static void write_result(const struct song_list *list, const char *name, int64_t started_us)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "imported", list->done);
    jw_kv_int(&w, "skipped", list->skipped);
    jw_kv_int(&w, "failed", list->failed);
    jw_kv_int(&w, "total_tracks", list->total);
    jw_kv_text(&w, "playlist_name", name);
    jw_kv_real(&w, "duration_seconds", (double)(time_monotonic_us() - started_us) / 1e6);
    song_list_failures(list, &w, "failed_tracks");
    jw_end(&w);
    job_result(list->run, out.data);
}

static struct err import_all(struct song_list *list, struct import *im, const struct spotify_tracks *tracks)
{
    static const struct song_verbs verbs = {.store = store, .doing = "Importing"};
    list->total = (int64_t)tracks->count;
    while (list->next < list->total) {
        const struct spotify_track *track = &tracks->items[list->next];
        TRY(song_list_step(list, &verbs, track, im, track->id, track->name));
    }
    return OK;
}

static struct err import_spotify(struct job_run *run)
{
    const struct playlist_args *args = run->args;
    struct asker by = job_asker(run, run->arena);
    struct import im = {.args = args,
                        .policy = job_song_policy(run, run->arena, args->initial_status, "Imported from Spotify")};
    struct spotify_playlist playlist;
    struct spotify_tracks tracks;
    struct song_list list;
    int64_t started_us = time_monotonic_us();
    int64_t ignored;
    const char *id = spotify_playlist_id(run->arena, args->playlist_id);
    song_list_resume(&list, run);
    job_progress(run, list.next, 0, "Reading the playlist");
    TRY(spotify_playlist(&by, id, &playlist));
    TRY(spotify_all_tracks(&by, id, &tracks, &ignored));
    TRY(spotify_extras(&by, tracks.items, tracks.count, &im.extras));
    struct err e = import_all(&list, &im, &tracks);
    write_result(&list, playlist.name, started_us);
    return e;
}

const struct job_kind import_spotify_kind = {
    .name = "import_spotify",
    .args = &import_spotify_args_shape,
    .run = import_spotify,
    .at_once = 2,
    .help = "Imports the tracks of a Spotify playlist as videos to look for",
};
