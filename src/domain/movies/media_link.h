/*
 * Which files belong to which movies and episodes, as one list. A file of several episodes is listed for
 * each of them. Linking by hand works for files that no scan has seen and for media that nothing else knows
 * yet: rows are made, and the next scan and lookup fill them. Records live in the caller's arena.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_MEDIA_LINK_H
#define MEDLEY_DOMAIN_MOVIES_MEDIA_LINK_H

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "model/item.h"

struct media_link {
    int64_t file_id;
    int64_t library_id;
    const char *path;   /* relative to the library */
    enum item_type type; /* ITEM_MOVIE or ITEM_EPISODE */
    int64_t item_id;    /* of the movie, or of the show */
    int64_t tmdb_id;    /* of the movie, or of the show; INT_NONE */
    int64_t episode_id; /* INT_NONE for movies */
    int64_t season;
    int64_t number;
    int64_t created_at;
    int64_t updated_at;
};
struct media_link_list {
    VEC(struct media_link)
};

/* INT_NONE: any. With a movie or a show (or both) only theirs. */
struct media_link_filter {
    int64_t library_id;
    int64_t movie_id;
    int64_t show_id;
    int64_t file_id;
    int64_t episode_id;
};
#define MEDIA_LINK_ANY                                                                             \
    {                                                                                              \
        INT_NONE, INT_NONE, INT_NONE, INT_NONE, INT_NONE                                           \
    }
/* Movies before shows, by path. Nothing from the bin. */
struct err media_links(struct db_conn *conn, struct arena *a, const struct media_link_filter *filter,
                       struct media_link_list *ret_list) MUST_CHECK;
/* The one of this file (and episode; INT_NONE: the movie's). ERR_NOT_FOUND "link_not_found". */
struct err media_link_get(struct db_conn *conn, struct arena *a, int64_t file_id, int64_t episode_id,
                          struct media_link *ret_link) MUST_CHECK;

struct media_link_wish {
    int64_t library_id;
    const char *path; /* relative to the library */
    bool is_there;    /* the file, on the disk */
    enum item_type type;
    int64_t item_id;  /* movie or show; INT_NONE: by tmdb_id, made when unknown */
    int64_t tmdb_id;
    int64_t season;
    int64_t number;
};
/* ERR_CONFLICT "link_exists", or "file_taken" when the file belongs to something else. */
struct err media_link_add(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                          struct media_link *ret_link) MUST_CHECK;
/* The file and the item stay. */
struct err media_link_remove(struct db_conn *tx, struct arena *a, const struct media_link *link) MUST_CHECK;

#endif
