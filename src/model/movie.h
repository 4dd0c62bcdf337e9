/*
 * A movie: the row behind the Metarr and the Haas.Media API. The struct's columns are the rows of
 * movie.def; the lists at its end live in table item_word and are filled by domain/movies.
 */
#ifndef MEDLEY_MODEL_MOVIE_H
#define MEDLEY_MODEL_MOVIE_H

#include "model/item.h"

struct movie {
#define MOVIE(kind_, member_, ...) ITEM_MEMBER_##kind_ member_;
#include "model/movie.def"
#undef MOVIE
    struct list genres; /* const char *, in order */
    struct list directors;
    struct list writers;
    struct list studios;
    struct list countries;
    struct list tags;
};
extern const struct shape movie_shape;

/* The place of each field in movie_shape: for struct presence. */
enum movie_field {
#define MOVIE(kind_, member_, ...) MOVIE_FIELD_##member_,
#include "model/movie.def"
#undef MOVIE
    MOVIE_FIELD_genres,
    MOVIE_FIELD_directors,
    MOVIE_FIELD_writers,
    MOVIE_FIELD_studios,
    MOVIE_FIELD_countries,
    MOVIE_FIELD_tags,
    MOVIE_FIELD_COUNT
};

/* The collection a movie is part of ("The Matrix Collection"). */
struct movie_set {
    int64_t id;
    const char *name;
    const char *name_fold;
    int64_t tmdb_id;
    const char *plot;
    const char *poster_path;
    const char *backdrop_path;
};
extern const struct shape movie_set_shape;

#endif
