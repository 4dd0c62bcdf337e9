/*
 * NFO files of many videos (document 000, 16.1 and 16.2): a walk over the library in pages, one transaction
 * of rows per page. What is unchanged is not written again, so a second run writes nothing.
 *
 * Blocking; any thread outside a transaction. A video whose file cannot be written is counted and the
 * walk goes on; an error is one of the database, or ERR_CANCELLED (with *ret filled as far as it came).
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_EXPORT_H
#define MEDLEY_DOMAIN_ORGANIZE_EXPORT_H

#include "core/core.h"
#include "db/db.h"

struct exported_file {
    int64_t video_id;
    const char *title;
    const char *path;
};
struct export_failure {
    int64_t video_id; /* INT_NONE: an artist's folder */
    const char *path;
    const char *error;
};

struct nfo_export {
    const int64_t *ids;   /* NULL: all */
    size_t id_count;
    bool include_deleted;
    bool overwrite;       /* false: what is there stays */
    bool count_unchanged; /* files with the right bytes count as exported, not as skipped */
    bool keep_files;      /* list what was exported, for the manifest */
    bool artists;         /* artist.nfo too, for each folder once */
    bool artists_always;  /* also when it has the right name already */
    /* NULL: none */
    bool (*cancelled)(void *context);
    void (*progress)(void *context, int64_t done);
    void *context;
};
struct nfo_exported {
    int64_t total, exported, skipped, failed;
    int64_t written; /* files that were really written */
    int64_t artists_total, artists_exported, artists_skipped, artists_failed;
    struct {
        VEC(struct exported_file)
    } files; /* with keep_files */
    struct {
        VEC(struct export_failure)
    } failures; /* the first 100 */
};
struct err nfo_export(struct core *core, struct arena *a, const struct nfo_export *options,
                      struct nfo_exported *ret) MUST_CHECK;
/* "<data folder>/nfo_export_YYYYMMDD_HHMMSS.json"; only the newest 50 are kept. */
struct err nfo_manifest(struct core *core, struct arena *a, const struct nfo_exported *done, const char *who,
                        const char **ret_path) MUST_CHECK;

#endif
