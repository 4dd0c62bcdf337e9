/* Asking Discogs. */
#include "providers/discogs.h"

#include <string.h>

#include "json/take.h"
#include "providers/services.h"

static const struct provider discogs = {&discogs_service, "Discogs"};

/* --- shapes ---------------------------------------------------------------------------------------------------- */

#define TEXT(type_, member_)  F(struct type_, T_TEXT, member_)
#define NEED(type_, member_)  F(struct type_, T_TEXT, member_, .flags = FIELD_REQUIRED, .fallback = "")
#define NUMBER(type_, member_) F(struct type_, T_INT, member_)
#define COUNT(type_, member_) F(struct type_, T_INT, member_, .flags = FIELD_REQUIRED, .fallback = "0")
#define WORDS_(type_, member_) F(struct type_, T_LIST, member_, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
#define MANY(type_, member_, shape_)                                                                \
    F(struct type_, T_LIST, member_, .item = T_OBJECT, .shape = &(shape_), .flags = FIELD_EMPTY_LIST)

SHAPE(discogs_pagination_shape, "DiscogsPagination", struct discogs_pagination, "Where in the results",
      COUNT(discogs_pagination, page), COUNT(discogs_pagination, pages), COUNT(discogs_pagination, per_page),
      COUNT(discogs_pagination, items),
      F(struct discogs_pagination, T_JSON, urls, .flags = FIELD_REQUIRED, .fallback = "{}"));
SHAPE(discogs_community_shape, "DiscogsCommunity", struct discogs_community, "How many want and have it",
      COUNT(discogs_community, want), COUNT(discogs_community, have));
SHAPE(discogs_result_shape, "DiscogsSearchResult", struct discogs_result, "A find",
      F(struct discogs_result, T_INT, id, .flags = FIELD_REQUIRED, .fallback = "0"),
      F(struct discogs_result, T_TEXT, type, .flags = FIELD_REQUIRED, .fallback = "master"),
      NUMBER(discogs_result, master_id), TEXT(discogs_result, master_url), NEED(discogs_result, uri),
      NEED(discogs_result, title), TEXT(discogs_result, country), TEXT(discogs_result, year),
      WORDS_(discogs_result, format), WORDS_(discogs_result, label), WORDS_(discogs_result, genre),
      WORDS_(discogs_result, style), TEXT(discogs_result, catno), WORDS_(discogs_result, barcode),
      TEXT(discogs_result, thumb), TEXT(discogs_result, cover_image), NEED(discogs_result, resource_url),
      F(struct discogs_result, T_OBJECT, community, .shape = &discogs_community_shape));
#define PAGINATION(type_)                                                                           \
    F(struct type_, T_OBJECT, pagination, .shape = &discogs_pagination_shape, .flags = FIELD_REQUIRED)
SHAPE(discogs_search_shape, "DiscogsSearch", struct discogs_search_page, "Finds at Discogs",
      PAGINATION(discogs_search_page), MANY(discogs_search_page, results, discogs_result_shape));
SHAPE(discogs_image_shape, "DiscogsImage", struct discogs_image, "A picture", NEED(discogs_image, type),
      NEED(discogs_image, uri), NEED(discogs_image, resource_url), TEXT(discogs_image, uri150),
      COUNT(discogs_image, width), COUNT(discogs_image, height));
SHAPE(discogs_track_shape, "DiscogsTrack", struct discogs_track, "A track", NEED(discogs_track, position),
      F(struct discogs_track, T_TEXT, type_, .flags = FIELD_REQUIRED, .fallback = "track"),
      NEED(discogs_track, title), TEXT(discogs_track, duration),
      F(struct discogs_track, T_JSON, extraartists, .flags = FIELD_REQUIRED, .fallback = "[]"));
SHAPE(discogs_clip_shape, "DiscogsVideo", struct discogs_clip, "A video that somebody linked",
      NEED(discogs_clip, uri), NEED(discogs_clip, title), TEXT(discogs_clip, description),
      COUNT(discogs_clip, duration),
      F(struct discogs_clip, T_BOOL, embed, .flags = FIELD_REQUIRED, .fallback = "false"));
SHAPE(discogs_artist_shape, "DiscogsArtistRef", struct discogs_artist, "An artist", COUNT(discogs_artist, id),
      NEED(discogs_artist, name), NEED(discogs_artist, resource_url), TEXT(discogs_artist, anv),
      TEXT(discogs_artist, join), TEXT(discogs_artist, role), TEXT(discogs_artist, tracks));
SHAPE(discogs_label_shape, "DiscogsLabel", struct discogs_label, "A label", COUNT(discogs_label, id),
      NEED(discogs_label, name), TEXT(discogs_label, catno), TEXT(discogs_label, entity_type),
      TEXT(discogs_label, entity_type_name), NEED(discogs_label, resource_url));
SHAPE(discogs_format_shape, "DiscogsFormat", struct discogs_format, "A medium", NEED(discogs_format, name),
      NEED(discogs_format, qty), TEXT(discogs_format, text), WORDS_(discogs_format, descriptions));
SHAPE(discogs_identifier_shape, "DiscogsIdentifier", struct discogs_identifier, "A bar code or the like",
      NEED(discogs_identifier, type), NEED(discogs_identifier, value), TEXT(discogs_identifier, description));

#define RECORD_TRACKS                                                                               \
    WORDS_(discogs_record, genres), WORDS_(discogs_record, styles),                                   \
        MANY(discogs_record, tracklist, discogs_track_shape)
#define RECORD_ARTISTS MANY(discogs_record, artists, discogs_artist_shape)
#define RECORD_IMAGES  MANY(discogs_record, images, discogs_image_shape)
#define RECORD_CLIPS   MANY(discogs_record, videos, discogs_clip_shape)
#define RECORD_SALE    COUNT(discogs_record, num_for_sale), F(struct discogs_record, T_REAL, lowest_price)
SHAPE(discogs_master_shape, "DiscogsMaster", struct discogs_record, "A master: all pressings of an album",
      COUNT(discogs_record, id), COUNT(discogs_record, main_release), NUMBER(discogs_record, most_recent_release),
      NEED(discogs_record, resource_url), NEED(discogs_record, uri), NEED(discogs_record, versions_url),
      NEED(discogs_record, main_release_url), TEXT(discogs_record, most_recent_release_url), RECORD_SALE,
      RECORD_IMAGES, WORDS_(discogs_record, genres), WORDS_(discogs_record, styles), NUMBER(discogs_record, year),
      MANY(discogs_record, tracklist, discogs_track_shape), RECORD_ARTISTS, TEXT(discogs_record, title),
      TEXT(discogs_record, data_quality), RECORD_CLIPS);
SHAPE(discogs_release_shape, "DiscogsRelease", struct discogs_record, "One pressing", COUNT(discogs_record, id),
      TEXT(discogs_record, status), NUMBER(discogs_record, year), NEED(discogs_record, resource_url),
      NEED(discogs_record, uri), RECORD_ARTISTS, TEXT(discogs_record, artists_sort),
      MANY(discogs_record, labels, discogs_label_shape), MANY(discogs_record, formats, discogs_format_shape),
      F(struct discogs_record, T_OBJECT, community, .shape = &discogs_community_shape),
      F(struct discogs_record, T_INT, format_quantity, .flags = FIELD_REQUIRED, .fallback = "1"),
      TEXT(discogs_record, date_added), TEXT(discogs_record, date_changed), RECORD_SALE,
      NUMBER(discogs_record, master_id), TEXT(discogs_record, master_url), NEED(discogs_record, title),
      TEXT(discogs_record, country), TEXT(discogs_record, released), TEXT(discogs_record, released_formatted),
      TEXT(discogs_record, notes), MANY(discogs_record, identifiers, discogs_identifier_shape), RECORD_CLIPS,
      RECORD_TRACKS, MANY(discogs_record, extraartists, discogs_artist_shape), RECORD_IMAGES,
      TEXT(discogs_record, thumb), NUMBER(discogs_record, estimated_weight), TEXT(discogs_record, data_quality));
SHAPE(discogs_artist_release_shape, "DiscogsArtistRelease", struct discogs_artist_release,
      "A release that an artist is on", COUNT(discogs_artist_release, id),
      F(struct discogs_artist_release, T_TEXT, type, .flags = FIELD_REQUIRED, .fallback = "release"),
      NUMBER(discogs_artist_release, main_release), NEED(discogs_artist_release, artist),
      NEED(discogs_artist_release, title), NUMBER(discogs_artist_release, year),
      NEED(discogs_artist_release, resource_url),
      F(struct discogs_artist_release, T_TEXT, role, .flags = FIELD_REQUIRED, .fallback = "Main"),
      TEXT(discogs_artist_release, thumb), TEXT(discogs_artist_release, status),
      TEXT(discogs_artist_release, format), TEXT(discogs_artist_release, label),
      F(struct discogs_artist_release, T_JSON, stats));
SHAPE(discogs_artist_releases_shape, "DiscogsArtistReleases", struct discogs_artist_releases,
      "What an artist is on", PAGINATION(discogs_artist_releases),
      MANY(discogs_artist_releases, releases, discogs_artist_release_shape));

/* --- asking ---------------------------------------------------------------------------------------------------- */

static struct err credentials(const struct asker *by, const char **ret_header)
{
    const char *key, *secret;
    TRY(provider_need(by, &discogs, "apis.discogs.auth.api_key", &key));
    TRY(provider_need(by, &discogs, "apis.discogs.auth.api_secret", &secret));
    *ret_header = arena_printf(by->arena, "Authorization: Discogs key=%s, secret=%s", key, secret);
    return OK;
}

struct err discogs_ready(const struct asker *by)
{
    const char *header;
    return credentials(by, &header);
}

static struct err get(const struct asker *by, const char *url, json_t **ret)
{
    const char *headers[2] = {0};
    TRY(credentials(by, &headers[0]));
    return provider_get(by, &discogs, url, headers, ret);
}

/* Replies always have it. */
static struct discogs_pagination *paged(const struct asker *by, struct discogs_pagination *p, int64_t page,
                                        int64_t per_page, size_t count)
{
    if (p)
        return p;
    p = arena_new(by->arena, struct discogs_pagination);
    *p = (struct discogs_pagination){page, 1, per_page, (int64_t)count, "{}"};
    return p;
}

struct err discogs_search(const struct asker *by, const struct discogs_query *q, struct discogs_search_page *ret)
{
    json_t *json;
    TRY(get(by,
            provider_url(by, &discogs, "/database/search", "q", q->text, "type", q->type, "format", q->format,
                         "artist", q->artist, "track", q->track, "page", provider_number(by->arena, q->page),
                         "per_page", provider_number(by->arena, q->per_page), NULL),
            &json));
    shape_take(by->arena, &discogs_search_shape, json, ret);
    ret->pagination = paged(by, ret->pagination, q->page, q->per_page, ret->results.count);
    return OK;
}

struct err discogs_search_song(const struct asker *by, const char *artist, const char *track, const char *type,
                               int64_t page, int64_t per_page, struct discogs_search_page *ret)
{
    struct discogs_query query = {.artist = artist, .track = track, .type = type, .format = "album", .page = page,
                                  .per_page = per_page};
    TRY(discogs_search(by, &query, ret));
    if (ret->results.count)
        return OK;
    query.format = NULL;
    return discogs_search(by, &query, ret);
}

static struct err get_json(const struct asker *by, const char *kind, int64_t id, json_t **ret_json)
{
    return get(by, provider_url(by, &discogs, arena_printf(by->arena, "/%s/%lld", kind, (long long)id), NULL),
               ret_json);
}

struct err discogs_master_json(const struct asker *by, int64_t id, json_t **ret_json)
{
    return get_json(by, "masters", id, ret_json);
}

struct err discogs_release_json(const struct asker *by, int64_t id, json_t **ret_json)
{
    return get_json(by, "releases", id, ret_json);
}

static struct err get_record(const struct asker *by, const char *kind, const struct shape *shape, int64_t id,
                             struct discogs_record *ret)
{
    json_t *json;
    TRY(get_json(by, kind, id, &json));
    memset(ret, 0, sizeof(*ret)); /* the other kind's members */
    shape_take(by->arena, shape, json, ret);
    if (ret->year == 0) /* its word for unknown */
        ret->year = INT_NONE;
    return OK;
}

struct err discogs_master(const struct asker *by, int64_t id, struct discogs_record *ret_record)
{
    return get_record(by, "masters", &discogs_master_shape, id, ret_record);
}

struct err discogs_release(const struct asker *by, int64_t id, struct discogs_record *ret_record)
{
    return get_record(by, "releases", &discogs_release_shape, id, ret_record);
}

struct err discogs_releases_of(const struct asker *by, int64_t artist_id, int64_t page, int64_t per_page,
                               const char *sort, const char *order, struct discogs_artist_releases *ret)
{
    json_t *json;
    const char *path = arena_printf(by->arena, "/artists/%lld/releases", (long long)artist_id);
    TRY(get(by,
            provider_url(by, &discogs, path, "page", provider_number(by->arena, page), "per_page",
                         provider_number(by->arena, per_page), "sort", sort, "sort_order", order, NULL),
            &json));
    shape_take(by->arena, &discogs_artist_releases_shape, json, ret);
    ret->pagination = paged(by, ret->pagination, page, per_page, ret->releases.count);
    return OK;
}

const char *discogs_bare_name(struct arena *a, const char *name)
{
    const char *open = name ? strrchr(name, '(') : NULL;
    size_t digits = open ? strspn(open + 1, "0123456789") : 0;
    if (!digits || strcmp(open + 1 + digits, ")") != 0 || open == name || open[-1] != ' ')
        return name;
    return arena_strndup(a, name, (size_t)(open - 1 - name));
}
