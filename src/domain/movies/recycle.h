/*
 * Deleting movies as people do: into the bin, on request with their files.
 *
 * Files are moved to <library>/<trash.trash_dir>/<date>/<random>/ (a rename, so that it is quick and can be
 * undone); when one cannot be moved, those before are moved back and nothing is changed. Unfinished jobs
 * about the movies are cancelled. May block on the disk.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_RECYCLE_H
#define MEDLEY_DOMAIN_MOVIES_RECYCLE_H

#include "core/core.h"
#include "domain/movies/movie.h"

/* All or none. ERR_NOT_FOUND "movie_not_found" for an unknown id. */
struct err movies_recycle(struct core *core, struct arena *a, const int64_t *ids, size_t count, bool with_files)
    MUST_CHECK;

#endif
