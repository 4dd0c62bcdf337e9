/* Scanning folders (contract 2.18, section 18; POST /add/nfo-scan of 2.19 is the same job). */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "core/jobs.h"
#include "core/settings.h"
#include "domain/intake/music_preview.h"
#include "domain/library/library.h"
#include "sys/root.h"

static const struct words mode_words = WORDS("scan_mode", "full", "discovery");
static const char *const initial_statuses[] = {"imported", "discovered"};

struct scan_request {
    const char *directory;
    int mode;
    int8_t recursive;
    int8_t skip_existing;
    int8_t update_file_paths;
};
SHAPE(scan_request_shape, "ScanRequest", struct scan_request, "A folder and how to scan it",
      F(struct scan_request, T_TEXT, directory, .flags = FIELD_REQUIRED, MAX_VALUE(4096)),
      F(struct scan_request, T_ENUM, mode, .words = &mode_words, .fallback = "full"),
      F(struct scan_request, T_BOOL, recursive, .fallback = "true"),
      F(struct scan_request, T_BOOL, skip_existing, .fallback = "true"),
      F(struct scan_request, T_BOOL, update_file_paths, .fallback = "true"));

SHAPE(preview_item_view, "ScanPreviewItem", struct preview_item, "One music video that was found",
      FN("nfo_path", struct preview_item, T_TEXT, path, .flags = FIELD_REQUIRED),
      F(struct preview_item, T_TEXT, title, .flags = FIELD_REQUIRED),
      F(struct preview_item, T_TEXT, artist, .flags = FIELD_REQUIRED), F(struct preview_item, T_TEXT, album),
      F(struct preview_item, T_INT, year),
      FN("already_exists", struct preview_item, T_BOOL, exists, .flags = FIELD_REQUIRED));

struct preview_reply {
    const char *directory;
    int64_t total_nfo_files;
    int64_t musicvideo_nfos;
    int64_t videos_without_nfo;
    int64_t would_import;
    int64_t would_skip;
    struct list items;
    int mode;
};
SHAPE(preview_shape, "ScanPreview", struct preview_reply, "What a scan would do; the first 100 items",
      F(struct preview_reply, T_TEXT, directory, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_INT, total_nfo_files, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_INT, musicvideo_nfos, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_INT, videos_without_nfo, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_INT, would_import, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_INT, would_skip, .flags = FIELD_REQUIRED),
      F(struct preview_reply, T_LIST, items, .item = T_OBJECT, .shape = &preview_item_view,
        .flags = FIELD_EMPTY_LIST),
      F(struct preview_reply, T_ENUM, mode, .words = &mode_words, .flags = FIELD_REQUIRED));

struct scan_reply {
    const char *job_id;
    const char *message;
    const char *directory;
    int mode;
    const char *initial_status;
};
SHAPE(scan_shape, "ScanJob", struct scan_reply, "The job that scans",
      F(struct scan_reply, T_TEXT, job_id, .flags = FIELD_REQUIRED),
      F(struct scan_reply, T_TEXT, message, .flags = FIELD_REQUIRED),
      F(struct scan_reply, T_TEXT, directory, .flags = FIELD_REQUIRED),
      F(struct scan_reply, T_ENUM, mode, .words = &mode_words, .flags = FIELD_REQUIRED),
      F(struct scan_reply, T_TEXT, initial_status, .flags = FIELD_REQUIRED));

struct nfo_scan_reply {
    const char *job_id;
    const char *directory;
    int mode;
    const char *initial_status;
    const char *status;
};
SHAPE(nfo_scan_shape, "NfoScanJob", struct nfo_scan_reply, "The job that scans",
      F(struct nfo_scan_reply, T_TEXT, job_id, .flags = FIELD_REQUIRED),
      F(struct nfo_scan_reply, T_TEXT, directory, .flags = FIELD_REQUIRED),
      F(struct nfo_scan_reply, T_ENUM, mode, .words = &mode_words, .flags = FIELD_REQUIRED),
      F(struct nfo_scan_reply, T_TEXT, initial_status, .flags = FIELD_REQUIRED),
      F(struct nfo_scan_reply, T_TEXT, status, .flags = FIELD_REQUIRED));

/* A relative folder is meant below the media folder. */
const char *fuzzbin_directory(struct call *call, const char *directory)
{
    const char *base = settings_text(call->core->settings, call->arena, "library_dir");
    if (directory[0] == '/' || !base)
        return path_normalize(call->arena, directory);
    return path_normalize(call->arena, arena_printf(call->arena, "%s/%s", base, directory));
}

/* A folder that cannot be scanned is a bad request here, not a missing resource. */
static struct err as_request_error(struct err e)
{
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_DENIED || e.kind == ERR_CONFLICT)
        e.kind = ERR_INVALID;
    return e;
}

static struct err preview(struct call *call)
{
    const struct scan_request *body = call->body;
    struct music_preview p;
    struct err e = music_preview(call->core, call->arena, fuzzbin_directory(call, body->directory),
                                 body->recursive == 1, body->skip_existing == 1, &p);
    if (failed(e))
        return as_request_error(e);
    struct preview_reply reply = {
        .directory = body->directory,
        .total_nfo_files = p.nfo_files,
        .musicvideo_nfos = p.musicvideos,
        .videos_without_nfo = p.without_nfo,
        .would_import = p.would_import,
        .would_skip = p.would_skip,
        .items = {p.items, p.count},
        .mode = body->mode,
    };
    return call_reply(call, &reply);
}

static const char *scan_arguments(struct call *call, const struct scan_request *body, const char *directory)
{
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_text(&w, "directory", directory);
    jw_kv_bool(&w, "recursive", body->recursive);
    jw_kv_bool(&w, "skip_existing", body->skip_existing);
    jw_kv_text(&w, "initial_status", initial_statuses[body->mode]);
    jw_kv_bool(&w, "update_file_paths", body->update_file_paths);
    jw_kv_text(&w, "import_mode", words_name(&mode_words, body->mode));
    jw_end(&w);
    return arena_strndup(call->arena, args.data, args.len);
}

static struct err submit(struct call *call, struct job *ret_job)
{
    const struct scan_request *body = call->body;
    const char *directory = fuzzbin_directory(call, body->directory);
    struct scan_targets targets = {0};
    struct err e = library_targets(call->core, call->arena, "music_videos", directory, &targets);
    if (failed(e))
        return as_request_error(e);
    return jobs_submit_now(call->core->jobs, call->arena,
                           JOB_SPEC("import_nfo", .args = scan_arguments(call, body, directory),
                                    .origin = "fuzzbin"),
                           ret_job);
}

static struct err scan(struct call *call)
{
    const struct scan_request *body = call->body;
    struct job job;
    TRY(submit(call, &job));
    struct scan_reply reply = {
        .job_id = job.uuid,
        .message = "Scan queued",
        .directory = body->directory,
        .mode = body->mode,
        .initial_status = initial_statuses[body->mode],
    };
    return call_reply(call, &reply);
}

static struct err nfo_scan(struct call *call)
{
    const struct scan_request *body = call->body;
    struct job job;
    TRY(submit(call, &job));
    struct nfo_scan_reply reply = {
        .job_id = job.uuid,
        .directory = body->directory,
        .mode = body->mode,
        .initial_status = initial_statuses[body->mode],
        .status = "pending",
    };
    return call_reply(call, &reply);
}

/* --- what the statuses mean (section 19) ------------------------------------------------------------------ */

static const struct {
    const char *word;
    const char *description;
    const char *typical_use;
    const char *next;
} statuses[] = {
    {"discovered", "Known, with no file yet", "Found by a search, an import or a discovery scan", "queued"},
    {"queued", "Waiting to be downloaded", "A download job was queued", "downloading"},
    {"downloading", "Being downloaded", "A download job is running", "downloaded"},
    {"downloaded", "Downloaded, not yet in its place", "Waiting to be organized", "organized"},
    {"imported", "In the library with its file and metadata", "Found by a full scan", "organized"},
    {"organized", "In its place, named by the pattern", "The organizer has moved it", "archived"},
    {"missing", "Its file is gone", "Verification did not find the file", "discovered"},
    {"failed", "The last step went wrong", "A download or import failed", "queued"},
    {"archived", "Kept, and left alone", "Put away by a person", "organized"},
};

static void write_status(struct jw *w, size_t i)
{
    jw_key(w, statuses[i].word);
    jw_object(w);
    jw_kv_text(w, "description", statuses[i].description);
    jw_kv_text(w, "typical_use", statuses[i].typical_use);
    jw_key(w, "next_steps");
    jw_array(w);
    jw_text(w, statuses[i].next);
    jw_end(w);
    jw_end(w);
}

static struct err get_statuses(struct call *call)
{
    static const char *const descriptions[] = {"Takes everything that the NFO says, tags too",
                                               "Takes title and artist only"};
    static const char *const uses[] = {"A library that is in order already",
                                       "Material that further steps will identify and complete"};
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "statuses");
    jw_object(w);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        write_status(w, i);
    jw_end(w);
    jw_key(w, "import_modes");
    jw_object(w);
    for (int mode = 0; mode < 2; mode++) {
        jw_key(w, words_name(&mode_words, mode));
        jw_object(w);
        jw_kv_text(w, "initial_status", initial_statuses[mode]);
        jw_kv_text(w, "description", descriptions[mode]);
        jw_kv_text(w, "use_case", uses[mode]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

#define TAG "Library scan"
ROUTES(fuzzbin_scan_routes,
       {HTTP_POST, "/scan/preview", TAG, "What a scan would do", preview, .body = &scan_request_shape,
        .reply = &preview_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/scan", TAG, "Scans a folder", scan, .body = &scan_request_shape, .reply = &scan_shape,
        .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/scan/statuses", TAG, "What the statuses mean", get_statuses, .flags = ROUTE_ANY_JSON},
       {HTTP_POST, "/add/nfo-scan", "Import", "Scans a folder for NFO files", nfo_scan,
        .body = &scan_request_shape, .reply = &nfo_scan_shape, .status = 202, .flags = ROUTE_BLOCKING});
