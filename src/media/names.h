/*
 * What file names say, for files without an NFO.
 *
 * All functions take a path relative to the library's root, with '/' between folders, and read only
 * the text; nothing touches the disk. Malformed UTF-8 is repaired. Results live in the arena; texts
 * are NULL and numbers -1 when the name does not tell. Any thread.
 *
 *     struct movie_name name;
 *     name_read_movie(arena, "Heat (1995) {tmdb-949}/Heat.1995.1080p.BluRay.x264-GRP.mkv", &name);
 *     -> title "Heat", year 1995, ids.tmdb "949"
 *
 * Guesses are guesses: document 003 fixes what its own scan makes of names (its section 8.7); those
 * readings are name_clean_movie(), name_clean_show() and name_first_year(), to be tried when the
 * better reading finds nothing.
 */
#ifndef MEDLEY_MEDIA_NAMES_H
#define MEDLEY_MEDIA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct name_list {
    VEC(const char *)
};

/* From tags such as {tmdb-603}, [tmdbid=603], [imdbid-tt0133093], {tvdb-81189}. */
struct name_ids {
    const char *tmdb;
    const char *imdb;
    const char *tvdb;
};

struct movie_name {
    const char *title; /* NULL when nothing is left: "[1080p].mkv" */
    int64_t year;
    const char *edition; /* "Director's Cut", from {edition-...} or the release's words */
    int64_t part;        /* cd1, part 2, disc 3 of a film in pieces */
    struct name_ids ids;
};

/* The file's name, or its folder's when that one knows the year and the file does not. */
void name_read_movie(struct arena *a, const char *path, struct movie_name *ret_name);

struct episode_name {
    const char *show; /* of the first folder, else what stands before the number */
    int64_t show_year;
    struct name_ids ids; /* of the show */
    int64_t season;      /* 0: specials */
    int64_t episode;
    int64_t last_episode; /* the same as `episode` unless the file holds several */
    int64_t absolute;     /* number without seasons, as anime has */
    const char *air_date; /* "2024-01-31", for daily shows */
    const char *title;
};

/* True when a season and episode, an air date or an absolute number was found. */
bool name_read_episode(struct arena *a, const char *path, struct episode_name *ret_name);
/* "Season 01", "S02", "Specials", "Staffel 3": the number, 0 for specials; else -1. */
int64_t name_season_of_folder(const char *folder);

struct music_name {
    const char *artist;
    const char *title;
    const char *album; /* Artist/Album/Title only */
    int64_t year;
    const char *youtube_id; /* of yt-dlp's "Title [dQw4w9WgXcQ]" */
    struct name_list featured;
};

/* "Artist - Title (feat. X) (Official Video) [1080p]", "Artist/Album/03 Title", "Artist/Title". */
void name_read_music(struct arena *a, const char *path, struct music_name *ret_name);

/* A trailer, sample, deleted scene or other extra beside a film (document 004, 16.3.2). */
bool name_is_extra(const char *path);
/* The extension is one of a video file, of any letter case. */
bool name_is_video(const char *path);
/* "Heat" of "films/Heat.mkv": the last component without its extension. */
const char *name_stem(struct arena *a, const char *path);

/* Document 003's readings of a name without extension and of a show's folder. May be empty. */
const char *name_clean_movie(struct arena *a, const char *stem);
const char *name_clean_show(struct arena *a, const char *folder);
/* The first four digits alone that are a year from 1900 to the next one; -1 when there are none. */
int64_t name_first_year(const char *text);

#endif
