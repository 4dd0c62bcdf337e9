/* One-line key=value logging to standard error. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/clock.h"

/* A line longer than this is cut: logs are for people. */
#define LINE_MAX_BYTES   2048
#define QUOTED_MAX_BYTES 500

static atomic_int threshold = LOG_INFO;
static _Thread_local char scope_text[64];
static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level)
{
    atomic_store(&threshold, (int)level);
}

enum log_level log_get_level(void)
{
    return (enum log_level)atomic_load_explicit(&threshold, memory_order_relaxed);
}

void log_scope(const char *scope)
{
    snprintf(scope_text, sizeof(scope_text), "%s", scope ? scope : "");
}

void log_line(enum log_level level, const char *mod, const char *op, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    char stamp[TIME_TEXT_BYTES];
    time_format(time_now_us(), stamp);
    int len = snprintf(line, sizeof(line), "t=%s lvl=%s mod=%s op=%s%s%s ", stamp,
                       level_names[level], mod, op, scope_text[0] ? " " : "", scope_text);
    va_list args;
    va_start(args, fmt);
    int more = vsnprintf(line + len, sizeof(line) - (size_t)len, fmt, args);
    va_end(args);
    size_t total = (size_t)len + (more > 0 ? (size_t)more : 0);
    if (total > sizeof(line) - 2)
        total = sizeof(line) - 2;
    line[total++] = '\n';
    /* A log that cannot be written has nowhere to complain. */
    ssize_t ignored = write(STDERR_FILENO, line, total);
    (void)ignored;
}

const char *log_quote(char *buf, size_t size, const char *s)
{
    size_t out = 0;
    if (!s)
        s = "";
    buf[out++] = '"';
    for (size_t i = 0; s[i] && i < QUOTED_MAX_BYTES && out + 6 < size; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\') {
            buf[out++] = '\\';
            buf[out++] = (char)c;
        } else if (c < 0x20 || c == 0x7f) {
            out += (size_t)snprintf(buf + out, size - out, "\\x%02x", c);
        } else {
            buf[out++] = (char)c;
        }
    }
    buf[out++] = '"';
    buf[out] = 0;
    return buf;
}

void log_err(enum log_level level, const char *mod, const char *op, struct err e)
{
    LOG(level, mod, op, "err=%s code=%s field=%s msg=%s", err_kind_name(e.kind),
        e.code ? e.code : "-", e.field ? e.field : "-", Q(e.msg));
}
