/* Libraries (contract 12). */
#include <string.h>

#include "api/metarr/metarr.h"
#include "domain/movies/count.h"

#define TAG "Libraries"
#define SCAN_PRIORITY 5

struct kind_name {
    const char *type; /* here */
    enum library_kind kind;
};
static const struct kind_name kinds[] = {{"movie", LIBRARY_MOVIES}, {"tv", LIBRARY_TV}, {"music", LIBRARY_MUSIC}};

static const char *type_of(const struct library *l)
{
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(words_name(&library_kind_words, kinds[i].kind), l->kind) == 0)
            return kinds[i].type;
    }
    return NULL;
}

static const char *kind_of(const char *type)
{
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(kinds[i].type, type) == 0)
            return words_name(&library_kind_words, kinds[i].kind);
    }
    return NULL;
}

/* --- view ------------------------------------------------------------------------------------------------------ */

struct library_stats {
    int64_t total;
    int64_t unidentified;
    int64_t identified;
    int64_t enriched;
    int64_t last_scan;
};
SHAPE(metarr_libraries_stats_shape, "MetarrLibraryStats", struct library_stats, "What a library holds",
      F(struct library_stats, T_INT, total), F(struct library_stats, T_INT, unidentified),
      F(struct library_stats, T_INT, identified), F(struct library_stats, T_INT, enriched),
      FN("lastScan", struct library_stats, T_TIME, last_scan, .flags = FIELD_NULLABLE));

struct library_row {
    int64_t id;
    const char *name;
    const char *path;
    const char *type;
    int8_t enabled;
    int8_t auto_enrich;
    int8_t auto_publish;
    const char *description;
    int64_t created_at;
    int64_t updated_at;
    struct library_stats *stats;
};
#define L(kind_, member_, ...) F(struct library_row, kind_, member_, ##__VA_ARGS__)
SHAPE(metarr_libraries_library_view, "MetarrLibrary", struct library_row, "A folder of movies, shows or music", L(T_INT, id),
      L(T_TEXT, name), L(T_TEXT, path), L(T_TEXT, type), L(T_BOOL, enabled), L(T_BOOL, auto_enrich),
      L(T_BOOL, auto_publish), L(T_TEXT, description, .flags = FIELD_NULLABLE), L(T_TIME, created_at),
      L(T_TIME, updated_at), L(T_OBJECT, stats, .shape = &metarr_libraries_stats_shape));

static void fill_row(struct call *call, const struct library *l, const struct library_counts *counts,
                     struct library_row *row)
{
    json_t *options = json_loads(l->options ? l->options : "{}", 0, NULL);
    const json_t *enrich = json_object_get(options, "auto_enrich");
    *row = (struct library_row){
        .id = l->id,
        .name = l->name,
        .path = l->path,
        .type = type_of(l),
        .enabled = l->enabled == 1,
        .auto_enrich = !enrich || json_is_true(enrich),
        .auto_publish = json_is_true(json_object_get(options, "auto_publish")),
        .description = arena_strdup(call->arena, json_string_value(json_object_get(options, "description"))),
        .created_at = l->created_at,
        .updated_at = l->updated_at,
        .stats = arena_new(call->arena, struct library_stats),
    };
    json_decref(options);
    row->stats->last_scan = l->last_scan_at;
    for (size_t i = 0; i < counts->count; i++) {
        const struct library_count *c = &counts->items[i];
        if (c->library_id == l->id)
            *row->stats = (struct library_stats){c->total, c->unidentified, c->identified, c->enriched,
                                                 l->last_scan_at};
    }
}

static struct err get_libraries(struct call *call)
{
    struct library_list libraries = {0};
    struct library_counts counts = {0};
    struct {
        VEC(struct library_row)
    } rows = {0};
    TRY(libraries_list(call_db(call), call->arena, NULL, &libraries));
    TRY(library_counts(call_db(call), call->arena, &counts));
    for (size_t i = 0; i < libraries.count; i++) {
        if (type_of(&libraries.items[i]))
            fill_row(call, &libraries.items[i], &counts, arena_push(call->arena, &rows));
    }
    return call_list(call, rows.items, rows.count);
}

/* --- create ------------------------------------------------------------------------------------------------------ */

struct library_body {
    const char *name;
    const char *path;
    const char *type;
    int8_t auto_enrich;
    int8_t auto_publish;
    const char *description;
};
#define C(kind_, member_, ...) F(struct library_body, kind_, member_, ##__VA_ARGS__)
SHAPE(metarr_libraries_library_body_shape, "MetarrLibraryCreate", struct library_body, "A library to add",
      C(T_TEXT, name, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, BETWEEN(1, 200)),
      C(T_TEXT, path, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(4000)),
      C(T_TEXT, type, .flags = FIELD_REQUIRED, .help = "movie, tv or music"), C(T_BOOL, auto_enrich, .fallback = "true"),
      C(T_BOOL, auto_publish, .fallback = "false"), C(T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(2000)));

static const char *write_options(struct call *call, const struct library_body *body)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_bool(&w, "auto_enrich", body->auto_enrich == 1);
    jw_kv_bool(&w, "auto_publish", body->auto_publish == 1);
    if (body->description)
        jw_kv_text(&w, "description", body->description);
    jw_end(&w);
    return arena_strdup(call->arena, out.data);
}

static bool holds(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(folder, path, len) == 0 && (path[len] == '/' || !path[len]);
}

/* Two libraries of one type do not share files. */
static struct err check_nesting(struct call *call, struct db_conn *tx, const struct library *l)
{
    struct library_list all = {0};
    const char *path = path_normalize(call->arena, l->path);
    TRY(libraries_list(tx, call->arena, l->kind, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (holds(all.items[i].path, path) || holds(path, all.items[i].path)) {
            struct err e = err_f(call->arena, ERR_CONFLICT, "ALREADY_EXISTS",
                                 "The library \"%s\" covers this path", all.items[i].name);
            e.field = "path";
            return e;
        }
    }
    return OK;
}

static struct err post_library(struct call *call)
{
    const struct library_body *body = call->body;
    struct library_counts none = {0};
    struct library_row row;
    struct library l = {.name = body->name, .path = body->path, .kind = kind_of(body->type), .enabled = 1};
    if (!l.kind)
        return call_mistake(call, "body", "type", "must be movie, tv or music");
    if (body->path[0] != '/')
        return call_mistake(call, "body", "path", "must be an absolute path");
    l.options = write_options(call, body);
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(check_nesting(call, tx.conn, &l));
    struct err e = library_create(call->core, tx.conn, call->arena, &l);
    if (e.kind == ERR_NOT_FOUND)
        return call_mistake(call, "body", "path", "must be an existing folder");
    TRY(e);
    TRY(db_commit(&tx));
    fill_row(call, &l, &none, &row);
    return call_reply(call, &row);
}

/* --- scan ---------------------------------------------------------------------------------------------------------- */

struct scan_body {
    int8_t deep;
    int8_t auto_enrich;
};
SHAPE(metarr_libraries_scan_body_shape, "MetarrLibraryScan", struct scan_body, "How to scan",
      F(struct scan_body, T_BOOL, deep, .fallback = "false", .help = "Also files that did not change"),
      F(struct scan_body, T_BOOL, auto_enrich));

static struct err post_scan(struct call *call)
{
    const struct scan_body *body = call->body;
    struct library library;
    struct job job;
    bool active;
    int64_t id;
    TRY(metarr_id(call, &id));
    struct err e = library_get(call_db(call), call->arena, id, &library);
    if (e.kind == ERR_NOT_FOUND || (!failed(e) && !type_of(&library)))
        return metarr_missing(call, "Library", "library_not_found", id);
    TRY(e);
    if (strcmp(library.kind, words_name(&library_kind_words, LIBRARY_MUSIC)) == 0)
        return err_make(ERR_UNFINISHED, "not_built_yet", "Libraries of music cannot be scanned yet");
    TRY(metarr_scan(call, &library, NULL, body->deep == 1, SCAN_PRIORITY,
                    arena_printf(call->arena, "library:%lld", (long long)id), &job, &active));
    if (active)
        return err_make(ERR_CONFLICT, "LOCKED", "This library is being scanned already");
    return metarr_reply_job(call, &job);
}

ROUTES(metarr_library_routes,
       {HTTP_GET, "/api/v1/libraries", TAG, "Libraries of movies, shows and music", get_libraries,
        .reply = &metarr_libraries_library_view, .flags = ROUTE_LIST},
       {HTTP_POST, "/api/v1/libraries", TAG, "Adds a library", post_library, .body = &metarr_libraries_library_body_shape,
        .reply = &metarr_libraries_library_view, .status = 201, .flags = ROUTE_BLOCKING, .bucket = "write"},
       {HTTP_POST, "/api/v1/libraries/{id:int}/scan", TAG, "Scans a library", post_scan, .body = &metarr_libraries_scan_body_shape,
        .reply = &metarr_job_id_shape, .flags = ROUTE_OPTIONAL_BODY, .bucket = "write"});
