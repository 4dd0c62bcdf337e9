/* An artist: a name that videos are linked to, with what the outside services know. */
#ifndef MEDLEY_MODEL_ARTIST_H
#define MEDLEY_MODEL_ARTIST_H

#include "base/desc.h"

struct artist {
    int64_t id;
    const char *name;
    const char *biography;
    const char *image_url;
    const char *imvdb_entity_id;
    int64_t discogs_artist_id;
    int64_t created_at;
    int64_t updated_at;
    int8_t is_deleted;
    int64_t deleted_at;
    int64_t video_count; /* videos that are not deleted; counted when listed */
};
extern const struct shape artist_shape;

#endif
