/* The import hub: what is there already, and what is to be imported (contract 2.19). */
#include "api/fuzzbin/add.h"

#include <string.h>

#include "domain/catalog/video.h"
#include "domain/intake/song.h"
#include "providers/spotify.h"

const struct words add_source_words = WORDS("AddSource", "imvdb", "discogs_master", "discogs_release", "youtube");

/* --- jobs -------------------------------------------------------------------------------------------------------- */

struct jw *add_reply(struct call *call, const struct job *job)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "job_id", job->uuid);
    return w;
}

struct err add_reply_end(struct call *call, struct jw *w)
{
    (void)call;
    jw_kv_text(w, "status", "pending");
    jw_end(w);
    return OK;
}

static void release(void *value)
{
    json_decref(value);
}

json_t *add_args(struct call *call)
{
    json_t *copy = json_copy(call->json);
    arena_defer(call->arena, release, copy);
    return copy;
}

/* Unchecked: the job says what is wrong with its arguments, as document 000's clients expect. */
struct err add_submit(struct call *call, const char *kind, json_t *args, struct job *ret_job)
{
    return jobs_submit_now(call->core->jobs, call->arena,
                           JOB_SPEC(kind, .args = json_keep(call->arena, args), .unchecked = true, .origin = "fuzzbin"),
                           ret_job);
}

const char *add_status(int word)
{
    return words_name(&video_status_words, fuzzbin_status(word));
}

void add_need_objects(struct call *call, const char *list, const char *member)
{
    size_t i;
    json_t *item;
    json_array_foreach (json_object_get(call->json, list), i, item) {
        const json_t *value = json_object_get(item, member);
        if (!value || json_is_object(value) || json_is_null(value)) /* the shape has said "missing" */
            continue;
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
        m->type = T_JSON;
        m->path[m->path_len++] = (struct path_step){list, 0};
        m->path[m->path_len++] = (struct path_step){NULL, i};
        m->path[m->path_len++] = (struct path_step){member, 0};
    }
}

static struct err need_playlist(struct call *call, const char *text, const char **ret_id)
{
    *ret_id = spotify_playlist_id(call->arena, text);
    return **ret_id ? OK : err_field(ERR_INVALID, "no_playlist", "playlist_id", "Spotify playlist ID is required");
}

/* --- is it there? ------------------------------------------------------------------------------------------------ */

struct exists_query {
    const char *imvdb_id;
    const char *youtube_id;
};
SHAPE(exists_query_shape, "AddExistsQuery", struct exists_query, "Ids at services",
      F(struct exists_query, T_TEXT, imvdb_id), F(struct exists_query, T_TEXT, youtube_id));
struct exists_reply {
    int8_t exists;
    int64_t video_id;
    const char *title, *artist;
};
SHAPE(exists_shape, "AddExists", struct exists_reply, "The video that holds one of the ids",
      F(struct exists_reply, T_BOOL, exists, .flags = FIELD_REQUIRED), F(struct exists_reply, T_INT, video_id),
      F(struct exists_reply, T_TEXT, title), F(struct exists_reply, T_TEXT, artist));

static struct err check_exists(struct call *call)
{
    const struct exists_query *q = call->query;
    struct exists_reply reply = {.exists = 0, .video_id = INT_NONE};
    struct video video;
    TRY(song_find_by_ids(call_db(call), &(struct song_ids){.imvdb_video_id = q->imvdb_id, .youtube_id = q->youtube_id},
                         &reply.video_id));
    if (reply.video_id != INT_NONE) {
        TRY(catalog_video_get(call_db(call), call->arena, reply.video_id, false, &video));
        reply = (struct exists_reply){1, reply.video_id, video.title, video.artist};
    }
    return call_reply(call, &reply);
}

/* --- one find ---------------------------------------------------------------------------------------------------- */

struct import_body {
    int source;
    const char *id, *youtube_id, *youtube_url;
    const char *metadata; /* JSON */
    int initial_status;
    int8_t skip_existing, auto_download;
};
SHAPE(add_import_shape, "AddImportRequest", struct import_body, "A find that is to be imported",
      F(struct import_body, T_ENUM, source, .words = &add_source_words, .flags = FIELD_REQUIRED),
      F(struct import_body, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct import_body, T_TEXT, youtube_id, .flags = FIELD_NULLABLE),
      F(struct import_body, T_TEXT, youtube_url, .flags = FIELD_NULLABLE),
      F(struct import_body, T_JSON, metadata, .flags = FIELD_NULLABLE, .help = "what the page knows of it already"),
      F(struct import_body, T_ENUM, initial_status, .words = &fuzzbin_status_words, .fallback = "discovered"),
      F(struct import_body, T_BOOL, skip_existing, .fallback = "true"),
      F(struct import_body, T_BOOL, auto_download, .fallback = "true"));

static struct err import_one(struct call *call)
{
    const struct import_body *body = call->body;
    struct job job;
    TRY(fuzzbin_need_object(call, "metadata"));
    json_t *args = add_args(call);
    json_t *metadata = json_object_get(args, "metadata");
    if (json_is_object(metadata))
        json_object_set(args, "prefetched_metadata", metadata);
    json_object_del(args, "metadata");
    json_object_set_new(args, "initial_status", json_string(add_status(body->initial_status)));
    TRY(add_submit(call, "import_add_single", args, &job));
    struct jw *w = add_reply(call, &job);
    jw_kv_text(w, "source", words_name(&add_source_words, body->source));
    jw_kv_text(w, "id", body->id);
    return add_reply_end(call, w);
}

/* --- a playlist -------------------------------------------------------------------------------------------------- */

struct playlist_body {
    const char *playlist_id;
    int8_t skip_existing;
    int initial_status;
};
SHAPE(add_spotify_shape, "AddSpotifyRequest", struct playlist_body, "A playlist that is to be imported",
      F(struct playlist_body, T_TEXT, playlist_id, .flags = FIELD_REQUIRED),
      F(struct playlist_body, T_BOOL, skip_existing, .fallback = "true"),
      F(struct playlist_body, T_ENUM, initial_status, .words = &fuzzbin_status_words, .fallback = "discovered"));

static struct err import_playlist(struct call *call)
{
    const struct playlist_body *body = call->body;
    const char *id;
    struct job job;
    TRY(need_playlist(call, body->playlist_id, &id));
    json_t *args = add_args(call);
    json_object_set_new(args, "playlist_id", json_string(id));
    json_object_set_new(args, "initial_status", json_string(add_status(body->initial_status)));
    TRY(add_submit(call, "import_spotify", args, &job));
    struct jw *w = add_reply(call, &job);
    jw_kv_text(w, "playlist_id", id);
    return add_reply_end(call, w);
}

struct selected_track {
    const char *spotify_track_id;
    const char *metadata; /* JSON */
    int64_t imvdb_id;
    const char *imvdb_url, *youtube_id, *youtube_url, *thumbnail_url;
};
#define SELECTED_REST                                                                               \
    F(struct selected_track, T_JSON, metadata, .flags = FIELD_REQUIRED),                              \
        F(struct selected_track, T_TEXT, imvdb_url, .flags = FIELD_NULLABLE),                         \
        F(struct selected_track, T_TEXT, youtube_id, .flags = FIELD_NULLABLE),                        \
        F(struct selected_track, T_TEXT, youtube_url, .flags = FIELD_NULLABLE),                       \
        F(struct selected_track, T_TEXT, thumbnail_url, .flags = FIELD_NULLABLE)
SHAPE(selected_track_shape, "AddSelectedTrack", struct selected_track, "A track that was chosen",
      F(struct selected_track, T_TEXT, spotify_track_id, .flags = FIELD_REQUIRED),
      F(struct selected_track, T_INT, imvdb_id, .flags = FIELD_NULLABLE), SELECTED_REST);
SHAPE(selected_video_shape, "AddSelectedVideo", struct selected_track, "A video that was chosen",
      F(struct selected_track, T_INT, imvdb_id, .flags = FIELD_REQUIRED), SELECTED_REST);

struct selected_body {
    const char *playlist_id;
    int64_t entity_id;
    const char *entity_name;
    struct list items;
    int initial_status;
    int8_t auto_download;
};
#define SELECTED_BODY_REST                                                                          \
    F(struct selected_body, T_ENUM, initial_status, .words = &fuzzbin_status_words, .fallback = "discovered"), \
        F(struct selected_body, T_BOOL, auto_download, .fallback = "false")
SHAPE(selected_tracks_shape, "AddSelectedTracksRequest", struct selected_body, "Tracks that are to be imported",
      F(struct selected_body, T_TEXT, playlist_id, .flags = FIELD_REQUIRED),
      FN("tracks", struct selected_body, T_LIST, items, .item = T_OBJECT, .shape = &selected_track_shape,
         .flags = FIELD_REQUIRED),
      SELECTED_BODY_REST);
SHAPE(selected_videos_shape, "AddSelectedVideosRequest", struct selected_body, "Videos that are to be imported",
      F(struct selected_body, T_INT, entity_id, .flags = FIELD_REQUIRED),
      F(struct selected_body, T_TEXT, entity_name, .flags = FIELD_NULLABLE),
      FN("videos", struct selected_body, T_LIST, items, .item = T_OBJECT, .shape = &selected_video_shape,
         .flags = FIELD_REQUIRED),
      SELECTED_BODY_REST);

static struct err submit_selected(struct call *call, const char *kind, const char *list, const char *playlist_id,
                                  struct job *ret_job)
{
    const struct selected_body *body = call->body;
    add_need_objects(call, list, "metadata");
    if (call->mistakes.count)
        return call_invalid(call);
    json_t *args = add_args(call);
    if (playlist_id)
        json_object_set_new(args, "playlist_id", json_string(playlist_id));
    json_object_set_new(args, "initial_status", json_string(add_status(body->initial_status)));
    return add_submit(call, kind, args, ret_job);
}

static struct err import_selected(struct call *call)
{
    const struct selected_body *body = call->body;
    const char *id;
    struct job job;
    TRY(need_playlist(call, body->playlist_id, &id));
    TRY(submit_selected(call, "import_spotify_batch", "tracks", id, &job));
    struct jw *w = add_reply(call, &job);
    jw_kv_text(w, "playlist_id", id);
    jw_kv_int(w, "track_count", (int64_t)body->items.count);
    jw_kv_bool(w, "auto_download", body->auto_download);
    return add_reply_end(call, w);
}

static struct err import_artist(struct call *call)
{
    const struct selected_body *body = call->body;
    struct job job;
    if (!body->items.count)
        return err_field(ERR_INVALID, "no_videos", "videos", "At least one video is required");
    TRY(submit_selected(call, "import_imvdb_artist", "videos", NULL, &job));
    struct jw *w = add_reply(call, &job);
    jw_kv_int(w, "entity_id", body->entity_id);
    jw_kv_int(w, "video_count", (int64_t)body->items.count);
    jw_kv_bool(w, "auto_download", body->auto_download);
    return add_reply_end(call, w);
}

/* --- replies as they are documented ------------------------------------------------------------------------------ */

struct accepted {
    const char *job_id, *source, *id, *playlist_id, *status;
    int64_t track_count, entity_id, video_count;
    int8_t auto_download;
};
#define ACCEPTED(kind_, member_) F(struct accepted, kind_, member_, .flags = FIELD_REQUIRED)
SHAPE(import_reply_shape, "AddImportJob", struct accepted, "The job", ACCEPTED(T_TEXT, job_id),
      ACCEPTED(T_TEXT, source), ACCEPTED(T_TEXT, id), ACCEPTED(T_TEXT, status));
SHAPE(playlist_reply_shape, "AddSpotifyJob", struct accepted, "The job", ACCEPTED(T_TEXT, job_id),
      ACCEPTED(T_TEXT, playlist_id), ACCEPTED(T_TEXT, status));
SHAPE(selected_reply_shape, "AddSelectedTracksJob", struct accepted, "The job", ACCEPTED(T_TEXT, job_id),
      ACCEPTED(T_TEXT, playlist_id), ACCEPTED(T_INT, track_count), ACCEPTED(T_BOOL, auto_download),
      ACCEPTED(T_TEXT, status));
SHAPE(artist_reply_shape, "AddSelectedVideosJob", struct accepted, "The job", ACCEPTED(T_TEXT, job_id),
      ACCEPTED(T_INT, entity_id), ACCEPTED(T_INT, video_count), ACCEPTED(T_BOOL, auto_download),
      ACCEPTED(T_TEXT, status));

#define TAG_ "Add"
ROUTES(fuzzbin_add_routes,
       {HTTP_GET, "/add/check-exists", TAG_, "Whether a video is in the library", check_exists,
        .query = &exists_query_shape, .reply = &exists_shape},
       {HTTP_POST, "/add/import", TAG_, "Queues the import of one result", import_one, .body = &add_import_shape,
        .reply = &import_reply_shape, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/spotify", TAG_, "Queues an import from Spotify", import_playlist,
        .body = &add_spotify_shape, .reply = &playlist_reply_shape, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/spotify/import-selected", TAG_, "Queues the import of chosen tracks", import_selected,
        .body = &selected_tracks_shape, .reply = &selected_reply_shape, .status = 202, .flags = ROUTE_BLOCKING,
        .max_body = 8u << 20},
       {HTTP_POST, "/add/artist/import", TAG_, "Queues the import of chosen videos of an artist", import_artist,
        .body = &selected_videos_shape, .reply = &artist_reply_shape, .status = 202, .flags = ROUTE_BLOCKING,
        .max_body = 8u << 20});
