/*
 * The files that scans found: one row per media file, with its streams. A file belongs to at most one item
 * (video, movie, episode, scene). Paths are relative to the library. Records live in the caller's arena.
 */
#ifndef MEDLEY_DOMAIN_LIBRARY_FILE_H
#define MEDLEY_DOMAIN_LIBRARY_FILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"
#include "media/info.h"

struct media_file {
    int64_t id;
    int64_t library_id;
    const char *path;
    const char *folder;
    const char *name;
    const char *kind; /* "video", "audio" */
    int64_t size;
    int64_t modified_at;
    const char *identity; /* media/hash.h */
    const char *checksum; /* sha256 of the whole file, when it was asked for */
    int64_t video_id;
    int64_t movie_id;
    int64_t episode_id;
    int64_t scene_id;
    const char *container;
    double duration; /* seconds */
    int64_t bit_rate;
    const char *tags;     /* JSON object of container tags */
    int64_t missing_since; /* TIME_NONE: it is there */
    const char *broken;   /* why it cannot be read; NULL: it can */
    int64_t probed_at;
    int64_t created_at;
    int64_t updated_at;
};
extern const struct shape media_file_shape;
struct media_file_list {
    VEC(struct media_file)
};

struct media_track {
    int64_t file_id;
    int64_t stream_index;
    const char *type; /* "video", "audio", "subtitle" */
    const char *codec;
    const char *profile;
    int64_t level;
    int64_t width;
    int64_t height;
    const char *pixel_format;
    double frame_rate;
    int64_t bit_rate;
    const char *aspect_ratio;
    int64_t channels;
    const char *channel_layout;
    int64_t sample_rate;
    int64_t bit_depth;
    const char *color_transfer;
    const char *color_primaries;
    const char *color_space;
    const char *language;
    const char *title;
    int8_t is_default;
    int8_t is_forced;
};
extern const struct shape media_track_shape;
struct media_track_list {
    VEC(struct media_track)
};

/* `column` is a literal: "video_id", "movie_id", "episode_id", "library_id". Ordered by path. */
struct err media_files_of(struct db_conn *conn, struct arena *a, const char *column, int64_t id,
                          struct media_file_list *ret) MUST_CHECK;
/* Of many owners at once, ordered by owner and path. */
struct err media_files_of_many(struct db_conn *conn, struct arena *a, const char *column,
                               const int64_t *ids, size_t count, struct media_file_list *ret) MUST_CHECK;
struct err media_file_get(struct db_conn *conn, struct arena *a, int64_t id, struct media_file *ret)
    MUST_CHECK;
struct err media_tracks_of(struct db_conn *conn, struct arena *a, const int64_t *file_ids, size_t count,
                           struct media_track_list *ret) MUST_CHECK;

/* Inserts, or updates the row of the same library and path, with what probing found (`info` may be NULL
 * for a broken file). Owner columns that are none are kept. Replaces the streams. *file is the row then,
 * with its id, owners and what `info` said. */
struct err media_file_store(struct db_conn *tx, struct arena *a, struct media_file *file,
                            const struct media_info *info) MUST_CHECK;
/* Ties a file to its item. */
struct err media_file_own(struct db_conn *tx, int64_t file_id, const char *column, int64_t owner_id)
    MUST_CHECK;
/* The file was moved by us: its row goes along (a stale row of the new path goes). No row is fine. */
struct err media_file_relocate(struct db_conn *tx, struct arena *a, int64_t from_library, const char *from,
                               int64_t to_library, const char *to) MUST_CHECK;
/* Deleted or hidden by us. */
struct err media_file_forget(struct db_conn *tx, int64_t library_id, const char *path) MUST_CHECK;

#endif
