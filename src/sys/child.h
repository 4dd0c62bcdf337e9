/*
 * Running another program, with limits and an end.
 *
 * child_run() starts it in its own process group with nothing open but standard input (/dev/null),
 * output and error, reads both line by line, and returns when it and everything it started are
 * gone. There is never a shell: argv goes to the program as it is. It sees only the environment
 * that is listed. When the deadline passes or it is cancelled the whole group gets SIGTERM, and
 * SIGKILL after CHILD_GRACE_MS. When this process dies, the program is killed too.
 *
 * Any thread; callbacks come on the calling thread. A program that ran and said no (exit status 1)
 * is not an error here: look at the result. Errors: ERR_NOT_FOUND "program_missing", ERR_TIMEOUT
 * "child_timeout", ERR_CANCELLED "child_cancelled", ERR_STORAGE when it cannot be started.
 */
#ifndef MEDLEY_SYS_CHILD_H
#define MEDLEY_SYS_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "sys/stop.h"

#define CHILD_GRACE_MS       1500
#define CHILD_LINE_MAX_BYTES 65536 /* a longer line is handed over in pieces */
#define CHILD_KEEP_FDS_MAX   8

enum child_stream { CHILD_OUTPUT, CHILD_ERRORS };

struct child_options {
    /* NULL-terminated. argv[0] is a path, or a name looked up in PATH. */
    const char *const *argv;
    /* NULL-terminated: "NAME=value", or "NAME" to hand on our own. PATH, LANG and TZ are always
     * handed on; NULL: nothing more. */
    const char *const *environment;
    const char *folder;            /* to run in; NULL: / */
    int64_t timeout_ms;            /* 0: none */
    struct stop *stop;             /* cancels; may be NULL */
    bool (*cancelled)(void *data); /* asked about ten times a second; may be NULL */
    /* `line` without its end, NUL-terminated; valid during the call. \r ends a line too (progress
     * displays); empty lines are left out. NULL: output is thrown away. */
    void (*on_line)(void *data, enum child_stream stream, char *line, size_t len);
    void *data; /* of both callbacks */
    /* Descriptors of ours that the program finds as 3, 4, ... */
    const int *keep_fds;
    size_t keep_fd_count;
    /* 0: as we have it. */
    uint64_t memory_max_bytes; /* address space */
    uint64_t file_max_bytes;   /* a single file it writes */
    uint64_t cpu_max_s;
    uint64_t files_max; /* open at once */
    int nice;           /* added */
};

struct child_result {
    int exit_status; /* -1 when ended by a signal */
    int signal;      /* 0 when it exited by itself */
    int64_t duration_ms;
};

/* `ret_result` is also filled with ERR_TIMEOUT and ERR_CANCELLED. May be NULL. */
struct err child_run(struct arena *a, const struct child_options *options,
                     struct child_result *ret_result) MUST_CHECK;
/* The path of a program as execve needs it: itself when it has a slash, else searched in PATH. NULL
 * when there is none. */
const char *child_find_program(struct arena *a, const char *name);

#endif
