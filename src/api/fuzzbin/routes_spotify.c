/* Spotify (contract 2.13). */
#include "api/fuzzbin/upstream.h"
#include "providers/spotify.h"

#define AWAY 503

/* People paste links. */
static const char *playlist_id(struct call *call)
{
    return spotify_playlist_id(call->arena, call_text(call, "playlist_id"));
}

static struct err explain(struct call *call, struct err e, const char *noun, const char *id)
{
    if (e.kind == ERR_NOT_FOUND)
        return err_f(call->arena, ERR_NOT_FOUND, "upstream_not_found", "%s not found: %s", noun, id);
    return fuzzbin_upstream(call, e, AWAY);
}

static struct err get_playlist(struct call *call)
{
    struct asker by = call_asker(call);
    struct spotify_playlist playlist;
    struct err e = spotify_playlist(&by, playlist_id(call), &playlist);
    return failed(e) ? explain(call, e, "Playlist", playlist_id(call)) : call_reply(call, &playlist);
}

struct tracks_query {
    int64_t limit;
    int64_t offset;
};
SHAPE(spotify_tracks_query_shape, "SpotifyTracksQuery", struct tracks_query, "Which page",
      F(struct tracks_query, T_INT, limit, .fallback = "50", BETWEEN(1, 100)),
      F(struct tracks_query, T_INT, offset, .fallback = "0", MIN_VALUE(0)));

static struct err get_tracks(struct call *call)
{
    const struct tracks_query *q = call->query;
    struct asker by = call_asker(call);
    struct spotify_page page;
    struct err e = spotify_playlist_tracks(&by, playlist_id(call), q->limit, q->offset, &page);
    return failed(e) ? explain(call, e, "Playlist", playlist_id(call)) : call_reply(call, &page);
}

struct all_tracks {
    const char *playlist_id;
    int64_t total;
    struct list tracks;
};
SHAPE(spotify_all_tracks_shape, "SpotifyAllTracks", struct all_tracks, "Every track of a playlist",
      F(struct all_tracks, T_TEXT, playlist_id, .flags = FIELD_REQUIRED),
      F(struct all_tracks, T_INT, total, .flags = FIELD_REQUIRED),
      F(struct all_tracks, T_LIST, tracks, .item = T_OBJECT, .shape = &spotify_track_shape,
        .flags = FIELD_EMPTY_LIST));

static struct err get_all_tracks(struct call *call)
{
    struct asker by = call_asker(call);
    struct spotify_tracks tracks;
    int64_t ignored;
    struct err e = spotify_all_tracks(&by, playlist_id(call), &tracks, &ignored);
    if (failed(e))
        return explain(call, e, "Playlist", playlist_id(call));
    struct all_tracks reply = {playlist_id(call), (int64_t)tracks.count, {tracks.items, tracks.count}};
    return call_reply(call, &reply);
}

static struct err get_track(struct call *call)
{
    struct asker by = call_asker(call);
    struct spotify_track track;
    const char *id = call_text(call, "track_id");
    struct err e = spotify_track(&by, id, &track);
    return failed(e) ? explain(call, e, "Track", id) : call_reply(call, &track);
}

#define TAG_ "Spotify"
#define LIST "/spotify/playlists/{playlist_id}"
ROUTES(fuzzbin_spotify_routes,
       {HTTP_GET, LIST, TAG_, "A Spotify playlist", get_playlist, .reply = &spotify_playlist_shape,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, LIST "/tracks", TAG_, "Tracks of a Spotify playlist by page", get_tracks,
        .query = &spotify_tracks_query_shape, .reply = &spotify_page_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, LIST "/tracks/all", TAG_, "All tracks of a Spotify playlist", get_all_tracks,
        .reply = &spotify_all_tracks_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/spotify/tracks/{track_id}", TAG_, "A Spotify track", get_track, .reply = &spotify_track_shape,
        .flags = ROUTE_BLOCKING});
