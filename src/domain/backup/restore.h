/*
 * Taking a backup back, while no server runs.
 *
 * restore_run() proves the whole backup first; only then it replaces. On SQLite the new database file is made
 * ready beside the old one and takes its name in one step; the old one stays as `before-restore-<time>.db` in
 * the data folder's `backups/`. On PostgreSQL all rows are replaced in one transaction. Then pictures and
 * `config.yaml` follow (the old one stays as `config.yaml.before-restore`). A run that was killed is repeated
 * from its start. Backups of older versions are brought up to date; newer ones are refused.
 *
 * After a restore everybody signs in again (with the passwords of the backup), API keys are those of the
 * backup, and jobs that were unfinished then are cancelled: what they were about to do is a while ago.
 *
 * A running server asks for one with restore_request() and starts itself again; serve finds the request with
 * restore_requested() before it opens anything.
 *
 * Failures: ERR_NOT_FOUND (no such file); ERR_UNPROCESSABLE "bad_backup" naming what is wrong with it; ERR_STORAGE.
 */
#ifndef MEDLEY_DOMAIN_BACKUP_RESTORE_H
#define MEDLEY_DOMAIN_BACKUP_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct restore {
    const char *data_dir; /* absolute */
    const char *database; /* NULL: the SQLite file in data_dir */
    const char *file;     /* the backup */
};
struct restored {
    int64_t videos;
    int64_t pictures;
    bool config;
    const char *kept; /* where the old database file is; NULL: there was none, or PostgreSQL */
};
struct err restore_run(struct arena *a, const struct restore *restore, struct restored *ret) MUST_CHECK;

/* Written durably; replaces an earlier request. */
struct err restore_request(struct arena *a, const char *data_dir, const char *file) MUST_CHECK;
/* The file asked for; NULL when nothing is. */
const char *restore_requested(struct arena *a, const char *data_dir);
/* The request is done with. */
void restore_settle(struct arena *a, const char *data_dir);

#endif
