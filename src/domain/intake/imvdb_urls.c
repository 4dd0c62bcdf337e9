/* Completing addresses. */
#include "domain/intake/imvdb_urls.h"

#include "domain/catalog/video.h"
#include "json/decode.h"
#include "providers/imvdb.h"

struct lacking {
    int64_t id;
    int64_t imvdb_id;
};
struct lackings {
    VEC(struct lacking)
};

static struct err find(const struct asker *by, int64_t limit, int64_t video_id, struct lackings *ret)
{
    ROWS(rows);
    TRY(db_query(db_reader(by->core->db), &rows,
                 "SELECT id, imvdb_video_id FROM video WHERE is_deleted = 0 AND imvdb_video_id IS NOT NULL"
                 " AND imvdb_video_id <> '' AND (imvdb_url IS NULL OR imvdb_url = '')"
                 " AND ($1 = 0 OR id = $1) ORDER BY id LIMIT $2",
                 "ii", video_id == INT_NONE ? INT64_C(0) : video_id, limit > 0 ? limit : INT64_MAX));
    while (rows_next(&rows)) {
        struct lacking *one = arena_push(by->arena, ret);
        one->id = rows_int(&rows, 0);
        if (!text_to_int(rows_text(&rows, by->arena, 1), &one->imvdb_id))
            one->imvdb_id = INT_NONE;
    }
    return rows_end(&rows);
}

static struct err complete(const struct asker *by, const struct lacking *one)
{
    struct imvdb_video there;
    struct video change;
    struct presence which = {0};
    if (one->imvdb_id == INT_NONE)
        return err_make(ERR_INVALID, "bad_number", "Not a number of IMVDb");
    TRY(imvdb_video(by, one->imvdb_id, &there));
    if (!there.url || !*there.url)
        return err_make(ERR_NOT_FOUND, "upstream_not_found", "IMVDb names no address");
    video_clear(&change);
    change.imvdb_url = there.url;
    set_present(&which, VIDEO_FIELD_imvdb_url);
    TX(tx);
    TRY(db_begin(by->core->db, &tx));
    TRY(catalog_video_update(tx.conn, by->arena, one->id, &change, &which));
    return db_commit(&tx);
}

struct err imvdb_complete_urls(const struct asker *by, int64_t limit, int64_t video_id,
                               struct imvdb_urls *ret)
{
    struct lackings list = {0};
    struct imvdb_urls result = {0};
    TRY(imvdb_ready(by));
    TRY(find(by, limit, video_id, &list));
    result.found = (int64_t)list.count;
    for (size_t i = 0; i < list.count; i++) {
        SCRATCH(a);
        struct asker one = *by;
        one.arena = &a;
        struct err e = complete(&one, &list.items[i]);
        if (e.kind == ERR_CANCELLED)
            return e;
        result.updated += !failed(e);
        result.failed += failed(e);
    }
    *ret = result;
    return OK;
}
