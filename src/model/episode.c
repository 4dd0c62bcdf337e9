/* The shape of episodes. */
#include "model/episode.h"

static const struct field episode_fields[] = {
#define EPISODE(kind_, member_, ...) F(struct episode, T_##kind_, member_, .column = #member_, ##__VA_ARGS__),
#include "model/episode.def"
#undef EPISODE
};
const struct shape episode_shape = {"Episode", "An episode of a show", episode_fields,
                                    sizeof(episode_fields) / sizeof(episode_fields[0]), sizeof(struct episode)};
