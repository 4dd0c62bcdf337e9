/* A collection: an ordered list of videos with a name. */
#ifndef MEDLEY_MODEL_COLLECTION_H
#define MEDLEY_MODEL_COLLECTION_H

#include "base/desc.h"

struct collection {
    int64_t id;
    const char *name;
    const char *description;
    int64_t created_at;
    int64_t updated_at;
    int8_t is_deleted;
    int64_t deleted_at;
    int64_t video_count; /* videos that are not deleted; counted when listed */
};
extern const struct shape collection_shape;

#endif
