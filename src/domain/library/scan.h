/*
 * The scan engine: compares a library's folder with its rows and hands what is new or changed to an
 * importer. It knows files; what a file means (a music video, a movie, an episode) the importer knows.
 *
 * Unchanged files (size and time) are not opened. New and changed ones are identified and probed by the
 * media workers on several threads while the batch before is written; a batch is one transaction, so a
 * scan that is killed goes on where it was. A new file with the identity of one that is gone is that file,
 * moved. Files that are gone are marked missing, and only after the folder was seen to be there still: an
 * absent mount marks the library offline and removes nothing.
 *
 * One thread runs scan_run(); prepare() is called on others.
 */
#ifndef MEDLEY_DOMAIN_LIBRARY_SCAN_H
#define MEDLEY_DOMAIN_LIBRARY_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"
#include "domain/library/file.h"
#include "domain/library/library.h"
#include "domain/library/walk.h"
#include "media/info.h"

enum scan_class {
    SCAN_IGNORE,
    SCAN_MEDIA,   /* identified, probed */
    SCAN_SIDECAR, /* NFO: size and time are kept, so that an edited one is read again */
};

struct scan;

/* One file on its way through a scan. */
struct scan_item {
    struct scan *scan;
    enum scan_class class;
    const char *path;        /* relative to the library */
    const char *absolute;
    struct media_file file;  /* row; after the store its id and owners */
    const struct media_info *info; /* media: what probing found; NULL: broken */
    bool is_new;             /* no row was there before */
    const char *moved_from;  /* the path that this file had before */
    void *prepared;          /* what prepare() returned */
    struct arena *arena;     /* of this item; valid until its batch is written */
};

struct scan_importer {
    enum scan_class (*classify)(const char *name);
    /* On a pool thread, without the database: reads the NFO, parses names. NULL: nothing. */
    void *(*prepare)(void *context, struct scan_item *item);
    /* In the batch's transaction, in path order. An error of kind ERR_UNPROCESSABLE or ERR_INVALID rejects
     * this file alone (it becomes a problem); any other ends the scan. */
    struct err (*store)(void *context, struct db_conn *tx, struct scan_item *item);
    /* Files that are gone for now; called with the ids in batches. NULL: nothing. */
    struct err (*missing)(void *context, struct db_conn *tx, const struct media_file *file, bool gone);
};

struct scan_options {
    struct core *core;
    const struct library *library;
    const char *folder;      /* relative; "" for all */
    bool recursive;
    bool again;              /* also what did not change */
    const struct scan_importer *importer;
    void *context;           /* of the importer */
    void *job;               /* handed to the three functions below */
    bool (*cancelled)(void *job);
    void (*progress)(void *job, int64_t done, int64_t total, const char *step);
    struct err (*fence)(void *job, struct db_conn *tx); /* NULL: none */
};

struct scan_result {
    int64_t found;     /* media files in the folder */
    int64_t unchanged;
    int64_t added;
    int64_t changed;
    int64_t moved;
    int64_t missing;   /* newly missing */
    int64_t returned;
    int64_t broken;
    int64_t rejected;  /* by the importer */
    bool offline;
    struct walk walk;  /* problems */
};

struct err scan_run(struct arena *a, const struct scan_options *options, struct scan_result *ret_result)
    MUST_CHECK;

/* The library's folder during a scan: for importers that read NFO files and look for artwork. */
struct root *scan_root(const struct scan *scan);
/* Reads a small file beneath the library; ERR_TOO_LARGE beyond max_bytes. NUL-terminated. Any thread. */
struct err scan_read(const struct scan *scan, struct arena *a, const char *path, size_t max_bytes,
                     const char **ret_data, size_t *ret_len) MUST_CHECK;

/* .mp4 .mkv .avi .mov .webm .m4v and what else holds pictures that move. */
bool is_video_name(const char *name);
/* "a/b.mp4" and ".nfo" -> "a/b.nfo" */
const char *with_ending(struct arena *a, const char *path, const char *ending);

#endif
