/* Movies, shows, seasons, episodes; their people, word lists and pictures. */
#include "model/schema.h"

#define IDS      " tmdb_id {int}, imdb_id {text}, tvdb_id {int},"
#define COMMON   " locks {int} NOT NULL DEFAULT 0, created_at {time} NOT NULL, updated_at {time} NOT NULL"
#define BINNED   " deleted_at {time}, purge_at {time},"

const char schema_movie_sql[] =
    "CREATE TABLE movie_set ("
    " id {id}, name {text} NOT NULL, name_fold {text} NOT NULL UNIQUE, tmdb_id {int}, plot {text},"
    " poster_path {text}, backdrop_path {text});"
    /* *_fold and match_key hold base/fold.h's texts of the columns beside them. Times of deletion: a row in
     * the bin stays until purge_at. A TMDb number stands for one row, in the bin or not. */
    "CREATE TABLE movie ("
    " id {id}, library_id {int}, folder {text}, file_id {int}, file_path {text}, file_name {text},"
    " file_size {int}, file_hash {text}, title {text} NOT NULL, original_title {text}, sort_title {text},"
    " tagline {text}, plot {text}, outline {text}, year {int}, release_date {text}, release_dates {json},"
    " runtime {int}, content_rating {text}, user_rating {real}, tmdb_rating {real}, tmdb_votes {int},"
    " imdb_rating {real}, imdb_votes {int}, rotten_tomatoes_score {int}, metacritic_score {int},"
    " rating {real}, vote_count {int}, popularity {real}, awards {text}, budget {int}, revenue {int},"
    " homepage {text}, original_language {text}, status {text}," IDS
    " facebook_id {text}, instagram_id {text}, twitter_id {text}, wikidata_id {text},"
    " set_id {int} REFERENCES movie_set(id) ON DELETE SET NULL, poster_path {text}, backdrop_path {text},"
    " logo_path {text}, monitored {bool} NOT NULL DEFAULT 1,"
    " identification_status {int} NOT NULL DEFAULT 0, enrichment_priority {int} NOT NULL DEFAULT 5,"
    " completeness {int} NOT NULL DEFAULT 0, field_sources {json}, last_scanned {time},"
    " last_enriched {time}, last_published {time}, missing_since {time}," BINNED
    " title_fold {text} NOT NULL, sort_fold {text}, original_fold {text}, match_key {text} NOT NULL," COMMON ");"
    "CREATE UNIQUE INDEX movie_tmdb ON movie (tmdb_id) WHERE tmdb_id IS NOT NULL;"
    "CREATE INDEX movie_imdb ON movie (imdb_id) WHERE imdb_id IS NOT NULL;"
    "CREATE INDEX movie_match ON movie (match_key, year);"
    "CREATE INDEX movie_folder ON movie (library_id, folder);"
    "CREATE INDEX movie_file ON movie (file_id) WHERE file_id IS NOT NULL;"
    "CREATE INDEX movie_set_member ON movie (set_id) WHERE set_id IS NOT NULL;"
    "CREATE INDEX movie_purge ON movie (purge_at) WHERE deleted_at IS NOT NULL;"
    "CREATE TABLE tv_show ("
    " id {id}, library_id {int}, folder {text}, title {text} NOT NULL, original_title {text},"
    " sort_title {text}, tagline {text}, plot {text}, outline {text}, year {int}, first_aired {text},"
    " last_aired {text}, status {text}, content_rating {text}, user_rating {real}, tmdb_rating {real},"
    " tmdb_votes {int}, imdb_rating {real}, imdb_votes {int}, tvdb_rating {real}, rating {real},"
    " popularity {real}, awards {text}, homepage {text}, original_language {text}," IDS
    " networks {json}, poster_path {text}, backdrop_path {text}, logo_path {text},"
    " season_count {int} NOT NULL DEFAULT 0, episode_count {int} NOT NULL DEFAULT 0,"
    " monitored {bool} NOT NULL DEFAULT 1, identification_status {int} NOT NULL DEFAULT 0,"
    " completeness {int} NOT NULL DEFAULT 0, field_sources {json}, last_scanned {time},"
    " last_enriched {time}," BINNED
    " title_fold {text} NOT NULL, sort_fold {text}, original_fold {text}, match_key {text} NOT NULL," COMMON ");"
    "CREATE UNIQUE INDEX tv_show_tmdb ON tv_show (tmdb_id) WHERE tmdb_id IS NOT NULL;"
    "CREATE INDEX tv_show_tvdb ON tv_show (tvdb_id) WHERE tvdb_id IS NOT NULL;"
    "CREATE INDEX tv_show_imdb ON tv_show (imdb_id) WHERE imdb_id IS NOT NULL;"
    "CREATE INDEX tv_show_match ON tv_show (match_key, year);"
    "CREATE INDEX tv_show_folder ON tv_show (library_id, folder);"
    "CREATE TABLE season ("
    " id {id}, show_id {int} NOT NULL REFERENCES tv_show(id) ON DELETE CASCADE, number {int} NOT NULL,"
    " title {text}, plot {text}, air_date {text}, tmdb_id {int}, tmdb_rating {real}, poster_path {text},"
    " episode_count {int} NOT NULL DEFAULT 0," COMMON ", UNIQUE (show_id, number));"
    "CREATE TABLE episode ("
    " id {id}, show_id {int} NOT NULL REFERENCES tv_show(id) ON DELETE CASCADE,"
    " season_id {int} NOT NULL REFERENCES season(id) ON DELETE CASCADE, season_number {int} NOT NULL,"
    " number {int} NOT NULL, absolute_number {int}, title {text}, plot {text}, air_date {text},"
    " runtime {int}, library_id {int}, file_id {int}, file_path {text}, file_name {text}, file_size {int},"
    IDS " user_rating {real}, tmdb_rating {real}, tmdb_votes {int}, tvdb_rating {real}, tvdb_votes {int},"
    " still_path {text}, monitored {bool} NOT NULL DEFAULT 1, missing_since {time}, title_fold {text},"
    COMMON ", UNIQUE (show_id, season_number, number));"
    "CREATE INDEX episode_season ON episode (season_id, number);"
    "CREATE INDEX episode_file ON episode (file_id) WHERE file_id IS NOT NULL;"
    /* Genres, directors ...: `word_fold` is found by index; `position` keeps the order. */
    "CREATE TABLE item_word ("
    " item_type {int} NOT NULL, item_id {int} NOT NULL, kind {int} NOT NULL, position {int} NOT NULL,"
    " word {text} NOT NULL, word_fold {text} NOT NULL, PRIMARY KEY (item_type, item_id, kind, position));"
    "CREATE INDEX item_word_fold ON item_word (item_type, kind, word_fold, item_id);"
    "CREATE TABLE person ("
    " id {id}, name {text} NOT NULL, name_fold {text} NOT NULL, tmdb_id {int}, imdb_id {text},"
    " biography {text}, birthday {text}, deathday {text}, gender {int} NOT NULL DEFAULT 0,"
    " place_of_birth {text}, popularity {real}, profile_path {text}, created_at {time} NOT NULL,"
    " updated_at {time} NOT NULL, refreshed_at {time});"
    "CREATE UNIQUE INDEX person_tmdb ON person (tmdb_id) WHERE tmdb_id IS NOT NULL;"
    "CREATE INDEX person_name ON person (name_fold);"
    "CREATE TABLE credit ("
    " id {id}, item_type {int} NOT NULL, item_id {int} NOT NULL, kind {int} NOT NULL,"
    " person_id {int} NOT NULL REFERENCES person(id) ON DELETE CASCADE, position {int} NOT NULL,"
    " role {text}, job {text}, department {text}, role_locked {bool} NOT NULL DEFAULT 0,"
    " removed {bool} NOT NULL DEFAULT 0);"
    "CREATE INDEX credit_item ON credit (item_type, item_id, kind, position);"
    "CREATE INDEX credit_person ON credit (person_id, item_type, item_id);"
    "CREATE TABLE asset ("
    " id {id}, item_type {int}, item_id {int}, type {int} NOT NULL, rank {int} NOT NULL DEFAULT 1,"
    " hash {text} NOT NULL, library_id {int} REFERENCES library(id) ON DELETE CASCADE, path {text} NOT NULL,"
    " folder {text} NOT NULL, name {text} NOT NULL, base {text} NOT NULL, season_number {int},"
    " number {int} NOT NULL DEFAULT 0, file_size {int} NOT NULL, width {int}, height {int}, format {text},"
    " perceptual_hash {text}, difference_hash {text}, has_alpha {bool}, source_type {text} NOT NULL,"
    " source_url {text}, provider {text}, score {int}, locked {bool} NOT NULL DEFAULT 0,"
    " missing_since {time}, discovered_at {time} NOT NULL, UNIQUE (library_id, path));"
    "CREATE INDEX asset_item ON asset (item_type, item_id, type, rank) WHERE item_id IS NOT NULL;"
    "CREATE INDEX asset_hash ON asset (hash);"
    "CREATE INDEX asset_folder ON asset (library_id, folder);"
    /* Pictures are matched with the videos beside them. */
    "CREATE INDEX media_file_folder ON media_file (library_id, folder, name);";

/* What people sort by, without the bin. Missing values come last in both directions. */
#define LIST_INDEX(table_, column_)                                                                \
    "CREATE INDEX " #table_ "_by_" #column_ " ON " #table_ " (" #column_ ", id) WHERE deleted_at IS NULL;"
#define LIST_INDEXES                                                                               \
    LIST_INDEX(movie, title_fold)                                                                  \
    LIST_INDEX(movie, sort_fold)                                                                   \
    LIST_INDEX(movie, year)                                                                        \
    LIST_INDEX(movie, release_date)                                                                \
    LIST_INDEX(movie, rating)                                                                      \
    LIST_INDEX(movie, popularity)                                                                  \
    LIST_INDEX(movie, completeness)                                                                \
    LIST_INDEX(movie, created_at)                                                                  \
    LIST_INDEX(movie, updated_at)                                                                  \
    "CREATE INDEX movie_in_library ON movie (library_id, title_fold, id) WHERE deleted_at IS NULL;" \
    LIST_INDEX(tv_show, title_fold)                                                                \
    LIST_INDEX(tv_show, year)                                                                      \
    LIST_INDEX(tv_show, rating)                                                                    \
    LIST_INDEX(tv_show, popularity)                                                                \
    "CREATE INDEX person_by_popularity ON person (popularity, id);"

const char schema_movie_sqlite[] = LIST_INDEXES;

/* Byte order for folded text, as SQLite has it. A backward walk of an index finds missing values first,
 * so what is often sorted downwards has an index of its own. */
#define IN_BYTES(table_, column_)                                                                \
    "ALTER TABLE " table_ " ALTER COLUMN " column_ " TYPE text COLLATE \"C\";"
#define DOWN_INDEX(table_, column_)                                                                \
    "CREATE INDEX " #table_ "_down_" #column_ " ON " #table_ " (" #column_                         \
    " DESC NULLS LAST, id) WHERE deleted_at IS NULL;"
const char schema_movie_postgres[] =
    IN_BYTES("movie", "title_fold")
    IN_BYTES("movie", "sort_fold")
    IN_BYTES("movie", "original_fold")
    IN_BYTES("movie", "match_key")
    IN_BYTES("movie", "release_date")
    IN_BYTES("tv_show", "title_fold")
    IN_BYTES("tv_show", "sort_fold")
    IN_BYTES("tv_show", "original_fold")
    IN_BYTES("tv_show", "match_key")
    IN_BYTES("episode", "title_fold")
    IN_BYTES("item_word", "word_fold")
    IN_BYTES("person", "name_fold")
    LIST_INDEXES
    DOWN_INDEX(movie, year)
    DOWN_INDEX(movie, release_date)
    DOWN_INDEX(movie, rating)
    DOWN_INDEX(movie, popularity)
    DOWN_INDEX(movie, completeness)
    DOWN_INDEX(tv_show, rating)
    DOWN_INDEX(tv_show, popularity)
    "CREATE INDEX person_down_popularity ON person (popularity DESC NULLS LAST, id);";

/* Counts by library, state and completeness read this index alone, on both databases. */
const char schema_movie_lists_sql[] =
    "CREATE INDEX movie_counted ON movie (library_id, identification_status, monitored, completeness, deleted_at)"
    " WHERE deleted_at IS NULL;"
    "CREATE INDEX tv_show_counted ON tv_show (library_id, identification_status, monitored, deleted_at)"
    " WHERE deleted_at IS NULL;"
    /* A whole library is read in the order of its numbers, some hundred rows at a time. */
    "CREATE INDEX movie_of_library ON movie (library_id, id, deleted_at) WHERE deleted_at IS NULL;"
    "CREATE INDEX tv_show_of_library ON tv_show (library_id, id, deleted_at) WHERE deleted_at IS NULL;";

/* deleted_at stands in the indexes of the lists, too, so that SQLite need not look at the row for it: skipped
 * pages then read the index alone. */
#define LIST_AGAIN(table_, column_)                                                                \
    "DROP INDEX " #table_ "_by_" #column_ ";"                                                      \
    "CREATE INDEX " #table_ "_by_" #column_ " ON " #table_ " (" #column_                           \
    ", id, deleted_at) WHERE deleted_at IS NULL;"
const char schema_movie_lists_sqlite[] =
    LIST_AGAIN(movie, title_fold)
    LIST_AGAIN(movie, sort_fold)
    LIST_AGAIN(movie, year)
    LIST_AGAIN(movie, release_date)
    LIST_AGAIN(movie, rating)
    LIST_AGAIN(movie, popularity)
    LIST_AGAIN(movie, completeness)
    LIST_AGAIN(movie, created_at)
    LIST_AGAIN(movie, updated_at)
    "DROP INDEX movie_in_library;"
    "CREATE INDEX movie_in_library ON movie (library_id, title_fold, id, deleted_at) WHERE deleted_at IS NULL;"
    LIST_AGAIN(tv_show, title_fold)
    LIST_AGAIN(tv_show, year)
    LIST_AGAIN(tv_show, rating)
    LIST_AGAIN(tv_show, popularity);
