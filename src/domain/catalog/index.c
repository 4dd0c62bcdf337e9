/* Writing the search index. */
#include "domain/catalog/index.h"

#include <string.h>

#include "base/fold.h"

const struct words index_column_words =
    WORDS("SearchColumn", "title", "artist", "album", "director", "genre", "studio", "tags");

char index_weight(enum index_column column)
{
    return column == INDEX_TITLE ? 'A' : column == INDEX_ARTIST ? 'B' : column == INDEX_ALBUM ? 'C' : 'D';
}

/* --- PostgreSQL --------------------------------------------------------------------------------------- */

size_t index_word_bytes(const char *word, size_t len)
{
    if (len <= INDEX_WORD_BYTES)
        return len;
    len = INDEX_WORD_BYTES;
    while (len && ((unsigned char)word[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static void put_lexeme(struct buf *out, const char *mark, const char *prefix, const char *word, size_t len,
                       int position, char weight)
{
    buf_printf(out, "%s'%s%s%s%s%.*s':%d%c", out->len ? " " : "", mark, *prefix ? "=" : "", prefix,
               *prefix ? "/" : "", (int)len, word, position, weight);
}

/* `text` is folded to letters, digits and single spaces: nothing in it needs quoting. */
static void put_column(struct buf *out, enum index_column column, const char *text)
{
    char weight = index_weight(column);
    const char *name = weight == 'D' ? words_name(&index_column_words, (int)column) : "";
    int first = (int)column * INDEX_COLUMN_GAP + 1;
    for (int i = 0; *text && i < INDEX_COLUMN_GAP - 100; i++) {
        size_t whole = strcspn(text, " ");
        size_t len = index_word_bytes(text, whole);
        put_lexeme(out, "", "", text, len, first + i, weight);
        if (*name)
            put_lexeme(out, "", name, text, len, first + i, weight);
        if (i == 0)
            put_lexeme(out, "^", "", text, len, first, weight);
        if (i == 0 && *name)
            put_lexeme(out, "^", name, text, len, first, weight);
        text += whole + (text[whole] == ' ');
    }
}

static struct err put_postgres(struct db_conn *tx, int64_t id, const char *const texts[INDEX_COLUMN_COUNT])
{
    BUF(words);
    buf_puts(&words, "");
    for (int i = 0; i < INDEX_COLUMN_COUNT; i++)
        put_column(&words, (enum index_column)i, texts[i]);
    return db_exec(tx,
                   "INSERT INTO video_search (video_id, words) VALUES ($1, CAST(CAST($2 AS text) AS tsvector))"
                   " ON CONFLICT (video_id) DO UPDATE SET words = excluded.words",
                   "it", id, words.data ? words.data : "");
}

/* --- both --------------------------------------------------------------------------------------------- */

static struct err put(struct db_conn *tx, int64_t id, const char *const t[INDEX_COLUMN_COUNT], bool fresh)
{
    if (db_conn_driver(tx) == DB_POSTGRES)
        return put_postgres(tx, id, t);
    if (!fresh)
        TRY(index_remove(tx, id));
    return db_exec(tx,
                   "INSERT INTO video_search (rowid, title, artist, album, director, genre, studio, tags)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   "ittttttt", id, t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
}

static void fold_texts(struct arena *a, const struct video *v, const char *tags,
                       const char *ret_texts[INDEX_COLUMN_COUNT])
{
    const char *const texts[INDEX_COLUMN_COUNT] = {v->title, v->artist, v->album, v->director,
                                                   v->genre, v->studio, tags};
    for (int i = 0; i < INDEX_COLUMN_COUNT; i++)
        ret_texts[i] = texts[i] ? fold_words(a, texts[i]) : "";
}

static void join(struct buf *out, const char *const *items)
{
    for (; items && *items; items++) {
        buf_puts(out, *items);
        buf_putc(out, ' ');
    }
}

struct err index_add(struct db_conn *tx, struct arena *a, int64_t id, const struct video *video,
                     const char *const *tags, const char *const *more_tags)
{
    BUF(joined);
    const char *texts[INDEX_COLUMN_COUNT];
    join(&joined, tags);
    join(&joined, more_tags);
    fold_texts(a, video, joined.data, texts);
    return put(tx, id, texts, true);
}

static struct err read_tags(struct db_conn *tx, int64_t id, struct buf *out)
{
    ROWS(rows);
    TRY(db_query(tx, &rows,
                 "SELECT t.name FROM video_tag vt JOIN tag t ON t.id = vt.tag_id WHERE vt.video_id = $1"
                 " ORDER BY t.name",
                 "i", id));
    while (rows_next(&rows)) {
        buf_puts(out, rows_peek(&rows, 0, NULL));
        buf_putc(out, ' ');
    }
    return rows_end(&rows);
}

static struct err read_video(struct db_conn *tx, struct arena *a, int64_t id, struct video *ret_video,
                             bool *ret_found)
{
    ROWS(rows);
    TRY(db_query(tx, &rows,
                 "SELECT title, artist, album, director, genre, studio FROM video"
                 " WHERE id = $1 AND is_deleted = 0",
                 "i", id));
    *ret_found = rows_next(&rows);
    if (*ret_found) {
        ret_video->title = rows_text(&rows, a, 0);
        ret_video->artist = rows_text(&rows, a, 1);
        ret_video->album = rows_text(&rows, a, 2);
        ret_video->director = rows_text(&rows, a, 3);
        ret_video->genre = rows_text(&rows, a, 4);
        ret_video->studio = rows_text(&rows, a, 5);
    }
    return rows_end(&rows);
}

struct err index_refresh(struct db_conn *tx, struct arena *a, int64_t id)
{
    BUF(tags);
    struct video video;
    const char *texts[INDEX_COLUMN_COUNT];
    bool found;
    video_clear(&video);
    TRY(read_video(tx, a, id, &video, &found));
    if (!found)
        return index_remove(tx, id);
    TRY(read_tags(tx, id, &tags));
    fold_texts(a, &video, tags.data, texts);
    return put(tx, id, texts, false);
}

struct err index_remove(struct db_conn *tx, int64_t id)
{
    return db_conn_driver(tx) == DB_POSTGRES
               ? db_exec(tx, "DELETE FROM video_search WHERE video_id = $1", "i", id)
               : db_exec(tx, "DELETE FROM video_search WHERE rowid = $1", "i", id);
}
