/* Temporary files of processes that were killed. */
#include <string.h>

#include "base/clock.h"
#include "domain/library/walk.h"
#include "domain/organize/home.h"
#include "domain/organize/trash.h"
#include "sys/atomic_file.h"

#define OLD_US (86400 * SECONDS_US)

static bool is_leftover(void *context, const char *name)
{
    (void)context;
    return atomic_file_is_temporary(name);
}

static void remove_in(struct arena *a, struct root *root, const char *folder, int64_t now_us, int64_t *removed)
{
    struct walk walk = {.recursive = true, .temporaries = true, .wants = is_leftover};
    if (failed(walk_tree(root, a, folder, &walk)))
        return; /* no such folder, or it cannot be read: there is nothing to remove */
    for (size_t i = 0; i < walk.files.count; i++) {
        if (walk.files.items[i].modified_us < now_us - OLD_US)
            *removed += !failed(root_unlink(root, a, walk.files.items[i].path));
    }
}

struct err leftovers_remove(struct core *core, struct arena *a, int64_t now_us, int64_t *ret_removed)
{
    struct library_list all = {0};
    int64_t removed = 0;
    TRY(libraries_list(db_reader(core->db), a, "music_videos", &all));
    for (size_t i = 0; i < all.count; i++) {
        SCRATCH(scratch);
        struct home home = {.library = all.items[i]};
        struct place place;
        struct root *root;
        TRY(library_root(&scratch, &all.items[i], &root));
        if (root_check(root) == ROOT_ONLINE)
            remove_in(&scratch, root, "", now_us, &removed);
        root_free(root);
        if (!failed(library_place(core, &scratch, home_trash(core, &scratch, &home), &place)))
            remove_in(&scratch, place.root, place.path, now_us, &removed);
    }
    *ret_removed = removed;
    return OK;
}
