/* Making, listing, trimming backups. */
#include "domain/backup/backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "core/core.h"
#include "core/settings.h"
#include "db/transfer.h"
#include "domain/backup/archive.h"
#include "model/schema.h"
#include "sys/atomic_file.h"

#define NAME_START     "fuzzbin_backup_"
#define NAME_END       ".zip"
#define NAMES_A_SECOND 1000

const struct words backup_part_words = WORDS("BackupPart", "config", "database", "thumbnails");
const char *const backup_skipped_tables[] = {"video_search", NULL};

/* --- names -------------------------------------------------------------------------------------------------- */

static const char *data_path(struct core *core, struct arena *a, const char *key)
{
    const char *value = settings_text(core->settings, a, key);
    return *value == '/' ? value : arena_printf(a, "%s/%s", core->data_dir, value);
}

static const char *folder(struct core *core, struct arena *a)
{
    return data_path(core, a, "backup.output_dir");
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > strlen(NAME_START) + strlen(NAME_END) && len < 256 && !strchr(name, '/') &&
           strncmp(name, NAME_START, strlen(NAME_START)) == 0 &&
           strcmp(name + len - strlen(NAME_END), NAME_END) == 0;
}

/* From "YYYYMMDD_HHMMSS"; the time of the file when the name says nothing. */
static int64_t made_at(const char *name, const struct stat *st)
{
    int y, mo, d, h, mi, s;
    char text[40];
    int64_t at;
    if (sscanf(name + strlen(NAME_START), "%4d%2d%2d_%2d%2d%2d", &y, &mo, &d, &h, &mi, &s) == 6) {
        snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", y, mo, d, h, mi, s);
        if (time_parse(text, &at))
            return at;
    }
    return (int64_t)st->st_mtim.tv_sec * SECONDS_US;
}

/* --- listing ------------------------------------------------------------------------------------------------ */

static struct err note_part(void *context, struct arena *a, const struct archive_entry_in *entry)
{
    bool *parts = context;
    (void)a;
    if (strcmp(entry->name, BACKUP_CONFIG) == 0)
        parts[BACKUP_HAS_CONFIG] = true;
    else if (strcmp(entry->name, BACKUP_DATABASE) == 0)
        parts[BACKUP_HAS_DATABASE] = true;
    else if (strncmp(entry->name, BACKUP_THUMBNAILS, strlen(BACKUP_THUMBNAILS)) == 0)
        parts[BACKUP_HAS_THUMBNAILS] = true;
    return OK;
}

static struct list list_parts(struct arena *a, const bool *parts)
{
    int *items = arena_array(a, int, BACKUP_PART_COUNT);
    struct list list = {items, 0};
    for (int i = 0; i < BACKUP_PART_COUNT; i++) {
        if (parts[i])
            items[list.count++] = i;
    }
    return list;
}

static struct err look(struct core *core, struct arena *a, const char *name, struct backup *ret)
{
    struct stat st;
    bool parts[BACKUP_PART_COUNT] = {false};
    struct backup b = {.filename = name, .path = arena_printf(a, "%s/%s", folder(core, a), name)};
    if (lstat(b.path, &st) || !S_ISREG(st.st_mode))
        return err_make(ERR_NOT_FOUND, "backup_not_found", "Backup not found");
    b.size_bytes = (int64_t)st.st_size;
    b.created_at = made_at(name, &st);
    /* What can be read of a broken one counts. */
    IGNORE(archive_read(a, b.path, false, note_part, parts));
    b.contains = list_parts(a, parts);
    *ret = b;
    return OK;
}

struct err backup_find(struct core *core, struct arena *a, const char *filename, struct backup *ret_backup)
{
    if (!is_name(filename))
        return err_make(ERR_NOT_FOUND, "backup_not_found", "Backup not found");
    return look(core, a, filename, ret_backup);
}

static int newest_first(const void *one, const void *other)
{
    const struct backup *x = one, *y = other;
    if (x->created_at != y->created_at)
        return x->created_at < y->created_at ? 1 : -1;
    return strcmp(y->filename, x->filename);
}

struct err backups_list(struct core *core, struct arena *a, struct backup_list *ret_list)
{
    struct backup_list list = {0};
    struct backup backup;
    const struct dirent *entry;
    DIR *dir = opendir(folder(core, a));
    while (dir && (entry = readdir(dir))) {
        if (is_name(entry->d_name) && !failed(look(core, a, arena_strdup(a, entry->d_name), &backup)))
            *arena_push(a, &list) = backup;
    }
    if (dir)
        closedir(dir);
    else if (errno != ENOENT)
        return err_errno(a, errno, folder(core, a));
    if (list.count)
        qsort(list.items, list.count, sizeof(*list.items), newest_first);
    *ret_list = list;
    return OK;
}

struct err backups_trim(struct core *core, struct arena *a, int64_t keep, struct list *ret_removed)
{
    struct backup_list list;
    TRY(backups_list(core, a, &list));
    const char **names = arena_array(a, const char *, list.count + 1);
    struct list removed = {names, 0};
    for (size_t i = (size_t)(keep > 0 ? keep : 1); i < list.count; i++) {
        if (unlink(list.items[i].path) == 0)
            names[removed.count++] = list.items[i].filename;
    }
    *ret_removed = removed;
    return OK;
}

/* --- making ------------------------------------------------------------------------------------------------- */

static bool stopped(const struct backup_watch *watch)
{
    return watch && watch->cancelled && watch->cancelled(watch->data);
}

static void tell(const struct backup_watch *watch, int done, const char *what)
{
    if (watch && watch->step)
        watch->step(watch->data, done, what);
}

static struct err cancelled(void)
{
    return err_make(ERR_CANCELLED, "backup_cancelled", "The backup was cancelled");
}

void backup_remove_database(void *path)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    char name[4200];
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", (const char *)path, ends[i]);
        unlink(name);
    }
}

static struct err export_postgres(struct core *core, struct arena *a, const char *path)
{
    struct db *file;
    TRY(db_open(&(struct db_options){.url = path}, &file));
    struct err e = db_migrate(file, a, schema_migrations, schema_migration_count);
    if (!failed(e))
        e = db_transfer(core->db, file, a, backup_skipped_tables, NULL, NULL);
    e.msg = arena_strdup(a, e.msg);
    db_close(file);
    return e;
}

/* The file goes with the arena. */
static struct err take_snapshot(struct core *core, struct arena *a, const char **ret_path)
{
    char uuid[UUID_TEXT_BYTES];
    char *path = arena_printf(a, "%s/tmp/backup-%s.db", core->data_dir, uuid_make(uuid));
    arena_defer(a, backup_remove_database, path);
    TRY(db_driver(core->db) == DB_SQLITE ? db_backup(core->db, path) : export_postgres(core, a, path));
    *ret_path = path;
    return OK;
}

static bool is_picture(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".jpg") == 0;
}

static struct err add_thumbnails(struct core *core, struct arena *a, struct archive_out *out,
                                 const struct backup_watch *watch)
{
    const char *pictures = data_path(core, a, "thumbnail.cache_dir");
    const struct dirent *entry;
    struct err e = OK;
    DIR *dir = opendir(pictures);
    while (dir && !failed(e) && (entry = readdir(dir))) {
        SCRATCH(names);
        if (!is_picture(entry->d_name))
            continue;
        e = stopped(watch) ? cancelled()
                           : archive_add(out, arena_printf(&names, BACKUP_THUMBNAILS "%s", entry->d_name),
                                         arena_printf(&names, "%s/%s", pictures, entry->d_name), false);
        if (e.kind == ERR_NOT_FOUND) /* made anew or forgotten meanwhile */
            e = OK;
    }
    if (dir)
        closedir(dir);
    return e;
}

static struct err fill(struct core *core, struct arena *a, struct archive_out *out, const struct backup_watch *watch)
{
    const char *snapshot;
    TRY(take_snapshot(core, a, &snapshot));
    if (stopped(watch))
        return cancelled();
    tell(watch, 1, "Packing");
    TRY(archive_add(out, BACKUP_DATABASE, snapshot, true));
    struct err e = archive_add(out, BACKUP_CONFIG, arena_printf(a, "%s/config.yaml", core->data_dir), true);
    if (e.kind != ERR_NOT_FOUND)
        TRY(e);
    return add_thumbnails(core, a, out, watch);
}

/* The first free name of this second. */
static struct err pick_name(struct core *core, struct arena *a, const char **ret_name)
{
    char iso[TIME_TEXT_BYTES];
    struct stat st;
    time_format(time_now_us(), iso); /* 2026-01-31T09:08:07... */
    const char *stamp = arena_printf(a, "%.4s%.2s%.2s_%.2s%.2s%.2s", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
    for (int n = 1; n < NAMES_A_SECOND; n++) {
        const char *name = n == 1 ? arena_printf(a, NAME_START "%s" NAME_END, stamp)
                                  : arena_printf(a, NAME_START "%s_%d" NAME_END, stamp, n);
        if (lstat(arena_printf(a, "%s/%s", folder(core, a), name), &st) && errno == ENOENT) {
            *ret_name = name;
            return OK;
        }
    }
    return err_make(ERR_BUSY, "backup_names", "Too many backups in one second");
}

struct err backup_create(struct core *core, struct arena *a, const struct backup_watch *watch,
                         struct backup *ret_backup)
{
    struct archive_out *out;
    const char *name;
    int64_t bytes;
    tell(watch, 0, "Copying the database");
    TRY(folder_make(a, folder(core, a), 0700));
    TRY(pick_name(core, a, &name));
    TRY(archive_create(a, arena_printf(a, "%s/%s", folder(core, a), name), &out));
    struct err e = fill(core, a, out, watch);
    if (!failed(e))
        e = archive_finish(out, &bytes);
    archive_abandon(out);
    TRY(e);
    tell(watch, 2, "Tidying up");
    return look(core, a, name, ret_backup);
}
