/*
 * The trash of music videos' files (document 000, 8.4).
 *
 * A trashed file keeps its path, below the trash folder instead of the library (a name that is taken gets
 * " (2)"), the NFO beside it; the row names the new places, remembers the old ones (file_trash) and is
 * soft-deleted in the same transaction. Restoring takes it back to where it was. Both are safe against
 * kills (move.h). Purging removes file, NFO and pictures, then the row: a kill in between leaves a row
 * whose next purge finds nothing to remove. Files outside the media folders are never touched; a file that
 * another video names, too, stays; while a library is away nothing of it is purged (ERR_BUSY
 * "library_offline"), so that no file is forgotten.
 *
 * Failures: ERR_NOT_FOUND "video_not_found", "file_not_found"; ERR_INVALID "no_file", "not_deleted",
 * "outside_library"; ERR_CONFLICT "file_exists", "file_busy". Blocking; any thread outside a transaction.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_TRASH_H
#define MEDLEY_DOMAIN_ORGANIZE_TRASH_H

#include "core/core.h"
#include "db/db.h"
#include "domain/organize/move.h"

/* The file into the trash, the row soft-deleted. *ret_path: where the file is now; NULL when it stays
 * because another video has it, too. */
struct err trash_put(struct core *core, struct arena *a, int64_t video_id, const struct move_guard *guard,
                     const char **ret_path) MUST_CHECK;
/* `restore_path` (or NULL: where it was) is relative to the library, or absolute. */
struct err trash_restore(struct core *core, struct arena *a, int64_t video_id, const char *restore_path,
                         const char **ret_path) MUST_CHECK;
/* The row alone, or with its file when that was put into the trash and can go back: for a restore that is
 * asked for the video and not for its file. A video that is not deleted is fine. */
struct err trash_restore_video(struct core *core, struct arena *a, int64_t video_id) MUST_CHECK;
/* For good. A row without a file, or whose file is gone, is just deleted. */
struct err trash_purge(struct core *core, struct arena *a, int64_t video_id) MUST_CHECK;

struct trash_item {
    int64_t video_id;
    const char *title;
    const char *artist;
    int64_t deleted_at;
    const char *path;
    int64_t size; /* of the file as it is now; INT_NONE: not there */
};
struct trash_list {
    VEC(struct trash_item)
};
/* Every soft-deleted video, the last deleted first. */
struct err trash_page(struct core *core, struct arena *a, int64_t limit, int64_t offset, struct trash_list *ret_list,
                      int64_t *ret_total) MUST_CHECK;
struct err trash_size(struct core *core, struct arena *a, int64_t *ret_count, int64_t *ret_bytes) MUST_CHECK;

struct trash_emptied {
    int64_t deleted;
    int64_t failed;
    struct {
        VEC(const char *)
    } errors; /* "Video 7: ...", the first 100 */
};
/* Purges what was deleted before `before_us` (TIME_NONE: everything). `guard` (or NULL) may stop it between
 * two videos: ERR_CANCELLED, with *ret filled. `progress` (or NULL) hears of every video. */
struct err trash_empty(struct core *core, struct arena *a, int64_t before_us, const struct move_guard *guard,
                       void (*progress)(void *context, int64_t done), struct trash_emptied *ret) MUST_CHECK;

/* Temporary files that killed processes left in the libraries and their trash, when they are a day old: a
 * younger one may belong to somebody. */
struct err leftovers_remove(struct core *core, struct arena *a, int64_t now_us, int64_t *ret_removed) MUST_CHECK;

#endif
