/*
 * Comparing the library with the disk (document 000, 8.6), and mending the rows.
 *
 * One walk over the folders of the music video libraries, without looking at a file that the listing names;
 * the rows are held against it, and only what the walk did not see is asked of the disk itself, so a library
 * of 100,000 costs about what `find` does. A folder that is away (a mount, a disk) is reported as
 * "library_offline" and none of its videos as missing; whether it is there is asked before and after.
 *
 * Blocking; any thread outside a transaction. Errors are those of the database, and ERR_CANCELLED.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_VERIFY_H
#define MEDLEY_DOMAIN_ORGANIZE_VERIFY_H

#include "core/core.h"
#include "db/db.h"

struct verify_issue {
    const char *type;   /* "missing_file", "broken_nfo", "orphaned_file", "orphaned_thumbnail", "library_offline" */
    int64_t video_id;   /* INT_NONE: none */
    const char *path;
    const char *message;
    const char *action; /* "update_status_to_missing", "clear_nfo_path", "import_or_delete", "delete_thumbnail" */
};
struct verify_report {
    int64_t videos_checked;
    int64_t files_scanned;
    int64_t missing_files;
    int64_t orphaned_files;
    int64_t broken_nfos;
    struct {
        VEC(struct verify_issue)
    } issues;
};
/* `orphans`: files and pictures that no video names, too. */
struct err library_verify(struct core *core, struct arena *a, bool orphans, struct verify_report *ret) MUST_CHECK;

struct repair_report {
    int64_t missing_files;
    int64_t broken_nfos;
};
/* Verifies, then: a video whose file is missing gets the status `missing`, one whose NFO is gone forgets it. */
struct err library_repair(struct core *core, struct arena *a, bool missing_files, bool broken_nfos,
                          struct repair_report *ret) MUST_CHECK;

#endif
