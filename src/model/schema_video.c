/* Music videos, their artists, collections, tags and history; saved searches; the search index. */
#include "model/schema.h"

const char schema_video_sql[] =
    /* *_fold columns hold base/fold.h's text of the column beside them: filters and sorting use them.
     * `match_key` is how a video is recognised by artist and title (domain/catalog/video.h). */
    "CREATE TABLE video ("
    " id {id}, title {text} NOT NULL, artist {text}, album {text}, year {int}, director {text},"
    " genre {text}, studio {text}, isrc {text}, created_at {time} NOT NULL, updated_at {time} NOT NULL,"
    " is_deleted {bool} NOT NULL DEFAULT 0, deleted_at {time}, status {int} NOT NULL,"
    " status_changed_at {time}, status_message {text}, imvdb_video_id {text} UNIQUE, imvdb_url {text},"
    " youtube_id {text} UNIQUE, vimeo_id {text} UNIQUE, video_file_path {text}, nfo_file_path {text},"
    " file_size {int}, file_checksum {text}, file_verified_at {time}, duration {real}, width {int},"
    " height {int}, video_codec {text}, audio_codec {text}, container_format {text}, bitrate {int},"
    " frame_rate {real}, audio_channels {int}, audio_sample_rate {int}, aspect_ratio {text},"
    " download_source {text}, download_attempts {int} NOT NULL DEFAULT 0,"
    " last_download_attempt_at {time}, last_download_error {text}, mb_recording_id {text},"
    " mb_release_id {text}, mb_canonical_title {text}, mb_canonical_artist {text}, label {text},"
    " source_genres {json}, title_fold {text} NOT NULL, artist_fold {text}, album_fold {text},"
    " director_fold {text}, genre_fold {text}, match_key {text} NOT NULL);"
    "CREATE INDEX video_file ON video (video_file_path) WHERE video_file_path IS NOT NULL;"
    "CREATE INDEX video_nfo ON video (nfo_file_path) WHERE nfo_file_path IS NOT NULL;"
    "CREATE INDEX video_match ON video (match_key);"
    "CREATE INDEX video_checksum ON video (file_checksum) WHERE file_checksum IS NOT NULL;"
    "CREATE INDEX video_trash ON video (deleted_at, id) WHERE is_deleted = 1;"
    "CREATE TABLE artist ("
    " id {id}, name {text} NOT NULL UNIQUE, name_fold {text} NOT NULL, biography {text},"
    " image_url {text}, imvdb_entity_id {text} UNIQUE, discogs_artist_id {int} UNIQUE,"
    " created_at {time} NOT NULL, updated_at {time} NOT NULL, is_deleted {bool} NOT NULL DEFAULT 0,"
    " deleted_at {time});"
    "CREATE TABLE video_artist ("
    " video_id {int} NOT NULL REFERENCES video(id) ON DELETE CASCADE,"
    " artist_id {int} NOT NULL REFERENCES artist(id) ON DELETE CASCADE, role {int} NOT NULL,"
    " position {int} NOT NULL DEFAULT 0, PRIMARY KEY (video_id, artist_id, role));"
    "CREATE INDEX video_artist_artist ON video_artist (artist_id, video_id);"
    /* `name_key` is the name in lower case: names that differ only in case are one collection. */
    "CREATE TABLE collection ("
    " id {id}, name {text} NOT NULL, name_key {text} NOT NULL UNIQUE, name_fold {text} NOT NULL,"
    " description {text}, created_at {time} NOT NULL, updated_at {time} NOT NULL,"
    " is_deleted {bool} NOT NULL DEFAULT 0, deleted_at {time});"
    "CREATE TABLE video_collection ("
    " video_id {int} NOT NULL REFERENCES video(id) ON DELETE CASCADE,"
    " collection_id {int} NOT NULL REFERENCES collection(id) ON DELETE CASCADE,"
    " position {int}, added_at {time} NOT NULL, PRIMARY KEY (video_id, collection_id));"
    "CREATE INDEX video_collection_collection ON video_collection (collection_id, position, video_id);"
    "CREATE TABLE tag ("
    " id {id}, name {text} NOT NULL, normalized_name {text} NOT NULL UNIQUE, name_fold {text} NOT NULL,"
    " created_at {time} NOT NULL, usage_count {int} NOT NULL DEFAULT 0);"
    "CREATE TABLE video_tag ("
    " video_id {int} NOT NULL REFERENCES video(id) ON DELETE CASCADE,"
    " tag_id {int} NOT NULL REFERENCES tag(id) ON DELETE CASCADE, source {int} NOT NULL,"
    " added_at {time} NOT NULL, PRIMARY KEY (video_id, tag_id));"
    "CREATE INDEX video_tag_tag ON video_tag (tag_id, video_id);"
    "CREATE TABLE video_status_change ("
    " id {id}, video_id {int} NOT NULL REFERENCES video(id) ON DELETE CASCADE, old_status {int},"
    " new_status {int} NOT NULL, changed_at {time} NOT NULL, reason {text}, changed_by {text},"
    " metadata {json});"
    "CREATE INDEX video_status_change_video ON video_status_change (video_id, id);"
    "CREATE TABLE saved_search ("
    " id {id}, name {text} NOT NULL, description {text}, query {json} NOT NULL,"
    " created_at {time} NOT NULL, updated_at {time} NOT NULL);";

/* What people sort by, without the trash; `id` settles ties. is_deleted stands in the index so that SQLite
 * need not look at the row for it: counts, skipped pages and facets then read the index alone. */
#define LIST_INDEX(name_, columns_)                                                                \
    "CREATE INDEX video_by_" #name_ " ON video (" columns_ ", id, is_deleted) WHERE is_deleted = 0;"
#define LIST_INDEXES(nulls_)                                                                       \
    LIST_INDEX(created, "created_at")                                                              \
    LIST_INDEX(updated, "updated_at")                                                              \
    LIST_INDEX(title, "title_fold")                                                                \
    LIST_INDEX(artist, "artist_fold" nulls_)                                                       \
    LIST_INDEX(album, "album_fold" nulls_)                                                         \
    LIST_INDEX(year, "year" nulls_)                                                                \
    LIST_INDEX(director, "director_fold" nulls_ ", director" nulls_)                               \
    LIST_INDEX(genre, "genre_fold" nulls_ ", genre" nulls_)                                        \
    LIST_INDEX(status, "status")

/* The text of the index is folded by us; the tokenizer only has to split at spaces. */
const char schema_video_sqlite[] =
    LIST_INDEXES("")
    "CREATE VIRTUAL TABLE video_search USING fts5 (title, artist, album, director, genre, studio, tags,"
    " tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2');";

/* Byte order for folded text, as SQLite has it; missing values first, as there. */
#define SORT_BY_BYTE(table_, column_)                                                                \
    "ALTER TABLE " table_ " ALTER COLUMN " column_ " TYPE text COLLATE \"C\";"
const char schema_video_postgres[] =
    SORT_BY_BYTE("video", "title_fold")
    SORT_BY_BYTE("video", "artist_fold")
    SORT_BY_BYTE("video", "album_fold")
    SORT_BY_BYTE("video", "director_fold")
    SORT_BY_BYTE("video", "genre_fold")
    SORT_BY_BYTE("artist", "name")
    SORT_BY_BYTE("collection", "name")
    SORT_BY_BYTE("tag", "name")
    SORT_BY_BYTE("tag", "normalized_name")
    SORT_BY_BYTE("video", "genre")
    SORT_BY_BYTE("video", "director")
    LIST_INDEXES(" NULLS FIRST")
    "CREATE TABLE video_search ("
    " video_id bigint PRIMARY KEY REFERENCES video(id) ON DELETE CASCADE, words tsvector NOT NULL);"
    "CREATE INDEX video_search_words ON video_search USING gin (words);";

/* Lists ask for missing values first; only the sorts whose column may not be missing were indexed otherwise,
 * and were sorted anew for each page. */
#define SORT_AGAIN(name_, column_)                                                                  \
    "DROP INDEX video_by_" #name_ ";" LIST_INDEX(name_, column_ " NULLS FIRST")
const char schema_video_sorts_postgres[] =
    SORT_AGAIN(created, "created_at")
    SORT_AGAIN(updated, "updated_at")
    SORT_AGAIN(title, "title_fold")
    SORT_AGAIN(status, "status");
