/* The import hub: playlists, folders and artists, with what is in the library already marked (contract 2.19, 12.1). */
#include "api/fuzzbin/add.h"

#include <string.h>

#include "domain/intake/music_preview.h"
#include "domain/intake/song.h"
#include "providers/imvdb.h"
#include "providers/spotify.h"

#define SHOWN   100
#define SAMPLES 3
#define AWAY    503

/* --- a playlist or a folder -------------------------------------------------------------------------------------- */

static const struct words mode_words = WORDS("AddPreviewMode", "spotify", "nfo");
enum { MODE_SPOTIFY, MODE_NFO };
static const struct words kind_words = WORDS("AddPreviewKind", "spotify_track", "nfo");

struct batch_body {
    int mode;
    const char *spotify_playlist_id, *nfo_directory;
    int8_t recursive, skip_existing;
};
SHAPE(add_batch_shape, "AddPreviewBatchRequest", struct batch_body, "What would be imported",
      F(struct batch_body, T_ENUM, mode, .words = &mode_words, .flags = FIELD_REQUIRED),
      F(struct batch_body, T_TEXT, spotify_playlist_id, .flags = FIELD_NULLABLE),
      F(struct batch_body, T_TEXT, nfo_directory, .flags = FIELD_NULLABLE),
      F(struct batch_body, T_BOOL, recursive, .fallback = "true"),
      F(struct batch_body, T_BOOL, skip_existing, .fallback = "true"));

struct batch_item {
    int kind;
    const char *title, *artist, *album;
    int64_t year;
    const char *label, *isrc;
    int8_t already_exists;
    const char *spotify_track_id, *spotify_playlist_id, *spotify_artist_id;
    struct list artist_genres;
    const char *nfo_path;
};
SHAPE(batch_item_shape, "AddBatchPreviewItem", struct batch_item, "One of them",
      F(struct batch_item, T_ENUM, kind, .words = &kind_words, .flags = FIELD_REQUIRED),
      F(struct batch_item, T_TEXT, title, .flags = FIELD_REQUIRED),
      F(struct batch_item, T_TEXT, artist, .flags = FIELD_REQUIRED), F(struct batch_item, T_TEXT, album),
      F(struct batch_item, T_INT, year), F(struct batch_item, T_TEXT, label), F(struct batch_item, T_TEXT, isrc),
      F(struct batch_item, T_BOOL, already_exists, .flags = FIELD_REQUIRED),
      F(struct batch_item, T_TEXT, spotify_track_id), F(struct batch_item, T_TEXT, spotify_playlist_id),
      F(struct batch_item, T_TEXT, spotify_artist_id),
      F(struct batch_item, T_LIST, artist_genres, .item = T_TEXT, .flags = FIELD_NULLABLE),
      F(struct batch_item, T_TEXT, nfo_path));

struct batch_reply {
    int mode;
    struct list items;
    int64_t total_count, existing_count, new_count;
    const char *playlist_name, *directory;
    const char *extra; /* JSON */
};
SHAPE(batch_reply_shape_, "AddBatchPreview", struct batch_reply, "What would be imported; the first 100 items",
      F(struct batch_reply, T_ENUM, mode, .words = &mode_words, .flags = FIELD_REQUIRED),
      F(struct batch_reply, T_LIST, items, .item = T_OBJECT, .shape = &batch_item_shape, .flags = FIELD_EMPTY_LIST),
      F(struct batch_reply, T_INT, total_count, .flags = FIELD_REQUIRED),
      F(struct batch_reply, T_INT, existing_count, .flags = FIELD_REQUIRED),
      F(struct batch_reply, T_INT, new_count, .flags = FIELD_REQUIRED),
      F(struct batch_reply, T_TEXT, playlist_name), F(struct batch_reply, T_TEXT, directory),
      F(struct batch_reply, T_JSON, extra, .flags = FIELD_REQUIRED));

static struct err is_known(struct call *call, const char *isrc, const char *artist, const char *title, bool *ret)
{
    SCRATCH(a);
    int64_t id;
    TRY(song_find_by_ids(call_db(call), &(struct song_ids){.isrc = isrc}, &id));
    if (id == INT_NONE && artist)
        TRY(song_find_by_name(call_db(call), &a, artist, title, &id));
    *ret = id != INT_NONE;
    return OK;
}

static void show_track(struct batch_item *item, const struct spotify_track *track, const char *playlist_id,
                       const struct spotify_extras *extras, bool known)
{
    const struct spotify_artist *artists = track->artists.items;
    const char *label = spotify_label_of(extras, track);
    *item = (struct batch_item){
        .kind = 0,
        .title = track->name,
        .artist = track->artists.count ? artists[0].name : "",
        .album = track->album ? track->album->name : NULL,
        .year = track->album ? year_of(track->album->release_date) : INT_NONE,
        .label = label && *label ? label : NULL,
        .isrc = track->isrc,
        .already_exists = known,
        .spotify_track_id = track->id,
        .spotify_playlist_id = playlist_id,
        .spotify_artist_id = track->artists.count ? artists[0].id : NULL,
        .artist_genres = spotify_genres_of(extras, track),
    };
}

static struct err read_playlist(const struct asker *by, const char *id, struct spotify_playlist *ret_playlist,
                                struct spotify_tracks *ret_tracks, struct spotify_extras *ret_extras)
{
    int64_t ignored;
    TRY(spotify_playlist(by, id, ret_playlist));
    TRY(spotify_all_tracks(by, id, ret_tracks, &ignored));
    return spotify_extras(by, ret_tracks->items, ret_tracks->count < SHOWN ? ret_tracks->count : SHOWN, ret_extras);
}

static struct err preview_playlist(struct call *call, const char *id)
{
    struct asker by = call_asker(call);
    struct spotify_playlist playlist;
    struct spotify_tracks tracks;
    struct spotify_extras extras;
    struct err e = read_playlist(&by, id, &playlist, &tracks, &extras);
    if (e.kind == ERR_NOT_FOUND)
        return err_f(call->arena, ERR_NOT_FOUND, "upstream_not_found", "Playlist not found: %s", id);
    if (failed(e))
        return fuzzbin_upstream(call, e, AWAY);
    struct batch_item *items = arena_array(call->arena, struct batch_item, SHOWN);
    struct batch_reply reply = {.mode = MODE_SPOTIFY, .total_count = (int64_t)tracks.count,
                                .playlist_name = playlist.name};
    for (size_t i = 0; i < tracks.count; i++) {
        const struct spotify_track *t = &tracks.items[i];
        const char *artist = t->artists.count ? ((const struct spotify_artist *)t->artists.items)[0].name : NULL;
        bool known;
        TRY(is_known(call, t->isrc, artist, t->name, &known));
        reply.existing_count += known;
        if (i < SHOWN)
            show_track(&items[reply.items.count++], t, id, &extras, known);
    }
    reply.items.items = items;
    reply.new_count = reply.total_count - reply.existing_count;
    json_t *extra = json_pack("{s:s}", "playlist_uri", playlist.uri);
    reply.extra = json_keep(call->arena, extra);
    json_decref(extra);
    return call_reply(call, &reply);
}

static struct err preview_folder(struct call *call, const struct batch_body *body)
{
    struct music_preview p;
    struct err e = music_preview(call->core, call->arena, fuzzbin_directory(call, body->nfo_directory),
                                 body->recursive == 1, body->skip_existing == 1, &p);
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_DENIED || e.kind == ERR_CONFLICT)
        e.kind = ERR_INVALID;
    TRY(e);
    struct batch_item *items = arena_array(call->arena, struct batch_item, p.count + 1);
    for (size_t i = 0; i < p.count; i++)
        items[i] = (struct batch_item){.kind = 1, .title = p.items[i].title, .artist = p.items[i].artist,
                                       .album = p.items[i].album, .year = p.items[i].year,
                                       .already_exists = p.items[i].exists, .nfo_path = p.items[i].path};
    struct batch_reply reply = {
        .mode = MODE_NFO,
        .items = {items, p.count},
        .total_count = p.musicvideos + p.without_nfo,
        .existing_count = p.would_skip,
        .new_count = p.would_import,
        .directory = body->nfo_directory,
        .extra = "{}",
    };
    return call_reply(call, &reply);
}

static struct err preview_batch(struct call *call)
{
    const struct batch_body *body = call->body;
    if (body->mode == MODE_SPOTIFY && !body->spotify_playlist_id)
        return call_mistake(call, "body", NULL, "spotify_playlist_id is required for mode 'spotify'");
    if (body->mode == MODE_NFO && !body->nfo_directory)
        return call_mistake(call, "body", NULL, "nfo_directory is required for mode 'nfo'");
    if (body->mode == MODE_NFO)
        return preview_folder(call, body);
    const char *id = spotify_playlist_id(call->arena, body->spotify_playlist_id);
    if (!*id)
        return err_field(ERR_INVALID, "no_playlist", "spotify_playlist_id", "Spotify playlist ID is required");
    return preview_playlist(call, id);
}

/* --- artists ----------------------------------------------------------------------------------------------------- */

struct artist_body {
    const char *artist_name;
    int64_t per_page;
};
SHAPE(add_artist_search_shape, "AddArtistSearchRequest", struct artist_body, "Whom to look for",
      F(struct artist_body, T_TEXT, artist_name, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct artist_body, T_INT, per_page, .fallback = "25", BETWEEN(1, 100)));

struct artist_item {
    int64_t id;
    const char *name, *slug, *url, *image;
    int64_t discogs_id, artist_video_count, featured_video_count;
    struct list sample_tracks;
};
SHAPE(artist_item_shape, "AddArtistSearchItem", struct artist_item, "An artist with videos",
      F(struct artist_item, T_INT, id, .flags = FIELD_REQUIRED), F(struct artist_item, T_TEXT, name),
      F(struct artist_item, T_TEXT, slug), F(struct artist_item, T_TEXT, url), F(struct artist_item, T_TEXT, image),
      F(struct artist_item, T_INT, discogs_id),
      F(struct artist_item, T_INT, artist_video_count, .flags = FIELD_REQUIRED),
      F(struct artist_item, T_INT, featured_video_count, .flags = FIELD_REQUIRED),
      F(struct artist_item, T_LIST, sample_tracks, .item = T_TEXT, .flags = FIELD_EMPTY_LIST));
struct artists_reply {
    const char *artist_name;
    int64_t total_results;
    struct list results;
};
SHAPE(artists_reply_shape, "AddArtistSearch", struct artists_reply, "Artists at IMVDb that have videos",
      F(struct artists_reply, T_TEXT, artist_name, .flags = FIELD_REQUIRED),
      F(struct artists_reply, T_INT, total_results, .flags = FIELD_REQUIRED),
      F(struct artists_reply, T_LIST, results, .item = T_OBJECT, .shape = &artist_item_shape,
        .flags = FIELD_EMPTY_LIST));

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a && *a ? a : b && *b ? b : c;
}

static void show_artist(struct arena *a, const struct imvdb_entity *e, const struct imvdb_artist_page *page,
                        struct artist_item *ret)
{
    const struct imvdb_video *videos = page->videos.items;
    const char **samples = arena_array(a, const char *, SAMPLES);
    size_t count = 0;
    for (size_t i = 0; i < page->videos.count && count < SAMPLES; i++) {
        if (videos[i].song_title && *videos[i].song_title)
            samples[count++] = videos[i].song_title;
    }
    *ret = (struct artist_item){
        .id = e->id,
        .name = first_of(page->entity_name, e->name, e->slug),
        .slug = e->slug,
        .url = e->url,
        .image = e->image && *e->image ? e->image : NULL,
        .discogs_id = e->discogs_id,
        .artist_video_count = page->total_videos,
        .featured_video_count = e->featured_video_count,
        .sample_tracks = {samples, count},
    };
}

/* An artist whose videos cannot be had is left out. */
static struct err search_artist(struct call *call)
{
    const struct artist_body *body = call->body;
    struct asker by = call_asker(call);
    struct imvdb_page found;
    struct err e = imvdb_search_entities(&by, body->artist_name, 1, body->per_page, &found);
    if (failed(e))
        return e.kind == ERR_NOT_FOUND ? fuzzbin_detail(call, AWAY, e.msg) : fuzzbin_upstream(call, e, AWAY);
    const struct imvdb_entity *entities = found.results.items;
    struct artist_item *items = arena_array(call->arena, struct artist_item, found.results.count + 1);
    struct artists_reply reply = {body->artist_name, found.total_results, {items, 0}};
    for (size_t i = 0; i < found.results.count; i++) {
        struct imvdb_artist_page page;
        if (entities[i].artist_video_count > 0 && !failed(imvdb_artist_videos(&by, entities[i].id, 1, SAMPLES, &page)))
            show_artist(call->arena, &entities[i], &page, &items[reply.results.count++]);
    }
    return call_reply(call, &reply);
}

struct artist_query {
    int64_t page, per_page;
};
SHAPE(add_artist_query_shape, "AddArtistPreviewQuery", struct artist_query, "Which page",
      F(struct artist_query, T_INT, page, .fallback = "1", MIN_VALUE(1)),
      F(struct artist_query, T_INT, per_page, .fallback = "50", BETWEEN(1, 100)));

struct artist_video {
    int64_t id;
    const char *song_title;
    int64_t year;
    const char *url, *thumbnail_url, *production_status, *version_name;
    int8_t already_exists;
    int64_t existing_video_id;
};
SHAPE(artist_video_shape, "AddArtistVideo", struct artist_video, "A video of the artist",
      F(struct artist_video, T_INT, id, .flags = FIELD_REQUIRED), F(struct artist_video, T_TEXT, song_title),
      F(struct artist_video, T_INT, year), F(struct artist_video, T_TEXT, url),
      F(struct artist_video, T_TEXT, thumbnail_url), F(struct artist_video, T_TEXT, production_status),
      F(struct artist_video, T_TEXT, version_name),
      F(struct artist_video, T_BOOL, already_exists, .flags = FIELD_REQUIRED),
      F(struct artist_video, T_INT, existing_video_id));
struct artist_reply {
    struct imvdb_artist_page page; /* its `videos` are not shown */
    struct list videos;
    int64_t existing_count, new_count;
};
#define PAGE_INT(member_) FN(#member_, struct artist_reply, T_INT, page.member_, .flags = FIELD_REQUIRED)
SHAPE(artist_preview_shape, "AddArtistPreview", struct artist_reply, "A page of an artist's videos",
      PAGE_INT(entity_id), FN("entity_name", struct artist_reply, T_TEXT, page.entity_name),
      FN("entity_slug", struct artist_reply, T_TEXT, page.entity_slug), PAGE_INT(total_videos),
      PAGE_INT(current_page), PAGE_INT(per_page), PAGE_INT(total_pages),
      FN("has_more", struct artist_reply, T_BOOL, page.has_more, .flags = FIELD_REQUIRED),
      F(struct artist_reply, T_LIST, videos, .item = T_OBJECT, .shape = &artist_video_shape, .flags = FIELD_EMPTY_LIST),
      F(struct artist_reply, T_INT, existing_count, .flags = FIELD_REQUIRED),
      F(struct artist_reply, T_INT, new_count, .flags = FIELD_REQUIRED));

/* By its number at IMVDb, else by name. */
static struct err find_video(struct call *call, const struct imvdb_video *v, const char *artist, int64_t *ret_id)
{
    SCRATCH(a);
    TRY(song_find_by_ids(call_db(call), &(struct song_ids){.imvdb_video_id = provider_number(&a, v->id)}, ret_id));
    const char *by = imvdb_first_artist(v) ? imvdb_first_artist(v) : artist;
    if (*ret_id != INT_NONE || !by || !v->song_title)
        return OK;
    return song_find_by_name(call_db(call), &a, by, v->song_title, ret_id);
}

static struct err preview_artist(struct call *call)
{
    const struct artist_query *q = call->query;
    struct asker by = call_asker(call);
    struct artist_reply reply = {0};
    struct err e = imvdb_artist_videos(&by, call_id(call, "entity_id"), q->page, q->per_page, &reply.page);
    if (failed(e))
        return fuzzbin_upstream(call, e, AWAY);
    const struct imvdb_video *videos = reply.page.videos.items;
    size_t count = reply.page.videos.count;
    struct artist_video *items = arena_array(call->arena, struct artist_video, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct imvdb_video *v = &videos[i];
        int64_t existing;
        TRY(find_video(call, v, reply.page.entity_name, &existing));
        items[i] = (struct artist_video){v->id, v->song_title, v->year, v->url, imvdb_picture(v), v->production_status,
                                         v->version_name, existing != INT_NONE, existing};
        reply.existing_count += existing != INT_NONE;
    }
    reply.videos = (struct list){items, count};
    reply.new_count = (int64_t)count - reply.existing_count;
    return call_reply(call, &reply);
}

#define TAG_ "Add"
ROUTES(fuzzbin_add_preview_routes,
       {HTTP_POST, "/add/preview-batch", TAG_, "What a batch import would do", preview_batch,
        .body = &add_batch_shape, .reply = &batch_reply_shape_, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/search/artist", TAG_, "Searches IMVDb for an artist", search_artist,
        .body = &add_artist_search_shape, .reply = &artists_reply_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/add/artist/preview/{entity_id:int}", TAG_, "Videos of an artist, known ones marked",
        preview_artist, .query = &add_artist_query_shape, .reply = &artist_preview_shape, .flags = ROUTE_BLOCKING});
