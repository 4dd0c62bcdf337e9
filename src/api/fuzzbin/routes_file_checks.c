/* Duplicates, and the library against the disk (contract 2.8, 8.5, 8.6). Rules are in domain/organize. */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "domain/catalog/video.h"
#include "domain/organize/duplicate.h"
#include "domain/organize/verify.h"

/* --- duplicates ----------------------------------------------------------------------------------------- */

struct duplicates_query {
    const char *method;
};
SHAPE(duplicates_query_shape, "DuplicatesQuery", struct duplicates_query, "How to look",
      F(struct duplicates_query, T_TEXT, method, .fallback = "all", .help = "hash, metadata, all"));

SHAPE(duplicate_shape, "Duplicate", struct duplicate, "A video that may be the same",
      F(struct duplicate, T_INT, video_id, .flags = FIELD_REQUIRED),
      FN("match_type", struct duplicate, T_ENUM, match, .words = &duplicate_match_words, .flags = FIELD_REQUIRED),
      F(struct duplicate, T_REAL, confidence, .flags = FIELD_REQUIRED), F(struct duplicate, T_TEXT, title),
      F(struct duplicate, T_TEXT, artist), F(struct duplicate, T_TEXT, file_path),
      F(struct duplicate, T_TEXT, file_hash));

struct duplicates_reply {
    int64_t video_id;
    struct list duplicates;
    int64_t total;
};
SHAPE(duplicates_shape, "DuplicatesResponse", struct duplicates_reply, "Videos that may be the same",
      F(struct duplicates_reply, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct duplicates_reply, T_LIST, duplicates, .item = T_OBJECT, .shape = &duplicate_shape,
        .flags = FIELD_EMPTY_LIST),
      F(struct duplicates_reply, T_INT, total, .flags = FIELD_REQUIRED));

static struct err get_duplicates(struct call *call)
{
    const struct duplicates_query *query = call->query;
    bool by_hash = strcmp(query->method, "metadata") != 0;
    bool by_metadata = strcmp(query->method, "hash") != 0;
    struct duplicates_reply reply = {.video_id = call_id(call, "video_id")};
    struct duplicate_list list;
    TRY(duplicates_of(call->core, call->arena, reply.video_id, by_hash, by_metadata, NULL, &list));
    reply.duplicates = (struct list){list.items, list.count};
    reply.total = (int64_t)list.count;
    return call_reply(call, &reply);
}

struct resolve_body {
    int64_t keep_video_id;
    struct list remove_video_ids;
    int8_t hard_delete;
};
SHAPE(resolve_body_shape, "ResolveRequest", struct resolve_body, "Which one to keep",
      F(struct resolve_body, T_INT, keep_video_id, .flags = FIELD_REQUIRED),
      F(struct resolve_body, T_LIST, remove_video_ids, .item = T_INT, .flags = FIELD_REQUIRED),
      F(struct resolve_body, T_BOOL, hard_delete, .fallback = "false"));

struct resolve_reply {
    int64_t kept_video_id;
    int64_t removed_count;
    struct list removed_video_ids;
};
SHAPE(resolve_shape, "ResolveResponse", struct resolve_reply, "What was removed",
      F(struct resolve_reply, T_INT, kept_video_id, .flags = FIELD_REQUIRED),
      F(struct resolve_reply, T_INT, removed_count, .flags = FIELD_REQUIRED),
      F(struct resolve_reply, T_LIST, removed_video_ids, .item = T_INT, .flags = FIELD_EMPTY_LIST));

static struct err resolve(struct call *call)
{
    const struct resolve_body *body = call->body;
    const int64_t *ids = body->remove_video_ids.items;
    struct {
        VEC(int64_t)
    } gone = {0};
    TRY(catalog_video_check(call_db(call), call->arena, body->keep_video_id, false));
    for (size_t i = 0; i < body->remove_video_ids.count; i++) {
        SCRATCH(a);
        bool removed = false;
        if (ids[i] != body->keep_video_id)
            TRY(duplicate_remove(call->core, &a, ids[i], body->hard_delete == 1, NULL, &removed));
        if (removed)
            *arena_push(call->arena, &gone) = ids[i];
    }
    struct resolve_reply reply = {body->keep_video_id, (int64_t)gone.count, {gone.items, gone.count}};
    return call_reply(call, &reply);
}

/* --- library against disk ------------------------------------------------------------------------------- */

struct verify_query {
    int8_t scan_orphans;
};
SHAPE(verify_query_shape, "VerifyQuery", struct verify_query, "What to look for",
      F(struct verify_query, T_BOOL, scan_orphans, .fallback = "true", .help = "Files that no video names, too"));

SHAPE(verify_issue_shape, "VerifyIssue", struct verify_issue, "Something that is not as it should be",
      FN("issue_type", struct verify_issue, T_TEXT, type, .flags = FIELD_REQUIRED,
         .help = "missing_file, broken_nfo, orphaned_file, orphaned_thumbnail; library_offline: a folder that is away, "
                 "none of whose videos counts as missing"),
      F(struct verify_issue, T_INT, video_id), F(struct verify_issue, T_TEXT, path),
      F(struct verify_issue, T_TEXT, message, .flags = FIELD_REQUIRED),
      FN("repair_action", struct verify_issue, T_TEXT, action));

struct verify_reply {
    struct verify_report report;
    int64_t path_mismatches;
    int64_t total_issues;
    struct list issues;
};
#define REPORT_FIELD(member_)                                                                      \
    FN(#member_, struct verify_reply, T_INT, report.member_, .flags = FIELD_REQUIRED)
SHAPE(library_verify_shape, "VerifyReport", struct verify_reply, "The library against the disk",
      REPORT_FIELD(videos_checked), REPORT_FIELD(files_scanned), REPORT_FIELD(missing_files),
      REPORT_FIELD(orphaned_files), REPORT_FIELD(broken_nfos),
      F(struct verify_reply, T_INT, path_mismatches, .flags = FIELD_REQUIRED),
      F(struct verify_reply, T_INT, total_issues, .flags = FIELD_REQUIRED),
      F(struct verify_reply, T_LIST, issues, .item = T_OBJECT, .shape = &verify_issue_shape,
        .flags = FIELD_EMPTY_LIST));

static struct err verify(struct call *call)
{
    const struct verify_query *query = call->query;
    struct verify_reply reply = {0};
    TRY(library_verify(call->core, call->arena, query->scan_orphans == 1, &reply.report));
    reply.issues = (struct list){reply.report.issues.items, reply.report.issues.count};
    reply.total_issues = (int64_t)reply.issues.count;
    return call_reply(call, &reply);
}

struct repair_body {
    int8_t repair_missing_files;
    int8_t repair_broken_nfos;
};
SHAPE(repair_body_shape, "RepairRequest", struct repair_body, "What to repair",
      F(struct repair_body, T_BOOL, repair_missing_files, .fallback = "true"),
      F(struct repair_body, T_BOOL, repair_broken_nfos, .fallback = "true"));

struct repair_reply {
    int64_t repaired_missing_files;
    int64_t repaired_broken_nfos;
    int64_t total_repaired;
};
SHAPE(library_repair_shape, "RepairReport", struct repair_reply, "What was repaired",
      F(struct repair_reply, T_INT, repaired_missing_files, .flags = FIELD_REQUIRED),
      F(struct repair_reply, T_INT, repaired_broken_nfos, .flags = FIELD_REQUIRED),
      F(struct repair_reply, T_INT, total_repaired, .flags = FIELD_REQUIRED));

static struct err repair(struct call *call)
{
    const struct repair_body *body = call->body;
    struct repair_report done;
    TRY(library_repair(call->core, call->arena, body->repair_missing_files == 1, body->repair_broken_nfos == 1, &done));
    struct repair_reply reply = {done.missing_files, done.broken_nfos, done.missing_files + done.broken_nfos};
    return call_reply(call, &reply);
}

#define TAG_ "Files"
ROUTES(fuzzbin_file_check_routes,
       {HTTP_GET, "/files/videos/{video_id:int}/duplicates", TAG_, "Videos that may be the same", get_duplicates,
        .query = &duplicates_query_shape, .reply = &duplicates_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/files/duplicates/resolve", TAG_, "Keeps one of several duplicates", resolve,
        .body = &resolve_body_shape, .reply = &resolve_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/files/library/verify", TAG_, "Compares the library with the disk", verify,
        .query = &verify_query_shape, .reply = &library_verify_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/files/library/repair", TAG_, "Repairs what a verification found", repair,
        .body = &repair_body_shape, .reply = &library_repair_shape, .flags = ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY});
