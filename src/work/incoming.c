/* The folder of downloads. */
#include "work/incoming.h"

#include <string.h>

#include "base/clock.h"
#include "domain/files/change.h"
#include "domain/files/copy.h"

#define DAY_S 86400

static const char *folder_path(struct core *core, struct arena *a)
{
    return arena_printf(a, "%s/tmp/downloads", core->data_dir);
}

static void free_root(void *root)
{
    root_free(root);
}

static struct err open_folder(struct core *core, struct arena *a, struct root **ret_root)
{
    struct root *data, *root;
    TRY(root_make(a, core->data_dir, false, &data));
    arena_defer(a, free_root, data);
    TRY(root_mkdirs(data, a, "tmp/downloads", 0700));
    TRY(root_make(a, folder_path(core, a), false, &root));
    arena_defer(a, free_root, root);
    *ret_root = root;
    return OK;
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("._-", c);
}

static const char *safe_name(struct arena *a, const char *name)
{
    char *safe = arena_strndup(a, name, strnlen(name, NAME_MAX_BYTES));
    for (char *c = safe; *c; c++) {
        if (!is_plain(*c) || (c == safe && *c == '.'))
            *c = '_';
    }
    return *safe ? safe : "_";
}

struct err incoming_path(struct core *core, struct arena *a, const char *job_uuid, const char *name,
                         const char **ret_path)
{
    struct root *root;
    TRY(open_folder(core, a, &root));
    TRY(root_mkdirs(root, a, job_uuid, 0700));
    *ret_path = arena_printf(a, "%s/%s/%s", root_path(root), job_uuid, safe_name(a, name));
    return OK;
}

/* The part below the folder; NULL when it lies elsewhere. */
static const char *below(struct core *core, struct arena *a, const char *path)
{
    const char *folder = folder_path(core, a);
    const char *normal = path_normalize(a, path);
    size_t len = strlen(folder);
    return strncmp(normal, folder, len) == 0 && normal[len] == '/' && normal[len + 1] ? normal + len + 1 : NULL;
}

bool incoming_is_ours(struct core *core, struct arena *a, const char *path)
{
    return below(core, a, path) != NULL;
}

struct err incoming_find(struct core *core, struct arena *a, const char *path, struct place *ret_place)
{
    const char *rest = below(core, a, path);
    struct place place = {.path = rest, .shown = rest};
    if (rest) {
        TRY(open_folder(core, a, &place.root));
        *ret_place = place;
        return OK;
    }
    if (failed(place_of(core->roots, a, path, ret_place)))
        return err_f(a, ERR_DENIED, "outside_library", "%s lies neither in the library nor among the downloads", path);
    return OK;
}

void incoming_forget(struct core *core, struct arena *a, const char *path)
{
    const char *rest = below(core, a, path);
    const char *slash = rest ? strchr(rest, '/') : NULL;
    struct root *root;
    if (!slash || failed(open_folder(core, a, &root)))
        return;
    /* What cannot be removed now goes with the next `prune`. */
    IGNORE(root_remove_tree(root, a, arena_strndup(a, rest, (size_t)(slash - rest))));
}

static bool stop_copying(void *run)
{
    return job_cancelled(run);
}

static struct err copy_over(struct job_run *run, const struct place *from, const struct place *to)
{
    struct arena *a = run->arena;
    struct copy copy = {
        .from = *from,
        .to = *to,
        .temporary = arena_printf(a, COPY_TEMPORARY "%.23s", run->job->uuid),
        .cancelled = stop_copying,
        .context = run,
    };
    struct copy_plan plan;
    TRY(copy_plan_make(a, &copy, &plan));
    if (plan.is_folder || plan.files.count != 1)
        return err_make(ERR_INVALID, "not_a_file", "A download must be one file");
    TRY(copy_folders(a, &copy, &plan));
    TRY(copy_file(a, &copy, &plan.files.items[0]));
    return root_unlink(from->root, a, from->path);
}

struct err incoming_deliver(struct job_run *run, const struct place *from, const struct place *to)
{
    struct err e = files_move(run->arena, from, to);
    return e.kind == ERR_UNSUPPORTED ? copy_over(run, from, to) : e;
}

struct err incoming_prune(struct core *core, struct arena *a, int64_t *ret_removed)
{
    struct root *root;
    int64_t removed = 0;
    int64_t oldest_s = time_now_us() / SECONDS_US - (int64_t)INCOMING_KEEP_DAYS * DAY_S;
    ROOT_LIST(list);
    TRY(open_folder(core, a, &root));
    TRY(root_list(root, a, "", &list));
    while (root_list_next(&list)) {
        if (list.stat.st_mtim.tv_sec >= oldest_s)
            continue;
        TRY(root_remove_tree(root, a, arena_strdup(a, list.name)));
        removed++;
    }
    TRY(root_list_end(&list));
    *ret_removed = removed;
    return OK;
}
