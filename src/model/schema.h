/*
 * The database schema: one list of migrations, run forward on both databases (db/migrate.h). Each area
 * keeps its statements in its own schema_<area>.c; a released migration is never edited.
 */
#ifndef MEDLEY_MODEL_SCHEMA_H
#define MEDLEY_MODEL_SCHEMA_H

#include <stddef.h>

#include "db/migrate.h"

extern const struct migration schema_migrations[];
extern const size_t schema_migration_count;
/* Whose rows no remembered reply shows: db_quiet_tables(). Ends with NULL. */
extern const char *const schema_quiet_tables[];

/* The statements of each area. */
extern const char schema_core_sql[];
extern const char schema_library_sql[];
extern const char schema_activity_sql[];
extern const char schema_scene_sql[];
extern const char schema_move_sql[];
extern const char schema_video_sql[];
extern const char schema_video_sqlite[];
extern const char schema_video_postgres[];
extern const char schema_video_sorts_postgres[];
extern const char schema_movie_sql[];
extern const char schema_movie_sqlite[];
extern const char schema_movie_postgres[];
extern const char schema_movie_lists_sql[];
extern const char schema_movie_lists_sqlite[];

#endif
