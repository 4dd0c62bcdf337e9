/* What belongs to a page of videos. */
#include "domain/catalog/relations.h"

void catalog_put_ids(struct arena *a, struct buf *sql, struct db_values *values, const int64_t *ids,
                     size_t count)
{
    static const size_t lengths[] = {1, 5, 20, 50, 100, 500};
    size_t length = count;
    for (size_t i = sizeof(lengths) / sizeof(lengths[0]); i-- > 0;) {
        if (lengths[i] >= count)
            length = lengths[i];
    }
    for (size_t i = 0; i < length; i++) {
        values_int(a, values, count ? ids[i < count ? i : count - 1] : -1);
        buf_printf(sql, "%s$%zu", i == 0 ? "(" : ", ", values->count);
    }
    buf_puts(sql, ")");
}

struct relation {
    const char *sql; /* video id, id, name, number; the ids follow, then the order */
    const char *order;
    size_t item_size;
    size_t list_offset; /* in struct video */
    void (*fill)(const struct rows *rows, struct arena *a, void *item);
};

static void fill_artist(const struct rows *rows, struct arena *a, void *item)
{
    *(struct video_artist *)item = (struct video_artist){
        rows_int(rows, 1), rows_text(rows, a, 2), (int)rows_int(rows, 3), rows_int(rows, 4)};
}

static void fill_collection(const struct rows *rows, struct arena *a, void *item)
{
    *(struct video_collection *)item =
        (struct video_collection){rows_int(rows, 1), rows_text(rows, a, 2), rows_int(rows, 3)};
}

static void fill_tag(const struct rows *rows, struct arena *a, void *item)
{
    *(struct video_tag *)item =
        (struct video_tag){rows_int(rows, 1), rows_text(rows, a, 2), (int)rows_int(rows, 3)};
}

static const struct relation relations[] = {
    {"SELECT l.video_id, x.id, x.name, l.role, l.position FROM video_artist l"
     " JOIN artist x ON x.id = l.artist_id WHERE x.is_deleted = 0 AND l.video_id IN ",
     " ORDER BY l.video_id, l.position, l.role, x.id", sizeof(struct video_artist),
     offsetof(struct video, artists), fill_artist},
    {"SELECT l.video_id, x.id, x.name, l.position FROM video_collection l"
     " JOIN collection x ON x.id = l.collection_id WHERE x.is_deleted = 0 AND l.video_id IN ",
     " ORDER BY l.video_id, x.name, x.id", sizeof(struct video_collection),
     offsetof(struct video, collections), fill_collection},
    {"SELECT l.video_id, x.id, x.name, l.source FROM video_tag l JOIN tag x ON x.id = l.tag_id"
     " WHERE l.video_id IN ",
     " ORDER BY l.video_id, x.normalized_name", sizeof(struct video_tag), offsetof(struct video, tags),
     fill_tag},
};

/* Rows come video by video; the items of one lie behind each other. */
struct growing {
    char *items;
    size_t count;
    size_t capacity;
};

static void *grow(struct arena *a, struct growing *list, size_t item_size)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        char *items = arena_calloc(a, capacity, item_size);
        if (list->count)
            __builtin_memcpy(items, list->items, list->count * item_size);
        list->items = items;
        list->capacity = capacity;
    }
    return list->items + list->count++ * item_size;
}

static void hand_over(struct video *videos, size_t count, int64_t id, const struct relation *relation,
                      const struct growing *list)
{
    for (size_t i = 0; i < count && list->count; i++) {
        if (videos[i].id == id)
            *(struct list *)(void *)((char *)&videos[i] + relation->list_offset) =
                (struct list){list->items, list->count};
    }
}

static struct err load(struct db_conn *conn, struct arena *a, const struct relation *relation,
                       struct video *videos, const int64_t *ids, size_t count)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct growing list = {0};
    int64_t current = INT_NONE;
    buf_puts(&sql, relation->sql);
    catalog_put_ids(a, &sql, &values, ids, count);
    buf_puts(&sql, relation->order);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows)) {
        if (rows_int(&rows, 0) != current) {
            hand_over(videos, count, current, relation, &list);
            current = rows_int(&rows, 0);
            list = (struct growing){0};
        }
        relation->fill(&rows, a, grow(a, &list, relation->item_size));
    }
    hand_over(videos, count, current, relation, &list);
    return rows_end(&rows);
}

struct err catalog_load_relations(struct db_conn *conn, struct arena *a, struct video *videos, size_t count)
{
    if (!count)
        return OK;
    int64_t *ids = arena_array(a, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = videos[i].id;
    for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
        TRY(load(conn, a, &relations[i], videos, ids, count));
    return OK;
}
