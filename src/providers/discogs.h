/*
 * Discogs: releases, masters and who made them. Needs apis.discogs.auth.api_key and api_secret.
 *
 * Shapes spell records as document 000 shows them (contract 1.18), which is as the service does; they serve
 * both for reading its answers and for replies. providers/provider.h has the failures.
 */
#ifndef MEDLEY_PROVIDERS_DISCOGS_H
#define MEDLEY_PROVIDERS_DISCOGS_H

#include "base/desc.h"
#include "providers/provider.h"

struct discogs_pagination {
    int64_t page, pages, per_page, items;
    const char *urls; /* JSON */
};
struct discogs_community {
    int64_t want, have;
};
struct discogs_result {
    int64_t id;
    const char *type;
    int64_t master_id;
    const char *master_url, *uri, *title, *country, *year;
    struct list format, label, genre, style; /* of text, like barcode */
    const char *catno;
    struct list barcode;
    const char *thumb, *cover_image, *resource_url;
    struct discogs_community *community;
};
struct discogs_search_page {
    struct discogs_pagination *pagination;
    struct list results; /* struct discogs_result */
};
struct discogs_image {
    const char *type, *uri, *resource_url, *uri150;
    int64_t width, height;
};
struct discogs_track {
    const char *position, *type_, *title, *duration;
    const char *extraartists; /* JSON */
};
struct discogs_clip {
    const char *uri, *title, *description;
    int64_t duration;
    int8_t embed;
};
struct discogs_artist {
    int64_t id;
    const char *name, *resource_url, *anv, *join, *role, *tracks;
};
struct discogs_label {
    int64_t id;
    const char *name, *catno, *entity_type, *entity_type_name, *resource_url;
};
struct discogs_format {
    const char *name, *qty, *text;
    struct list descriptions;
};
struct discogs_identifier {
    const char *type, *value, *description;
};
/* What a master and a release have in common, and what only one of them has. */
struct discogs_record {
    int64_t id;
    int64_t year;
    const char *resource_url, *uri, *title, *data_quality;
    int64_t num_for_sale;
    double lowest_price;
    struct list images;    /* struct discogs_image */
    struct list genres, styles;
    struct list tracklist; /* struct discogs_track */
    struct list artists;   /* struct discogs_artist */
    struct list videos;    /* struct discogs_clip */
    /* a master */
    int64_t main_release, most_recent_release;
    const char *versions_url, *main_release_url, *most_recent_release_url;
    /* a release */
    const char *status, *artists_sort;
    struct list labels;  /* struct discogs_label */
    struct list formats; /* struct discogs_format */
    struct discogs_community *community;
    int64_t format_quantity;
    const char *date_added, *date_changed;
    int64_t master_id;
    const char *master_url, *country, *released, *released_formatted, *notes;
    struct list identifiers;  /* struct discogs_identifier */
    struct list extraartists; /* struct discogs_artist */
    const char *thumb;
    int64_t estimated_weight;
};
struct discogs_artist_release {
    int64_t id;
    const char *type;
    int64_t main_release;
    const char *artist, *title;
    int64_t year;
    const char *resource_url, *role, *thumb, *status, *format, *label;
    const char *stats; /* JSON */
};
struct discogs_artist_releases {
    struct discogs_pagination *pagination;
    struct list releases; /* struct discogs_artist_release */
};

extern const struct shape discogs_search_shape;
extern const struct shape discogs_master_shape;
extern const struct shape discogs_release_shape;
extern const struct shape discogs_artist_releases_shape;

struct discogs_query {
    const char *artist, *track, *text; /* NULL: not asked for */
    const char *type;                  /* "master", "release" */
    const char *format;                /* "album"; NULL: any */
    int64_t page, per_page;
};
/* ERR_UNCONFIGURED when key or secret is missing. */
struct err discogs_ready(const struct asker *by) MUST_CHECK;
struct err discogs_search(const struct asker *by, const struct discogs_query *query,
                          struct discogs_search_page *ret_page) MUST_CHECK;
/* Albums that hold a song, as document 000 looks for them: with format=album, and without when there is none. */
struct err discogs_search_song(const struct asker *by, const char *artist, const char *track, const char *type,
                               int64_t page, int64_t per_page, struct discogs_search_page *ret_page) MUST_CHECK;
/* The service's own object: for who shows it as it is. */
struct err discogs_master_json(const struct asker *by, int64_t id, json_t **ret_json) MUST_CHECK;
struct err discogs_release_json(const struct asker *by, int64_t id, json_t **ret_json) MUST_CHECK;
struct err discogs_master(const struct asker *by, int64_t id, struct discogs_record *ret_record) MUST_CHECK;
struct err discogs_release(const struct asker *by, int64_t id, struct discogs_record *ret_record) MUST_CHECK;
struct err discogs_releases_of(const struct asker *by, int64_t artist_id, int64_t page, int64_t per_page,
                               const char *sort, const char *order,
                               struct discogs_artist_releases *ret_releases) MUST_CHECK;

/* "Nirvana (2)" is Nirvana. */
const char *discogs_bare_name(struct arena *a, const char *name);

#endif
