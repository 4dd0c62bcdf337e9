/* The shapes of shows and seasons. */
#include "model/show.h"

static const struct field show_fields[] = {
#define SHOW(kind_, member_, ...) F(struct show, T_##kind_, member_, .column = #member_, ##__VA_ARGS__),
#include "model/show.def"
#undef SHOW
#define LIST(member_) F(struct show, T_LIST, member_, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
    LIST(genres), LIST(directors), LIST(writers), LIST(studios), LIST(countries), LIST(tags),
#undef LIST
};
const struct shape show_shape = {"Show", "A show", show_fields, sizeof(show_fields) / sizeof(show_fields[0]),
                                 sizeof(struct show)};

static const struct field season_fields[] = {
#define SEASON(kind_, member_, ...) F(struct season, T_##kind_, member_, .column = #member_, ##__VA_ARGS__),
#include "model/season.def"
#undef SEASON
};
const struct shape season_shape = {"Season", "A season of a show", season_fields,
                                   sizeof(season_fields) / sizeof(season_fields[0]), sizeof(struct season)};
