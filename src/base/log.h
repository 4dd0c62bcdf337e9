/*
 * One line per event on standard error: `t=... lvl=warn mod=jobs op=lease job=42 msg="..."`.
 *
 * LOG() takes fixed keys first (level, module, operation) and a printf format of further key=value
 * pairs. Text from outside is passed through log_quote() so that a line stays one line. The id of the
 * current request or job (log_scope) is added by itself. Any thread; one write() per line.
 */
#ifndef MEDLEY_BASE_LOG_H
#define MEDLEY_BASE_LOG_H

#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct arena;
struct err;

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Names what this thread works on ("req=ab12", "job=42"); NULL clears. Copied, at most 63 bytes. */
void log_scope(const char *scope);

void log_line(enum log_level level, const char *mod, const char *op, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define LOG(level, mod, op, ...)                                                                   \
    do {                                                                                           \
        if ((level) >= log_get_level())                                                            \
            log_line((level), (mod), (op), __VA_ARGS__);                                           \
    } while (0)

/* Logs a failure with its kind, code, field and message. */
void log_err(enum log_level level, const char *mod, const char *op, struct err e);

/* `s` in double quotes with quotes, backslashes and control bytes escaped; cut at 500 bytes. NULL is
 * written as "". The result lives in `buf`. */
const char *log_quote(char *buf, size_t size, const char *s);
#define Q(s) log_quote((char[1100]){0}, 1100, (s))

#endif
