/*
 * Moving a music video's files so that disk and row never disagree for long: into place (organizer), into
 * the trash, out of it. Both databases, any number of threads and processes.
 *
 * How a kill in the middle is repaired. A row of `file_move` (the intent) is committed before anything is
 * touched: from where to where, for which video, what for, and the content's SHA-256 when it is known.
 * Then the video file is renamed (never over another file), then the NFO beside it; the row of the video
 * and the end of the intent are one transaction. Renaming the video file is the step that decides:
 *   - found later with the file still at its old place: nothing has happened, the intent is dropped;
 *   - found with the file at the new place: the NFO is brought along, the row is written, done.
 * Between two file systems the file is copied into a temporary name, synced, checked and renamed, while the
 * source stays; the row is committed with the mark `arrived`, then the source is removed, then the intent:
 *   - found with both files and no mark: the copy goes (when it has the source's content), nothing happened;
 *   - found with the mark: the source goes.
 * Intents of killed processes are settled by the job `file_recover`, which is queued at a start that finds
 * some, and whenever another move wants the same video or target. An intent belongs to a process: on SQLite every
 * other owner is dead, on PostgreSQL one is whose lease (30 s, renewed during long copies) ran out.
 *
 * Failures leave everything as it was: what was renamed is renamed back. When even that fails (the disk went
 * away), the intent stays and the repair above does it later. ERR_NOT_FOUND "file_not_found" (source),
 * ERR_CONFLICT "file_exists" (target; also when another video's row names it), "file_busy" (another move has
 * this video or this target), "video_changed"; ERR_STORAGE "hash_mismatch"; ERR_CANCELLED.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_MOVE_H
#define MEDLEY_DOMAIN_ORGANIZE_MOVE_H

#include "core/core.h"
#include "db/db.h"
#include "domain/files/place.h"

enum move_kind { MOVE_ORGANIZE, MOVE_ARRIVAL, MOVE_TRASH, MOVE_RESTORE };

/* What a job lends to a long move; a request passes NULL. */
struct move_guard {
    bool (*cancelled)(void *context);
    struct err (*fence)(void *context, struct db_conn *tx); /* in the transaction that writes the row */
    void *context;
};

struct file_move {
    int64_t id;
    int64_t video_id;
    int kind;             /* enum move_kind */
    const char *from;     /* absolute; beneath the media folders, or (MOVE_ARRIVAL) in the data folder */
    const char *to;       /* absolute, beneath the media folders */
    const char *from_nfo; /* NULL: none goes along; one that is not there is none */
    const char *to_nfo;
    const char *checksum; /* SHA-256 of the file; NULL: not asked for */
    int64_t size;
    const char *who;      /* for the history of states */
    bool arrived;
    const struct move_guard *guard;
};
/* Fills id. */
struct err file_move_run(struct core *core, struct arena *a, struct file_move *move) MUST_CHECK;
/* Repairs what killed processes left. An intent that cannot be settled now (its library is away) stays. */
struct err file_moves_recover(struct core *core, struct arena *a, int64_t *ret_settled) MUST_CHECK;
/* At start: queues that when there is something to settle. */
struct err file_moves_first_start(struct core *core, struct arena *a) MUST_CHECK;

/* SHA-256 of a file beneath the media folders, with the guard's cancellation. */
struct err place_checksum(struct arena *a, const struct place *place, const struct move_guard *guard,
                          const char **ret_checksum) MUST_CHECK;

/* ERR_CONFLICT "video_changed" when the video's row does not name `from` any more. */
struct err move_check_row(struct db_conn *tx, struct arena *a, const struct file_move *move) MUST_CHECK;
/* The rows of the files follow (media_file). To a hidden place (the trash): the row goes. */
struct err move_file_rows(struct core *core, struct db_conn *tx, struct arena *a, const char *from, const char *to)
    MUST_CHECK;

/* What the row of the video says after a move of each kind: organize.c, trash.c. In the transaction that
 * settles the intent. */
struct err organize_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
    MUST_CHECK;
struct err trash_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
    MUST_CHECK;
struct err restore_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
    MUST_CHECK;

#endif
