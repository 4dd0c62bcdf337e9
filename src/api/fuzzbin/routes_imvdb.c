/* IMVDb (contract 2.11). */
#include "api/fuzzbin/upstream.h"
#include "providers/imvdb.h"

#define AWAY 502

struct video_query {
    const char *artist;
    const char *track;
    int64_t page;
    int64_t per_page;
};
#define IMVDB_PAGE(type_, per_page_)                                                                \
    F(struct type_, T_INT, page, .fallback = "1", MIN_VALUE(1)),                                      \
        F(struct type_, T_INT, per_page, .fallback = per_page_, BETWEEN(1, 100))
SHAPE(imvdb_video_query_shape, "ImvdbVideoQuery", struct video_query, "What to look for",
      F(struct video_query, T_TEXT, artist, .flags = FIELD_REQUIRED),
      F(struct video_query, T_TEXT, track, .flags = FIELD_REQUIRED), IMVDB_PAGE(video_query, "25"));

static struct err search_videos(struct call *call)
{
    const struct video_query *q = call->query;
    struct asker by = call_asker(call);
    struct imvdb_page page;
    struct err e = imvdb_search_videos(&by, q->artist, q->track, q->page, q->per_page, &page);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &page);
}

struct entity_query {
    const char *q;
    int64_t page;
    int64_t per_page;
};
SHAPE(imvdb_entity_query_shape, "ImvdbEntityQuery", struct entity_query, "What to look for",
      F(struct entity_query, T_TEXT, q, .flags = FIELD_REQUIRED), IMVDB_PAGE(entity_query, "25"));

static struct err search_entities(struct call *call)
{
    const struct entity_query *q = call->query;
    struct asker by = call_asker(call);
    struct imvdb_page page;
    struct err e = imvdb_search_entities(&by, q->q, q->page, q->per_page, &page);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &page);
}

static struct err get_video(struct call *call)
{
    struct asker by = call_asker(call);
    struct imvdb_video video;
    struct err e = imvdb_video(&by, call_id(call, "video_id"), &video);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &video);
}

static struct err get_entity(struct call *call)
{
    struct asker by = call_asker(call);
    struct imvdb_entity entity;
    struct err e = imvdb_entity(&by, call_id(call, "entity_id"), &entity);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &entity);
}

struct entity_videos_query {
    int64_t page;
    int64_t per_page;
};
SHAPE(imvdb_entity_videos_query_shape, "ImvdbEntityVideosQuery", struct entity_videos_query, "Which page",
      IMVDB_PAGE(entity_videos_query, "50"));

static struct err entity_videos(struct call *call)
{
    const struct entity_videos_query *q = call->query;
    struct asker by = call_asker(call);
    struct imvdb_artist_page page;
    struct err e = imvdb_artist_videos(&by, call_id(call, "entity_id"), q->page, q->per_page, &page);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &page);
}

#define TAG_ "IMVDb"
ROUTES(fuzzbin_imvdb_routes,
       {HTTP_GET, "/imvdb/search/videos", TAG_, "Searches IMVDb for videos", search_videos,
        .query = &imvdb_video_query_shape, .reply = &imvdb_video_page_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/imvdb/search/entities", TAG_, "Searches IMVDb for artists and makers", search_entities,
        .query = &imvdb_entity_query_shape, .reply = &imvdb_entity_page_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/imvdb/videos/{video_id:int}", TAG_, "A video at IMVDb", get_video, .reply = &imvdb_video_shape,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/imvdb/entities/{entity_id:int}", TAG_, "An artist or maker at IMVDb", get_entity,
        .reply = &imvdb_entity_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/imvdb/entities/{entity_id:int}/videos", TAG_, "Videos of an artist at IMVDb", entity_videos,
        .query = &imvdb_entity_videos_query_shape, .reply = &imvdb_artist_page_shape, .flags = ROUTE_BLOCKING});
