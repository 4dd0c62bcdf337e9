/* Shows and their seasons. Columns are the rows of show.def and season.def; see model/movie.h. */
#ifndef MEDLEY_MODEL_SHOW_H
#define MEDLEY_MODEL_SHOW_H

#include "model/item.h"

struct show {
#define SHOW(kind_, member_, ...) ITEM_MEMBER_##kind_ member_;
#include "model/show.def"
#undef SHOW
    struct list genres;
    struct list directors;
    struct list writers;
    struct list studios;
    struct list countries;
    struct list tags;
};
extern const struct shape show_shape;
enum show_field {
#define SHOW(kind_, member_, ...) SHOW_FIELD_##member_,
#include "model/show.def"
#undef SHOW
    SHOW_FIELD_genres,
    SHOW_FIELD_directors,
    SHOW_FIELD_writers,
    SHOW_FIELD_studios,
    SHOW_FIELD_countries,
    SHOW_FIELD_tags,
    SHOW_FIELD_COUNT
};

struct season {
#define SEASON(kind_, member_, ...) ITEM_MEMBER_##kind_ member_;
#include "model/season.def"
#undef SEASON
};
extern const struct shape season_shape;
enum season_field {
#define SEASON(kind_, member_, ...) SEASON_FIELD_##member_,
#include "model/season.def"
#undef SEASON
    SEASON_FIELD_COUNT
};

#endif
