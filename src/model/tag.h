/* A tag. `normalized_name` is its identity; `usage_count` counts its links to videos. */
#ifndef MEDLEY_MODEL_TAG_H
#define MEDLEY_MODEL_TAG_H

#include "base/desc.h"

struct tag {
    int64_t id;
    const char *name; /* as first spelled */
    const char *normalized_name;
    int64_t created_at;
    int64_t usage_count;
};
extern const struct shape tag_shape;

#endif
