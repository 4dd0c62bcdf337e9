/*
 * Spotify: playlists, tracks, albums and artists, with the server's own credentials
 * (apis.spotify.auth.client_id and client_secret, or a fixed access_token).
 *
 * A token is fetched when first needed, kept for the process until a minute before its end, and renewed once
 * when the service says that it has expired. Since 2026 self-made applications live under development-mode
 * rules: entries of playlists are at /items, called `item`, pages are small, reading several records at once is
 * refused. Both worlds are tried, and what worked is remembered.
 *
 * Shapes spell records as document 000 shows them (contract 1.19). Entries without a track (removed, local,
 * episodes) are left out. providers/provider.h has the failures.
 */
#ifndef MEDLEY_PROVIDERS_SPOTIFY_H
#define MEDLEY_PROVIDERS_SPOTIFY_H

#include "base/desc.h"
#include "providers/provider.h"

#define SPOTIFY_PAGE_MAX 50
/* A longer playlist is cut: nobody imports that many music videos at once. */
#define SPOTIFY_TRACKS_MAX 10000

struct spotify_artist {
    const char *id, *name, *uri, *href;
    struct list genres; /* text; only of spotify_artists() */
};
struct spotify_album {
    const char *id, *name, *release_date, *release_date_precision, *uri;
    const char *images; /* JSON list */
    const char *label;  /* only of spotify_albums() */
};
struct spotify_track {
    const char *id, *name, *uri;
    struct list artists; /* struct spotify_artist */
    struct spotify_album *album;
    int64_t duration_ms, popularity;
    int8_t explicit_words;
    const char *isrc; /* NULL: unknown */
    /* as Spotify has them */
    const char *type;
    int8_t is_local;
    struct spotify_external_ids *external_ids;
};
struct spotify_external_ids {
    const char *isrc;
};
struct spotify_entry {
    struct spotify_track *track;
    const char *added_at;
    const char *added_by; /* JSON */
};
struct spotify_page {
    const char *href;
    struct list items; /* struct spotify_entry */
    int64_t limit;
    const char *next;
    int64_t offset;
    const char *previous;
    int64_t total;
    int64_t received; /* entries, those without a track included: what `offset` goes on by */
};
struct spotify_playlist {
    const char *id, *name, *description, *uri;
    const char *owner; /* JSON */
    struct spotify_page *tracks;
    int8_t is_public, collaborative;
};
struct spotify_tracks {
    VEC(struct spotify_track)
};
struct spotify_artists {
    VEC(struct spotify_artist)
};
struct spotify_albums {
    VEC(struct spotify_album)
};

extern const struct shape spotify_track_shape;
extern const struct shape spotify_page_shape;
extern const struct shape spotify_playlist_shape;

/* ERR_UNCONFIGURED when there are no credentials. */
struct err spotify_ready(const struct asker *by) MUST_CHECK;
struct err spotify_playlist(const struct asker *by, const char *id, struct spotify_playlist *ret_playlist) MUST_CHECK;
/* `limit` 1..100: as many as the service gives at once are fetched, at most that many. */
struct err spotify_playlist_tracks(const struct asker *by, const char *id, int64_t limit, int64_t offset,
                                   struct spotify_page *ret_page) MUST_CHECK;
/* Every page; ret_total is what Spotify counts. */
struct err spotify_all_tracks(const struct asker *by, const char *id, struct spotify_tracks *ret_tracks,
                              int64_t *ret_total) MUST_CHECK;
struct err spotify_track(const struct asker *by, const char *id, struct spotify_track *ret_track) MUST_CHECK;
/* Several by their ids, in any order; unknown ones are left out. Ids are NULL-terminated. */
struct err spotify_albums(const struct asker *by, const char *const *ids, struct spotify_albums *ret) MUST_CHECK;
struct err spotify_artists(const struct asker *by, const char *const *ids, struct spotify_artists *ret) MUST_CHECK;

/* Labels of the albums and genres of the first artists of tracks: what their own records do not say. */
struct spotify_extras {
    struct spotify_albums albums;
    struct spotify_artists artists;
};
/* Best effort: what cannot be had is left out. Fails only with ERR_CANCELLED. */
struct err spotify_extras(const struct asker *by, const struct spotify_track *tracks, size_t count,
                          struct spotify_extras *ret_extras) MUST_CHECK;
const char *spotify_label_of(const struct spotify_extras *extras, const struct spotify_track *track); /* or NULL */
struct list spotify_genres_of(const struct spotify_extras *extras, const struct spotify_track *track); /* of text */

/* "spotify:playlist:X", "https://open.spotify.com/playlist/X?si=..." and " X " are X; "" for nothing. */
const char *spotify_playlist_id(struct arena *a, const char *text);

#endif
