/* Proving that a backup can be trusted. */
#include <string.h>
#include <unistd.h>

#include "base/ids.h"
#include "core/core.h"
#include "db/migrate.h"
#include "domain/backup/archive.h"
#include "domain/backup/backup.h"
#include "model/schema.h"

static struct err ask_integrity(struct db *db, struct arena *a, const char **ret_problem)
{
    ROWS(rows);
    TRY(db_query(db_reader(db), &rows, "PRAGMA integrity_check(1)", ""));
    const char *answer = rows_next(&rows) ? rows_text(&rows, a, 0) : "nothing to check";
    TRY(rows_end(&rows));
    *ret_problem = strcmp(answer, "ok") == 0 ? NULL : arena_printf(a, "Database integrity check: %s", answer);
    return OK;
}

static struct err ask_version(struct db *db, int64_t *ret_version)
{
    return db_get_int(db_reader(db), ret_version, "SELECT MAX(version) FROM schema_version", "");
}

const char *backup_database_problem(struct arena *a, const char *path)
{
    struct db *db;
    const char *problem = NULL;
    int64_t version = INT_NONE;
    struct err e = db_open(&(struct db_options){.url = path}, &db);
    if (failed(e))
        return arena_printf(a, "The database cannot be opened: %s", e.msg);
    e = ask_integrity(db, a, &problem);
    if (!failed(e) && !problem)
        e = ask_version(db, &version);
    if (failed(e))
        problem = arena_printf(a, "The database cannot be read: %s", e.msg);
    else if (!problem && version == INT_NONE)
        problem = "The database holds no library";
    else if (!problem && version > (int64_t)schema_migration_count)
        problem = "The database was written by a newer version";
    db_close(db);
    return problem;
}

struct proof {
    const char *extracted;
    bool has_database;
};

static struct err prove_entry(void *context, struct arena *a, const struct archive_entry_in *entry)
{
    struct proof *proof = context;
    if (strcmp(entry->name, BACKUP_DATABASE) != 0)
        return OK;
    proof->has_database = true;
    return archive_copy_to(a, entry, proof->extracted, 0600);
}

static void add_error(struct arena *a, struct list *errors, const char *text)
{
    const char **items = arena_array(a, const char *, errors->count + 1);
    for (size_t i = 0; i < errors->count; i++)
        items[i] = ((const char *const *)errors->items)[i];
    items[errors->count] = text;
    *errors = (struct list){items, errors->count + 1};
}

struct err backup_verify(struct core *core, struct arena *a, const struct backup *backup,
                         struct backup_check *ret_check)
{
    char uuid[UUID_TEXT_BYTES];
    struct backup_check check = {.database_valid = BOOL_NONE};
    struct proof proof = {.extracted = arena_printf(a, "%s/tmp/verify-%s.db", core->data_dir, uuid_make(uuid))};
    arena_defer(a, backup_remove_database, (void *)(uintptr_t)proof.extracted);
    struct err e = archive_read(a, backup->path, true, prove_entry, &proof);
    if (e.kind == ERR_STORAGE)
        return e;
    if (failed(e))
        add_error(a, &check.errors, arena_printf(a, "The zip file is broken: %s", e.msg));
    if (proof.has_database) {
        const char *problem = failed(e) && access(proof.extracted, F_OK) ? "The database cannot be unpacked"
                                                                         : backup_database_problem(a, proof.extracted);
        check.database_valid = problem == NULL;
        if (problem)
            add_error(a, &check.errors, problem);
    }
    check.valid = check.errors.count == 0;
    check.contains = backup->contains;
    *ret_check = check;
    return OK;
}
