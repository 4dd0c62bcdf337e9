/* Asking Spotify. */
#include "providers/spotify.h"

#include <ctype.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/decode.h"
#include "json/take.h"
#include "providers/services.h"

#define RENEW_BEFORE_US (60 * SECONDS_US)
#define SMALL_PAGE      10 /* of development mode */
#define ALBUMS_AT_ONCE  20
#define ARTISTS_AT_ONCE 50
/* Where several at once are refused: so many are asked for one by one. */
#define SINGLES_MAX 50

static const struct provider spotify = {&spotify_service, "Spotify"};
static const struct provider accounts = {&spotify_accounts_service, "Spotify"};

/* --- shapes ---------------------------------------------------------------------------------------------------- */

#define TEXT(type_, member_) F(struct type_, T_TEXT, member_)
#define NEED(type_, member_) F(struct type_, T_TEXT, member_, .flags = FIELD_REQUIRED, .fallback = "")
#define COUNT(type_, member_) F(struct type_, T_INT, member_, .flags = FIELD_REQUIRED, .fallback = "0")
#define MANY(type_, member_, shape_)                                                                \
    F(struct type_, T_LIST, member_, .item = T_OBJECT, .shape = &(shape_), .flags = FIELD_EMPTY_LIST)

#define ARTIST_HEAD                                                                                 \
    NEED(spotify_artist, id), NEED(spotify_artist, name), NEED(spotify_artist, uri), TEXT(spotify_artist, href)
SHAPE(spotify_artist_shape, "SpotifyArtist", struct spotify_artist, "An artist", ARTIST_HEAD);
SHAPE(spotify_full_artist_shape, "SpotifyFullArtist", struct spotify_artist, "An artist by id", ARTIST_HEAD,
             F(struct spotify_artist, T_LIST, genres, .item = T_TEXT));
#define ALBUM_HEAD                                                                                  \
    NEED(spotify_album, id), NEED(spotify_album, name), TEXT(spotify_album, release_date),            \
        TEXT(spotify_album, release_date_precision), NEED(spotify_album, uri),                        \
        F(struct spotify_album, T_JSON, images, .flags = FIELD_REQUIRED, .fallback = "[]")
SHAPE(spotify_album_shape, "SpotifyAlbum", struct spotify_album, "An album", ALBUM_HEAD);
SHAPE(spotify_full_album_shape, "SpotifyFullAlbum", struct spotify_album, "An album by id", ALBUM_HEAD,
             TEXT(spotify_album, label));
SHAPE(spotify_external_ids_shape, "SpotifyExternalIds", struct spotify_external_ids, "Ids elsewhere",
             TEXT(spotify_external_ids, isrc));
#define TRACK_HEAD                                                                                  \
    NEED(spotify_track, id), NEED(spotify_track, name), NEED(spotify_track, uri),                     \
        MANY(spotify_track, artists, spotify_artist_shape),                                           \
        F(struct spotify_track, T_OBJECT, album, .shape = &spotify_album_shape),                      \
        F(struct spotify_track, T_INT, duration_ms), F(struct spotify_track, T_INT, popularity),      \
        FN("explicit", struct spotify_track, T_BOOL, explicit_words)
SHAPE(spotify_track_shape, "SpotifyTrack", struct spotify_track, "A track", TRACK_HEAD);
/* As the service has it. */
SHAPE(spotify_full_track_shape, "SpotifyFullTrack", struct spotify_track, "A track by id", TRACK_HEAD,
             TEXT(spotify_track, type), F(struct spotify_track, T_BOOL, is_local),
             F(struct spotify_track, T_OBJECT, external_ids, .shape = &spotify_external_ids_shape));
SHAPE(spotify_entry_shape, "SpotifyPlaylistTrack", struct spotify_entry, "An entry of a playlist",
      F(struct spotify_entry, T_OBJECT, track, .shape = &spotify_track_shape, .flags = FIELD_REQUIRED),
      TEXT(spotify_entry, added_at), F(struct spotify_entry, T_JSON, added_by));
#define PAGE_REST                                                                                   \
    COUNT(spotify_page, limit), TEXT(spotify_page, next), COUNT(spotify_page, offset),                \
        TEXT(spotify_page, previous), COUNT(spotify_page, total)
SHAPE(spotify_page_shape, "SpotifyPlaylistTracks", struct spotify_page, "A page of a playlist",
      NEED(spotify_page, href), MANY(spotify_page, items, spotify_entry_shape), PAGE_REST);
/* Entries are read by hand: their track has two names. */
SHAPE(spotify_page_head_shape, "SpotifyPage", struct spotify_page, "A page without its entries",
             NEED(spotify_page, href), PAGE_REST);
#define PLAYLIST_HEAD                                                                               \
    NEED(spotify_playlist, id), NEED(spotify_playlist, name), TEXT(spotify_playlist, description),    \
        NEED(spotify_playlist, uri), F(struct spotify_playlist, T_JSON, owner)
#define PLAYLIST_REST                                                                               \
    FN("public", struct spotify_playlist, T_BOOL, is_public), F(struct spotify_playlist, T_BOOL, collaborative)
SHAPE(spotify_playlist_shape, "SpotifyPlaylist", struct spotify_playlist, "A playlist", PLAYLIST_HEAD,
      F(struct spotify_playlist, T_OBJECT, tracks, .shape = &spotify_page_shape), PLAYLIST_REST);
SHAPE(spotify_playlist_head_shape, "SpotifyPlaylistHead", struct spotify_playlist, "A playlist without its tracks",
             PLAYLIST_HEAD, PLAYLIST_REST);

/* --- token ----------------------------------------------------------------------------------------------------- */

#define KEY_BYTES   32
#define TOKEN_BYTES 2048

/* One set of credentials at a time: those of the settings. */
static struct {
    pthread_mutex_t lock;
    unsigned char key[KEY_BYTES]; /* hash of the credentials and the address that gave the token */
    char token[TOKEN_BYTES];
    int64_t until_us; /* monotonic; 0: there is none */
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* What worked, for the process. */
static atomic_bool entries_at_items;
static atomic_bool pages_are_small;
static atomic_bool singles_only;

struct credentials {
    const char *id;
    const char *secret;
    const char *url;
    unsigned char key[KEY_BYTES];
};

static struct err credentials(const struct asker *by, struct credentials *ret)
{
    TRY(provider_need(by, &spotify, "apis.spotify.auth.client_id", &ret->id));
    TRY(provider_need(by, &spotify, "apis.spotify.auth.client_secret", &ret->secret));
    ret->url = provider_url(by, &accounts, "/api/token", NULL);
    const char *all = arena_printf(by->arena, "%s\n%s\n%s", ret->id, ret->secret, ret->url);
    crypto_generichash(ret->key, KEY_BYTES, (const unsigned char *)all, strlen(all), NULL, 0);
    return OK;
}

static const char *kept_token(struct arena *a, const struct credentials *c)
{
    const char *token = NULL;
    pthread_mutex_lock(&kept.lock);
    if (kept.until_us > time_monotonic_us() && memcmp(kept.key, c->key, KEY_BYTES) == 0)
        token = arena_strdup(a, kept.token);
    pthread_mutex_unlock(&kept.lock);
    return token;
}

static void keep_token(const struct credentials *c, const char *token, int64_t life_s)
{
    pthread_mutex_lock(&kept.lock);
    memcpy(kept.key, c->key, KEY_BYTES);
    int64_t life_us = life_s * SECONDS_US - RENEW_BEFORE_US;
    bool fits = strlen(token) < TOKEN_BYTES && life_us > 0;
    if (fits)
        snprintf(kept.token, sizeof(kept.token), "%s", token);
    kept.until_us = fits ? time_monotonic_us() + life_us : 0;
    pthread_mutex_unlock(&kept.lock);
}

static void forget_token(void)
{
    pthread_mutex_lock(&kept.lock);
    kept.until_us = 0;
    pthread_mutex_unlock(&kept.lock);
}

static const char *basic(const struct asker *by, const struct credentials *c)
{
    const char *pair = arena_printf(by->arena, "%s:%s", c->id, c->secret);
    size_t size = sodium_base64_ENCODED_LEN(strlen(pair), sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(by->arena, size);
    sodium_bin2base64(text, size, (const unsigned char *)pair, strlen(pair), sodium_base64_VARIANT_ORIGINAL);
    return arena_printf(by->arena, "Authorization: Basic %s", text);
}

static struct err fetch_token(const struct asker *by, const struct credentials *c, const char **ret)
{
    const char *headers[] = {"Content-Type: application/x-www-form-urlencoded", basic(by, c), NULL};
    struct provider_request request = {.url = c->url, .headers = headers, .repeatable = true,
                                       .body = "grant_type=client_credentials"};
    struct net_reply reply;
    json_t *json;
    TRY(provider_send(by, &accounts, &request, &reply));
    if (reply.status == 400 || reply.status == 401)
        return err_make(ERR_UPSTREAM, "upstream_refused", "Spotify refused the client id and secret");
    TRY(provider_judge(by, &accounts, &reply, &json));
    const char *token = json_take_text(by->arena, json_object_get(json, "access_token"));
    if (!token)
        return err_make(ERR_UPSTREAM, "upstream_garbage", "Spotify answered without a token");
    int64_t life_s = json_take_int(json_object_get(json, "expires_in"));
    keep_token(c, token, life_s > 0 && life_s < 86400 ? life_s : 3600);
    *ret = token;
    return OK;
}

/* ret_renewable: another one can be had when this one has expired. */
static struct err token(const struct asker *by, const char **ret_token, bool *ret_renewable)
{
    struct credentials c;
    const char *fixed = provider_setting(by, "apis.spotify.auth.access_token");
    *ret_renewable = !fixed;
    if (fixed) {
        *ret_token = fixed;
        return OK;
    }
    TRY(credentials(by, &c));
    *ret_token = kept_token(by->arena, &c);
    return *ret_token ? OK : fetch_token(by, &c, ret_token);
}

struct err spotify_ready(const struct asker *by)
{
    struct credentials c;
    return provider_setting(by, "apis.spotify.auth.access_token") ? OK : credentials(by, &c);
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

static struct err ask(const struct asker *by, const char *url, struct net_reply *ret)
{
    for (int turn = 0;; turn++) {
        const char *bearer;
        bool renewable;
        TRY(token(by, &bearer, &renewable));
        const char *headers[] = {arena_printf(by->arena, "Authorization: Bearer %s", bearer), NULL};
        TRY(provider_send(by, &spotify, &(struct provider_request){.url = url, .headers = headers}, ret));
        if (ret->status != 401 || !renewable || turn > 0)
            return OK;
        forget_token();
    }
}

static struct err get(const struct asker *by, const char *url, json_t **ret)
{
    struct net_reply reply;
    TRY(ask(by, url, &reply));
    return provider_judge(by, &spotify, &reply, ret);
}

static const char *playlist_path(const struct asker *by, const char *id, const char *rest)
{
    return arena_printf(by->arena, "/playlists/%s%s", provider_segment(by->arena, id), rest);
}

/* --- tracks ---------------------------------------------------------------------------------------------------- */

static bool take_track(const struct asker *by, const json_t *json, struct spotify_track *ret)
{
    shape_take(by->arena, &spotify_full_track_shape, json, ret);
    const char *isrc = ret->external_ids ? ret->external_ids->isrc : NULL;
    ret->isrc = isrc && *isrc ? isrc : NULL;
    bool is_track = !ret->type || strcmp(ret->type, "track") == 0;
    return *ret->id && is_track && ret->is_local != 1;
}

static void take_entries(const struct asker *by, const json_t *list, struct spotify_page *page)
{
    size_t count = 0;
    struct spotify_entry *entries = arena_array(by->arena, struct spotify_entry, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *track = json_object_get(entry, "track");
        if (!json_is_object(track))
            track = json_object_get(entry, "item");
        struct spotify_track *taken = arena_new(by->arena, struct spotify_track);
        if (!json_is_object(track) || !take_track(by, track, taken))
            continue;
        const json_t *who = json_object_get(entry, "added_by");
        entries[count++] = (struct spotify_entry){
            .track = taken,
            .added_at = json_take_text(by->arena, json_object_get(entry, "added_at")),
            .added_by = json_is_object(who) ? json_keep(by->arena, who) : NULL,
        };
    }
    page->items = (struct list){entries, count};
    page->received = (int64_t)json_array_size(list);
}

static void take_page(const struct asker *by, const json_t *json, struct spotify_page *ret)
{
    memset(ret, 0, sizeof(*ret));
    shape_take(by->arena, &spotify_page_head_shape, json, ret);
    take_entries(by, json_object_get(json, "items"), ret);
}

static bool is_too_large_a_page(const struct net_reply *reply)
{
    return reply->status == 400 && strstr(reply->body, "limit");
}

static struct err ask_entries(const struct asker *by, const char *id, bool items, int64_t limit, int64_t offset,
                              struct net_reply *ret)
{
    const char *path = playlist_path(by, id, items ? "/items" : "/tracks");
    return ask(by,
               provider_url(by, &spotify, path, "limit", provider_number(by->arena, limit), "offset",
                            provider_number(by->arena, offset), NULL),
               ret);
}

/* One request of a page, in the world that worked last, then in the other one. */
static struct err ask_page(const struct asker *by, const char *id, int64_t limit, int64_t offset,
                           struct net_reply *ret)
{
    struct net_reply reply;
    bool items = atomic_load(&entries_at_items);
    TRY(ask_entries(by, id, items, limit, offset, ret));
    if (ret->status != 403 && ret->status != 404)
        return OK;
    TRY(ask_entries(by, id, !items, limit, offset, &reply));
    if (reply.status >= 300 && !is_too_large_a_page(&reply))
        return OK; /* the first answer stands */
    atomic_store(&entries_at_items, !items);
    *ret = reply;
    return OK;
}

struct err spotify_playlist_tracks(const struct asker *by, const char *id, int64_t limit, int64_t offset,
                                   struct spotify_page *ret_page)
{
    struct net_reply reply;
    json_t *json;
    int64_t most = atomic_load(&pages_are_small) ? SMALL_PAGE : limit;
    TRY(ask_page(by, id, limit < most ? limit : most, offset, &reply));
    if (is_too_large_a_page(&reply) && limit > SMALL_PAGE) {
        atomic_store(&pages_are_small, true);
        TRY(ask_page(by, id, SMALL_PAGE, offset, &reply));
    }
    TRY(provider_judge(by, &spotify, &reply, &json));
    take_page(by, json, ret_page);
    return OK;
}

struct err spotify_all_tracks(const struct asker *by, const char *id, struct spotify_tracks *ret_tracks,
                              int64_t *ret_total)
{
    struct spotify_tracks all = {0};
    int64_t total = 0;
    for (int64_t offset = 0; offset < SPOTIFY_TRACKS_MAX;) {
        struct spotify_page page;
        TRY(spotify_playlist_tracks(by, id, SPOTIFY_PAGE_MAX, offset, &page));
        const struct spotify_entry *entries = page.items.items;
        for (size_t i = 0; i < page.items.count; i++)
            *arena_push(by->arena, &all) = *entries[i].track;
        total = page.total;
        offset += page.received;
        if (!page.received || !page.next)
            break;
    }
    *ret_tracks = all;
    *ret_total = total;
    return OK;
}

struct err spotify_track(const struct asker *by, const char *id, struct spotify_track *ret_track)
{
    json_t *json;
    const char *path = arena_printf(by->arena, "/tracks/%s", provider_segment(by->arena, id));
    TRY(get(by, provider_url(by, &spotify, path, NULL), &json));
    if (!take_track(by, json, ret_track))
        return err_make(ERR_NOT_FOUND, "upstream_not_found", "Track not found at Spotify");
    return OK;
}

struct err spotify_playlist(const struct asker *by, const char *id, struct spotify_playlist *ret_playlist)
{
    json_t *json;
    struct spotify_playlist playlist = {0};
    TRY(get(by, provider_url(by, &spotify, playlist_path(by, id, ""), NULL), &json));
    shape_take(by->arena, &spotify_playlist_head_shape, json, &playlist);
    const json_t *tracks = json_object_get(json, "tracks");
    if (!json_is_object(tracks))
        tracks = json_object_get(json, "items");
    if (json_is_object(tracks)) {
        playlist.tracks = arena_new(by->arena, struct spotify_page);
        take_page(by, tracks, playlist.tracks);
    }
    *ret_playlist = playlist;
    return OK;
}

/* --- several at once ------------------------------------------------------------------------------------------- */

struct several {
    const char *kind; /* "albums" */
    size_t at_once;
    void (*take)(const struct asker *by, const json_t *json, void *list);
    void *list;
};

static struct err ask_singly(const struct asker *by, const struct several *s, const char *const *ids)
{
    for (size_t i = 0; ids[i] && i < SINGLES_MAX; i++) {
        json_t *json;
        const char *path = arena_printf(by->arena, "/%s/%s", s->kind, provider_segment(by->arena, ids[i]));
        struct err e = get(by, provider_url(by, &spotify, path, NULL), &json);
        if (e.kind == ERR_NOT_FOUND)
            continue;
        TRY(e);
        s->take(by, json, s->list);
    }
    return OK;
}

static struct err ask_together(const struct asker *by, const struct several *s, const char *const *ids,
                               bool *ret_refused)
{
    BUF(joined);
    json_t *json;
    struct net_reply reply;
    size_t index;
    const json_t *item;
    for (size_t i = 0; i < s->at_once && ids[i]; i++)
        buf_printf(&joined, "%s%s", i ? "," : "", ids[i]);
    TRY(ask(by, provider_url(by, &spotify, arena_printf(by->arena, "/%s", s->kind), "ids", joined.data, NULL), &reply));
    *ret_refused = reply.status == 403;
    if (*ret_refused)
        return OK;
    TRY(provider_judge(by, &spotify, &reply, &json));
    json_array_foreach (json_object_get(json, s->kind), index, item) {
        if (json_is_object(item))
            s->take(by, item, s->list);
    }
    return OK;
}

static struct err ask_several(const struct asker *by, const struct several *s, const char *const *ids)
{
    size_t done = 0;
    while (ids[done] && !atomic_load(&singles_only)) {
        bool refused;
        TRY(ask_together(by, s, ids + done, &refused));
        if (refused) {
            atomic_store(&singles_only, true);
            break;
        }
        for (size_t i = 0; i < s->at_once && ids[done]; i++)
            done++;
    }
    return ask_singly(by, s, ids + done);
}

static void take_album(const struct asker *by, const json_t *json, void *list)
{
    struct spotify_albums *albums = list;
    struct spotify_album *album = arena_push(by->arena, albums);
    shape_take(by->arena, &spotify_full_album_shape, json, album);
}

static void take_artist(const struct asker *by, const json_t *json, void *list)
{
    struct spotify_artists *artists = list;
    struct spotify_artist *artist = arena_push(by->arena, artists);
    shape_take(by->arena, &spotify_full_artist_shape, json, artist);
}

struct err spotify_albums(const struct asker *by, const char *const *ids, struct spotify_albums *ret)
{
    return ask_several(by, &(struct several){"albums", ALBUMS_AT_ONCE, take_album, ret}, ids);
}

struct err spotify_artists(const struct asker *by, const char *const *ids, struct spotify_artists *ret)
{
    return ask_several(by, &(struct several){"artists", ARTISTS_AT_ONCE, take_artist, ret}, ids);
}

/* Each once; NULL-terminated. */
static const char *const *unique_ids(struct arena *a, const struct spotify_track *tracks, size_t count,
                                     const char *(*id_of)(const struct spotify_track *))
{
    const char **ids = arena_array(a, const char *, count + 1);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const char *id = id_of(&tracks[i]);
        bool known = !id || !*id;
        for (size_t j = 0; j < found && !known; j++)
            known = strcmp(ids[j], id) == 0;
        if (!known)
            ids[found++] = id;
    }
    return ids;
}

static const char *album_id(const struct spotify_track *track)
{
    return track->album ? track->album->id : NULL;
}

static const char *artist_id(const struct spotify_track *track)
{
    return track->artists.count ? ((const struct spotify_artist *)track->artists.items)[0].id : NULL;
}

struct err spotify_extras(const struct asker *by, const struct spotify_track *tracks, size_t count,
                          struct spotify_extras *ret_extras)
{
    *ret_extras = (struct spotify_extras){0};
    struct err e = spotify_albums(by, unique_ids(by->arena, tracks, count, album_id), &ret_extras->albums);
    if (!failed(e))
        e = spotify_artists(by, unique_ids(by->arena, tracks, count, artist_id), &ret_extras->artists);
    return e.kind == ERR_CANCELLED ? e : OK;
}

const char *spotify_label_of(const struct spotify_extras *extras, const struct spotify_track *track)
{
    const char *id = album_id(track);
    for (size_t i = 0; id && i < extras->albums.count; i++) {
        if (strcmp(extras->albums.items[i].id, id) == 0)
            return extras->albums.items[i].label;
    }
    return NULL;
}

struct list spotify_genres_of(const struct spotify_extras *extras, const struct spotify_track *track)
{
    const char *id = artist_id(track);
    for (size_t i = 0; id && i < extras->artists.count; i++) {
        if (strcmp(extras->artists.items[i].id, id) == 0)
            return extras->artists.items[i].genres;
    }
    return (struct list){NULL, 0};
}

/* --- ids ------------------------------------------------------------------------------------------------------- */

const char *spotify_playlist_id(struct arena *a, const char *text)
{
    static const char uri[] = "spotify:playlist:";
    static const char link[] = "open.spotify.com/playlist/";
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    const char *id = arena_strndup(a, text, len);
    const char *found = strstr(id, link);
    size_t cut = 0;
    if (found) {
        found += sizeof(link) - 1;
        while (isalnum((unsigned char)found[cut]))
            cut++;
        if (cut)
            return arena_strndup(a, found, cut);
    }
    if (strncmp(id, uri, sizeof(uri) - 1) == 0)
        id += sizeof(uri) - 1;
    return arena_strndup(a, id, strcspn(id, "?#"));
}
