/*
 * Music videos that may be the same (document 000, 8.5): by the SHA-256 of the file, by title and artist.
 *
 * Candidates come from two indexes (file_checksum, match_key), so looking for one video's duplicates costs
 * the same in a library of any size; a whole library is reduced to the rows that share a key by two grouped
 * statements. A checksum that is missing is computed and stored; over a whole library only for files whose
 * size another file has.
 *
 * Failures: ERR_NOT_FOUND "video_not_found"; ERR_CANCELLED. Blocking; any thread outside a transaction.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_DUPLICATE_H
#define MEDLEY_DOMAIN_ORGANIZE_DUPLICATE_H

#include "base/desc.h"
#include "core/core.h"
#include "db/db.h"
#include "domain/organize/move.h"

enum duplicate_match { MATCH_HASH, MATCH_METADATA, MATCH_BOTH };
extern const struct words duplicate_match_words; /* "hash", "metadata", "both" */

struct duplicate {
    int64_t video_id;
    int match;          /* enum duplicate_match */
    double confidence;
    const char *title;
    const char *artist;
    const char *file_path;
    const char *file_hash;
    int64_t file_size;
    int64_t created_at;
};
struct duplicate_list {
    VEC(struct duplicate)
};
/* The most certain first. `by_hash` computes the video's own checksum when it has none. */
struct err duplicates_of(struct core *core, struct arena *a, int64_t video_id, bool by_hash, bool by_metadata,
                         const struct move_guard *guard, struct duplicate_list *ret_list) MUST_CHECK;
/* Videos that share a checksum or a match key with another: the only ones that can have duplicates. In
 * order. Computes checksums of files of equal size first. */
struct err duplicate_candidates(struct core *core, struct arena *a, const struct move_guard *guard,
                                struct list *ret_ids) MUST_CHECK;
/* One that is not kept: its file into the trash (or `hard`: away for good), or just the row when it has no
 * file. *ret_removed false: there is no such video, or it could not be removed. */
struct err duplicate_remove(struct core *core, struct arena *a, int64_t video_id, bool hard,
                            const struct move_guard *guard, bool *ret_removed) MUST_CHECK;

#endif
