/* Changing and deleting many movies at once (contract 6.6). */
#include "api/metarr/metarr.h"
#include "domain/movies/recycle.h"

#define TAG "Movies"

struct bulk_update {
    struct list ids;
    const char *updates;
};
SHAPE(metarr_bulk_update_shape, "MetarrBulkUpdate", struct bulk_update, "Which movies, and what of them",
      F(struct bulk_update, T_LIST, ids, .item = T_INT, .flags = FIELD_REQUIRED, MAX_VALUE(1000)),
      F(struct bulk_update, T_JSON, updates, .flags = FIELD_REQUIRED, .help = "As in PUT of one movie"));

struct bulk_delete {
    struct list ids;
    int8_t delete_files;
};
SHAPE(metarr_bulk_delete_shape, "MetarrBulkDelete", struct bulk_delete, "Which movies",
      F(struct bulk_delete, T_LIST, ids, .item = T_INT, .flags = FIELD_REQUIRED, MAX_VALUE(1000)),
      F(struct bulk_delete, T_BOOL, delete_files));
struct bulk_query {
    int8_t delete_files;
};
SHAPE(metarr_bulk_query_shape, "MetarrBulkDeleteQuery", struct bulk_query, "What goes with them",
      F(struct bulk_query, T_BOOL, delete_files));

struct outcome {
    struct list ids;
    struct list not_found;
};

static struct err check_ids(const struct list *ids)
{
    return ids->count ? OK : err_field(ERR_INVALID, "MISSING_REQUIRED", "ids", "ids must name at least one movie");
}

/* Asked ids without repetitions, known and unknown apart. */
static struct err sort_out(struct call *call, const struct list *asked, struct outcome *ret)
{
    const int64_t *ids = asked->items;
    int64_t *known = arena_array(call->arena, int64_t, asked->count + 1);
    int64_t *unknown = arena_array(call->arena, int64_t, asked->count + 1);
    struct movie_list movies;
    *ret = (struct outcome){{known, 0}, {unknown, 0}};
    TRY(movies_by_ids(call_db(call), call->arena, ids, asked->count, &movies));
    for (size_t i = 0; i < asked->count; i++) {
        bool seen = false;
        bool there = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = ids[j] == ids[i];
        for (size_t j = 0; j < movies.count && !there; j++)
            there = movies.items[j].id == ids[i];
        if (seen)
            continue;
        struct list *list = there ? &ret->ids : &ret->not_found;
        ((int64_t *)list->items)[list->count++] = ids[i];
    }
    if (!ret->ids.count)
        return metarr_missing(call, "Movie", "movie_not_found", ids[0]);
    return OK;
}

static void write_ids(struct jw *w, const char *key, const struct list *ids)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < ids->count; i++)
        jw_int(w, ((const int64_t *)ids->items)[i]);
    jw_end(w);
}

static struct err reply(struct call *call, const char *verb, const struct outcome *o)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_int(w, verb, (int64_t)o->ids.count);
    write_ids(w, "ids", &o->ids);
    write_ids(w, "not_found", &o->not_found);
    jw_end(w);
    return OK;
}

static struct err read_updates(struct call *call, struct movie *values, struct item_change *change)
{
    struct presence present = {0};
    const struct shape *shape = &metarr_movie_body_shape;
    void *body = arena_alloc(call->arena, shape->size);
    const json_t *updates = json_object_get(call->json, "updates");
    struct decode_options options = {.where = "body", .all_optional = true};
    if (!json_is_object(updates))
        return call_mistake(call, "body", "updates", "must be an object");
    if (!shape_decode(call->arena, shape, updates, &options, &call->mistakes, body, &present))
        return call_invalid(call);
    return metarr_movie_change(call, body, &present, values, change);
}

static struct err patch_bulk(struct call *call)
{
    const struct bulk_update *body = call->body;
    struct outcome outcome;
    struct movie values;
    struct movie after;
    struct item_change change;
    TRY(check_ids(&body->ids));
    TRY(read_updates(call, &values, &change));
    TRY(sort_out(call, &body->ids, &outcome));
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    for (size_t i = 0; i < outcome.ids.count; i++)
        TRY(movie_update(tx.conn, call->arena, ((const int64_t *)outcome.ids.items)[i], &change, &after, NULL));
    TRY(db_commit(&tx));
    return reply(call, "updated", &outcome);
}

static struct err delete_bulk(struct call *call)
{
    const struct bulk_delete *body = call->body;
    const struct bulk_query *q = call->query;
    struct outcome outcome;
    TRY(check_ids(&body->ids));
    TRY(sort_out(call, &body->ids, &outcome));
    TRY(movies_recycle(call->core, call->arena, outcome.ids.items, outcome.ids.count,
                       body->delete_files == 1 || q->delete_files == 1));
    return reply(call, "deleted", &outcome);
}

ROUTES(metarr_bulk_routes,
       {HTTP_PATCH, "/api/v1/movies/bulk", TAG, "Changes many movies at once", patch_bulk,
        .body = &metarr_bulk_update_shape, .flags = ROUTE_ANY_JSON, .bucket = "write"},
       {HTTP_DELETE, "/api/v1/movies/bulk", TAG, "Puts many movies into the bin", delete_bulk,
        .query = &metarr_bulk_query_shape, .body = &metarr_bulk_delete_shape, .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING,
        .bucket = "write"});
