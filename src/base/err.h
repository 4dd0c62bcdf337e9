/*
 * Errors are values.
 *
 * A function that can fail returns `struct err` by value; kind ERR_NONE (zero) means success. Outputs
 * come last, are named ret_x, and stay untouched on failure. Library folders are silent: they return
 * the error, and the call or job that knows the operation logs it once.
 *
 * `code` is a stable machine word ("video_not_found"), always a string literal. `field` names the
 * offending input field or setting, or is NULL. `msg` is for people; it is either a literal or lives
 * in the arena given to err_f(), so it is valid as long as the call or job that failed.
 *
 * Kinds say what happened, never an HTTP status: each API surface maps kinds to its own spelling.
 */
#ifndef MEDLEY_BASE_ERR_H
#define MEDLEY_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;

enum err_kind {
    ERR_NONE = 0,
    ERR_INVALID,         /* the request or value is malformed; `field` says which */
    ERR_UNPROCESSABLE,   /* well-formed, but its content breaks a rule */
    ERR_UNAUTHENTICATED, /* no or bad credentials */
    ERR_DENIED,          /* known caller, not allowed */
    ERR_NOT_FOUND,
    ERR_METHOD,          /* the path exists, the method does not */
    ERR_CONFLICT,        /* unique key or state conflict */
    ERR_GONE,
    ERR_TOO_LARGE,
    ERR_UNSUPPORTED,     /* media type or feature of the input we do not take */
    ERR_RANGE,           /* unsatisfiable byte range */
    ERR_PRECONDITION,    /* If-Match and friends */
    ERR_THROTTLED,       /* too many requests */
    ERR_BUSY,            /* try again: lock, queue or pool is full */
    ERR_TIMEOUT,
    ERR_CANCELLED,
    ERR_UNCONFIGURED,    /* an outside service lacks a setting; `field` is the setting's key */
    ERR_UPSTREAM,        /* an outside service failed */
    ERR_STORAGE,         /* disk or database */
    ERR_UNFINISHED,      /* documented, not built yet: 501 */
    ERR_INTERNAL,
    ERR_KIND_COUNT
};

struct err {
    enum err_kind kind;
    const char *code;
    const char *field;
    const char *msg;
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define OK ((struct err){0})

/* An error whose message is a literal. */
static inline struct err MUST_CHECK err_make(enum err_kind kind, const char *code, const char *msg)
{
    return (struct err){.kind = kind, .code = code, .msg = msg};
}

/* The same, naming the field (a literal or a string that outlives the error). */
static inline struct err MUST_CHECK err_field(enum err_kind kind, const char *code,
                                              const char *field, const char *msg)
{
    return (struct err){.kind = kind, .code = code, .field = field, .msg = msg};
}

/* An error whose message is formatted into `a`. */
struct err err_f(struct arena *a, enum err_kind kind, const char *code, const char *fmt, ...)
    MUST_CHECK __attribute__((format(printf, 4, 5)));

/* An ERR_STORAGE error from errno: "<what>: No such file or directory". ENOENT becomes
 * ERR_NOT_FOUND, EACCES/EPERM/ELOOP/EXDEV ERR_DENIED, EEXIST ERR_CONFLICT, ENOSPC ERR_STORAGE. */
struct err err_errno(struct arena *a, int number, const char *what) MUST_CHECK;

static inline bool failed(struct err e)
{
    return e.kind != ERR_NONE;
}

/* "not_found", "conflict" ...: for logs and tests. */
const char *err_kind_name(enum err_kind kind);

/* Passes a failure up to the caller. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        struct err try_err_ = (expr);                                                              \
        if (failed(try_err_))                                                                      \
            return try_err_;                                                                       \
    } while (0)

/* For a failure that is not worth telling anybody, with the reason in a comment beside it. */
#define IGNORE(expr)                                                                               \
    do {                                                                                           \
        struct err ignored_err_ = (expr);                                                          \
        (void)ignored_err_;                                                                        \
    } while (0)

/* A broken invariant: prints where, and the current operation (log_scope), then aborts. */
#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0))                                                          \
            check_failed(#cond, __FILE__, __LINE__);                                               \
    } while (0)
_Noreturn void check_failed(const char *cond, const char *file, int line);

#endif
