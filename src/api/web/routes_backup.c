/* Taking a backup back from the page (document 000 has no route for it). */
#include "api/web/web.h"
#include "domain/backup/backup.h"
#include "domain/backup/restore.h"

static struct err check_backup(struct call *call, const struct backup *backup)
{
    struct backup_check check;
    TRY(backup_verify(call->core, call->arena, backup, &check));
    if (!check.valid)
        return err_f(call->arena, ERR_UNPROCESSABLE, "bad_backup", "The backup cannot be used: %s",
                     ((const char *const *)check.errors.items)[0]);
    return check.database_valid == 1 ? OK
                                     : err_make(ERR_UNPROCESSABLE, "bad_backup",
                                                "The backup cannot be used: it holds no database");
}

/* The reply goes out before the server ends: connections are drained. */
static struct err restore(struct call *call)
{
    struct backup backup;
    if (!call->who.admin)
        return err_make(ERR_DENIED, "admin_only", "Only an administrator may restore a backup");
    if (!call->core->restart)
        return err_make(ERR_UNSUPPORTED, "cannot_restart", "This server cannot start itself again");
    TRY(backup_find(call->core, call->arena, call_text(call, "filename"), &backup));
    TRY(check_backup(call, &backup));
    TRY(restore_request(call->arena, call->core->data_dir, backup.path));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "filename", backup.filename);
    jw_kv_text(w, "message", "The server starts again with this backup; sign in with the password of then");
    jw_end(w);
    call->core->restart();
    return OK;
}

ROUTES(web_backup_routes,
       {HTTP_POST, "/app/api/backups/{filename}/restore", "Backup",
        "Checks the backup, then starts the server again with it", restore, .status = 202,
        .flags = ROUTE_BLOCKING | ROUTE_ANY_JSON});
