/* Discogs (contract 2.12). */
#include "api/fuzzbin/upstream.h"
#include "providers/discogs.h"

#define AWAY 502

struct search_query {
    const char *artist;
    const char *track;
    const char *q;
    const char *type;
    int64_t page;
    int64_t per_page;
};
#define DISCOGS_PAGE(type_)                                                                         \
    F(struct type_, T_INT, page, .fallback = "1", MIN_VALUE(1)),                                      \
        F(struct type_, T_INT, per_page, .fallback = "50", BETWEEN(1, 100))
SHAPE(discogs_search_query_shape, "DiscogsSearchQuery", struct search_query, "What to look for",
      F(struct search_query, T_TEXT, artist, .help = "with track: albums that hold the song"),
      F(struct search_query, T_TEXT, track), F(struct search_query, T_TEXT, q, .help = "free text"),
      F(struct search_query, T_TEXT, type, .fallback = "master", .help = "master or release"),
      DISCOGS_PAGE(search_query));

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

static struct err search(struct call *call)
{
    const struct search_query *q = call->query;
    struct asker by = call_asker(call);
    struct discogs_search_page page;
    struct discogs_query query = {.artist = given(q->artist), .track = given(q->track), .text = given(q->q),
                                  .type = given(q->type), .page = q->page, .per_page = q->per_page};
    bool song = query.artist && query.track && !query.text;
    struct err e = song ? discogs_search_song(&by, q->artist, q->track, query.type, q->page, q->per_page, &page)
                        : discogs_search(&by, &query, &page);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &page);
}

static struct err get_master(struct call *call)
{
    struct asker by = call_asker(call);
    struct discogs_record record;
    struct err e = discogs_master(&by, call_id(call, "master_id"), &record);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &record);
}

static struct err get_release(struct call *call)
{
    struct asker by = call_asker(call);
    struct discogs_record record;
    struct err e = discogs_release(&by, call_id(call, "release_id"), &record);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &record);
}

struct releases_query {
    int64_t page;
    int64_t per_page;
    const char *sort;
    const char *sort_order;
};
SHAPE(discogs_releases_query_shape, "DiscogsReleasesQuery", struct releases_query, "Which page, in which order",
      DISCOGS_PAGE(releases_query), F(struct releases_query, T_TEXT, sort, .fallback = "year"),
      F(struct releases_query, T_TEXT, sort_order, .fallback = "desc"));

static struct err artist_releases(struct call *call)
{
    const struct releases_query *q = call->query;
    struct asker by = call_asker(call);
    struct discogs_artist_releases releases;
    struct err e = discogs_releases_of(&by, call_id(call, "artist_id"), q->page, q->per_page, given(q->sort),
                                       given(q->sort_order), &releases);
    return failed(e) ? fuzzbin_upstream(call, e, AWAY) : call_reply(call, &releases);
}

#define TAG_ "Discogs"
ROUTES(fuzzbin_discogs_routes,
       {HTTP_GET, "/discogs/search", TAG_, "Searches Discogs", search, .query = &discogs_search_query_shape,
        .reply = &discogs_search_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/discogs/masters/{master_id:int}", TAG_, "A master release at Discogs", get_master,
        .reply = &discogs_master_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/discogs/releases/{release_id:int}", TAG_, "A release at Discogs", get_release,
        .reply = &discogs_release_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/discogs/artists/{artist_id:int}/releases", TAG_, "Releases of an artist at Discogs",
        artist_releases, .query = &discogs_releases_query_shape, .reply = &discogs_artist_releases_shape,
        .flags = ROUTE_BLOCKING});
