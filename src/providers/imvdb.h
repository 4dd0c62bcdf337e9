/*
 * IMVDb: music videos, their makers, and where they can be seen. Needs apis.imvdb.auth.app_key.
 *
 * Records are the service's own, made regular: years that came as text are numbers, titles that came as
 * numbers are text, no picture is NULL. Shapes spell them as document 000 shows them (contract 1.17), which is
 * as the service does; they serve both for reading its answers and for replies. providers/provider.h has the
 * failures.
 */
#ifndef MEDLEY_PROVIDERS_IMVDB_H
#define MEDLEY_PROVIDERS_IMVDB_H

#include "base/desc.h"
#include "providers/provider.h"

struct imvdb_artist {
    const char *name;
    const char *slug;
    const char *url;
};
struct imvdb_images { /* original, large, big, thumbnail, small */
    const char *o, *l, *b, *t, *s;
};
struct imvdb_source {
    const char *source;
    const char *source_slug;
    const char *source_data; /* JSON: a text for YouTube, a number for Vimeo */
    int8_t is_primary;
};
struct imvdb_credit {
    const char *position_name, *position_code;
    const char *entity_name, *entity_slug;
    int64_t entity_id;
    const char *entity_url;
    const char *position_notes;
    int64_t position_id;
};
struct imvdb_credits {
    int64_t total_credits;
    struct list crew; /* struct imvdb_credit */
    const char *cast; /* JSON */
};
struct imvdb_video {
    int64_t id;
    const char *production_status, *song_title, *song_slug, *url;
    int8_t multiple_versions;
    const char *version_name;
    int64_t version_number;
    int8_t is_imvdb_pick;
    const char *aspect_ratio;
    int64_t year;
    int8_t verified_credits;
    struct list artists; /* struct imvdb_artist */
    struct imvdb_images *image;
    /* only of a video that was asked for by its id */
    struct list featured_artists; /* struct imvdb_artist */
    struct list sources;          /* struct imvdb_source */
    struct list directors;        /* struct imvdb_credit */
    struct imvdb_credits *credits;
};
struct imvdb_videos { /* of an entity */
    int64_t total_videos;
    struct list videos; /* struct imvdb_video */
};
struct imvdb_entity {
    int64_t id;
    const char *name, *slug, *url;
    int64_t discogs_id;
    const char *byline, *bio, *image;
    int64_t artist_video_count, featured_video_count;
    struct imvdb_videos *artist_videos;   /* only of one that was asked for by its id, like the next */
    struct imvdb_videos *featured_videos;
};
/* A page of a search. */
struct imvdb_page {
    int64_t total_results, current_page, per_page, total_pages;
    struct list results; /* struct imvdb_video or struct imvdb_entity */
};
/* A page of an artist's videos. */
struct imvdb_artist_page {
    int64_t entity_id;
    const char *entity_slug, *entity_name;
    int64_t total_videos, current_page, per_page, total_pages;
    int8_t has_more;
    struct list videos; /* struct imvdb_video */
};

extern const struct shape imvdb_video_item_shape; /* in lists */
extern const struct shape imvdb_video_shape;      /* by id */
extern const struct shape imvdb_video_page_shape;
extern const struct shape imvdb_entity_shape;
extern const struct shape imvdb_entity_page_shape;
extern const struct shape imvdb_artist_page_shape;

/* ERR_UNCONFIGURED when there is no key: before anything else is done. */
struct err imvdb_ready(const struct asker *by) MUST_CHECK;
struct err imvdb_search_videos(const struct asker *by, const char *artist, const char *title, int64_t page,
                               int64_t per_page, struct imvdb_page *ret_page) MUST_CHECK;
struct err imvdb_search_entities(const struct asker *by, const char *text, int64_t page, int64_t per_page,
                                 struct imvdb_page *ret_page) MUST_CHECK;
/* With credits, guests and sources. */
struct err imvdb_video(const struct asker *by, int64_t id, struct imvdb_video *ret_video) MUST_CHECK;
struct err imvdb_entity(const struct asker *by, int64_t id, struct imvdb_entity *ret_entity) MUST_CHECK;
struct err imvdb_artist_videos(const struct asker *by, int64_t entity_id, int64_t page, int64_t per_page,
                               struct imvdb_artist_page *ret_page) MUST_CHECK;

/* Ids at YouTube, each once. NULL-terminated. */
const char *const *imvdb_youtube_ids(struct arena *a, const struct imvdb_video *video);
/* Names of the directors or of the guest artists, each once: "A, B"; NULL when there is none. */
const char *imvdb_director_names(struct arena *a, const struct imvdb_video *video);
const char *imvdb_featured_names(struct arena *a, const struct imvdb_video *video);
/* The first artist; NULL when there is none. */
const char *imvdb_first_artist(const struct imvdb_video *video);
/* The best picture that is there; NULL: none. */
const char *imvdb_picture(const struct imvdb_video *video);

#endif
