/* The shapes of movies and their collections. */
#include "model/movie.h"

static const struct field movie_fields[] = {
#define MOVIE(kind_, member_, ...) F(struct movie, T_##kind_, member_, .column = #member_, ##__VA_ARGS__),
#include "model/movie.def"
#undef MOVIE
#define LIST(member_) F(struct movie, T_LIST, member_, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
    LIST(genres), LIST(directors), LIST(writers), LIST(studios), LIST(countries), LIST(tags),
#undef LIST
};
const struct shape movie_shape = {"Movie", "A movie", movie_fields,
                                  sizeof(movie_fields) / sizeof(movie_fields[0]), sizeof(struct movie)};

#define SF(kind_, member_) F(struct movie_set, kind_, member_, .column = #member_)
SHAPE(movie_set_shape, "MovieSet", struct movie_set, "A collection of movies", SF(T_INT, id), SF(T_TEXT, name),
      SF(T_TEXT, name_fold), SF(T_INT, tmdb_id), SF(T_TEXT, plot), SF(T_TEXT, poster_path),
      SF(T_TEXT, backdrop_path));
