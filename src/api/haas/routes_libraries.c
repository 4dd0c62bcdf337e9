/* Libraries (contract 8.1): views over the same rows as every other door's. */
#include <string.h>
#include <strings.h>

#include "api/haas/libraries.h"
#include "domain/files/change.h"
#include "json/decode.h"

#define ID_DIGITS 24

const struct words haas_library_types = WORDS("LibraryType", NULL, "Movies", "TVShows");
static const char *const kinds[] = {[TYPE_MOVIES] = "movies", [TYPE_TV_SHOWS] = "tv"};

/* --- finding ------------------------------------------------------------------------------------------- */

const char *haas_library_id(struct arena *a, const char *uuid)
{
    char *id = arena_alloc(a, ID_DIGITS + 1);
    size_t len = 0;
    for (; *uuid && len < ID_DIGITS; uuid++) {
        if (*uuid != '-')
            id[len++] = *uuid;
    }
    return id;
}

int haas_library_type(const struct library *library)
{
    for (int type = TYPE_MOVIES; type <= TYPE_TV_SHOWS; type++) {
        if (strcmp(library->kind, kinds[type]) == 0)
            return type;
    }
    return 0;
}

struct err haas_libraries(struct db_conn *conn, struct arena *a, struct library_list *ret_list)
{
    struct library_list all = {0};
    TRY(libraries_list(conn, a, NULL, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (haas_library_type(&all.items[i]))
            *arena_push(a, ret_list) = all.items[i];
    }
    return OK;
}

struct err haas_library_find(struct call *call, struct db_conn *conn, const char *id, struct library *ret_library)
{
    struct library_list list = {0};
    TRY(haas_libraries(conn, call->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (strcasecmp(haas_library_id(call->arena, list.items[i].uuid), id) == 0) {
            *ret_library = list.items[i];
            return OK;
        }
    }
    return err_make(ERR_NOT_FOUND, "library_not_found", "Library not found");
}

/* --- the view ------------------------------------------------------------------------------------------- */

struct library_view {
    const char *id;
    int type;
    const char *folder;
    const char *title;
    const char *description;
    int64_t created_at;
    int64_t updated_at;
};
SHAPE(haas_library_view_shape, "Library", struct library_view, "A folder of movies or shows",
      F(struct library_view, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct library_view, T_ENUM, type, .words = &haas_library_types, .flags = FIELD_REQUIRED | FIELD_NUMBER),
      FN("directoryPath", struct library_view, T_TEXT, folder, .flags = FIELD_REQUIRED),
      F(struct library_view, T_TEXT, title, .flags = FIELD_REQUIRED),
      F(struct library_view, T_TEXT, description),
      FN("createdAt", struct library_view, T_TIME, created_at, .flags = FIELD_REQUIRED),
      FN("updatedAt", struct library_view, T_TIME, updated_at, .flags = FIELD_REQUIRED));

/* Options hold what only one API knows: here the description. */
static json_t *options_of(struct arena *a, const char *options)
{
    struct mistakes ignored = {0};
    return options ? json_read(a, options, strlen(options), "options", &ignored) : NULL;
}

static const char *with_description(struct arena *a, const char *options, const char *description)
{
    json_t *old = options_of(a, options);
    json_t *made = json_is_object(old) ? json_copy(old) : json_object();
    if (description)
        json_object_set_new(made, "description", json_string(description));
    else
        json_object_del(made, "description");
    const char *text = json_keep(a, made);
    json_decref(made);
    return text;
}

/* A library at a media folder itself is ".". */
static const char *shown_folder(struct call *call, const struct library *library)
{
    struct place place;
    if (failed(place_of(call->core->roots, call->arena, library->path, &place)))
        return library->path;
    return *place.shown ? place.shown : ".";
}

static struct library_view view_of(struct call *call, const struct library *l)
{
    return (struct library_view){
        .id = haas_library_id(call->arena, l->uuid),
        .type = haas_library_type(l),
        .folder = shown_folder(call, l),
        .title = l->name,
        .description = json_string_value(json_object_get(options_of(call->arena, l->options), "description")),
        .created_at = l->created_at,
        .updated_at = l->updated_at,
    };
}

static struct err reply_library(struct call *call, const struct library *library)
{
    struct library_view view = view_of(call, library);
    return call_reply(call, &view);
}

/* --- reading -------------------------------------------------------------------------------------------- */

static struct err list(struct call *call)
{
    struct library_list libraries = {0};
    TRY(haas_libraries(call_db(call), call->arena, &libraries));
    struct library_view *views = arena_array(call->arena, struct library_view, libraries.count + 1);
    for (size_t i = 0; i < libraries.count; i++)
        views[i] = view_of(call, &libraries.items[i]);
    return call_list(call, views, libraries.count);
}

static struct err get(struct call *call)
{
    struct library library;
    TRY(haas_library_find(call, call_db(call), call_text(call, "id"), &library));
    return reply_library(call, &library);
}

/* --- writing -------------------------------------------------------------------------------------------- */

struct library_request {
    int type;
    const char *folder;
    const char *title;
    const char *description;
};
SHAPE(haas_library_request_shape, "LibraryRequest", struct library_request, "A library as it shall be",
      F(struct library_request, T_ENUM, type, .words = &haas_library_types,
        .flags = FIELD_REQUIRED | FIELD_NUMBER),
      FN("directoryPath", struct library_request, T_TEXT, folder, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      F(struct library_request, T_TEXT, title, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(200)),
      F(struct library_request, T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(2000)));

/* The folder is made when it is missing: clients create libraries before anything is in them. */
static struct err fill(struct call *call, struct library *library)
{
    const struct library_request *body = call->body;
    struct place place;
    TRY(place_find(call->core->roots, call->arena, body->folder, &place));
    if (!place.root)
        return err_make(ERR_INVALID, "bad_path", "A library lies in one media folder");
    TRY(files_make_folder(call->arena, &place));
    library->kind = kinds[body->type];
    library->name = body->title;
    library->path = place_absolute(call->arena, &place);
    library->options = with_description(call->arena, library->options, body->description);
    return OK;
}

/* What the library's own rules refuse is a mistake in the body. */
static struct err as_request_error(struct err e)
{
    if (e.kind == ERR_DENIED || e.kind == ERR_NOT_FOUND)
        e.kind = ERR_INVALID;
    return e;
}

static struct err create(struct call *call)
{
    struct library library = {.enabled = 1};
    TX(tx);
    TRY(fill(call, &library));
    TRY(db_begin(call->core->db, &tx));
    TRY(as_request_error(library_create(call->core, tx.conn, call->arena, &library)));
    TRY(db_commit(&tx));
    call_header(call, "Location",
                arena_printf(call->arena, "%s/api/metadata/libraries/%s", call->base_path,
                             haas_library_id(call->arena, library.uuid)));
    return reply_library(call, &library);
}

static struct err replace(struct call *call)
{
    static const char *const changed[] = {"kind", "name", "path", "options"};
    struct library library;
    struct presence which = {0};
    TX(tx);
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++)
        set_present(&which, (size_t)shape_find(&library_shape, changed[i]));
    TRY(haas_library_find(call, call_db(call), call_text(call, "id"), &library));
    TRY(fill(call, &library));
    TRY(db_begin(call->core->db, &tx));
    TRY(as_request_error(library_update(call->core, tx.conn, call->arena, &library, &which, &library)));
    TRY(db_commit(&tx));
    return reply_library(call, &library);
}

static struct err remove_library(struct call *call)
{
    struct library library;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(haas_library_find(call, tx.conn, call_text(call, "id"), &library));
    TRY(library_delete(tx.conn, library.id));
    TRY(db_commit(&tx));
    return call_empty(call, 200);
}

#define TAG "Libraries"
ROUTES(haas_library_routes,
       {HTTP_GET, "/api/metadata/libraries", TAG, "Movie and TV libraries", list, .reply = &haas_library_view_shape,
        .flags = ROUTE_LIST},
       {HTTP_GET, "/api/metadata/libraries/{id}", TAG, "One library", get, .reply = &haas_library_view_shape},
       {HTTP_POST, "/api/metadata/libraries", TAG, "Creates a library", create, .body = &haas_library_request_shape,
        .reply = &haas_library_view_shape, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_PUT, "/api/metadata/libraries/{id}", TAG, "Replaces a library", replace,
        .body = &haas_library_request_shape, .reply = &haas_library_view_shape, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, "/api/metadata/libraries/{id}", TAG, "Removes a library; nothing else", remove_library,
        .flags = ROUTE_BLOCKING});
