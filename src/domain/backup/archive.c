/* Zip files through libarchive. */
#include "domain/backup/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/atomic_file.h"

#define PIECE_BYTES (256 * 1024)

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define FILE_FD(name_) __attribute__((cleanup(close_fd))) int name_ = -1

static struct err bad(struct arena *a, struct archive *zip)
{
    const char *why = archive_error_string(zip);
    return err_f(a, ERR_UNPROCESSABLE, "bad_archive", "%s", why ? why : "not a zip file");
}

/* --- writing ------------------------------------------------------------------------------------------------ */

struct archive_out {
    struct arena *a;
    const char *path;
    struct atomic_file file;
    struct archive *zip;
    char *piece;
};

struct err archive_create(struct arena *a, const char *path, struct archive_out **ret_out)
{
    struct archive_out *out = arena_new(a, struct archive_out);
    out->a = a;
    out->path = path;
    out->piece = arena_alloc(a, PIECE_BYTES);
    TRY(atomic_file_open(a, NULL, path, 0600, &out->file));
    out->zip = archive_write_new();
    CHECK(out->zip != NULL);
    if (archive_write_set_format_zip(out->zip) != ARCHIVE_OK ||
        archive_write_open_fd(out->zip, out->file.fd) != ARCHIVE_OK) {
        struct err e = err_f(a, ERR_STORAGE, "archive", "%s", archive_error_string(out->zip));
        archive_abandon(out);
        return e;
    }
    *ret_out = out;
    return OK;
}

static struct err cannot_write(struct archive_out *out)
{
    int number = archive_errno(out->zip);
    const char *why = archive_error_string(out->zip);
    if (number == ENOSPC)
        return err_make(ERR_STORAGE, "disk_full", "The disk is full");
    return err_f(out->a, ERR_STORAGE, "archive", "%s: %s", out->path, why ? why : "cannot be written");
}

static struct err write_header(struct archive_out *out, const char *name, const struct stat *st, bool squeeze)
{
    struct archive_entry *entry = archive_entry_new();
    CHECK(entry != NULL);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, st->st_size);
    archive_entry_set_mtime(entry, st->st_mtim.tv_sec, 0);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    if (squeeze)
        archive_write_zip_set_compression_deflate(out->zip);
    else
        archive_write_zip_set_compression_store(out->zip);
    int code = archive_write_header(out->zip, entry);
    archive_entry_free(entry);
    return code == ARCHIVE_OK ? OK : cannot_write(out);
}

static struct err write_content(struct archive_out *out, int fd, int64_t size)
{
    while (size > 0) {
        ssize_t got = read(fd, out->piece, PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_make(ERR_STORAGE, "archive", "A file became shorter while it was read");
        if (got > size)
            got = (ssize_t)size;
        if (archive_write_data(out->zip, out->piece, (size_t)got) != got)
            return cannot_write(out);
        size -= got;
    }
    return OK;
}

struct err archive_add(struct archive_out *out, const char *name, const char *path, bool squeeze)
{
    struct stat st;
    FILE_FD(fd);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st))
        return err_errno(out->a, errno, path);
    if (!S_ISREG(st.st_mode))
        return err_f(out->a, ERR_NOT_FOUND, "not_a_file", "%s is no file", path);
    TRY(write_header(out, name, &st, squeeze));
    return write_content(out, fd, (int64_t)st.st_size);
}

struct err archive_finish(struct archive_out *out, int64_t *ret_bytes)
{
    struct stat st;
    struct err e = archive_write_close(out->zip) == ARCHIVE_OK ? OK : cannot_write(out);
    if (!failed(e) && fstat(out->file.fd, &st))
        e = err_errno(out->a, errno, out->path);
    if (!failed(e))
        e = atomic_file_commit(&out->file);
    if (!failed(e))
        *ret_bytes = (int64_t)st.st_size;
    archive_abandon(out);
    return e;
}

void archive_abandon(struct archive_out *out)
{
    if (!out)
        return;
    if (out->zip)
        archive_write_free(out->zip);
    out->zip = NULL;
    atomic_file_abort(&out->file);
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static struct err prove_rest(struct arena *a, struct archive *zip)
{
    const void *data;
    size_t len;
    int64_t at;
    int code;
    while ((code = archive_read_data_block(zip, &data, &len, &at)) == ARCHIVE_OK)
        ;
    return code == ARCHIVE_EOF ? OK : bad(a, zip);
}

static struct err read_entries(struct arena *a, struct archive *zip, bool prove, archive_visit visit, void *context)
{
    struct archive_entry *entry;
    int code;
    while ((code = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);
        struct archive_entry_in in = {arena_strdup(a, name ? name : ""), zip};
        if (visit)
            TRY(visit(context, a, &in));
        if (prove)
            TRY(prove_rest(a, zip));
    }
    return code == ARCHIVE_EOF ? OK : bad(a, zip);
}

struct err archive_read(struct arena *a, const char *path, bool prove, archive_visit visit, void *context)
{
    FILE_FD(fd);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(a, errno, path);
    struct archive *zip = archive_read_new();
    CHECK(zip != NULL);
    archive_read_support_format_zip(zip);
    struct err e = archive_read_open_fd(zip, fd, PIECE_BYTES) == ARCHIVE_OK
                       ? read_entries(a, zip, prove, visit, context)
                       : bad(a, zip);
    archive_read_free(zip);
    return e;
}

static struct err copy_blocks(struct arena *a, struct archive *zip, int fd)
{
    const void *data;
    size_t len;
    int64_t at;
    int code;
    while ((code = archive_read_data_block(zip, &data, &len, &at)) == ARCHIVE_OK)
        TRY(write_all(a, fd, data, len));
    return code == ARCHIVE_EOF ? OK : bad(a, zip);
}

struct err archive_copy_to(struct arena *a, const struct archive_entry_in *entry, const char *path, unsigned mode)
{
    ATOMIC_FILE(file);
    TRY(atomic_file_open(a, NULL, path, (mode_t)mode, &file));
    TRY(copy_blocks(a, entry->data, file.fd));
    return atomic_file_commit(&file);
}
