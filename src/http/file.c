/* Files by sendfile: preconditions, ranges, multipart/byteranges. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "http/internal.h"

/* --- entity tags and dates ---------------------------------------------------------------------- */

static size_t opaque_tag(const char *p)
{
    if (*p != '"')
        return 0;
    const char *end = strchr(p + 1, '"');
    return end ? (size_t)(end - p) + 1 : 0;
}

bool etag_listed(const char *list, const char *etag, bool weak_is_enough)
{
    bool etag_weak = strncmp(etag, "W/", 2) == 0;
    const char *opaque = etag_weak ? etag + 2 : etag;
    for (const char *p = list; *p;) {
        p += strspn(p, " \t,");
        if (*p == '*')
            return true;
        bool weak = strncmp(p, "W/", 2) == 0;
        if (weak)
            p += 2;
        size_t len = opaque_tag(p);
        if (len == 0)
            return false;
        bool comparable = weak_is_enough || (!weak && !etag_weak);
        if (comparable && len == strlen(opaque) && memcmp(p, opaque, len) == 0)
            return true;
        p += len;
    }
    return false;
}

static bool date_header(const struct http_request *req, const char *name, int64_t *ret_seconds)
{
    const char *text = http_header(req, name);
    int64_t time_us;
    if (!text || !time_parse(text, &time_us))
        return false;
    *ret_seconds = time_us / SECONDS_US;
    return true;
}

/* Changes whenever the content may have: nanosecond times tell quick rewrites apart. */
static const char *file_etag(struct arena *a, const struct stat *st)
{
    return arena_printf(a, "\"%llx-%llx-%llx-%llx%08lx\"", (unsigned long long)st->st_dev,
                        (unsigned long long)st->st_ino, (unsigned long long)st->st_size,
                        (unsigned long long)st->st_mtim.tv_sec,
                        (unsigned long)st->st_mtim.tv_nsec);
}

enum verdict { VERDICT_SEND, VERDICT_NOT_MODIFIED, VERDICT_FAILED };

/* RFC 9110, 13.2.2. */
static enum verdict preconditions(const struct http_request *req, const struct http_response *resp)
{
    bool has_date = resp->modified_us != TIME_NONE;
    int64_t modified = has_date ? resp->modified_us / SECONDS_US : 0, date;
    const char *match = http_header(req, "If-Match");
    const char *none_match = http_header(req, "If-None-Match");
    if (match && !etag_listed(match, resp->etag, false))
        return VERDICT_FAILED;
    if (!match && has_date && date_header(req, "If-Unmodified-Since", &date) && modified > date)
        return VERDICT_FAILED;
    if (none_match)
        return etag_listed(none_match, resp->etag, true) ? VERDICT_NOT_MODIFIED : VERDICT_SEND;
    if (has_date && date_header(req, "If-Modified-Since", &date) && modified <= date)
        return VERDICT_NOT_MODIFIED;
    return VERDICT_SEND;
}

static bool range_still_valid(const struct http_request *req, const struct http_response *resp)
{
    const char *text = http_header(req, "If-Range");
    int64_t date;
    if (!text)
        return true;
    if (*text == '"')
        return strcmp(text, resp->etag) == 0;
    return resp->modified_us != TIME_NONE && date_header(req, "If-Range", &date) &&
           date == resp->modified_us / SECONDS_US;
}

/* --- the reply ---------------------------------------------------------------------------------- */

static struct err choose_ranges(struct http_request *req, struct http_response *resp)
{
    struct http_exchange *x = req->exchange;
    const char *text = http_header(req, "Range");
    if (req->method != HTTP_GET || !text || !range_still_valid(req, resp))
        return OK;
    struct http_range *ranges = arena_array(req->arena, struct http_range, HTTP_MAX_RANGES);
    switch (http_ranges_parse(text, resp->file_size, ranges, &x->range_count)) {
    case RANGE_WHOLE:
        return OK;
    case RANGE_PARTS:
        x->ranges = ranges;
        resp->status = 206;
        return OK;
    case RANGE_UNSATISFIABLE:
        http_add_header(req, resp, "Content-Range",
                        arena_printf(req->arena, "bytes */%lld", (long long)resp->file_size));
        return err_make(ERR_RANGE, "range_not_satisfiable", "The range lies outside the file");
    }
    return OK;
}

struct err http_reply_file(struct http_request *req, struct http_response *resp, int fd,
                           const char *content_type)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_make(ERR_NOT_FOUND, "not_a_file", "There is no such file");
    }
    http_response_drop_file(resp);
    resp->file_size = st.st_size;
    if (!resp->etag)
        resp->etag = file_etag(req->arena, &st);
    if (resp->modified_us == TIME_NONE)
        resp->modified_us = st.st_mtim.tv_sec * SECONDS_US + st.st_mtim.tv_nsec / 1000;
    resp->content_type = content_type;
    resp->status = 200;
    enum verdict verdict = preconditions(req, resp);
    struct err e = OK;
    if (verdict == VERDICT_FAILED)
        e = err_make(ERR_PRECONDITION, "precondition_failed", "The file has changed");
    else if (verdict == VERDICT_SEND)
        e = choose_ranges(req, resp);
    if (failed(e) || verdict == VERDICT_NOT_MODIFIED) {
        close(fd);
        resp->status = failed(e) ? 0 : 304;
        return e;
    }
    http_add_header(req, resp, "Accept-Ranges", "bytes");
    resp->file_fd = fd;
    return OK;
}

/* --- multipart/byteranges ----------------------------------------------------------------------- */

/* A piece of the body: text, then a span of the file. The last piece is text only. */
struct piece {
    const char *text;
    size_t text_len;
    struct http_range span;
    int64_t offset; /* where the piece starts in the body */
};

/* Owned by the libmicrohttpd response, which may outlive the exchange's arena. */
struct byteranges {
    struct arena arena;
    int fd;
    size_t count;
    struct piece *pieces;
};

static void byteranges_free(void *data)
{
    struct byteranges *b = data;
    close(b->fd);
    arena_finish(&b->arena);
    free(b);
}

static ssize_t byteranges_read(void *data, uint64_t position, char *to, size_t max)
{
    struct byteranges *b = data;
    size_t i = b->count - 1;
    while (b->pieces[i].offset > (int64_t)position)
        i--;
    const struct piece *piece = &b->pieces[i];
    int64_t at = (int64_t)position - piece->offset;
    if (at < (int64_t)piece->text_len) {
        size_t len = piece->text_len - (size_t)at;
        len = len < max ? len : max;
        memcpy(to, piece->text + at, len);
        return (ssize_t)len;
    }
    at -= (int64_t)piece->text_len;
    int64_t left = piece->span.length - at;
    ssize_t got = pread(b->fd, to, left < (int64_t)max ? (size_t)left : max, piece->span.start + at);
    /* A file that shrank meanwhile cannot keep the promised length. */
    return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static int64_t build_pieces(struct http_exchange *x, struct byteranges *b, const char *boundary)
{
    const char *type = x->resp.content_type ? x->resp.content_type : "application/octet-stream";
    int64_t offset = 0;
    b->count = x->range_count + 1;
    b->pieces = arena_array(&b->arena, struct piece, b->count);
    for (size_t i = 0; i < b->count; i++) {
        struct piece *piece = &b->pieces[i];
        if (i < x->range_count) {
            piece->span = x->ranges[i];
            piece->text = arena_printf(
                &b->arena,
                "%s--%s\r\nContent-Type: %s\r\nContent-Range: bytes %lld-%lld/%lld\r\n\r\n",
                i ? "\r\n" : "", boundary, type, (long long)piece->span.start,
                (long long)(piece->span.start + piece->span.length - 1),
                (long long)x->resp.file_size);
        } else {
            piece->text = arena_printf(&b->arena, "\r\n--%s--\r\n", boundary);
        }
        piece->text_len = strlen(piece->text);
        piece->offset = offset;
        offset += (int64_t)piece->text_len + piece->span.length;
    }
    return offset;
}

static struct MHD_Response *byteranges_response(struct http_exchange *x)
{
    struct byteranges *b = calloc(1, sizeof(*b));
    CHECK(b != NULL);
    b->fd = x->resp.file_fd;
    char boundary[33];
    uint64_t random[2] = {random_u64(), random_u64()};
    hex_encode(random, sizeof(random), boundary);
    x->reply_bytes = build_pieces(x, b, boundary);
    x->resp.content_type =
        arena_printf(&x->arena, "multipart/byteranges; boundary=%s", boundary);
    return MHD_create_response_from_callback((uint64_t)x->reply_bytes, (size_t)64 * 1024,
                                             byteranges_read, b, byteranges_free);
}

struct MHD_Response *file_response(struct http_exchange *x)
{
    struct http_response *resp = &x->resp;
    struct MHD_Response *response;
    struct http_range span = {0, resp->file_size};
    x->sends_file = true;
    if (x->range_count > 1) {
        response = byteranges_response(x);
        resp->file_fd = -1;
        return response;
    }
    if (x->range_count == 1) {
        span = x->ranges[0];
        http_add_header(&x->req, resp, "Content-Range",
                        arena_printf(&x->arena, "bytes %lld-%lld/%lld", (long long)span.start,
                                     (long long)(span.start + span.length - 1),
                                     (long long)resp->file_size));
    }
    x->reply_bytes = span.length;
    if (span.length == 0) {
        http_response_drop_file(resp);
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    }
    response = MHD_create_response_from_fd_at_offset64((uint64_t)span.length, resp->file_fd,
                                                       (uint64_t)span.start);
    resp->file_fd = -1;
    return response;
}
