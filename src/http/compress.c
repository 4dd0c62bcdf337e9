/* gzip for texts, and reading Accept-Encoding. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "http/internal.h"

/* Level 4 is the first with lazy matching: close to level 6 in size for JSON at half its time. */
#define GZIP_LEVEL 4

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t deflater_key;

static void deflater_free(void *data)
{
    deflateEnd(data);
    free(data);
}

static void make_key(void)
{
    CHECK(pthread_key_create(&deflater_key, deflater_free) == 0);
}

/* One deflater per thread: setting one up costs more than compressing a small reply. */
static z_stream *deflater(void)
{
    pthread_once(&key_once, make_key);
    z_stream *z = pthread_getspecific(deflater_key);
    if (z) {
        deflateReset(z);
        return z;
    }
    z = calloc(1, sizeof(*z));
    CHECK(z != NULL);
    /* 15 + 16: the largest window, in a gzip wrapper. */
    CHECK(deflateInit2(z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    pthread_setspecific(deflater_key, z);
    return z;
}

bool gzip_buffer(const struct buf *in, struct buf *out)
{
    if (in->len < 64 || in->len > UINT32_MAX / 2)
        return false;
    struct buf packed = {0};
    char *to = buf_reserve(&packed, in->len - 1);
    z_stream *z = deflater();
    z->next_in = (unsigned char *)in->data;
    z->avail_in = (unsigned)in->len;
    z->next_out = (unsigned char *)to;
    z->avail_out = (unsigned)in->len - 1;
    if (deflate(z, Z_FINISH) != Z_STREAM_END) {
        buf_finish(&packed);
        return false;
    }
    packed.len = z->total_out;
    packed.data[packed.len] = 0;
    *out = packed;
    return true;
}

/* The q of one list item in thousandths: `p` points behind the coding name. */
static int read_quality(const char *p, const char *end)
{
    while (p < end && *p != ';')
        p++;
    for (p = p < end ? p + 1 : p; p < end && (*p == ' ' || *p == '\t'); p++)
        continue;
    if (end - p < 3 || (p[0] != 'q' && p[0] != 'Q') || p[1] != '=')
        return 1000;
    p += 2;
    int quality = (*p == '1') * 1000;
    if (p + 1 < end && p[1] == '.' && *p == '0') {
        int unit = 100;
        for (p += 2; p < end && *p >= '0' && *p <= '9' && unit; p++, unit /= 10)
            quality += (*p - '0') * unit;
    }
    return quality;
}

bool accepts_gzip(const char *accept_encoding)
{
    int gzip = -1, any = -1, identity = -1;
    for (const char *p = accept_encoding; p && *p;) {
        p += strspn(p, " \t,");
        const char *end = p + strcspn(p, ",");
        size_t name = strcspn(p, " \t;,");
        if ((name == 4 && strncasecmp(p, "gzip", 4) == 0) ||
            (name == 6 && strncasecmp(p, "x-gzip", 6) == 0))
            gzip = read_quality(p + name, end);
        else if (name == 1 && *p == '*')
            any = read_quality(p + name, end);
        else if (name == 8 && strncasecmp(p, "identity", 8) == 0)
            identity = read_quality(p + name, end);
        p = end;
    }
    int quality = gzip >= 0 ? gzip : any;
    return quality > 0 && quality >= identity;
}

bool compressible(const char *content_type)
{
    static const char *const types[] = {
        "application/json", "application/javascript", "application/xml", "application/problem+json",
        "application/manifest+json", "application/vnd.apple.mpegurl", "image/svg+xml",
    };
    if (!content_type)
        return false;
    if (strncasecmp(content_type, "text/", 5) == 0)
        return strncasecmp(content_type, "text/event-stream", 17) != 0;
    size_t len = strcspn(content_type, "; ");
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strlen(types[i]) == len && strncasecmp(content_type, types[i], len) == 0)
            return true;
    return len > 5 && strncasecmp(content_type + len - 5, "+json", 5) == 0;
}
