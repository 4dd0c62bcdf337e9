/* What belongs to a page of videos. */
#include "domain/catalog/relations.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* --- lists of ids ----------------------------------------------------------------------------------------- */

static const size_t lengths[] = {1, 5, 20, 50, 100, 500};
#define LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

/* The smallest of few lengths that is long enough; LENGTHS for what is longer than all. */
static size_t length_for(size_t count)
{
    size_t i = 0;
    while (i < LENGTHS && lengths[i] < count)
        i++;
    return i;
}

static void put_numbers(struct buf *sql, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_puts(sql, i == 0 ? "($" : ", $");
        buf_put_int(sql, (int64_t)(first + i));
    }
    buf_putc(sql, ')');
}

static size_t put_values(struct arena *a, struct db_values *values, const int64_t *ids, size_t count)
{
    size_t place = length_for(count);
    size_t length = place < LENGTHS ? lengths[place] : count;
    for (size_t i = 0; i < length; i++)
        values_int(a, values, count ? ids[i < count ? i : count - 1] : -1);
    return length;
}

void catalog_put_ids(struct arena *a, struct buf *sql, struct db_values *values, const int64_t *ids,
                     size_t count)
{
    size_t first = values->count + 1;
    put_numbers(sql, first, put_values(a, values, ids, count));
}

/* --- the question ----------------------------------------------------------------------------------------- */

enum part { ARTISTS, COLLECTIONS, TAGS, PARTS };

/* part, video id, id, name, key to sort by, two numbers; the ids follow. Few rows belong to a video: sorting
 * them here is quicker than in the database. */
static const char *const questions[PARTS] = {
    [ARTISTS] = "SELECT 0, l.video_id, x.id, x.name, CAST(NULL AS text), l.position, l.role FROM video_artist l"
                " JOIN artist x ON x.id = l.artist_id WHERE x.is_deleted = 0 AND l.video_id IN ",
    [COLLECTIONS] = " UNION ALL SELECT 1, l.video_id, x.id, x.name, x.name, l.position, 0"
                    " FROM video_collection l JOIN collection x ON x.id = l.collection_id"
                    " WHERE x.is_deleted = 0 AND l.video_id IN ",
    [TAGS] = " UNION ALL SELECT 2, l.video_id, x.id, x.name, x.normalized_name, l.source, 0 FROM video_tag l"
             " JOIN tag x ON x.id = l.tag_id WHERE l.video_id IN ",
};

static void put_question(struct buf *sql, size_t length)
{
    for (int i = 0; i < PARTS; i++) {
        buf_puts(sql, questions[i]);
        put_numbers(sql, 1, length);
    }
}

/* One text per length, made once and kept for good. */
static struct buf texts[LENGTHS];

static void make_texts(void)
{
    for (size_t i = 0; i < LENGTHS; i++)
        put_question(&texts[i], lengths[i]);
}

static const char *question_of(struct buf *own, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t place = length_for(length);
    pthread_once(&once, make_texts);
    if (place < LENGTHS)
        return texts[place].data;
    put_question(own, length);
    return own->data;
}

/* --- the answer ------------------------------------------------------------------------------------------- */

struct related {
    int64_t id;
    const char *name;
    const char *key;
    int64_t first;
    int64_t second;
};

/* One video's. */
struct gathered {
    int64_t video_id;
    struct video *video;
    struct {
        VEC(struct related)
    } parts[PARTS];
};

static int compare_videos(const void *one, const void *other)
{
    int64_t a = ((const struct gathered *)one)->video_id;
    int64_t b = ((const struct gathered *)other)->video_id;
    return (a > b) - (a < b);
}

static bool is_before(const struct related *one, const struct related *other)
{
    int order = one->key && other->key ? strcmp(one->key, other->key) : 0;
    if (order == 0)
        order = (one->first > other->first) - (one->first < other->first);
    if (order == 0)
        order = (one->second > other->second) - (one->second < other->second);
    return order < 0 || (order == 0 && one->id < other->id);
}

static void sort(struct related *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct related moved = items[i];
        size_t at = i;
        for (; at > 0 && is_before(&moved, &items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
}

/* Rows of one video mostly come together. */
static struct gathered *find(struct gathered *all, size_t count, struct gathered *last, int64_t video_id)
{
    if (last && last->video_id == video_id)
        return last;
    struct gathered wanted = {.video_id = video_id};
    return bsearch(&wanted, all, count, sizeof(*all), compare_videos);
}

static struct err gather(struct db_conn *conn, struct arena *a, struct gathered *all, size_t count)
{
    BUF(own);
    ROWS(rows);
    struct db_values values = {0};
    struct gathered *at = NULL;
    int64_t *ids = arena_array(a, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = all[i].video_id;
    size_t length = put_values(a, &values, ids, count);
    TRY(db_query_values(conn, &rows, question_of(&own, length), &values));
    while (rows_next(&rows)) {
        int64_t part = rows_int(&rows, 0);
        at = find(all, count, at, rows_int(&rows, 1));
        CHECK(at && part >= 0 && part < PARTS);
        *arena_push(a, &at->parts[part]) =
            (struct related){rows_int(&rows, 2), rows_text(&rows, a, 3), rows_text(&rows, a, 4),
                             rows_int(&rows, 5), rows_int(&rows, 6)};
    }
    return rows_end(&rows);
}

static void hand_over(struct arena *a, const struct gathered *from, struct video *video)
{
    size_t artists = from->parts[ARTISTS].count;
    size_t collections = from->parts[COLLECTIONS].count;
    size_t tags = from->parts[TAGS].count;
    struct video_artist *artist = arena_array(a, struct video_artist, artists);
    struct video_collection *collection = arena_array(a, struct video_collection, collections);
    struct video_tag *tag = arena_array(a, struct video_tag, tags);
    const struct related *r = from->parts[ARTISTS].items;
    for (size_t i = 0; i < artists; i++, r++)
        artist[i] = (struct video_artist){r->id, r->name, (int)r->second, r->first};
    r = from->parts[COLLECTIONS].items;
    for (size_t i = 0; i < collections; i++, r++)
        collection[i] = (struct video_collection){r->id, r->name, r->first};
    r = from->parts[TAGS].items;
    for (size_t i = 0; i < tags; i++, r++)
        tag[i] = (struct video_tag){r->id, r->name, (int)r->first};
    video->artists = (struct list){artists ? artist : NULL, artists};
    video->collections = (struct list){collections ? collection : NULL, collections};
    video->tags = (struct list){tags ? tag : NULL, tags};
}

struct err catalog_load_relations(struct db_conn *conn, struct arena *a, struct video *videos, size_t count)
{
    if (!count)
        return OK;
    struct gathered *all = arena_array(a, struct gathered, count);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct gathered){.video_id = videos[i].id, .video = &videos[i]};
    qsort(all, count, sizeof(*all), compare_videos);
    TRY(gather(conn, a, all, count));
    for (size_t i = 0; i < count; i++) {
        for (int part = 0; part < PARTS; part++)
            sort(all[i].parts[part].items, all[i].parts[part].count);
        hand_over(a, &all[i], all[i].video);
    }
    return OK;
}
