/* Scenes and entities (contract 3.2, 3.7). */

#include "api/stashhog/stashhog.h"
#include "domain/scenes/scene.h"
#include "json/encode.h"

SHAPE(ref_view, "SceneRef", struct scene_ref, "Id and name", F(struct scene_ref, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct scene_ref, T_TEXT, name, .flags = FIELD_REQUIRED));
SHAPE(entity_view, "SceneEntity", struct scene_ref, "Id, name and number of scenes",
      F(struct scene_ref, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct scene_ref, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct scene_ref, T_INT, scene_count, .flags = FIELD_REQUIRED));
SHAPE(scene_view, "Scene", struct scene, "A scene",
      FN("id", struct scene, T_TEXT, stash_id, .flags = FIELD_REQUIRED),
      F(struct scene, T_TEXT, title, .flags = FIELD_REQUIRED),
      F(struct scene, T_JSON, paths, .flags = FIELD_REQUIRED),
      F(struct scene, T_BOOL, organized, .flags = FIELD_REQUIRED), F(struct scene, T_TEXT, details),
      F(struct scene, T_TIME, created_date, .flags = FIELD_REQUIRED), F(struct scene, T_TIME, scene_date),
      F(struct scene, T_OBJECT, studio, .shape = &ref_view),
      F(struct scene, T_LIST, performers, .item = T_OBJECT, .shape = &ref_view, .flags = FIELD_EMPTY_LIST),
      F(struct scene, T_LIST, tags, .item = T_OBJECT, .shape = &ref_view, .flags = FIELD_EMPTY_LIST),
      F(struct scene, T_TIME, last_synced, .flags = FIELD_REQUIRED));

static const struct words order_words = WORDS("sort_order", "asc", "desc");

struct scene_query {
    int64_t page;
    int64_t per_page;
    const char *sort_by;
    int sort_order;
    const char *search;
    const char *studio_id;
    struct list performer_ids;
    struct list tag_ids;
    int8_t organized;
    int64_t date_from;
    int64_t date_to;
};
SHAPE(scene_query_shape, "SceneQuery", struct scene_query, "Filters",
      F(struct scene_query, T_INT, page, .fallback = "1", MIN_VALUE(1)),
      F(struct scene_query, T_INT, per_page, .fallback = "50", BETWEEN(1, 100)),
      F(struct scene_query, T_TEXT, sort_by),
      F(struct scene_query, T_ENUM, sort_order, .words = &order_words, .fallback = "asc"),
      F(struct scene_query, T_TEXT, search), F(struct scene_query, T_TEXT, studio_id),
      F(struct scene_query, T_LIST, performer_ids, .item = T_TEXT),
      F(struct scene_query, T_LIST, tag_ids, .item = T_TEXT), F(struct scene_query, T_BOOL, organized),
      F(struct scene_query, T_TIME, date_from, .flags = FIELD_UNIX_S),
      F(struct scene_query, T_TIME, date_to, .flags = FIELD_UNIX_S));

static struct err list_scenes(struct call *call)
{
    const struct scene_query *q = call->query;
    struct scene_list found = {0};
    int64_t total;
    call->page.number = q->page;
    call->page.size = q->per_page;
    struct scene_filter filter = {
        .search = q->search,
        .studio_id = q->studio_id,
        .performers = q->performer_ids,
        .tags = q->tag_ids,
        .organized = q->organized,
        .from_us = q->date_from,
        .to_us = q->date_to,
        .sort_by = q->sort_by,
        .descending = q->sort_order == 1,
        .limit = q->per_page,
        .offset = page_offset(&call->page),
    };
    TRY(scenes_list(call_db(call), call->arena, &filter, &found, &total));
    return call_page(call, found.items, found.count, total);
}

static struct err get_scene(struct call *call)
{
    struct scene scene;
    TRY(scene_get(call_db(call), call->arena, call_text(call, "scene_id"), &scene));
    return call_reply(call, &scene);
}

static struct err get_summary(struct call *call)
{
    struct scene_summary s;
    TRY(scenes_summary(call_db(call), call->arena, &s));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_int(w, "total_scenes", s.scenes);
    jw_kv_int(w, "organized_scenes", s.organized);
    jw_kv_real(w, "organization_percentage", s.scenes ? (double)s.organized * 100 / (double)s.scenes : 0);
    jw_kv_int(w, "total_tags", s.tags);
    jw_kv_int(w, "total_performers", s.performers);
    jw_kv_int(w, "total_studios", s.studios);
    jw_key(w, "scenes_by_studio");
    jw_object(w);
    for (size_t i = 0; i < s.by_studio.count; i++)
        jw_kv_int(w, s.by_studio.items[i].name, s.by_studio.items[i].scene_count);
    jw_end(w);
    jw_end(w);
    return OK;
}

/* --- entities ------------------------------------------------------------------------------------------------ */

struct entity_query {
    const char *search;
};
SHAPE(entity_query_shape, "EntityQuery", struct entity_query, "Filter", F(struct entity_query, T_TEXT, search));

static struct err list_entities(struct call *call, enum scene_entity entity)
{
    const struct entity_query *q = call->query;
    struct scene_refs refs = {0};
    TRY(scene_entities(call_db(call), call->arena, entity, q->search, &refs));
    return call_list(call, refs.items, refs.count);
}

static struct err list_performers(struct call *call)
{
    return list_entities(call, SCENE_PERFORMERS);
}

static struct err list_tags(struct call *call)
{
    return list_entities(call, SCENE_TAGS);
}

static struct err list_studios(struct call *call)
{
    return list_entities(call, SCENE_STUDIOS);
}

#define ENTITY(path_, summary_, handle_)                                                           \
    {HTTP_GET, path_, "Entities", summary_, handle_, .query = &entity_query_shape,                  \
     .reply = &entity_view, .flags = ROUTE_LIST | ROUTE_REMEMBER}
#define TAG "Scenes"
ROUTES(stashhog_scene_routes,
       {HTTP_GET, "/api/v1/scenes/", TAG, "Scenes", list_scenes, .query = &scene_query_shape,
        .reply = &scene_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_GET, "/api/v1/scenes/stats/summary", TAG, "Numbers", get_summary, .flags = ROUTE_ANY_JSON | ROUTE_REMEMBER},
       {HTTP_GET, "/api/v1/scenes/{scene_id}", TAG, "One scene", get_scene, .reply = &scene_view,
        .flags = ROUTE_REMEMBER},
       ENTITY("/api/v1/entities/performers", "Performers by name", list_performers),
       ENTITY("/api/v1/entities/tags", "Tags by name", list_tags),
       ENTITY("/api/v1/entities/studios", "Studios by name", list_studios));
