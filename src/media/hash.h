/*
 * What makes a file the same file: its size, its time, and a hash of parts of it.
 *
 * The identity of a scan reads at most 192 KiB, whatever the size of the file: head, middle and
 * tail, 64 KiB each (all of it when it is no larger). That tells moved and renamed files from new
 * ones and a replaced file from a touched one. It does not see a change of some bytes elsewhere;
 * where that matters (copies, verification) there is the SHA-256 of the whole file.
 *
 * Any thread. The descriptor stays the caller's and its offset is not moved. Only regular files:
 * ERR_UNPROCESSABLE "not_a_file" otherwise. ERR_STORAGE when reading fails.
 */
#ifndef MEDLEY_MEDIA_HASH_H
#define MEDLEY_MEDIA_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct arena;

#define FILE_PART_BYTES  65536
#define FILE_HASH_TEXT   33 /* 128 bits as hexadecimal digits */
#define FILE_SHA256_TEXT 65

struct file_identity {
    int64_t size_bytes;
    int64_t mtime_us;
    char hash[FILE_HASH_TEXT]; /* BLAKE2b over the size and the parts */
};

struct err file_identify(struct arena *a, int fd, struct file_identity *ret_identity) MUST_CHECK;

/* Asked after each megabyte; false stops with ERR_CANCELLED "cancelled". */
typedef bool file_hash_progress(void *data, int64_t done_bytes, int64_t size_bytes);

/* Reads the whole file. `progress` may be NULL. A file that is cut while it is read yields the hash
 * of what was there. */
struct err file_sha256(struct arena *a, int fd, file_hash_progress *progress, void *data,
                       char ret_hex[FILE_SHA256_TEXT]) MUST_CHECK;

#endif
