/*
 * Zip files of backups (libarchive): written whole or not at all, and read back with every checksum proven.
 * Paths are absolute and the server's own. One thread per object; large files pass in pieces.
 */
#ifndef MEDLEY_DOMAIN_BACKUP_ARCHIVE_H
#define MEDLEY_DOMAIN_BACKUP_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct archive_out;

/* Into a temporary name beside `path`. archive_finish() makes it durable and gives it its name;
 * archive_abandon() takes it away, and is harmless afterwards. */
struct err archive_create(struct arena *a, const char *path, struct archive_out **ret_out) MUST_CHECK;
/* `squeeze` false: stored as it is (pictures do not get smaller). ERR_NOT_FOUND when there is no such file. */
struct err archive_add(struct archive_out *out, const char *name, const char *path, bool squeeze) MUST_CHECK;
struct err archive_finish(struct archive_out *out, int64_t *ret_bytes) MUST_CHECK;
void archive_abandon(struct archive_out *out);

/* Called for each entry, in order. `data` is read with archive_copy_to(); what is not read is skipped. */
struct archive_entry_in {
    const char *name;
    void *data; /* private */
};
typedef struct err (*archive_visit)(void *context, struct arena *a, const struct archive_entry_in *entry);
/* ERR_UNPROCESSABLE "bad_archive" when it is no zip file or a checksum is wrong. `prove`: also reads what the
 * visitor left. visit NULL: only proves. */
struct err archive_read(struct arena *a, const char *path, bool prove, archive_visit visit, void *context) MUST_CHECK;
/* The entry's content into a new file of this mode, synced. */
struct err archive_copy_to(struct arena *a, const struct archive_entry_in *entry, const char *path,
                           unsigned mode) MUST_CHECK;

#endif
