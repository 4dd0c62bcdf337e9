/* Artists (contract 2.4). */
#include "api/fuzzbin/views.h"
#include "domain/catalog/artist.h"

#define ARTIST_FIELDS                                                                              \
    F(struct artist, T_TEXT, biography, .flags = FIELD_NULLABLE),                                  \
        F(struct artist, T_TEXT, image_url, .flags = FIELD_NULLABLE, MAX_VALUE(500)),              \
        F(struct artist, T_TEXT, imvdb_entity_id, .flags = FIELD_NULLABLE, MAX_VALUE(50)),         \
        F(struct artist, T_INT, discogs_artist_id, .flags = FIELD_NULLABLE)
SHAPE(artist_create_shape, "ArtistCreate", struct artist, "An artist",
      F(struct artist, T_TEXT, name, .flags = FIELD_REQUIRED, BETWEEN(1, 255)), ARTIST_FIELDS);
SHAPE(artist_update_shape, "ArtistUpdate", struct artist, "What to change",
      F(struct artist, T_TEXT, name, .flags = FIELD_REQUIRED, BETWEEN(1, 255)), ARTIST_FIELDS);
SHAPE(artist_view, "Artist", struct artist, "An artist",
      F(struct artist, T_TEXT, name, .flags = FIELD_REQUIRED), F(struct artist, T_TEXT, biography),
      F(struct artist, T_TEXT, image_url), F(struct artist, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct artist, T_TIME, created_at, .flags = FIELD_REQUIRED),
      F(struct artist, T_TIME, updated_at, .flags = FIELD_REQUIRED),
      F(struct artist, T_BOOL, is_deleted, .flags = FIELD_REQUIRED), F(struct artist, T_TIME, deleted_at),
      F(struct artist, T_TEXT, imvdb_entity_id), F(struct artist, T_INT, discogs_artist_id),
      F(struct artist, T_INT, video_count));

struct artist_query {
    struct paging paging;
    const char *name;
    int8_t include_deleted;
};
SHAPE(artist_query_shape, "ArtistQuery", struct artist_query, "Which artists",
      PAGING_FIELDS(struct artist_query), F(struct artist_query, T_TEXT, name, .help = "Part of the name"),
      F(struct artist_query, T_BOOL, include_deleted, .fallback = "false"));

struct artist_videos_query {
    struct paging paging;
    const char *role;
    int8_t include_deleted;
};
SHAPE(artist_videos_query_shape, "ArtistVideosQuery", struct artist_videos_query, "Which videos",
      PAGING_FIELDS(struct artist_videos_query), F(struct artist_videos_query, T_TEXT, role),
      F(struct artist_videos_query, T_BOOL, include_deleted, .fallback = "false"));

struct link_query {
    int role;
    int64_t position;
};
SHAPE(link_query_shape, "ArtistLinkQuery", struct link_query, "As what, and where in the list",
      F(struct link_query, T_ENUM, role, .words = &artist_role_words, .fallback = "primary"),
      F(struct link_query, T_INT, position, .fallback = "0", MIN_VALUE(0)));

static struct err reply_artist(struct call *call, int64_t id, bool include_deleted)
{
    struct artist artist;
    TRY(catalog_artist_get(call_db(call), call->arena, id, include_deleted, &artist));
    return call_reply(call, &artist);
}

static struct err list_artists(struct call *call)
{
    const struct artist_query *q = call->query;
    struct artist_list list;
    int64_t total;
    fuzzbin_paging(call, &q->paging);
    struct artist_filter filter = {
        .name = q->name,
        .include_deleted = q->include_deleted == 1,
        .window = fuzzbin_window(call),
    };
    TRY(catalog_artist_list(call_db(call), call->arena, &filter, &list, &total));
    return call_page(call, list.items, list.count, total);
}

static struct err create_artist(struct call *call)
{
    int64_t id;
    CALL_TX(call, tx);
    TRY(catalog_artist_put(tx.conn, call->arena, call->body, &id));
    TRY(db_commit(&tx));
    return reply_artist(call, id, false);
}

static struct err get_artist(struct call *call)
{
    const struct deleted_query *query = call->query;
    return reply_artist(call, call_id(call, "artist_id"), query->include_deleted == 1);
}

static struct err update_artist(struct call *call)
{
    int64_t id = call_id(call, "artist_id");
    struct presence which = fuzzbin_present(call, &artist_shape);
    CALL_TX(call, tx);
    TRY(catalog_artist_update(tx.conn, call->arena, id, call->body, &which));
    TRY(db_commit(&tx));
    return reply_artist(call, id, false);
}

static struct err delete_artist(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_artist_trash(tx.conn, call->arena, call_id(call, "artist_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err artist_videos(struct call *call)
{
    const struct artist_videos_query *q = call->query;
    struct artist artist;
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.artist_id = call_id(call, "artist_id");
    filter.artist_role = words_find(&artist_role_words, q->role);
    filter.include_deleted = q->include_deleted == 1;
    filter.sort = SORT_YEAR_TITLE;
    fuzzbin_paging(call, &q->paging);
    TRY(catalog_artist_get(call_db(call), call->arena, filter.artist_id, filter.include_deleted, &artist));
    if (q->role && filter.artist_role == ENUM_NONE)
        return call_page(call, NULL, 0, 0); /* nobody has another role */
    return fuzzbin_reply_videos(call, &filter);
}

static struct err link_video(struct call *call)
{
    const struct link_query *query = call->query;
    CALL_TX(call, tx);
    TRY(catalog_artist_link(tx.conn, call->arena, call_id(call, "artist_id"), call_id(call, "video_id"),
                            query->role, query->position));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err unlink_video(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_artist_unlink(tx.conn, call->arena, call_id(call, "artist_id"), call_id(call, "video_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

#define TAG_ "Artists"
#define ONE  "/artists/{artist_id:int}"
ROUTES(fuzzbin_artist_routes,
       {HTTP_GET, "/artists", TAG_, "Artists by name", list_artists, .query = &artist_query_shape,
        .reply = &artist_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, "/artists", TAG_, "An artist, made or completed", create_artist,
        .body = &artist_create_shape, .reply = &artist_view, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE, TAG_, "One artist", get_artist, .query = &fuzzbin_deleted_query,
        .reply = &artist_view},
       {HTTP_PATCH, ONE, TAG_, "Changes the named fields", update_artist, .body = &artist_update_shape,
        .reply = &artist_view, .flags = ROUTE_BLOCKING | ROUTE_PATCH},
       {HTTP_DELETE, ONE, TAG_, "Hides an artist", delete_artist, .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE "/videos", TAG_, "An artist's videos, newest first", artist_videos,
        .query = &artist_videos_query_shape, .reply = &fuzzbin_video_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, ONE "/videos/{video_id:int}", TAG_, "Links an artist to a video", link_video,
        .query = &link_query_shape, .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, ONE "/videos/{video_id:int}", TAG_, "Takes the link away", unlink_video, .status = 204,
        .flags = ROUTE_BLOCKING});
