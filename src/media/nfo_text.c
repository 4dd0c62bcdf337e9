/* Finds out how an NFO file is encoded: rarely as it says. */
#include "media/nfo_text.h"

#include <libxml/encoding.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fold.h"

static void put_utf8(struct buf *to, uint32_t c)
{
    if (c < 0x80) {
        buf_putc(to, (char)c);
    } else if (c < 0x800) {
        buf_putc(to, (char)(0xc0 | c >> 6));
        buf_putc(to, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_putc(to, (char)(0xe0 | c >> 12));
        buf_putc(to, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(to, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_putc(to, (char)(0xf0 | c >> 18));
        buf_putc(to, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_putc(to, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(to, (char)(0x80 | (c & 0x3f)));
    }
}

static uint32_t unit_at(const char *data, size_t i, bool big)
{
    uint8_t first = (uint8_t)data[i], second = (uint8_t)data[i + 1];
    return big ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

static char *from_utf16(struct arena *a, const char *data, size_t len, bool big)
{
    BUF(text);
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint32_t c = unit_at(data, i, big);
        bool high = c >= 0xd800 && c < 0xdc00;
        if (high && i + 3 < len && (unit_at(data, i + 2, big) & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c - 0xd800) << 10) + (unit_at(data, i + 2, big) - 0xdc00);
            i += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        put_utf8(&text, c);
    }
    return arena_strndup(a, text.data ? text.data : "", text.len);
}

/* The name in encoding="...", within the first line or so. */
static const char *declared_encoding(const char *data, size_t len, char to[40])
{
    const char *found = memmem(data, len < 200 ? len : 200, "encoding=", 9);
    size_t count = 0;
    if (!found)
        return NULL;
    for (const char *c = found + 10; c < data + len && count < 39 && *c != '"' && *c != '\''; c++)
        to[count++] = *c;
    to[count] = 0;
    return count ? to : NULL;
}

static char *convert(struct arena *a, const char *encoding, const char *data, size_t len)
{
    xmlCharEncodingHandlerPtr handler = encoding ? xmlFindCharEncodingHandler(encoding) : NULL;
    if (!handler)
        return NULL;
    xmlBufferPtr in = xmlBufferCreateSize(len + 1), out = xmlBufferCreateSize(len * 2 + 1);
    char *text = NULL;
    if (in && out && xmlBufferAdd(in, (const xmlChar *)data, (int)len) == 0 &&
        xmlCharEncInFunc(handler, out, in) >= 0 && xmlBufferLength(in) == 0 &&
        utf8_valid((const char *)xmlBufferContent(out), (size_t)xmlBufferLength(out)))
        text = arena_strndup(a, (const char *)xmlBufferContent(out), (size_t)xmlBufferLength(out));
    xmlBufferFree(in);
    xmlBufferFree(out);
    xmlCharEncCloseFunc(handler);
    return text;
}

/* Well-formed UTF-8 is UTF-8, whatever it says; else the declaration, else Western European. */
static char *to_utf8(struct arena *a, const char *data, size_t len)
{
    char name[40];
    if (len >= 2 && memcmp(data, "\xff\xfe", 2) == 0)
        return from_utf16(a, data + 2, len - 2, false);
    if (len >= 2 && memcmp(data, "\xfe\xff", 2) == 0)
        return from_utf16(a, data + 2, len - 2, true);
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        data += 3, len -= 3;
    if (utf8_valid(data, len))
        return arena_strndup(a, data, len);
    char *text = convert(a, declared_encoding(data, len, name), data, len);
    if (!text)
        text = convert(a, "WINDOWS-1252", data, len);
    if (!text)
        text = convert(a, "ISO-8859-1", data, len);
    return text ? text : utf8_repair(a, data, len);
}

static void blank(char *from, const char *to)
{
    memset(from, ' ', (size_t)(to - from));
}

char *nfo_decode(struct arena *a, const char *data, size_t len, size_t *ret_len)
{
    /* A copy first: NUL bytes would end the text early. */
    char *bytes = arena_memdup(a, data, len);
    bool wide = len >= 2 && ((uint8_t)bytes[0] >= 0xfe && (uint8_t)bytes[1] >= 0xfe);
    for (size_t i = 0; i < len && !wide; i++)
        if (!bytes[i])
            bytes[i] = ' ';
    char *text = to_utf8(a, bytes, len);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' && *c != '\n' && *c != '\t')
            *c = *c == '\r' ? '\n' : ' ';
    for (char *start = strstr(text, "<?"); start; start = strstr(start, "<?")) {
        char *end = strstr(start, "?>");
        end = end ? end + 2 : start + 2;
        blank(start, end);
    }
    *ret_len = strlen(text);
    return text;
}
