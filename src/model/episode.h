/* An episode of a show. Columns are the rows of episode.def; see model/movie.h. */
#ifndef MEDLEY_MODEL_EPISODE_H
#define MEDLEY_MODEL_EPISODE_H

#include "model/item.h"

struct episode {
#define EPISODE(kind_, member_, ...) ITEM_MEMBER_##kind_ member_;
#include "model/episode.def"
#undef EPISODE
};
extern const struct shape episode_shape;
enum episode_field {
#define EPISODE(kind_, member_, ...) EPISODE_FIELD_##member_,
#include "model/episode.def"
#undef EPISODE
    EPISODE_FIELD_COUNT
};

#endif
