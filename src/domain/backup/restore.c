/* Taking a backup back. */
#include "domain/backup/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/settings.h"
#include "db/transfer.h"
#include "domain/backup/archive.h"
#include "domain/backup/backup.h"
#include "domain/catalog/index.h"
#include "model/schema.h"
#include "sys/atomic_file.h"

#define REQUEST_NAME "restore-request"
#define KEPT_NAMES_MAX 1000
#define INDEX_BATCH  200 /* videos whose texts are in memory at a time */

struct work {
    struct arena *a;
    const struct restore *restore;
    char *database;       /* unpacked */
    const char *config;   /* unpacked; NULL: the backup has none */
    bool has_database;
    bool has_config;
    const char *pictures; /* folder to unpack into */
    struct restored done;
};

static char *in_data(struct work *w, const char *name)
{
    return arena_printf(w->a, "%s/%s", w->restore->data_dir, name);
}

/* --- unpacking and proving ---------------------------------------------------------------------------------- */

static struct err take_entry(void *context, struct arena *a, const struct archive_entry_in *entry)
{
    struct work *w = context;
    if (strcmp(entry->name, BACKUP_DATABASE) == 0) {
        w->has_database = true;
        return archive_copy_to(a, entry, w->database, 0600);
    }
    if (strcmp(entry->name, BACKUP_CONFIG) == 0) {
        w->has_config = true;
        return archive_copy_to(a, entry, w->config, 0600);
    }
    return OK;
}

static struct err bad_backup(struct work *w, const char *why)
{
    return err_f(w->a, ERR_UNPROCESSABLE, "bad_backup", "The backup cannot be used: %s", why);
}

static struct err unpack(struct work *w)
{
    struct err e = archive_read(w->a, w->restore->file, true, take_entry, w);
    if (e.kind == ERR_UNPROCESSABLE)
        return bad_backup(w, e.msg);
    TRY(e);
    if (!w->has_database)
        return bad_backup(w, "it holds no database");
    const char *problem = backup_database_problem(w->a, w->database);
    return problem ? bad_backup(w, problem) : OK;
}

/* --- the rows ----------------------------------------------------------------------------------------------- */

static struct err read_ids(struct db_conn *tx, int64_t *ids, int64_t after, size_t *ret_count)
{
    size_t count = 0;
    ROWS(rows);
    TRY(db_query(tx, &rows, "SELECT id FROM video WHERE id > $1 AND is_deleted = 0 ORDER BY id LIMIT $2", "ii", after,
                 (int64_t)INDEX_BATCH));
    while (rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    *ret_count = count;
    return rows_end(&rows);
}

/* A backup of the other kind of database comes without its search index. */
static struct err index_anew(struct db_conn *tx)
{
    int64_t ids[INDEX_BATCH];
    size_t count;
    int64_t after = 0;
    do {
        SCRATCH(a);
        TRY(read_ids(tx, ids, after, &count));
        for (size_t i = 0; i < count; i++)
            TRY(index_refresh(tx, &a, ids[i]));
        after = count ? ids[count - 1] : after;
    } while (count == INDEX_BATCH);
    return OK;
}

/* Tokens of before count versions of their user's account: a time is higher than any. */
static struct err end_sessions_and_jobs(struct db_conn *tx)
{
    int64_t now = time_now_us();
    TRY(db_exec(tx, "UPDATE app_user SET token_version = $1", "i", now / SECONDS_US));
    TRY(db_exec(tx, "DELETE FROM refresh_token", ""));
    return db_exec(tx,
                   "UPDATE job SET state = 5, finished_at = $1, updated_at = $1, unique_key = NULL, lease_owner = NULL,"
                   " lease_until = NULL, fence = fence + 1, error = 'The library was restored from a backup'"
                   " WHERE state < 3",
                   "i", now);
}

static struct err finish_rows(struct db_conn *tx, void *data)
{
    struct work *w = data;
    int64_t indexed, shown;
    TRY(end_sessions_and_jobs(tx));
    TRY(db_get_int(tx, &indexed, "SELECT COUNT(*) FROM video_search", ""));
    TRY(db_get_int(tx, &shown, "SELECT COUNT(*) FROM video WHERE is_deleted = 0", ""));
    if (indexed != shown)
        TRY(index_anew(tx));
    return db_get_int(tx, &w->done.videos, "SELECT COUNT(*) FROM video", "");
}

static struct err prepare_file(struct work *w, struct db *file)
{
    TRY(db_migrate(file, w->a, schema_migrations, schema_migration_count));
    TX(tx);
    TRY(db_begin(file, &tx));
    TRY(finish_rows(tx.conn, w));
    return db_commit(&tx);
}

static struct err replace_rows(struct work *w, struct db *file)
{
    struct db *postgres;
    TRY(db_migrate(file, w->a, schema_migrations, schema_migration_count));
    TRY(db_open(&(struct db_options){.url = w->restore->database}, &postgres));
    struct err e = db_migrate(postgres, w->a, schema_migrations, schema_migration_count);
    if (!failed(e))
        e = db_transfer(file, postgres, w->a, backup_skipped_tables, finish_rows, w);
    e.msg = arena_strdup(w->a, e.msg);
    db_close(postgres);
    return e;
}

/* --- the SQLite file ---------------------------------------------------------------------------------------- */

/* What is in its log goes into the file: closing the last connection that may write sees to that. One that
 * cannot be opened is being replaced for good reason. */
static void empty_log(const char *path)
{
    struct db *old;
    TX(tx);
    if (failed(db_open(&(struct db_options){.url = path}, &old)))
        return;
    IGNORE(db_begin(old, &tx));
    db_rollback(&tx);
    db_close(old);
}

/* Links the old file under a name of its own; `ret_kept` stays NULL when there is none. */
static struct err link_old(struct work *w, const char *folder, const char *path, const char **ret_kept)
{
    char iso[TIME_TEXT_BYTES];
    time_format(time_now_us(), iso);
    for (int n = 1; n < KEPT_NAMES_MAX; n++) {
        const char *kept = arena_printf(w->a, "%s/before-restore-%.4s%.2s%.2s_%.2s%.2s%.2s_%d.db", folder, iso, iso + 5,
                                        iso + 8, iso + 11, iso + 14, iso + 17, n);
        if (link(path, kept) == 0)
            *ret_kept = kept;
        else if (errno == EEXIST)
            continue;
        else if (errno != ENOENT)
            return err_errno(w->a, errno, kept);
        return OK;
    }
    return err_make(ERR_STORAGE, "kept_names", "Too many databases from before a restore are kept");
}

/* A log that is still there goes along, so that the old file can be opened some day. */
static struct err keep_old(struct work *w, const char *path)
{
    const char *folder = in_data(w, "backups");
    TRY(folder_make(w->a, folder, 0700));
    TRY(link_old(w, folder, path, &w->done.kept));
    if (w->done.kept &&
        rename(arena_printf(w->a, "%s-wal", path), arena_printf(w->a, "%s-wal", w->done.kept)) && errno != ENOENT)
        return err_errno(w->a, errno, w->done.kept);
    unlink(arena_printf(w->a, "%s-shm", path));
    return folder_sync(w->a, folder);
}

static struct err replace_file(struct work *w)
{
    const char *path = in_data(w, "medley.db");
    if (access(path, F_OK) == 0)
        empty_log(path);
    TRY(keep_old(w, path));
    if (rename(w->database, path))
        return err_errno(w->a, errno, path);
    return folder_sync(w->a, w->restore->data_dir);
}

static struct err take_database(struct work *w)
{
    struct db *file;
    TRY(db_open(&(struct db_options){.url = w->database}, &file));
    struct err e = w->restore->database ? replace_rows(w, file) : prepare_file(w, file);
    e.msg = arena_strdup(w->a, e.msg);
    db_close(file);
    TRY(e);
    return w->restore->database ? OK : replace_file(w);
}

/* --- settings and pictures ---------------------------------------------------------------------------------- */

static struct err take_config(struct work *w)
{
    const char *path = in_data(w, BACKUP_CONFIG);
    if (!w->has_config)
        return OK;
    if (rename(path, in_data(w, BACKUP_CONFIG ".before-restore")) && errno != ENOENT)
        return err_errno(w->a, errno, path);
    if (rename(w->config, path))
        return err_errno(w->a, errno, path);
    w->done.config = true;
    return folder_sync(w->a, w->restore->data_dir);
}

static struct err find_pictures(struct work *w)
{
    struct settings *settings;
    TRY(settings_create(w->a, &(struct settings_options){.data_dir = w->restore->data_dir}, &settings));
    const char *folder = settings_text(settings, w->a, "thumbnail.cache_dir");
    w->pictures = *folder == '/' ? folder : in_data(w, folder);
    settings_destroy(settings);
    return folder_make(w->a, w->pictures, 0700);
}

/* Numbers may mean other videos now. */
static void forget_pictures(struct work *w)
{
    const struct dirent *entry;
    DIR *dir = opendir(w->pictures);
    while (dir && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".jpg") == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
}

static struct err take_picture(void *context, struct arena *a, const struct archive_entry_in *entry)
{
    struct work *w = context;
    const char *name = entry->name + strlen(BACKUP_THUMBNAILS);
    if (strncmp(entry->name, BACKUP_THUMBNAILS, strlen(BACKUP_THUMBNAILS)) != 0 || !*name || *name == '.' ||
        strchr(name, '/'))
        return OK;
    TRY(archive_copy_to(a, entry, arena_printf(a, "%s/%s", w->pictures, name), 0600));
    w->done.pictures++;
    return OK;
}

static struct err take_pictures(struct work *w)
{
    TRY(find_pictures(w));
    forget_pictures(w);
    return archive_read(w->a, w->restore->file, false, take_picture, w);
}

/* --- all of it ---------------------------------------------------------------------------------------------- */

struct err restore_run(struct arena *a, const struct restore *restore, struct restored *ret)
{
    struct work w = {.a = a, .restore = restore};
    w.database = in_data(&w, "tmp/restore.db");
    w.config = in_data(&w, "tmp/restore.yaml");
    TRY(folder_make(a, in_data(&w, "tmp"), 0700));
    backup_remove_database(w.database);
    struct err e = unpack(&w);
    if (!failed(e))
        e = take_database(&w);
    if (!failed(e))
        e = take_config(&w);
    if (!failed(e))
        e = take_pictures(&w);
    backup_remove_database(w.database);
    unlink(w.config);
    TRY(e);
    *ret = w.done;
    return OK;
}

static const char *request_path(struct arena *a, const char *data_dir)
{
    return arena_printf(a, "%s/" REQUEST_NAME, data_dir);
}

struct err restore_request(struct arena *a, const char *data_dir, const char *file)
{
    return atomic_file_write(a, NULL, request_path(a, data_dir), file, strlen(file), 0600);
}

const char *restore_requested(struct arena *a, const char *data_dir)
{
    char file[4097];
    int fd = open(request_path(a, data_dir), O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, file, sizeof(file) - 1);
    if (fd >= 0)
        close(fd);
    return len > 0 ? arena_strndup(a, file, (size_t)len) : NULL;
}

void restore_settle(struct arena *a, const char *data_dir)
{
    unlink(request_path(a, data_dir));
}
