/*
 * Backups: everything but the media files, in one zip file (document 000, section 15 of its contract).
 *
 * <backup.output_dir>/fuzzbin_backup_YYYYMMDD_HHMMSS.zip (UTC; "_2" and so on for a second one in that second)
 * holds `fuzzbin.db` (a SQLite file, also when the server runs on PostgreSQL), `config.yaml` when there is one,
 * and `.thumbnails/<file>`. It is made from the live database as of one moment, and nobody waits for it. Both
 * kinds of database take either's backup back (restore.h).
 *
 * Records live in the arena. Blocking; any thread.
 */
#ifndef MEDLEY_DOMAIN_BACKUP_BACKUP_H
#define MEDLEY_DOMAIN_BACKUP_BACKUP_H

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"

struct core;

#define BACKUP_DATABASE   "fuzzbin.db"
#define BACKUP_CONFIG     "config.yaml"
#define BACKUP_THUMBNAILS ".thumbnails/"
/* Built anew after a restore; ends with NULL. */
extern const char *const backup_skipped_tables[];

enum backup_part { BACKUP_HAS_CONFIG, BACKUP_HAS_DATABASE, BACKUP_HAS_THUMBNAILS, BACKUP_PART_COUNT };
extern const struct words backup_part_words; /* config, database, thumbnails */

struct backup {
    const char *filename;
    const char *path; /* absolute */
    int64_t size_bytes;
    int64_t created_at;
    struct list contains; /* int: enum backup_part, in that order */
};
struct backup_list {
    VEC(struct backup)
};
/* Newest first. A file that is no readable zip contains nothing. */
struct err backups_list(struct core *core, struct arena *a, struct backup_list *ret_list) MUST_CHECK;
/* By file name. ERR_NOT_FOUND "backup_not_found", also for names that no backup has. */
struct err backup_find(struct core *core, struct arena *a, const char *filename, struct backup *ret_backup) MUST_CHECK;

struct backup_watch {
    bool (*cancelled)(void *data);
    void (*step)(void *data, int done, const char *what); /* of BACKUP_STEPS */
    void *data;
};
#define BACKUP_STEPS 3
/* Leaves no partial file, however it ends. ERR_CANCELLED. */
struct err backup_create(struct core *core, struct arena *a, const struct backup_watch *watch,
                         struct backup *ret_backup) MUST_CHECK;
/* Removes all but the newest `keep`; `ret_removed` holds their file names (const char *). */
struct err backups_trim(struct core *core, struct arena *a, int64_t keep, struct list *ret_removed) MUST_CHECK;

struct backup_check {
    bool valid;
    int8_t database_valid; /* BOOL_NONE: it holds none */
    struct list contains;
    struct list errors; /* const char * */
};
/* Reads everything: checksums of the zip file, and the integrity of the database in it. A broken backup is an
 * answer. */
struct err backup_verify(struct core *core, struct arena *a, const struct backup *backup,
                         struct backup_check *ret_check) MUST_CHECK;

/* What backup_verify says of a database file: NULL when it is sound and of a schema that we know. */
const char *backup_database_problem(struct arena *a, const char *path);
/* A database file of our own making, with what SQLite keeps beside it. For arena_defer() too. */
void backup_remove_database(void *path);

#endif
