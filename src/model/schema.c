/* The list of migrations. Append only. */
#include "model/schema.h"

const struct migration schema_migrations[] = {
    {1, "core", schema_core_sql, NULL, NULL},
    {2, "library", schema_library_sql, NULL, NULL},
    {3, "video", schema_video_sql, schema_video_sqlite, schema_video_postgres},
    {4, "movie", schema_movie_sql, schema_movie_sqlite, schema_movie_postgres},
    {5, "activity", schema_activity_sql, NULL, NULL},
    {6, "scene", schema_scene_sql, NULL, NULL},
    {7, "video_sorts", "", NULL, schema_video_sorts_postgres},
    {8, "move", schema_move_sql, NULL, NULL},
    {9, "movie_lists", schema_movie_lists_sql, schema_movie_lists_sqlite, NULL},
};
const size_t schema_migration_count = sizeof(schema_migrations) / sizeof(schema_migrations[0]);

/* The queue, what happened, and who is signed in. A row of another table that a reply shows must not come
 * here by way of a cascade. */
const char *const schema_quiet_tables[] = {"job",     "job_log",       "event",         "activity", "schedule",
                                           "api_key", "refresh_token", "revoked_token", NULL};
