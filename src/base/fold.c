/* Unicode folding, one rule for the whole server. */
#include "base/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"

bool utf8_valid(const char *s, size_t len)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
    while (len) {
        uint64_t eight;
        if (len >= sizeof(eight)) {
            memcpy(&eight, p, sizeof(eight));
            if (!(eight & UINT64_C(0x8080808080808080))) {
                p += sizeof(eight);
                len -= sizeof(eight);
                continue;
            }
        }
        if (*p < 0x80) {
            p++;
            len--;
            continue;
        }
        utf8proc_int32_t cp;
        utf8proc_ssize_t used = utf8proc_iterate(p, (utf8proc_ssize_t)len, &cp);
        if (used <= 0)
            return false;
        p += used;
        len -= (size_t)used;
    }
    return true;
}

size_t utf8_length(const char *s)
{
    size_t count = 0;
    for (; *s; s++)
        count += ((unsigned char)*s & 0xc0) != 0x80;
    return count;
}

char *utf8_repair(struct arena *a, const char *s, size_t len)
{
    if (utf8_valid(s, len))
        return arena_strndup(a, s, len);
    BUF(out);
    for (size_t i = 0; i < len;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s + i,
                                                 (utf8proc_ssize_t)(len - i), &cp);
        if (used <= 0) {
            buf_puts(&out, "\xef\xbf\xbd");
            i++;
        } else {
            buf_append(&out, s + i, (size_t)used);
            i += (size_t)used;
        }
    }
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

static bool is_space(utf8proc_int32_t cp)
{
    if (cp <= ' ')
        return true;
    utf8proc_category_t category = utf8proc_category(cp);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

static bool is_word(utf8proc_int32_t cp)
{
    utf8proc_category_t category = utf8proc_category(cp);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* Writes the folded code points, with runs of what `keep` refuses as one space. */
static char *fold_with(struct arena *a, const char *s, bool words_only)
{
    if (!s)
        return NULL;
    size_t len = strlen(s);
    const char *text = utf8_valid(s, len) ? s : utf8_repair(a, s, len);
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t mapped_len = utf8proc_map(
        (const utf8proc_uint8_t *)text, 0, &mapped,
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
            UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK);
    if (mapped_len < 0)
        return arena_strdup(a, text);
    char *out = arena_alloc(a, (size_t)mapped_len + 1);
    size_t used = 0;
    bool gap = false;
    for (utf8proc_ssize_t i = 0; i < mapped_len;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t step = utf8proc_iterate(mapped + i, mapped_len - i, &cp);
        if (step <= 0)
            break;
        if (is_space(cp) || (words_only && !is_word(cp))) {
            gap = used > 0;
        } else {
            if (gap)
                out[used++] = ' ';
            gap = false;
            memcpy(out + used, mapped + i, (size_t)step);
            used += (size_t)step;
        }
        i += step;
    }
    free(mapped);
    out[used] = 0;
    return out;
}

const char *utf8_cut(struct arena *a, const char *s, size_t max)
{
    size_t characters = 0;
    for (const char *p = s; p && *p; p++) {
        characters += ((unsigned char)*p & 0xc0) != 0x80;
        if (characters > max)
            return arena_strndup(a, s, (size_t)(p - s));
    }
    return s;
}

static char *cut_key(char *folded)
{
    size_t len = folded ? strlen(folded) : 0;
    if (len <= FOLD_KEY_BYTES)
        return folded;
    for (len = FOLD_KEY_BYTES; len && ((unsigned char)folded[len] & 0xc0) == 0x80;)
        len--;
    while (len && folded[len - 1] == ' ')
        len--;
    folded[len] = 0;
    return folded;
}

char *fold(struct arena *a, const char *s)
{
    return cut_key(fold_with(a, s, false));
}

char *fold_words(struct arena *a, const char *s)
{
    return fold_with(a, s, true);
}

char *fold_match_key(struct arena *a, const char *s)
{
    return cut_key(fold_with(a, s, true));
}

char *fold_sort_key(struct arena *a, const char *s)
{
    static const char *const articles[] = {"the ", "a ",  "an ",  "der ", "die ", "das ",
                                           "le ",  "la ", "les ", "el ",  "los "};
    char *folded = fold(a, s);
    if (!folded)
        return NULL;
    for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++) {
        size_t len = strlen(articles[i]);
        if (strncmp(folded, articles[i], len) == 0 && folded[len])
            return folded + len;
    }
    return folded;
}
