/* Libraries (folders with a kind) and the files that scans found in them. */
#include "model/schema.h"

const char schema_library_sql[] =
    "CREATE TABLE library ("
    " id {id}, uuid {text} NOT NULL UNIQUE, kind {text} NOT NULL, name {text} NOT NULL,"
    " path {text} NOT NULL UNIQUE, online {bool} NOT NULL DEFAULT 1, enabled {bool} NOT NULL DEFAULT 1,"
    " auto_scan {bool} NOT NULL DEFAULT 0, options {json} NOT NULL, created_at {time} NOT NULL,"
    " updated_at {time} NOT NULL, last_scan_at {time}, last_scan_job {text});"
    /* One row per file of interest. `path` is relative to the library. The owner is one of the item
     * columns; files that belong to nothing yet have none. `identity` is the fast hash of size, head,
     * middle and tail (media/hash.h); `checksum` the sha256 of the whole file, when it was asked for. */
    "CREATE TABLE media_file ("
    " id {id}, library_id {int} NOT NULL REFERENCES library(id) ON DELETE CASCADE,"
    " path {text} NOT NULL, folder {text} NOT NULL, name {text} NOT NULL, kind {text} NOT NULL,"
    " size {int} NOT NULL, modified_at {time} NOT NULL, identity {text}, checksum {text},"
    " video_id {int}, movie_id {int}, episode_id {int}, scene_id {int},"
    " container {text}, duration {real}, bit_rate {int}, tags {json}, missing_since {time},"
    " broken {text}, probed_at {time}, seen_scan {text}, created_at {time} NOT NULL,"
    " updated_at {time} NOT NULL, UNIQUE (library_id, path));"
    "CREATE INDEX media_file_identity ON media_file (identity) WHERE identity IS NOT NULL;"
    "CREATE INDEX media_file_video ON media_file (video_id) WHERE video_id IS NOT NULL;"
    "CREATE INDEX media_file_movie ON media_file (movie_id) WHERE movie_id IS NOT NULL;"
    "CREATE INDEX media_file_episode ON media_file (episode_id) WHERE episode_id IS NOT NULL;"
    "CREATE TABLE media_stream ("
    " file_id {int} NOT NULL REFERENCES media_file(id) ON DELETE CASCADE, stream_index {int} NOT NULL,"
    " type {text} NOT NULL, codec {text}, profile {text}, level {int}, width {int}, height {int},"
    " pixel_format {text}, frame_rate {real}, bit_rate {int}, aspect_ratio {text}, channels {int},"
    " channel_layout {text}, sample_rate {int}, bit_depth {int}, color_transfer {text},"
    " color_primaries {text}, color_space {text}, language {text}, title {text},"
    " is_default {bool} NOT NULL DEFAULT 0, is_forced {bool} NOT NULL DEFAULT 0,"
    " PRIMARY KEY (file_id, stream_index));";
