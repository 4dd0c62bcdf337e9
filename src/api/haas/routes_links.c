/* File associations (contract 8.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/haas/links.h"
#include "domain/files/place.h"
#include "json/decode.h"

/* --- ids: 24 hexadecimal digits, twelve for the file and twelve for the episode (0: a movie's) -------------- */

static const char *link_id(struct arena *a, const struct media_link *link)
{
    return arena_printf(a, "%012llx%012llx", (unsigned long long)link->file_id,
                        link->episode_id == INT_NONE ? 0ULL : (unsigned long long)link->episode_id);
}

static bool read_id(const char *text, int64_t *ret_file, int64_t *ret_episode)
{
    char half[13];
    if (strlen(text) != 24 || strspn(text, "0123456789abcdefABCDEF") != 24)
        return false;
    snprintf(half, sizeof(half), "%.12s", text);
    *ret_file = strtoll(half, NULL, 16);
    snprintf(half, sizeof(half), "%.12s", text + 12);
    *ret_episode = strtoll(half, NULL, 16);
    if (*ret_episode == 0)
        *ret_episode = INT_NONE;
    return true;
}

static struct err find_link(struct call *call, struct db_conn *conn, struct media_link *ret)
{
    int64_t file_id;
    int64_t episode_id;
    if (!read_id(call_text(call, "id"), &file_id, &episode_id))
        return err_make(ERR_NOT_FOUND, "link_not_found", "The file association does not exist");
    return media_link_get(conn, call->arena, file_id, episode_id, ret);
}

/* --- the view --------------------------------------------------------------------------------------------- */

struct link_view {
    const char *id;
    const char *library_id;
    int64_t media_id;
    int type;
    const char *path;
    int64_t season;
    int64_t number;
    int64_t created_at;
    int64_t updated_at;
};
#define LV(name_, kind_, member_, ...) FN(name_, struct link_view, kind_, member_, __VA_ARGS__)
#define MUST .flags = FIELD_REQUIRED
SHAPE(haas_link_shape, "FileMetadata", struct link_view, "A file and what it belongs to", LV("id", T_TEXT, id, MUST),
      LV("libraryId", T_TEXT, library_id, MUST), LV("mediaId", T_INT, media_id, MUST),
      LV("mediaType", T_ENUM, type, .words = &haas_library_types, .flags = FIELD_REQUIRED | FIELD_NUMBER),
      LV("filePath", T_TEXT, path, MUST), LV("seasonNumber", T_INT, season), LV("episodeNumber", T_INT, number),
      LV("createdAt", T_TIME, created_at, MUST), LV("updatedAt", T_TIME, updated_at, MUST));

static struct link_view view_of(const struct catalog *c, struct arena *a, const struct media_link *link)
{
    const struct library *library = catalog_library(c, link->library_id);
    const char *path = catalog_path(c, a, link->library_id, link->path);
    return (struct link_view){
        .id = link_id(a, link),
        .library_id = library ? haas_library_id(a, library->uuid) : "",
        .media_id = haas_media_id(link->tmdb_id, link->item_id),
        .type = link->type == ITEM_MOVIE ? TYPE_MOVIES : TYPE_TV_SHOWS,
        .path = path ? path : link->path,
        .season = link->season,
        .number = link->number,
        .created_at = link->created_at,
        .updated_at = link->updated_at,
    };
}

struct err haas_reply_links(struct call *call, const struct media_link_filter *filter)
{
    struct media_link_list links = {0};
    struct catalog c;
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    TRY(media_links(call_db(call), call->arena, filter, &links));
    struct link_view *views = arena_array(call->arena, struct link_view, links.count + 1);
    for (size_t i = 0; i < links.count; i++)
        views[i] = view_of(&c, call->arena, &links.items[i]);
    return call_list(call, views, links.count);
}

static struct err reply_link(struct call *call, const struct media_link *link)
{
    struct catalog c;
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    struct link_view view = view_of(&c, call->arena, link);
    return call_reply(call, &view);
}

/* --- reading ------------------------------------------------------------------------------------------------ */

struct link_query {
    const char *library_id;
    int64_t media_id;
};
SHAPE(haas_link_query_shape, "FileMetadataQuery", struct link_query, "Filters; both must match",
      FN("libraryId", struct link_query, T_TEXT, library_id),
      FN("mediaId", struct link_query, T_INT, media_id, .help = "Of movies and shows alike"));

/* A number may be a movie's and a show's. INT_NONE for what is not. */
static struct err find_media(struct call *call, int64_t media_id, struct media_link_filter *filter)
{
    struct movie movie = {.id = INT_NONE};
    struct show show = {.id = INT_NONE};
    struct err e = haas_movie_find(call_db(call), call->arena, media_id, &movie);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    e = haas_show_find(call_db(call), call->arena, media_id, &show);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    filter->movie_id = movie.id;
    filter->show_id = show.id;
    return OK;
}

static struct err list(struct call *call)
{
    const struct link_query *query = call->query;
    struct media_link_filter filter = MEDIA_LINK_ANY;
    struct library library;
    if (query->library_id) {
        struct err e = haas_library_find(call, call_db(call), query->library_id, &library);
        if (e.kind == ERR_NOT_FOUND)
            return call_list(call, NULL, 0);
        TRY(e);
        filter.library_id = library.id;
    }
    if (query->media_id != INT_NONE) {
        TRY(find_media(call, query->media_id, &filter));
        if (filter.movie_id == INT_NONE && filter.show_id == INT_NONE)
            return call_list(call, NULL, 0);
    }
    return haas_reply_links(call, &filter);
}

static struct err get(struct call *call)
{
    struct media_link link;
    TRY(find_link(call, call_db(call), &link));
    return reply_link(call, &link);
}

/* --- writing ------------------------------------------------------------------------------------------------- */

struct link_request {
    const char *library_id;
    int64_t media_id;
    int type;
    const char *path;
    int64_t season;
    int64_t number;
};
#define LR(name_, kind_, member_, ...) FN(name_, struct link_request, kind_, member_, __VA_ARGS__)
SHAPE(haas_link_request_shape, "FileMetadataRequest", struct link_request, "A file and what it belongs to",
      LR("libraryId", T_TEXT, library_id, MUST), LR("mediaId", T_INT, media_id, MUST, BETWEEN(1, 2147483647)),
      LR("mediaType", T_ENUM, type, .words = &haas_library_types, .flags = FIELD_REQUIRED | FIELD_NUMBER),
      LR("filePath", T_TEXT, path, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      LR("seasonNumber", T_INT, season, .flags = FIELD_NULLABLE, BETWEEN(0, 100000)),
      LR("episodeNumber", T_INT, number, .flags = FIELD_NULLABLE, BETWEEN(0, 1000000)));

static struct err find_library(struct call *call, struct library *ret)
{
    const struct link_request *body = call->body;
    struct err e = haas_library_find(call, call_db(call), body->library_id, ret);
    if (e.kind == ERR_NOT_FOUND)
        return err_make(ERR_INVALID, "library_not_found", "The library does not exist");
    return e;
}

/* The path within the library, and whether the file is there. */
static struct err find_file(struct call *call, const struct library *library, struct media_link_wish *wish)
{
    const struct link_request *body = call->body;
    struct place file;
    struct place folder;
    struct stat st;
    struct err e = place_find_inside(call->core->roots, call->arena, body->path, &file);
    if (failed(e))
        return err_make(ERR_INVALID, e.code, e.msg);
    TRY(place_of(call->core->roots, call->arena, library->path, &folder));
    if (!place_within(&folder, &file) || strcmp(folder.path, file.path) == 0)
        return err_make(ERR_INVALID, "outside_library", "The file lies outside the library's folder");
    wish->path = *folder.path ? file.path + strlen(folder.path) + 1 : file.path;
    e = root_stat(file.root, call->arena, file.path, true, &st);
    if (e.kind == ERR_DENIED)
        return file_error(call->arena, e, file.shown);
    wish->is_there = !failed(e) && S_ISREG(st.st_mode);
    return OK;
}

/* A number of our own must name something; a TMDb number may be new. */
static struct err find_item(struct call *call, struct media_link_wish *wish)
{
    const struct link_request *body = call->body;
    struct movie movie = {.id = INT_NONE};
    struct show show = {.id = INT_NONE};
    bool is_movie = body->type == TYPE_MOVIES;
    struct err e = is_movie ? haas_movie_find(call_db(call), call->arena, body->media_id, &movie)
                            : haas_show_find(call_db(call), call->arena, body->media_id, &show);
    if (e.kind == ERR_NOT_FOUND && body->media_id >= OWN_ID_BASE)
        return err_make(ERR_INVALID, "media_not_found", "There is no such movie or show");
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    wish->type = is_movie ? ITEM_MOVIE : ITEM_EPISODE;
    wish->item_id = is_movie ? movie.id : show.id;
    wish->tmdb_id = body->media_id;
    return OK;
}

static struct err create(struct call *call)
{
    const struct link_request *body = call->body;
    struct media_link_wish wish = {.season = body->season, .number = body->number};
    struct media_link link;
    struct library library;
    TX(tx);
    if (body->type == TYPE_TV_SHOWS && (body->season == INT_NONE || body->number == INT_NONE))
        return call_mistake(call, "body", body->season == INT_NONE ? "seasonNumber" : "episodeNumber",
                            "is required for episodes");
    TRY(find_library(call, &library));
    wish.library_id = library.id;
    TRY(find_file(call, &library, &wish));
    TRY(find_item(call, &wish));
    TRY(db_begin(call->core->db, &tx));
    TRY(media_link_add(tx.conn, call->arena, &wish, &link));
    TRY(db_commit(&tx));
    call_header(call, "Location",
                arena_printf(call->arena, "%s/api/metadata/files/%s", call->base_path, link_id(call->arena, &link)));
    return reply_link(call, &link);
}

static struct err remove_link(struct call *call)
{
    struct media_link link;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(find_link(call, tx.conn, &link));
    TRY(media_link_remove(tx.conn, call->arena, &link));
    TRY(db_commit(&tx));
    return call_empty(call, 200);
}

#define TAG "File associations"
ROUTES(haas_link_routes,
       {HTTP_GET, "/api/metadata/files", TAG, "Which files belong to what", list, .query = &haas_link_query_shape,
        .reply = &haas_link_shape, .flags = ROUTE_LIST},
       {HTTP_GET, "/api/metadata/files/{id}", TAG, "One association", get, .reply = &haas_link_shape},
       {HTTP_POST, "/api/metadata/files", TAG, "Ties a file to a movie or an episode", create,
        .body = &haas_link_request_shape, .reply = &haas_link_shape, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, "/api/metadata/files/{id}", TAG, "Unties a file; nothing else is removed", remove_link,
        .flags = ROUTE_BLOCKING});
