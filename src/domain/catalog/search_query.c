/* Parsing and rendering search expressions. */
#include "domain/catalog/search_query.h"

#include <ctype.h>
#include <string.h>

#include "base/fold.h"

#define NEAR_DEFAULT  10
#define NEAR_LIMIT    20 /* each step is two alternatives in a tsquery */

/* --- words --------------------------------------------------------------------------------------------- */

enum token { END, WORD, STRING, AND, OR, NOT, NEAR, SIGN, BAD };

struct parser {
    struct arena *a;
    const char *at;
    enum token token;
    char sign;        /* of SIGN */
    const char *text; /* of WORD, STRING, NEAR */
    int nodes;
    int depth;
    bool broken;
    bool plain;       /* words only so far */
    struct search_node *last_word;
};

static bool is_word_byte(unsigned char c)
{
    return isalnum(c) || c == '_' || c >= 0x80;
}

static void read_string(struct parser *p)
{
    BUF(out);
    buf_puts(&out, "");
    for (p->at++; *p->at; p->at++) {
        if (*p->at == '"' && p->at[1] != '"')
            break;
        if (*p->at == '"')
            p->at++;
        buf_putc(&out, *p->at);
    }
    p->token = *p->at == '"' ? STRING : BAD;
    p->at += *p->at == '"';
    p->text = arena_strndup(p->a, out.data ? out.data : "", out.len);
}

static void read_word(struct parser *p)
{
    const char *start = p->at;
    while (is_word_byte((unsigned char)*p->at))
        p->at++;
    p->text = arena_strndup(p->a, start, (size_t)(p->at - start));
    p->token = strcmp(p->text, "AND") == 0                       ? AND
               : strcmp(p->text, "OR") == 0                      ? OR
               : strcmp(p->text, "NOT") == 0                     ? NOT
               : strcmp(p->text, "NEAR") == 0 && *p->at == '('   ? NEAR
                                                                 : WORD;
}

static void next(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
    if (!*p->at) {
        p->token = END;
    } else if (*p->at == '"') {
        read_string(p);
    } else if (is_word_byte((unsigned char)*p->at)) {
        read_word(p);
    } else {
        p->sign = *p->at;
        p->token = strchr("(){}:+*^-,", *p->at++) ? SIGN : BAD;
    }
    p->plain = p->plain && (p->token == WORD || p->token == END);
}

static bool is_sign(const struct parser *p, char sign)
{
    return p->token == SIGN && p->sign == sign;
}

static bool take_sign(struct parser *p, char sign)
{
    if (!is_sign(p, sign))
        return false;
    next(p);
    return true;
}

static void expect_sign(struct parser *p, char sign)
{
    if (!take_sign(p, sign))
        p->broken = true;
}

/* --- the tree ------------------------------------------------------------------------------------------- */

static struct search_node *make(struct parser *p, enum search_kind kind)
{
    struct search_node *node = arena_new(p->a, struct search_node);
    node->kind = kind;
    node->columns = SEARCH_ALL_COLUMNS;
    if (++p->nodes > SEARCH_MAX_NODES)
        p->broken = true;
    return node;
}

/* Sides without words fall away. */
static struct search_node *join(struct parser *p, enum search_kind kind, struct search_node *left,
                                struct search_node *right)
{
    if (!left && kind == SEARCH_NOT)
        return NULL;
    if (!left || !right)
        return left ? left : right;
    struct search_node *node = make(p, kind);
    node->left = left;
    node->right = right;
    return node;
}

static void restrict_columns(struct search_node *node, uint32_t columns)
{
    for (; node; node = node->right) {
        node->columns &= columns;
        if (node->kind != SEARCH_PHRASE)
            restrict_columns(node->left, columns);
    }
}

/* "one" + two * */
static struct search_node *parse_phrase(struct parser *p)
{
    BUF(text);
    bool first = take_sign(p, '^');
    do {
        if (p->token != WORD && p->token != STRING) {
            p->broken = true;
            return NULL;
        }
        buf_puts(&text, p->text);
        buf_putc(&text, ' ');
        next(p);
    } while (take_sign(p, '+'));
    bool prefix = take_sign(p, '*');
    const char *folded = fold_words(p->a, text.data);
    if (!*folded)
        return NULL;
    struct search_node *node = make(p, SEARCH_PHRASE);
    node->text = folded;
    node->first = first;
    node->prefix = prefix;
    p->last_word = node;
    return node;
}

/* NEAR(a b, 5) */
static struct search_node *parse_near(struct parser *p)
{
    struct search_node *node = make(p, SEARCH_NEAR);
    struct search_node **tail = &node->left;
    node->distance = NEAR_DEFAULT;
    next(p);
    expect_sign(p, '(');
    while (!p->broken && (p->token == WORD || p->token == STRING)) {
        *tail = parse_phrase(p);
        if (*tail)
            tail = &(*tail)->right;
    }
    if (take_sign(p, ',')) {
        if (p->token != WORD || strspn(p->text, "0123456789") != strlen(p->text) || strlen(p->text) > 6)
            p->broken = true;
        for (node->distance = 0; !p->broken && *p->text; p->text++)
            node->distance = node->distance * 10 + (*p->text - '0');
        next(p);
    }
    expect_sign(p, ')');
    return node->left ? node : NULL;
}

static struct search_node *parse_or(struct parser *p);

/* title, {title album}, -title: before a colon. 0 when there is none here. */
static uint32_t parse_columns(struct parser *p)
{
    bool without = take_sign(p, '-');
    bool several = take_sign(p, '{');
    uint32_t columns = 0;
    do {
        int column = p->token == WORD || p->token == STRING
                         ? words_find(&index_column_words, fold(p->a, p->text))
                         : ENUM_NONE;
        if (column == ENUM_NONE) {
            p->broken = true;
            return 0;
        }
        columns |= 1u << column;
        next(p);
    } while (several && !is_sign(p, '}'));
    if (several)
        expect_sign(p, '}');
    expect_sign(p, ':');
    return without ? SEARCH_ALL_COLUMNS & ~columns : columns;
}

/* A word or string that a colon follows names a column. */
static bool at_columns(const struct parser *p)
{
    const char *after = p->at;
    if (is_sign(p, '-') || is_sign(p, '{'))
        return true;
    while (isspace((unsigned char)*after))
        after++;
    return (p->token == WORD || p->token == STRING) && *after == ':';
}

static struct search_node *parse_group(struct parser *p)
{
    if (++p->depth > SEARCH_MAX_DEPTH)
        p->broken = true;
    struct search_node *node = p->broken ? NULL : parse_or(p);
    expect_sign(p, ')');
    p->depth--;
    return node;
}

static struct search_node *parse_one(struct parser *p)
{
    if (at_columns(p)) {
        uint32_t columns = parse_columns(p);
        if (p->broken)
            return NULL;
        struct search_node *node = take_sign(p, '(') ? parse_group(p)
                                   : p->token == NEAR ? parse_near(p)
                                                        : parse_phrase(p);
        restrict_columns(node, columns);
        return node;
    }
    if (take_sign(p, '('))
        return parse_group(p);
    return p->token == NEAR ? parse_near(p) : parse_phrase(p);
}

static bool starts_one(const struct parser *p)
{
    return p->token == WORD || p->token == STRING || p->token == NEAR ||
           (p->token == SIGN && strchr("({^-", p->sign));
}

/* Side by side binds tightest, then NOT, AND, OR. */
static struct search_node *parse_row(struct parser *p)
{
    struct search_node *node = parse_one(p);
    while (!p->broken && starts_one(p))
        node = join(p, SEARCH_AND, node, parse_one(p));
    return node;
}

static struct search_node *parse_not(struct parser *p)
{
    struct search_node *node = parse_row(p);
    while (!p->broken && p->token == NOT) {
        next(p);
        node = join(p, SEARCH_NOT, node, parse_row(p));
    }
    return node;
}

static struct search_node *parse_and(struct parser *p)
{
    struct search_node *node = parse_not(p);
    while (!p->broken && p->token == AND) {
        next(p);
        node = join(p, SEARCH_AND, node, parse_not(p));
    }
    return node;
}

static struct search_node *parse_or(struct parser *p)
{
    struct search_node *node = parse_and(p);
    while (!p->broken && p->token == OR) {
        next(p);
        node = join(p, SEARCH_OR, node, parse_and(p));
    }
    return node;
}

/* --- text that is no expression -------------------------------------------------------------------------- */

static struct search_node *parse_literally(struct arena *a, const char *text, bool open_end)
{
    struct parser p = {.a = a};
    struct search_node *all = NULL;
    struct search_node *last = NULL;
    while (*text && p.nodes < SEARCH_MAX_NODES - 1) {
        size_t len;
        text += strspn(text, " \t\r\n\v\f");
        len = strcspn(text, " \t\r\n\v\f");
        const char *word = fold_words(a, arena_strndup(a, text, len));
        text += len;
        if (!*word)
            continue;
        last = make(&p, SEARCH_PHRASE);
        last->text = word;
        all = join(&p, SEARCH_AND, all, last);
    }
    if (last)
        last->prefix = open_end;
    return all;
}

struct search_node *search_parse(struct arena *a, const char *text)
{
    size_t len = strnlen(text, SEARCH_MAX_BYTES);
    const char *cut = arena_strndup(a, text, len);
    bool open_end = len && !isspace((unsigned char)cut[len - 1]);
    struct parser p = {.a = a, .at = cut, .plain = true};
    next(&p);
    struct search_node *node = parse_or(&p);
    if (p.broken || p.token != END)
        return parse_literally(a, cut, open_end);
    if (p.plain && open_end && p.last_word)
        p.last_word->prefix = true;
    return node;
}

/* --- FTS5 ----------------------------------------------------------------------------------------------- */

static void put_fts5_columns(struct buf *out, uint32_t columns)
{
    if (columns == SEARCH_ALL_COLUMNS)
        return;
    buf_puts(out, "{");
    for (int i = 0; i < INDEX_COLUMN_COUNT; i++) {
        if (columns & (1u << i))
            buf_printf(out, " %s", words_name(&index_column_words, i));
    }
    buf_puts(out, " } : ");
}

static void put_fts5_phrase(struct buf *out, const struct search_node *node)
{
    buf_printf(out, "%s\"%s\"%s", node->first ? "^ " : "", node->text, node->prefix ? " *" : "");
}

void search_to_fts5(struct buf *out, const struct search_node *node)
{
    static const char *const operators[] = {
        [SEARCH_AND] = " AND ", [SEARCH_OR] = " OR ", [SEARCH_NOT] = " NOT "};
    if (node->kind == SEARCH_PHRASE || node->kind == SEARCH_NEAR) {
        /* A contradiction such as title:(artist:x) finds nothing: a ligature never survives folding. */
        if (!node->columns) {
            buf_puts(out, "\"\xef\xac\x81\"");
            return;
        }
        put_fts5_columns(out, node->columns);
    }
    if (node->kind == SEARCH_PHRASE) {
        put_fts5_phrase(out, node);
    } else if (node->kind == SEARCH_NEAR) {
        buf_puts(out, "NEAR(");
        for (const struct search_node *phrase = node->left; phrase; phrase = phrase->right) {
            put_fts5_phrase(out, phrase);
            buf_putc(out, ' ');
        }
        buf_printf(out, ", %d)", node->distance);
    } else {
        buf_putc(out, '(');
        search_to_fts5(out, node->left);
        buf_puts(out, operators[node->kind]);
        search_to_fts5(out, node->right);
        buf_putc(out, ')');
    }
}

/* --- tsquery -------------------------------------------------------------------------------------------- */

/* The phrase under one name: words of "" with weights, or those of a column of the fourth weight. */
static void put_words(struct buf *out, const struct search_node *node, const char *column,
                      const char *weights)
{
    const char *text = node->text;
    buf_putc(out, '(');
    for (bool first = true; *text; first = false) {
        size_t whole = strcspn(text, " ");
        bool last = !text[whole];
        const char *star = last && node->prefix ? "*" : "";
        buf_printf(out, "%s'%s%s%s%s%.*s'%s%s%s", first ? "" : " <-> ", first && node->first ? "^" : "",
                   *column ? "=" : "", column, *column ? "/" : "", (int)index_word_bytes(text, whole), text,
                   *star || *weights ? ":" : "", star, weights);
        text += whole + !last;
    }
    buf_putc(out, ')');
}

static void put_phrase(struct buf *out, const struct search_node *node)
{
    char weights[4] = "";
    size_t used = 0;
    const char *separator = "";
    if (node->columns == SEARCH_ALL_COLUMNS) {
        put_words(out, node, "", "");
        return;
    }
    for (int i = 0; i <= INDEX_ALBUM; i++) {
        if (node->columns & (1u << i))
            weights[used++] = index_weight((enum index_column)i);
    }
    buf_putc(out, '(');
    if (used) {
        put_words(out, node, "", weights);
        separator = " | ";
    }
    for (int i = INDEX_DIRECTOR; i < INDEX_COLUMN_COUNT; i++) {
        if (!(node->columns & (1u << i)))
            continue;
        buf_puts(out, separator);
        put_words(out, node, words_name(&index_column_words, i), "");
        separator = " | ";
    }
    if (!*separator)
        buf_puts(out, "'=nothing'"); /* no lexeme of ours looks like that */
    buf_putc(out, ')');
}

/* At most `distance` words between, in either order. */
static void put_pair(struct buf *out, const struct search_node *one, const struct search_node *other,
                     int distance)
{
    int most = (distance < NEAR_LIMIT ? distance : NEAR_LIMIT) + 1;
    buf_putc(out, '(');
    for (int i = 1; i <= most; i++) {
        buf_puts(out, i == 1 ? "" : " | ");
        put_phrase(out, one);
        buf_printf(out, " <%d> ", i);
        put_phrase(out, other);
        buf_puts(out, " | ");
        put_phrase(out, other);
        buf_printf(out, " <%d> ", i);
        put_phrase(out, one);
    }
    buf_putc(out, ')');
}

/* Neighbours on the list must be near each other; of more than two that is a little less strict than FTS5. */
static void put_near(struct buf *out, const struct search_node *node)
{
    if (!node->left->right) {
        put_phrase(out, node->left);
        return;
    }
    for (const struct search_node *phrase = node->left; phrase->right; phrase = phrase->right) {
        buf_puts(out, phrase == node->left ? "(" : " & ");
        put_pair(out, phrase, phrase->right, node->distance);
    }
    buf_putc(out, ')');
}

void search_to_tsquery(struct buf *out, const struct search_node *node)
{
    static const char *const operators[] = {
        [SEARCH_AND] = " & ", [SEARCH_OR] = " | ", [SEARCH_NOT] = " & !"};
    if (node->kind == SEARCH_PHRASE) {
        put_phrase(out, node);
    } else if (node->kind == SEARCH_NEAR) {
        put_near(out, node);
    } else {
        buf_putc(out, '(');
        search_to_tsquery(out, node->left);
        buf_puts(out, operators[node->kind]);
        search_to_tsquery(out, node->right);
        buf_putc(out, ')');
    }
}
