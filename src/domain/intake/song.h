/*
 * A song with a video, as a service, a person or a playlist describes it, on its way into the library.
 *
 * song_clear() first; members that are not known stay "no value". Readers fill one from a service's record;
 * song_take_metadata() lays what a person chose over it; song_find() says whether the library has it;
 * song_store() makes or completes the video, with its artists and its decade. All for every door: document
 * 000's import hub and whoever imports from the same services.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_SONG_H
#define MEDLEY_DOMAIN_INTAKE_SONG_H

#include <jansson.h>

#include "db/db.h"
#include "domain/catalog/tag.h"

struct imvdb_video;
struct discogs_record;
struct ytdlp_video;
struct spotify_track;

struct song {
    const char *title, *artist, *album;
    int64_t year; /* INT_NONE unknown */
    const char *director, *genre, *label, *isrc;
    const char *imvdb_video_id, *imvdb_url, *youtube_id;
    const char *mb_recording_id, *mb_release_id, *mb_title, *mb_artist;
    const char *source_genres; /* JSON: as the services named them */
    const char *const *primary;  /* NULL-terminated; NULL: the artist */
    const char *const *featured; /* NULL: unknown */
    const char *thumbnail_url;
    const char *source; /* "imvdb", "spotify", "youtube" ... */
};

void song_clear(struct song *song);

/* --- where songs come from -------------------------------------------------------------------------------------- */

void song_from_imvdb(struct arena *a, const struct imvdb_video *video, struct song *ret);
void song_from_discogs(struct arena *a, const struct discogs_record *record, struct song *ret);
void song_from_youtube(struct arena *a, const struct ytdlp_video *video, struct song *ret);
/* label and genres: what is known of the album and the artist; may be NULL. */
void song_from_spotify(struct arena *a, const struct spotify_track *track, const char *label,
                       const char *const *genres, size_t genre_count, struct song *ret);
/* Members of a client's object, over what is there: title, artist, year, album, director or directors, genre,
 * label, isrc, featured_artists (a list, or "A, B"), imvdb_url, youtube_id, thumbnail_url. Others are ignored,
 * like null and blank ones. */
void song_take_metadata(struct arena *a, const json_t *metadata, struct song *song);

/* "A, B" -> {"A", "B", NULL}; NULL for nothing. */
const char *const *split_names(struct arena *a, const char *text);
/* 1991 of "1991-09-24"; INT_NONE unless it is a year that a video may have. */
int64_t year_of(const char *date);
/* The id in an address of YouTube, or an id by itself; NULL when it is neither. */
const char *youtube_id_of(struct arena *a, const char *url);

/* --- the library ------------------------------------------------------------------------------------------------ */

/* Ids that name a video; NULL ones are not asked for. Videos in the trash do not count. In this order. */
struct song_ids {
    const char *isrc, *mb_recording_id, *imvdb_video_id, *youtube_id;
};
/* INT_NONE when there is none. */
struct err song_find_by_ids(struct db_conn *conn, const struct song_ids *ids, int64_t *ret_id) MUST_CHECK;
/* A video whose artist contains this one and whose title, without versions and guests, is this one. */
struct err song_find_by_name(struct db_conn *conn, struct arena *a, const char *artist, const char *title,
                             int64_t *ret_id) MUST_CHECK;

struct song_policy {
    int status; /* enum video_status of a new one */
    struct decade_policy decades;
    const char *reason; /* of the first row of its history */
    const char *by;
};
/* Makes the video, or (`existing` is its id) lays the song over it: what the song does not know stays. A
 * video in the trash that holds one of the song's ids comes back and is the one. An id that another video
 * holds is left to it. ERR_INVALID "song_unnamed" for a new one
 * without title. */
struct err song_store(struct db_conn *tx, struct arena *a, const struct song *song,
                      const struct song_policy *policy, int64_t existing, int64_t *ret_id,
                      bool *ret_created) MUST_CHECK;
/* Songs of the same name are stored one after the other, also by several processes: call before looking. */
struct err song_lock(struct db_conn *tx, struct arena *a, const char *artist, const char *title) MUST_CHECK;

#endif
