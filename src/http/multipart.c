/* A streaming parser for multipart/form-data. */
#include "http/multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fold.h"
#include "http/uri.h"

/* RFC 2046: at most 70 characters. */
#define MAX_BOUNDARY 70
/* Blanks a sender may put behind a boundary. */
#define MAX_PADDING 64
#define MAX_NAME_BYTES 1024

enum multipart_state {
    IN_PREAMBLE,
    IN_HEADERS,
    IN_CONTENT,
    IN_EPILOGUE,
};

struct multipart {
    struct arena *arena;
    const char *temp_dir;
    int64_t max_upload;
    char delimiter[MAX_BOUNDARY + 5]; /* CR LF "--" boundary */
    size_t delimiter_len;
    enum multipart_state state;
    struct buf pending; /* not yet understood: at most one piece of input and a delimiter */
    struct {
        VEC(struct http_part)
    } parts;
    struct buf field;     /* content of the current plain field */
    int fd;               /* of the current file; -1 */
    int64_t file_bytes;   /* of all files */
    int64_t field_bytes;  /* of all fields */
    int64_t ignored_bytes; /* preamble and epilogue */
};

static struct err malformed(const char *msg)
{
    return err_make(ERR_INVALID, "bad_multipart", msg);
}

static struct err too_large(void)
{
    return err_make(ERR_TOO_LARGE, "body_too_large", "The upload is too large");
}

/* --- header parameters -------------------------------------------------------------------------- */

static const char *skip_blank(const char *p)
{
    return p + strspn(p, " \t");
}

/* Reads a token or a quoted string. Browsers escape a quote as %22, others as \"; a lone backslash is
 * part of a Windows path. */
static const char *read_value(struct arena *a, const char *p, const char **ret_value)
{
    if (*p != '"') {
        size_t len = strcspn(p, "; \t");
        *ret_value = arena_strndup(a, p, len);
        return p + len;
    }
    char *to = arena_alloc(a, strlen(p) + 1);
    size_t n = 0;
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        to[n++] = *p;
    }
    *ret_value = to;
    return *p ? p + 1 : NULL;
}

/* The value of a parameter of "type; a=b; c=\"d\"". NULL when absent, `*ret_bad` when malformed. */
static const char *parameter(struct arena *a, const char *header, const char *name, bool *ret_bad)
{
    size_t name_len = strlen(name);
    const char *p = header + strcspn(header, ";");
    while (*p == ';') {
        p = skip_blank(p + 1);
        size_t len = strcspn(p, "=; \t");
        const char *key = p, *value;
        p = skip_blank(p + len);
        if (*p != '=') {
            p += strcspn(p, ";");
            continue;
        }
        p = read_value(a, skip_blank(p + 1), &value);
        if (!p) {
            *ret_bad = true;
            return NULL;
        }
        if (len == name_len && strncasecmp(key, name, len) == 0)
            return value;
        p += strcspn(p, ";");
    }
    return NULL;
}

struct err multipart_create(struct arena *a, const char *content_type, const char *temp_dir,
                            int64_t max_upload, struct multipart **ret_multipart)
{
    bool bad = false;
    const char *boundary = parameter(a, content_type, "boundary", &bad);
    size_t len = boundary ? strlen(boundary) : 0;
    if (len == 0 || len > MAX_BOUNDARY || boundary[len - 1] == ' ' ||
        text_has_controls(boundary, len))
        return malformed("The multipart boundary is missing or malformed");
    struct multipart *m = arena_new(a, struct multipart);
    m->arena = a;
    m->temp_dir = temp_dir;
    m->max_upload = max_upload;
    m->fd = -1;
    m->delimiter_len =
        (size_t)snprintf(m->delimiter, sizeof(m->delimiter), "\r\n--%s", boundary);
    /* The first delimiter needs no line before it. */
    buf_puts(&m->pending, "\r\n");
    *ret_multipart = m;
    return OK;
}

void multipart_destroy(struct multipart *m)
{
    if (!m)
        return;
    if (m->fd >= 0)
        close(m->fd);
    m->fd = -1;
    buf_finish(&m->pending);
    buf_finish(&m->field);
}

/* --- parts -------------------------------------------------------------------------------------- */

static void remove_file(void *data)
{
    /* Gone already when the handler has taken (renamed) it. */
    unlink(data);
}

static struct err open_file(struct multipart *m, struct http_part *part)
{
    char *path = arena_printf(m->arena, "%s/upload-XXXXXX", m->temp_dir);
    m->fd = mkostemp(path, O_CLOEXEC);
    if (m->fd < 0)
        return err_make(ERR_STORAGE, "upload_failed", "The upload cannot be stored");
    arena_defer(m->arena, remove_file, path);
    part->temp_path = path;
    return OK;
}

static const char *base_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((*p == '/' || *p == '\\') && p[1])
            name = p + 1;
    return name;
}

/* RFC 5987: UTF-8''na%C3%AFve.txt */
static const char *decode_extended(struct arena *a, const char *value)
{
    const char *quote = strchr(value, '\'');
    quote = quote ? strchr(quote + 1, '\'') : NULL;
    if (!quote || strncasecmp(value, "utf-8'", 6) != 0)
        return NULL;
    return http_decode(a, quote + 1, strlen(quote + 1), false);
}

static bool usable_text(const char *s)
{
    size_t len = strlen(s);
    return len <= MAX_NAME_BYTES && !text_has_controls(s, len) && utf8_valid(s, len);
}

static struct err read_disposition(struct multipart *m, const char *header, struct http_part *part)
{
    bool bad = false;
    if (strncasecmp(header, "form-data", 9) != 0)
        return malformed("A part is not form-data");
    part->name = parameter(m->arena, header, "name", &bad);
    const char *file_name = parameter(m->arena, header, "filename", &bad);
    const char *extended = parameter(m->arena, header, "filename*", &bad);
    if (extended) {
        file_name = decode_extended(m->arena, extended);
        bad = bad || !file_name;
    }
    if (bad || !part->name || !usable_text(part->name) || (file_name && !usable_text(file_name)))
        return malformed("A part has no usable name");
    /* An empty name is how browsers say that no file was chosen. */
    if (file_name && *file_name)
        part->file_name = base_name(file_name);
    return OK;
}

static struct err read_header(struct multipart *m, char *line, struct http_part *part)
{
    char *colon = strchr(line, ':');
    if (!colon || colon == line)
        return malformed("A part has a malformed header");
    *colon = 0;
    const char *value = skip_blank(colon + 1);
    if (strcasecmp(line, "Content-Disposition") == 0)
        return read_disposition(m, value, part);
    if (strcasecmp(line, "Content-Type") == 0 && usable_text(value))
        part->content_type = arena_strdup(m->arena, value);
    return OK;
}

static struct err begin_part(struct multipart *m, char *headers, size_t len)
{
    if (m->parts.count >= MULTIPART_MAX_PARTS)
        return too_large();
    if (memchr(headers, 0, len))
        return malformed("A part has a malformed header");
    struct http_part part = {0};
    for (char *line = headers; *line;) {
        char *end = strstr(line, "\r\n");
        if (!end)
            break;
        *end = 0;
        if (end > line)
            TRY(read_header(m, line, &part));
        line = end + 2;
    }
    if (!part.name)
        return malformed("A part has no name");
    if (part.file_name)
        TRY(open_file(m, &part));
    *arena_push(m->arena, &m->parts) = part;
    m->state = IN_CONTENT;
    return OK;
}

static struct err write_file(struct multipart *m, const char *data, size_t len)
{
    m->file_bytes += (int64_t)len;
    if (m->file_bytes > m->max_upload)
        return too_large();
    while (len) {
        ssize_t done = write(m->fd, data, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return err_make(ERR_STORAGE, errno == ENOSPC || errno == EDQUOT ? "disk_full"
                                                                            : "upload_failed",
                            "The upload cannot be stored");
        data += done;
        len -= (size_t)done;
    }
    return OK;
}

static struct err take_content(struct multipart *m, const char *data, size_t len)
{
    m->parts.items[m->parts.count - 1].size += (int64_t)len;
    if (m->fd >= 0)
        return write_file(m, data, len);
    m->field_bytes += (int64_t)len;
    if (m->field.len + len > MULTIPART_FIELD_BYTES || m->field_bytes > MULTIPART_FIELDS_BYTES)
        return too_large();
    buf_append(&m->field, data, len);
    return OK;
}

static struct err end_part(struct multipart *m)
{
    struct http_part *part = &m->parts.items[m->parts.count - 1];
    if (m->fd >= 0) {
        int fd = m->fd;
        m->fd = -1;
        if (close(fd) != 0)
            return err_make(ERR_STORAGE, "upload_failed", "The upload cannot be stored");
        return OK;
    }
    const char *value = m->field.data ? m->field.data : "";
    if (memchr(value, 0, m->field.len) || !utf8_valid(value, m->field.len))
        return malformed("A field is not UTF-8 text");
    part->value = arena_strndup(m->arena, value, m->field.len);
    buf_clear(&m->field);
    return OK;
}

/* --- boundaries --------------------------------------------------------------------------------- */

enum after_delimiter { AFTER_UNKNOWN, AFTER_NOTHING, AFTER_PART, AFTER_END };

/* What stands behind a delimiter: blanks and CR LF (next part), "--" (end), or something else, which
 * makes it content that merely begins like a delimiter. `*ret_len` counts what belongs to it. */
static enum after_delimiter classify(const char *p, size_t len, size_t *ret_len)
{
    if (len >= 2 && p[0] == '-' && p[1] == '-') {
        *ret_len = 2;
        return AFTER_END;
    }
    if (len == 1 && p[0] == '-')
        return AFTER_UNKNOWN;
    size_t blanks = 0;
    while (blanks < len && blanks <= MAX_PADDING && (p[blanks] == ' ' || p[blanks] == '\t'))
        blanks++;
    if (blanks > MAX_PADDING)
        return AFTER_NOTHING;
    if (blanks == len || (blanks + 1 == len && p[blanks] == '\r'))
        return AFTER_UNKNOWN;
    *ret_len = blanks + 2;
    return p[blanks] == '\r' && p[blanks + 1] == '\n' ? AFTER_PART : AFTER_NOTHING;
}

static struct err pass_on(struct multipart *m, const char *data, size_t len)
{
    if (m->state == IN_CONTENT)
        return take_content(m, data, len);
    m->ignored_bytes += (int64_t)len;
    return m->ignored_bytes > MULTIPART_FIELD_BYTES ? too_large() : OK;
}

/* Consumes content up to and including the next delimiter. Returns through ret_used how far it got;
 * less than one byte of progress means that more input is needed. */
static struct err scan(struct multipart *m, const char *data, size_t len, size_t *ret_used)
{
    const char *found = memmem(data, len, m->delimiter, m->delimiter_len);
    if (!found) {
        /* The last bytes may be the start of a delimiter. */
        size_t keep = m->delimiter_len - 1;
        *ret_used = len > keep ? len - keep : 0;
        return pass_on(m, data, *ret_used);
    }
    size_t at = (size_t)(found - data), extra = 0;
    enum after_delimiter after =
        classify(found + m->delimiter_len, len - at - m->delimiter_len, &extra);
    /* A delimiter starts with CR LF, which no boundary contains, so none begins inside this one. */
    if (after == AFTER_NOTHING)
        at += m->delimiter_len;
    TRY(pass_on(m, data, at));
    *ret_used = at;
    if (after == AFTER_NOTHING || after == AFTER_UNKNOWN)
        return OK;
    if (m->state == IN_CONTENT)
        TRY(end_part(m));
    m->state = after == AFTER_END ? IN_EPILOGUE : IN_HEADERS;
    *ret_used += m->delimiter_len + extra;
    return OK;
}

static struct err scan_headers(struct multipart *m, char *data, size_t len, size_t *ret_used)
{
    /* A part without headers starts with the empty line. */
    if (len >= 2 && data[0] == '\r' && data[1] == '\n')
        return malformed("A part has no name");
    char *end = memmem(data, len, "\r\n\r\n", 4);
    size_t size = end ? (size_t)(end - data) + 4 : len;
    if (size > MULTIPART_HEADER_BYTES)
        return malformed("A part's headers are too large");
    *ret_used = end ? size : 0;
    if (!end)
        return OK;
    end[2] = 0;
    return begin_part(m, data, size - 2);
}

static struct err step(struct multipart *m, char *data, size_t len, size_t *ret_used)
{
    if (m->state == IN_HEADERS)
        return scan_headers(m, data, len, ret_used);
    if (m->state != IN_EPILOGUE)
        return scan(m, data, len, ret_used);
    *ret_used = len;
    return pass_on(m, data, len);
}

struct err multipart_feed(struct multipart *m, const char *data, size_t len)
{
    buf_append(&m->pending, data, len);
    size_t done = 0;
    while (done < m->pending.len) {
        size_t used = 0;
        TRY(step(m, m->pending.data + done, m->pending.len - done, &used));
        if (used == 0)
            break;
        done += used;
    }
    m->pending.len -= done;
    memmove(m->pending.data, m->pending.data + done, m->pending.len);
    return OK;
}

struct err multipart_end(struct multipart *m, const struct http_part **ret_parts, size_t *ret_count)
{
    if (m->state != IN_EPILOGUE)
        return malformed("The final boundary is missing");
    *ret_parts = m->parts.items;
    *ret_count = m->parts.count;
    return OK;
}
