/* Copying. */
#include "domain/files/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/desc.h"
#include "domain/files/change.h"
#include "sys/atomic_file.h"

#define CHUNK_BYTES  ((size_t)8 << 20)
#define BUFFER_BYTES ((size_t)256 << 10)
/* Written back on the way, so that the final sync has little left and a cancel is quick. */
#define WINDOW_BYTES ((int64_t)64 << 20)

static const char *join(struct arena *a, const char *folder, const char *name)
{
    if (!*folder || !*name)
        return *folder ? folder : name;
    return arena_printf(a, "%s/%s", folder, name);
}

static struct err stopped(void)
{
    return err_make(ERR_CANCELLED, "cancelled", "The copy was cancelled");
}

static bool is_cancelled(const struct copy *copy)
{
    return copy->cancelled && copy->cancelled(copy->context);
}

static int64_t modified_ns(const struct stat *st)
{
    return st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

/* --- plan --------------------------------------------------------------------------------------------- */

struct planner {
    struct arena *arena;
    const struct copy *copy;
    struct copy_plan *plan;
};

static void plan_file(struct planner *p, const char *path, const struct stat *st)
{
    *arena_push(p->arena, &p->plan->files) = (struct copy_file){path, st->st_size, modified_ns(st)};
    p->plan->bytes += st->st_size;
}

/* A link to a file inside is copied as that file. */
static bool follow(struct planner *p, const char *path, struct stat *st)
{
    return S_ISLNK(st->st_mode) &&
           !failed(root_stat(p->copy->from.root, p->arena, join(p->arena, p->copy->from.path, path), true, st)) &&
           S_ISREG(st->st_mode);
}

static struct err plan_folder(struct planner *p, const char *folder, int depth);

static struct err plan_entry(struct planner *p, const char *path, const char *name, struct stat *st, int depth)
{
    if (strncmp(name, ".medley-", 8) == 0) {
        p->plan->skipped++;
    } else if (S_ISDIR(st->st_mode)) {
        *arena_push(p->arena, &p->plan->folders) = path;
        return plan_folder(p, path, depth + 1);
    } else if (S_ISREG(st->st_mode) || follow(p, path, st)) {
        plan_file(p, path, st);
    } else {
        p->plan->skipped++;
    }
    return OK;
}

static struct err plan_folder(struct planner *p, const char *folder, int depth)
{
    if (depth > ROOT_DEPTH_MAX)
        return err_f(p->arena, ERR_INVALID, "too_deep", "%s: folders are nested too deeply", folder);
    ROOT_LIST(list);
    TRY(root_list(p->copy->from.root, p->arena, join(p->arena, p->copy->from.path, folder), &list));
    while (root_list_next(&list)) {
        if (is_cancelled(p->copy))
            return stopped();
        const char *name = arena_strdup(p->arena, list.name);
        TRY(plan_entry(p, join(p->arena, folder, name), name, &list.stat, depth));
    }
    return root_list_end(&list);
}

struct err copy_plan_make(struct arena *a, const struct copy *copy, struct copy_plan *ret_plan)
{
    struct copy_plan plan = {0};
    struct stat st;
    struct err e = root_stat(copy->from.root, a, copy->from.path, true, &st);
    if (failed(e))
        return file_error(a, e, copy->from.shown);
    struct planner p = {a, copy, &plan};
    plan.is_folder = S_ISDIR(st.st_mode);
    if (plan.is_folder)
        e = plan_folder(&p, "", 0);
    else if (S_ISREG(st.st_mode))
        plan_file(&p, "", &st);
    else
        e = err_f(a, ERR_UNSUPPORTED, "not_a_file", "%s is neither a file nor a folder", copy->from.shown);
    if (failed(e))
        return file_error(a, e, copy->from.shown);
    *ret_plan = plan;
    return OK;
}

struct err copy_prepare(struct arena *a, const struct place *from, const struct place *to)
{
    struct stat st;
    struct place parent = place_parent(a, to);
    struct err e = root_stat(from->root, a, from->path, true, &st);
    if (failed(e))
        return file_error(a, e, from->shown);
    if (place_within(from, to))
        return err_f(a, ERR_INVALID, "into_itself", "%s cannot be copied into itself", from->shown);
    return files_make_folder(a, S_ISDIR(st.st_mode) ? to : &parent);
}

struct err copy_folders(struct arena *a, const struct copy *copy, const struct copy_plan *plan)
{
    struct place parent = place_parent(a, &copy->to);
    TRY(files_make_folder(a, plan->is_folder ? &copy->to : &parent));
    for (size_t i = 0; i < plan->folders.count; i++) {
        struct place folder = {copy->to.root, join(a, copy->to.path, plan->folders.items[i]),
                               join(a, copy->to.shown, plan->folders.items[i])};
        if (is_cancelled(copy))
            return stopped();
        TRY(files_make_folder(a, &folder));
    }
    return OK;
}

/* --- bytes -------------------------------------------------------------------------------------------- */

enum method { BY_RANGE, BY_SENDFILE, BY_BUFFER };

static ssize_t by_buffer(int from, int to)
{
    static _Thread_local char buffer[BUFFER_BYTES];
    ssize_t got = read(from, buffer, sizeof(buffer));
    for (ssize_t at = 0; at < got;) {
        ssize_t put = write(to, buffer + at, (size_t)(got - at));
        if (put < 0 && errno != EINTR)
            return -1;
        at += put > 0 ? put : 0;
    }
    return got;
}

static bool is_refusal(int number)
{
    return number == EXDEV || number == EINVAL || number == ENOSYS || number == EOPNOTSUPP ||
           number == EPERM || number == ETXTBSY;
}

/* One step by the best way that these two files allow; 0 at the end of the source. */
static ssize_t copy_some(int from, int to, bool expect_more, enum method *method)
{
    for (;;) {
        ssize_t moved = *method == BY_RANGE      ? copy_file_range(from, NULL, to, NULL, CHUNK_BYTES, 0)
                        : *method == BY_SENDFILE ? sendfile(to, from, NULL, CHUNK_BYTES)
                                                 : by_buffer(from, to);
        if (moved < 0 && errno == EINTR)
            continue;
        bool refused = moved < 0 ? is_refusal(errno) : moved == 0 && expect_more;
        if (!refused || *method == BY_BUFFER)
            return moved;
        (*method)++;
    }
}

/* Starts writing the window that is full, waits for the one before. Only a hint: failures show in fsync. */
static void write_back(int fd, int64_t done)
{
    int64_t start = done - WINDOW_BYTES;
    sync_file_range(fd, start, WINDOW_BYTES, SYNC_FILE_RANGE_WRITE);
    if (start >= WINDOW_BYTES)
        sync_file_range(fd, start - WINDOW_BYTES, WINDOW_BYTES,
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

static struct err copy_bytes(struct arena *a, const struct copy *copy, int from, int to, int64_t size)
{
    enum method method = BY_RANGE;
    int64_t done = 0;
    int64_t window = WINDOW_BYTES;
    for (;;) {
        if (is_cancelled(copy))
            return stopped();
        ssize_t moved = copy_some(from, to, done < size, &method);
        if (moved < 0)
            return err_errno(a, errno == EFBIG ? ENOSPC : errno, copy->to.shown);
        if (moved == 0)
            return OK;
        done += moved;
        if (copy->advanced)
            copy->advanced(copy->context, moved);
        if (done >= window) {
            write_back(to, done);
            window = done + WINDOW_BYTES;
        }
    }
}

/* --- one file ------------------------------------------------------------------------------------------ */

struct target {
    const char *path;
    const char *shown;
    const char *temporary;
};

static struct target target_of(struct arena *a, const struct copy *copy, const char *path)
{
    struct place to = {copy->to.root, join(a, copy->to.path, path), join(a, copy->to.shown, path)};
    struct place folder = place_parent(a, &to);
    return (struct target){to.path, to.shown, join(a, folder.path, copy->temporary)};
}

static struct err check_target(struct arena *a, const struct copy *copy, const struct target *target,
                               const struct copy_file *file, bool *ret_done)
{
    struct stat st;
    struct err e = root_stat(copy->to.root, a, target->path, false, &st);
    *ret_done = false;
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (copy->resume && S_ISREG(st.st_mode) && st.st_size == file->size &&
        modified_ns(&st) == file->modified_ns) {
        *ret_done = true;
        return OK;
    }
    if (!copy->overwrite || S_ISDIR(st.st_mode))
        return err_f(a, ERR_CONFLICT, "file_exists", "%s exists already", target->shown);
    return OK;
}

static struct err write_temporary(struct arena *a, const struct copy *copy, int from, int to)
{
    struct stat st;
    if (fstat(from, &st) != 0)
        return err_errno(a, errno, copy->from.shown);
    TRY(copy_bytes(a, copy, from, to, st.st_size));
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st.st_mtim};
    /* Not every file system keeps permissions. */
    if (fchmod(to, st.st_mode & 0777) != 0 && errno != EPERM && errno != EOPNOTSUPP)
        return err_errno(a, errno, copy->to.shown);
    if (futimens(to, times) != 0 || fsync(to) != 0)
        return err_errno(a, errno, copy->to.shown);
    return is_cancelled(copy) ? stopped() : OK;
}

static struct err copy_open(struct arena *a, const struct copy *copy, const struct target *target, int from)
{
    int to;
    /* Of a run that was killed. */
    IGNORE(root_unlink(copy->to.root, a, target->temporary));
    TRY(root_open(copy->to.root, a, target->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, &to));
    struct err e = write_temporary(a, copy, from, to);
    if (close(to) != 0 && !failed(e))
        e = err_errno(a, errno, target->shown);
    if (!failed(e))
        e = root_rename(copy->to.root, target->temporary, copy->to.root, target->path, copy->overwrite, a);
    if (failed(e))
        IGNORE(root_unlink(copy->to.root, a, target->temporary)); /* the first failure is what counts */
    return e;
}

struct err copy_file(struct arena *a, const struct copy *copy, const struct copy_file *file)
{
    SCRATCH(scratch);
    struct target target = target_of(&scratch, copy, file->path);
    bool done;
    int from;
    CHECK(atomic_file_is_temporary(copy->temporary));
    struct err e = check_target(&scratch, copy, &target, file, &done);
    if (!failed(e) && done && copy->advanced)
        copy->advanced(copy->context, file->size);
    if (!failed(e) && !done) {
        e = root_open(copy->from.root, &scratch, join(&scratch, copy->from.path, file->path), O_RDONLY, 0, &from);
        if (!failed(e)) {
            e = copy_open(&scratch, copy, &target, from);
            close(from);
        }
    }
    if (!failed(e))
        return OK;
    e = file_error(&scratch, e, e.kind == ERR_CONFLICT ? target.shown : join(&scratch, copy->from.shown, file->path));
    e.msg = arena_strdup(a, e.msg);
    return e;
}

/* --- a move's second half ------------------------------------------------------------------------------- */

static bool is_unchanged(struct arena *a, const struct copy *copy, const struct copy_file *file, const char *path)
{
    struct stat st;
    return !failed(root_stat(copy->from.root, a, path, true, &st)) && st.st_size == file->size &&
           modified_ns(&st) == file->modified_ns;
}

static bool remove_folder(struct arena *a, const struct copy *copy, const char *folder)
{
    /* A folder that still holds something stays; root_unlink takes only empty ones. */
    return !failed(root_unlink(copy->from.root, a, join(a, copy->from.path, folder)));
}

struct err copy_remove_source(struct arena *a, const struct copy *copy, const struct copy_plan *plan,
                              int64_t *ret_kept)
{
    int64_t kept = 0;
    for (size_t i = 0; i < plan->files.count; i++) {
        SCRATCH(scratch);
        const struct copy_file *file = &plan->files.items[i];
        const char *path = join(&scratch, copy->from.path, file->path);
        struct err e = OK;
        if (is_unchanged(&scratch, copy, file, path))
            e = root_unlink(copy->from.root, &scratch, path);
        else
            kept++;
        if (failed(e)) {
            e = file_error(&scratch, e, copy->from.shown);
            e.msg = arena_strdup(a, e.msg);
            return e;
        }
    }
    for (size_t i = plan->folders.count; i-- > 0;)
        kept += !remove_folder(a, copy, plan->folders.items[i]);
    if (plan->is_folder)
        kept += !remove_folder(a, copy, "");
    *ret_kept = kept;
    return OK;
}
