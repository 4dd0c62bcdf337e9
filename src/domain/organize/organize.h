/*
 * The organizer: music videos go where organizer.path_pattern says (document 000, 8.2 and 8.3).
 *
 * The target lies in the library that holds the file (or the default one, home.h), with the ending of the
 * source; the NFO goes along. How it is made safe against kills, races and full disks is told in move.h.
 * A target that is there is ERR_CONFLICT "file_exists"; the same place as now is "already_organized" and
 * changes nothing. A dry run looks at everything and stops before the first change.
 *
 *     struct organize_request request = {.video_id = 7, .who = "api"};
 *     struct organized done;
 *     TRY(organize_video(core, a, &request, &done));
 *
 * For the end of a download (job import_organize) there is organize_arrival(): the file lies in the data
 * folder (or in the library) and becomes the file of the video. Run again after a kill it finds the work
 * done and says "already_organized". artist_nfo_keep() (nfo.h) then looks after artist.nfo.
 *
 * Failures: ERR_NOT_FOUND "video_not_found", "file_not_found"; ERR_INVALID "no_file", "outside_library",
 * "bad_pattern", "no_value", "bad_component"; ERR_BUSY "library_offline"; those of move.h. Blocking: reads
 * the whole file for its SHA-256. Any thread that is not in a transaction.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_ORGANIZE_H
#define MEDLEY_DOMAIN_ORGANIZE_ORGANIZE_H

#include "domain/organize/home.h"
#include "domain/organize/move.h"
#include "domain/organize/pattern.h"

enum organize_status { ORGANIZE_MOVED, ORGANIZE_ALREADY, ORGANIZE_DRY_RUN };
extern const struct words organize_status_words; /* "moved", "already_organized", "dry_run" */

struct organize_request {
    int64_t video_id;
    bool dry_run;
    const char *who; /* for the history of states */
    const struct move_guard *guard; /* NULL: none */
};
struct organized {
    int64_t video_id;
    const char *source;     /* absolute, as all of them */
    const char *target;
    const char *target_nfo;
    int8_t dry_run;
    int status;             /* enum organize_status */
};
struct err organize_video(struct core *core, struct arena *a, const struct organize_request *request,
                          struct organized *ret_done) MUST_CHECK;
/* `path`: the file that becomes the video's; absolute, in the data folder or beneath a media folder. The
 * file that the row named before, if any, is left where it is. */
struct err organize_arrival(struct core *core, struct arena *a, const struct organize_request *request,
                            const char *path, struct organized *ret_done) MUST_CHECK;

/* Where the video's files and its artist.nfo belong. `video` with its relations. */
struct organize_target {
    struct home home;
    struct pattern_path path; /* relative to the library */
    struct place place;
};
struct err organize_target(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                           const char *source, struct organize_target *ret_target) MUST_CHECK;

#endif
