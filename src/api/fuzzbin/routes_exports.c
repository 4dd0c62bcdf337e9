/* Exports: NFO files and playlists (contract 2.14, section 16). */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "core/jobs.h"
#include "core/settings.h"
#include "domain/organize/export.h"
#include "domain/organize/home.h"
#include "domain/organize/playlist.h"

/* --- NFO files ------------------------------------------------------------------------------------------ */

struct nfo_body {
    struct list video_ids;
    int8_t include_deleted;
    int8_t overwrite_existing;
};
SHAPE(nfo_body_shape, "NfoExportRequest", struct nfo_body, "Which NFO files to write",
      F(struct nfo_body, T_LIST, video_ids, .item = T_INT, .flags = FIELD_NULLABLE, .help = "Absent or empty: all"),
      F(struct nfo_body, T_BOOL, include_deleted, .fallback = "false"),
      F(struct nfo_body, T_BOOL, overwrite_existing, .fallback = "false"));

struct nfo_reply {
    struct nfo_exported done;
    const char *library_dir;
    const char *manifest_path;
};
#define COUNT_FIELD(name_, member_) FN(name_, struct nfo_reply, T_INT, done.member_, .flags = FIELD_REQUIRED)
SHAPE(nfo_shape, "NfoExportResponse", struct nfo_reply, "What was written", COUNT_FIELD("total", total),
      COUNT_FIELD("exported_count", exported), COUNT_FIELD("skipped_count", skipped),
      COUNT_FIELD("failed_count", failed), F(struct nfo_reply, T_TEXT, library_dir, .flags = FIELD_REQUIRED),
      F(struct nfo_reply, T_TEXT, manifest_path));

static struct err export_nfo(struct call *call)
{
    const struct nfo_body *body = call->body;
    struct nfo_reply reply = {0};
    struct home home;
    struct nfo_export options = {
        .ids = body->video_ids.count ? body->video_ids.items : NULL,
        .id_count = body->video_ids.count,
        .include_deleted = body->include_deleted == 1,
        .overwrite = body->overwrite_existing == 1,
        .count_unchanged = true,
        .keep_files = true,
    };
    TRY(home_of(call->core, call_db(call), call->arena, NULL, &home));
    TRY(nfo_export(call->core, call->arena, &options, &reply.done));
    reply.library_dir = home.library.path;
    if (reply.done.exported)
        TRY(nfo_manifest(call->core, call->arena, &reply.done, call->who.name, &reply.manifest_path));
    return call_reply(call, &reply);
}

struct all_body {
    int8_t incremental;
    int8_t include_deleted;
};
SHAPE(all_body_shape, "NfoExportAllRequest", struct all_body, "How to write all NFO files",
      F(struct all_body, T_BOOL, incremental, .flags = FIELD_NULLABLE, .help = "Absent: nfo_export.incremental"),
      F(struct all_body, T_BOOL, include_deleted, .flags = FIELD_NULLABLE, .help = "Absent: nfo_export.include_deleted"));

static bool chosen(struct call *call, int8_t value, const char *setting)
{
    return value == BOOL_NONE ? settings_bool(call->core->settings, setting) : value == 1;
}

static struct err export_all(struct call *call)
{
    const struct all_body *body = call->body;
    struct job job;
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_bool(&w, "incremental", chosen(call, body->incremental, "nfo_export.incremental"));
    jw_kv_bool(&w, "include_deleted", chosen(call, body->include_deleted, "nfo_export.include_deleted"));
    jw_end(&w);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("export_nfo", .args = args.data, .origin = "fuzzbin"), &job));
    return call_reply(call, &job);
}

/* --- playlists ------------------------------------------------------------------------------------------ */

struct playlist_body {
    const char *name;
    const char *output_path;
    struct list video_ids;
    int format;
    int8_t include_deleted;
};
SHAPE(playlist_body_shape, "PlaylistExportRequest", struct playlist_body, "A playlist to write",
      F(struct playlist_body, T_TEXT, name, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct playlist_body, T_TEXT, output_path, .flags = FIELD_REQUIRED, MIN_VALUE(1),
        .help = "Relative to the library, or absolute"),
      F(struct playlist_body, T_LIST, video_ids, .item = T_INT, .flags = FIELD_NULLABLE, .help = "Absent: all"),
      F(struct playlist_body, T_ENUM, format, .words = &playlist_format_words, .fallback = "m3u"),
      F(struct playlist_body, T_BOOL, include_deleted, .fallback = "false"));

struct playlist_reply {
    const char *name;
    int format;
    int64_t total_tracks;
    const char *file_path;
};
SHAPE(playlist_shape, "PlaylistExportResponse", struct playlist_reply, "The playlist that was written",
      F(struct playlist_reply, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct playlist_reply, T_ENUM, format, .words = &playlist_format_words, .flags = FIELD_REQUIRED),
      F(struct playlist_reply, T_INT, total_tracks, .flags = FIELD_REQUIRED),
      F(struct playlist_reply, T_TEXT, file_path, .flags = FIELD_REQUIRED));

static struct err export_playlist(struct call *call)
{
    const struct playlist_body *body = call->body;
    struct playlist playlist = {
        .name = body->name,
        .path = body->output_path,
        .format = body->format,
        .ids = body->video_ids.count ? body->video_ids.items : NULL,
        .id_count = body->video_ids.count,
        .include_deleted = body->include_deleted == 1,
    };
    struct playlist_reply reply = {.name = body->name, .format = body->format};
    TRY(playlist_write(call->core, call->arena, &playlist, &reply.total_tracks, &reply.file_path));
    return call_reply(call, &reply);
}

#define TAG_ "Exports"
ROUTES(fuzzbin_export_routes,
       {HTTP_POST, "/exports/nfo", TAG_, "Writes NFO files", export_nfo, .body = &nfo_body_shape, .reply = &nfo_shape,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/exports/nfo/all", TAG_, "Queues writing all NFO files", export_all, .body = &all_body_shape,
        .reply = &fuzzbin_job_view, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/exports/playlist", TAG_, "Writes a playlist file", export_playlist,
        .body = &playlist_body_shape, .reply = &playlist_shape, .flags = ROUTE_BLOCKING});
