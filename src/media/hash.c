/* Identity and checksum of files. */
#include "media/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ids.h"

#define HASH_BYTES 16
#define STEP_BYTES (1 << 20)

_Static_assert(FILE_HASH_TEXT == 2 * HASH_BYTES + 1, "text of the hash");
_Static_assert(FILE_SHA256_TEXT == 2 * crypto_hash_sha256_BYTES + 1, "text of the checksum");

static struct err stat_file(struct arena *a, int fd, struct stat *status)
{
    if (fstat(fd, status))
        return err_errno(a, errno, "Cannot look at the file");
    if (!S_ISREG(status->st_mode))
        return err_make(ERR_UNPROCESSABLE, "not_a_file", "Not a regular file");
    return OK;
}

/* Up to `len` bytes at `offset`; fewer only at the end of the file. */
static struct err read_part(struct arena *a, int fd, void *to, size_t len, int64_t offset,
                            size_t *ret_len)
{
    size_t have = 0;
    while (have < len) {
        ssize_t got = pread(fd, (char *)to + have, len - have, offset + (int64_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(a, errno, "Cannot read the file");
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *ret_len = have;
    return OK;
}

static struct err add_part(struct arena *a, crypto_generichash_state *state, int fd, char *buffer,
                           size_t len, int64_t offset)
{
    size_t have = 0;
    TRY(read_part(a, fd, buffer, len, offset, &have));
    crypto_generichash_update(state, (const unsigned char *)buffer, have);
    return OK;
}

/* Little-endian whatever the machine, so that a database may move to another one. */
static void add_size(crypto_generichash_state *state, int64_t size)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)size >> (8 * i));
    crypto_generichash_update(state, bytes, sizeof(bytes));
}

static struct err hash_parts(struct arena *a, int fd, int64_t size, unsigned char *hash)
{
    SCRATCH(scratch);
    char *buffer = arena_alloc(&scratch, 3 * FILE_PART_BYTES);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    add_size(&state, size);
    if (size <= 3 * FILE_PART_BYTES) {
        TRY(add_part(a, &state, fd, buffer, (size_t)size, 0));
    } else {
        TRY(add_part(a, &state, fd, buffer, FILE_PART_BYTES, 0));
        TRY(add_part(a, &state, fd, buffer, FILE_PART_BYTES, (size - FILE_PART_BYTES) / 2));
        TRY(add_part(a, &state, fd, buffer, FILE_PART_BYTES, size - FILE_PART_BYTES));
    }
    crypto_generichash_final(&state, hash, HASH_BYTES);
    return OK;
}

struct err file_identify(struct arena *a, int fd, struct file_identity *ret_identity)
{
    struct stat status;
    unsigned char hash[HASH_BYTES];
    TRY(stat_file(a, fd, &status));
    TRY(hash_parts(a, fd, status.st_size, hash));
    ret_identity->size_bytes = status.st_size;
    ret_identity->mtime_us = status.st_mtim.tv_sec * SECONDS_US + status.st_mtim.tv_nsec / 1000;
    hex_encode(hash, sizeof(hash), ret_identity->hash);
    return OK;
}

struct err file_sha256(struct arena *a, int fd, file_hash_progress *progress, void *data,
                       char ret_hex[FILE_SHA256_TEXT])
{
    SCRATCH(scratch);
    struct stat status;
    TRY(stat_file(a, fd, &status));
    char *buffer = arena_alloc(&scratch, STEP_BYTES);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    int64_t done = 0;
    for (size_t len = STEP_BYTES; len == STEP_BYTES; done += (int64_t)len) {
        if (progress && !progress(data, done, status.st_size))
            return err_make(ERR_CANCELLED, "cancelled", "Reading the file was cancelled");
        TRY(read_part(a, fd, buffer, STEP_BYTES, done, &len));
        crypto_hash_sha256_update(&state, (const unsigned char *)buffer, len);
    }
    crypto_hash_sha256_final(&state, hash);
    hex_encode(hash, sizeof(hash), ret_hex);
    return OK;
}
