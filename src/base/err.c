/* Error values: names of kinds, formatted messages, errno, and broken invariants. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

static const char *const kind_names[ERR_KIND_COUNT] = {
    [ERR_NONE] = "none",
    [ERR_INVALID] = "invalid",
    [ERR_UNPROCESSABLE] = "unprocessable",
    [ERR_UNAUTHENTICATED] = "unauthenticated",
    [ERR_DENIED] = "denied",
    [ERR_NOT_FOUND] = "not_found",
    [ERR_METHOD] = "method_not_allowed",
    [ERR_CONFLICT] = "conflict",
    [ERR_GONE] = "gone",
    [ERR_TOO_LARGE] = "too_large",
    [ERR_UNSUPPORTED] = "unsupported",
    [ERR_RANGE] = "range",
    [ERR_PRECONDITION] = "precondition",
    [ERR_THROTTLED] = "throttled",
    [ERR_BUSY] = "busy",
    [ERR_TIMEOUT] = "timeout",
    [ERR_CANCELLED] = "cancelled",
    [ERR_UNCONFIGURED] = "unconfigured",
    [ERR_UPSTREAM] = "upstream",
    [ERR_STORAGE] = "storage",
    [ERR_UNFINISHED] = "unfinished",
    [ERR_INTERNAL] = "internal",
};

const char *err_kind_name(enum err_kind kind)
{
    return (unsigned)kind < ERR_KIND_COUNT ? kind_names[kind] : "unknown";
}

struct err err_f(struct arena *a, enum err_kind kind, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *msg = arena_vprintf(a, fmt, args);
    va_end(args);
    return err_make(kind, code, msg);
}

struct err err_errno(struct arena *a, int number, const char *what)
{
    char text[128];
    const char *reason = strerror_r(number, text, sizeof(text));
    enum err_kind kind = ERR_STORAGE;
    const char *code = "io_error";
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        kind = ERR_NOT_FOUND;
        code = "file_not_found";
        break;
    case EACCES:
    case EPERM:
    case ELOOP:
    case EXDEV:
        kind = ERR_DENIED;
        code = "file_denied";
        break;
    case EEXIST:
    case ENOTEMPTY:
        kind = ERR_CONFLICT;
        code = "file_exists";
        break;
    case ENOSPC:
    case EDQUOT:
        code = "disk_full";
        break;
    case ENAMETOOLONG:
    case EINVAL:
        kind = ERR_INVALID;
        code = "bad_path";
        break;
    default:
        break;
    }
    return err_f(a, kind, code, "%s: %s", what, reason);
}

void check_failed(const char *cond, const char *file, int line)
{
    LOG(LOG_ERROR, "base", "check", "file=%s line=%d cond=\"%s\"", file, line, cond);
    abort();
}
