/* Comparing texts, character by character. */
#include "domain/intake/similarity.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"

#define MOST SIMILARITY_MAX_CHARACTERS
#define MAX_WORDS 100

struct text {
    size_t count;
    utf8proc_int32_t at[MOST];
};

static void read_text(const char *s, struct text *ret)
{
    ret->count = 0;
    while (s && *s && ret->count < MOST) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &ret->at[ret->count]);
        if (used <= 0) {
            ret->at[ret->count] = (unsigned char)*s;
            used = 1;
        }
        ret->count++;
        s += used;
    }
}

/* --- by subsequence -------------------------------------------------------------------------------------------- */

static size_t longest_subsequence(const struct text *a, const struct text *b)
{
    size_t row[MOST + 1] = {0};
    for (size_t i = 0; i < a->count; i++) {
        size_t diagonal = 0; /* of the row before */
        for (size_t j = 0; j < b->count; j++) {
            size_t above = row[j + 1];
            if (a->at[i] == b->at[j])
                row[j + 1] = diagonal + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            diagonal = above;
        }
    }
    return row[b->count];
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *sorted_words(struct arena *a, const char *text)
{
    const char *words[MAX_WORDS];
    size_t count = 0;
    BUF(out);
    while (text && count < MAX_WORDS) {
        text += strspn(text, " \t\r\n");
        size_t len = strcspn(text, " \t\r\n");
        if (!len)
            break;
        words[count++] = arena_strndup(a, text, len);
        text += len;
    }
    qsort(words, count, sizeof(words[0]), by_bytes);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? " " : "", words[i]);
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

double token_sort_ratio(const char *a, const char *b)
{
    SCRATCH(scratch);
    struct text left, right;
    read_text(sorted_words(&scratch, a), &left);
    read_text(sorted_words(&scratch, b), &right);
    if (!left.count || !right.count)
        return 0;
    return 100.0 * 2 * (double)longest_subsequence(&left, &right) / (double)(left.count + right.count);
}

/* --- by blocks ------------------------------------------------------------------------------------------------- */

struct span {
    size_t from, to;
};

/* The longest block that both spans have; its length, 0: none. */
static size_t longest_block(const struct text *a, struct span x, const struct text *b, struct span y,
                            size_t *ret_a, size_t *ret_b)
{
    size_t lengths[MOST + 1] = {0}; /* of the block that ends at a[i], b[j] */
    size_t best = 0;
    for (size_t i = x.from; i < x.to; i++) {
        size_t diagonal = 0;
        for (size_t j = y.from; j < y.to; j++) {
            size_t before = lengths[j + 1];
            lengths[j + 1] = a->at[i] == b->at[j] ? diagonal + 1 : 0;
            diagonal = before;
            if (lengths[j + 1] > best) {
                best = lengths[j + 1];
                *ret_a = i + 1 - best;
                *ret_b = j + 1 - best;
            }
        }
    }
    return best;
}

/* Depth is at most the number of blocks: MOST. */
static size_t matching(const struct text *a, struct span x, const struct text *b, struct span y)
{
    size_t i, j;
    size_t len = x.from < x.to && y.from < y.to ? longest_block(a, x, b, y, &i, &j) : 0;
    if (!len)
        return 0;
    return len + matching(a, (struct span){x.from, i}, b, (struct span){y.from, j}) +
           matching(a, (struct span){i + len, x.to}, b, (struct span){j + len, y.to});
}

double block_ratio(const char *a, const char *b)
{
    struct text left, right;
    read_text(a, &left);
    read_text(b, &right);
    if (!left.count && !right.count)
        return 1;
    size_t same = matching(&left, (struct span){0, left.count}, &right, (struct span){0, right.count});
    return 2.0 * (double)same / (double)(left.count + right.count);
}
