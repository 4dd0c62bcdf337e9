/*
 * Pages of videos: filtered, searched, sorted, counted.
 *
 * Filters narrow together. Text filters find parts of the text in any case, wildcards taken literally;
 * CATALOG_NONE among the values means "has none". The page's artists, collections and tags come along.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_VIDEO_LIST_H
#define MEDLEY_DOMAIN_CATALOG_VIDEO_LIST_H

#include "db/db.h"
#include "domain/catalog/catalog.h"
#include "model/video.h"

#define CATALOG_NONE "__none__"
#define CATALOG_NO_YEAR (-1)

enum video_sort {
    SORT_NONE, /* as they came into the library */
    SORT_TITLE,
    SORT_ARTIST,
    SORT_ALBUM,
    SORT_YEAR,
    SORT_DIRECTOR,
    SORT_GENRE,
    SORT_CREATED,
    SORT_UPDATED,
    SORT_STATUS,
    SORT_POSITION,  /* of the one collection asked for, then title */
    SORT_RELEVANCE, /* of the search */
    SORT_YEAR_TITLE, /* newest year first, then title */
    SORT_DELETED,   /* by the time of deletion */
    SORT_COUNT
};

struct video_filter {
    const char *title, *artist, *album, *director;
    struct list genres; /* const char *; any of them */
    struct list tags;   /* const char *; any of them */
    struct list years;  /* int64_t; any of them, then year_min and year_max do not count */
    int64_t year_min, year_max;
    int status;
    const char *imvdb_video_id, *youtube_id;
    const char *collection_name;
    int64_t collection_id, tag_id, artist_id;
    int artist_role;    /* ENUM_NONE: any */
    const char *search; /* an expression: search_query.h */
    bool include_deleted;
    bool only_deleted;
    enum video_sort sort;
    bool descending;
    struct catalog_window window;
};
/* Nothing filtered: start from this. */
void video_filter_clear(struct video_filter *filter);

struct video_list {
    VEC(struct video)
};
struct err catalog_video_list(struct db_conn *conn, struct arena *a, const struct video_filter *filter,
                              struct video_list *ret_list, int64_t *ret_total) MUST_CHECK;
/* Only the ids, all of them, in order: for jobs. */
struct err catalog_video_ids(struct db_conn *conn, struct arena *a, const struct video_filter *filter,
                             struct list *ret_ids) MUST_CHECK;
/* How many there are; remembered until something changes. */
struct err catalog_video_count(struct db_conn *conn, bool include_deleted, int64_t *ret_count) MUST_CHECK;

#endif
