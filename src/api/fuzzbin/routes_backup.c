/* Backups (contract 2.15, section 15). */
#include <fcntl.h>
#include <unistd.h>

#include "api/fuzzbin/fuzzbin.h"
#include "core/jobs.h"
#include "domain/backup/backup.h"
#include "json/writer.h"

SHAPE(backup_view, "BackupInfo", struct backup, "A backup",
      F(struct backup, T_TEXT, filename, .flags = FIELD_REQUIRED),
      F(struct backup, T_INT, size_bytes, .flags = FIELD_REQUIRED),
      F(struct backup, T_TIME, created_at, .flags = FIELD_REQUIRED),
      F(struct backup, T_LIST, contains, .item = T_ENUM, .words = &backup_part_words, .flags = FIELD_EMPTY_LIST));

struct backups_reply {
    struct list backups;
    int64_t total;
};
SHAPE(backups_shape, "BackupList", struct backups_reply, "Backups, newest first",
      F(struct backups_reply, T_LIST, backups, .item = T_OBJECT, .shape = &backup_view, .flags = FIELD_EMPTY_LIST),
      F(struct backups_reply, T_INT, total, .flags = FIELD_REQUIRED));

static struct err list(struct call *call)
{
    struct backup_list found = {0};
    TRY(backups_list(call->core, call->arena, &found));
    struct backups_reply reply = {{found.items, found.count}, (int64_t)found.count};
    return call_reply(call, &reply);
}

struct create_body {
    const char *description;
};
SHAPE(backup_create_shape, "BackupRequest", struct create_body, "A word about the backup",
      F(struct create_body, T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(500)));
struct create_reply {
    const char *job_id;
    const char *message;
};
SHAPE(backup_created_shape, "BackupResponse", struct create_reply, "The job that makes it",
      F(struct create_reply, T_TEXT, job_id, .flags = FIELD_REQUIRED),
      F(struct create_reply, T_TEXT, message, .flags = FIELD_REQUIRED));

static struct err create(struct call *call)
{
    const struct create_body *body = call->body;
    struct job job;
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_text(&w, "description", body->description);
    jw_end(&w);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("backup", .args = args.data, .origin = "fuzzbin"), &job));
    struct create_reply reply = {job.uuid, "The backup is being made"};
    return call_reply(call, &reply);
}

static struct err download(struct call *call)
{
    struct backup backup;
    TRY(backup_find(call->core, call->arena, call_text(call, "filename"), &backup));
    int fd = open(backup.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_make(ERR_NOT_FOUND, "backup_not_found", "Backup not found");
    call_header(call, "Content-Disposition",
                arena_printf(call->arena, "attachment; filename=\"%s\"", backup.filename));
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, "application/zip");
}

struct verify_reply {
    int8_t valid;
    const char *filename;
    struct list contains;
    int8_t database_valid;
    struct list errors;
};
SHAPE(verify_shape, "BackupVerify", struct verify_reply, "Whether a backup can be trusted",
      F(struct verify_reply, T_BOOL, valid, .flags = FIELD_REQUIRED),
      F(struct verify_reply, T_TEXT, filename, .flags = FIELD_REQUIRED),
      F(struct verify_reply, T_LIST, contains, .item = T_ENUM, .words = &backup_part_words, .flags = FIELD_EMPTY_LIST),
      F(struct verify_reply, T_BOOL, database_valid),
      F(struct verify_reply, T_LIST, errors, .item = T_TEXT, .flags = FIELD_EMPTY_LIST));

static struct err verify(struct call *call)
{
    struct backup backup;
    struct backup_check check;
    TRY(backup_find(call->core, call->arena, call_text(call, "filename"), &backup));
    TRY(backup_verify(call->core, call->arena, &backup, &check));
    struct verify_reply reply = {check.valid, backup.filename, check.contains, check.database_valid, check.errors};
    return call_reply(call, &reply);
}

#define TAG_ "Backup"
ROUTES(fuzzbin_backup_routes,
       {HTTP_GET, "/backup", TAG_, "Backups, newest first", list, .reply = &backups_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/backup", TAG_, "Queues a backup", create, .body = &backup_create_shape,
        .reply = &backup_created_shape, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/backup/{filename}", TAG_, "A backup file, whole or in ranges", download, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/backup/{filename}/verify", TAG_, "Reads a backup and says whether it can be trusted", verify,
        .reply = &verify_shape, .flags = ROUTE_BLOCKING});
