/*
 * A picture of a movie, show, season or episode: a file in the library beside the media, found by a scan.
 * A picture that a scan saw before its item has no item yet (item_id none).
 */
#ifndef MEDLEY_MODEL_ASSET_H
#define MEDLEY_MODEL_ASSET_H

#include "model/item.h"

/* Stored; append only. */
enum asset_type {
    ASSET_POSTER,
    ASSET_FANART,
    ASSET_BANNER,
    ASSET_CLEARLOGO,
    ASSET_CLEARART,
    ASSET_DISCART,
    ASSET_LANDSCAPE,
    ASSET_KEYART,
    ASSET_THUMB,
    ASSET_TYPE_COUNT
};
extern const struct words asset_type_words;

struct asset {
    int64_t id;
    int64_t item_type; /* enum item_type; none: belongs to nothing yet */
    int64_t item_id;
    int type; /* enum asset_type */
    int64_t rank; /* 1: the best of its type */
    const char *hash; /* SHA-256, lower-case hex */
    int64_t library_id;
    const char *path; /* relative to the library */
    const char *folder;
    const char *name;
    const char *base;      /* "Heat" of "Heat-poster.jpg"; "" of "poster.jpg" */
    int64_t season_number; /* "season02-poster.jpg"; none: not of a season */
    int64_t number;        /* "fanart2.jpg": 2; 0 without a number */
    int64_t file_size;
    int64_t width;
    int64_t height;
    const char *format; /* "jpg", "png", "webp" */
    const char *perceptual_hash;
    const char *difference_hash;
    int8_t has_alpha;
    const char *source_type; /* "local", "provider", "user" */
    const char *source_url;
    const char *provider;
    int64_t score;
    int8_t locked;
    int64_t missing_since; /* the file is gone */
    int64_t discovered_at;
};
extern const struct shape asset_shape;

#endif
