/* What the services know of a song (contract 1.21, 2.3, 2.19, section 13). */
#include "api/fuzzbin/add.h"

#include <string.h>

#include "domain/catalog/video.h"
#include "domain/intake/imvdb_urls.h"
#include "domain/intake/song_enrich.h"
#include "providers/imvdb.h"

#define NEED(kind_, type_, member_) F(struct type_, kind_, member_, .flags = FIELD_REQUIRED)
#define MAY(kind_, type_, member_)  F(struct type_, kind_, member_)

#define MATCH_GENRES                                                                                \
    F(struct recording_match, T_LIST, all_genres, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
#define MATCH_VERDICT                                                                               \
    NEED(T_REAL, recording_match, match_score), NEED(T_TEXT, recording_match, match_method),          \
        NEED(T_BOOL, recording_match, confident_match)
SHAPE(mb_reply_shape, "MusicBrainzEnrichResponse", struct recording_match, "What MusicBrainz knows of a video",
      MAY(T_TEXT, recording_match, recording_mbid), MAY(T_TEXT, recording_match, release_mbid),
      MAY(T_TEXT, recording_match, album), MAY(T_INT, recording_match, year), MAY(T_TEXT, recording_match, genre),
      MAY(T_TEXT, recording_match, label), MAY(T_TEXT, recording_match, canonical_title),
      MAY(T_TEXT, recording_match, canonical_artist), MAY(T_TEXT, recording_match, classified_genre), MATCH_VERDICT,
      MATCH_GENRES, MAY(T_TEXT, recording_match, release_type));
SHAPE(mb_data_shape, "MusicBrainzData", struct recording_match, "What MusicBrainz knows of a song",
      MAY(T_TEXT, recording_match, recording_mbid), MAY(T_TEXT, recording_match, release_mbid),
      MAY(T_TEXT, recording_match, canonical_title), MAY(T_TEXT, recording_match, canonical_artist),
      MAY(T_TEXT, recording_match, album), MAY(T_INT, recording_match, year), MAY(T_TEXT, recording_match, label),
      MAY(T_TEXT, recording_match, genre), MAY(T_TEXT, recording_match, classified_genre), MATCH_GENRES,
      MATCH_VERDICT);
SHAPE(imvdb_data_shape, "IMVDbData", struct clip_facts, "What IMVDb knows of a song", MAY(T_INT, clip_facts, imvdb_id),
      MAY(T_TEXT, clip_facts, imvdb_url), MAY(T_INT, clip_facts, year), MAY(T_TEXT, clip_facts, directors),
      MAY(T_TEXT, clip_facts, featured_artists),
      F(struct clip_facts, T_LIST, youtube_ids, .item = T_TEXT, .flags = FIELD_EMPTY_LIST),
      MAY(T_TEXT, clip_facts, thumbnail_url), NEED(T_BOOL, clip_facts, match_found));

/* --- a video of the library ------------------------------------------------------------------------------------- */

struct video_question {
    const char *isrc, *title, *artist;
};
SHAPE(video_question_shape, "MusicBrainzEnrichRequest", struct video_question, "Instead of what is stored",
      F(struct video_question, T_TEXT, isrc, .flags = FIELD_NULLABLE, MAX_VALUE(12)),
      F(struct video_question, T_TEXT, title, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct video_question, T_TEXT, artist, .flags = FIELD_NULLABLE, MAX_VALUE(255)));

static const char *either(const char *first, const char *second)
{
    return first && *first ? first : second && *second ? second : NULL;
}

static struct err ask_about_video(struct call *call)
{
    const struct video_question *body = call->body;
    struct asker by = call_asker(call);
    struct recording_match match;
    struct video video;
    TRY(catalog_video_get(call_db(call), call->arena, call_id(call, "video_id"), false, &video));
    struct recording_query query = {.isrc = either(body->isrc, video.isrc),
                                    .title = either(body->title, video.title),
                                    .artist = either(body->artist, video.artist)};
    if (!query.isrc && (!query.title || !query.artist))
        return err_make(ERR_INVALID, "nothing_to_ask", "Either an ISRC or both title and artist are required");
    recording_match_clear(&match);
    struct err e = identify_recording(&by, &query, &match);
    if (failed(e))
        recording_match_clear(&match); /* "nothing known" is an answer */
    return call_reply(call, &match);
}

struct backfill_query {
    int64_t limit, video_id;
};
SHAPE(backfill_query_shape, "BackfillQuery", struct backfill_query, "How many, or which",
      F(struct backfill_query, T_INT, limit, MIN_VALUE(0), .help = "0: all"), MAY(T_INT, backfill_query, video_id));
struct backfill_reply {
    int64_t total_found, updated, failed;
};
SHAPE(backfill_shape, "BackfillResult", struct backfill_reply, "What was completed",
      NEED(T_INT, backfill_reply, total_found), NEED(T_INT, backfill_reply, updated),
      NEED(T_INT, backfill_reply, failed));

static struct err backfill(struct call *call)
{
    const struct backfill_query *q = call->query;
    struct asker by = call_asker(call);
    struct imvdb_urls done;
    struct err e = imvdb_complete_urls(&by, q->limit == INT_NONE ? 0 : q->limit, q->video_id, &done);
    if (failed(e))
        return fuzzbin_upstream(call, e, 502);
    struct backfill_reply reply = {done.found, done.updated, done.failed};
    return call_reply(call, &reply);
}

/* --- a song that may come into it --------------------------------------------------------------------------------- */

struct track_body {
    const char *spotify_track_id, *artist, *track_title, *isrc, *album;
    struct list artist_genres;
};
SHAPE(track_body_shape, "AddEnrichTrackRequest", struct track_body, "A track of Spotify",
      F(struct track_body, T_TEXT, spotify_track_id, .flags = FIELD_REQUIRED),
      F(struct track_body, T_TEXT, artist, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct track_body, T_TEXT, track_title, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct track_body, T_TEXT, isrc, .flags = FIELD_NULLABLE),
      F(struct track_body, T_TEXT, album, .flags = FIELD_NULLABLE),
      F(struct track_body, T_LIST, artist_genres, .item = T_TEXT, .flags = FIELD_NULLABLE));

struct enriched {
    const char *spotify_track_id;
    int64_t imvdb_id;
    const char *imvdb_url;
    struct recording_match *musicbrainz;
    struct clip_facts *imvdb;
    const char *title, *artist, *album;
    int64_t year;
    const char *label, *genre, *directors, *featured_artists;
    struct list youtube_ids;
    const char *thumbnail_url, *enrichment_status;
    int8_t already_exists;
    int64_t existing_video_id;
};
#define ENRICHED_MATCH F(struct enriched, T_OBJECT, musicbrainz, .shape = &mb_data_shape, .flags = FIELD_REQUIRED)
#define ENRICHED_NAMES                                                                              \
    NEED(T_TEXT, enriched, title), NEED(T_TEXT, enriched, artist), MAY(T_TEXT, enriched, album),      \
        MAY(T_INT, enriched, year), MAY(T_TEXT, enriched, label), MAY(T_TEXT, enriched, genre)
#define ENRICHED_IDS F(struct enriched, T_LIST, youtube_ids, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
#define ENRICHED_KNOWN NEED(T_BOOL, enriched, already_exists), MAY(T_INT, enriched, existing_video_id)
SHAPE(track_enrich_shape, "TrackEnrich", struct enriched, "What the services know of a track",
      NEED(T_TEXT, enriched, spotify_track_id), ENRICHED_MATCH,
      F(struct enriched, T_OBJECT, imvdb, .shape = &imvdb_data_shape, .flags = FIELD_REQUIRED), ENRICHED_NAMES,
      MAY(T_TEXT, enriched, directors), MAY(T_TEXT, enriched, featured_artists), ENRICHED_IDS,
      MAY(T_TEXT, enriched, thumbnail_url), ENRICHED_KNOWN);
SHAPE(video_enrich_shape, "ArtistVideoEnrich", struct enriched, "What the services know of a video",
      NEED(T_INT, enriched, imvdb_id), MAY(T_TEXT, enriched, directors), MAY(T_TEXT, enriched, featured_artists),
      ENRICHED_IDS, MAY(T_TEXT, enriched, imvdb_url), ENRICHED_MATCH, ENRICHED_NAMES,
      MAY(T_TEXT, enriched, thumbnail_url), NEED(T_TEXT, enriched, enrichment_status), ENRICHED_KNOWN);

static struct enriched show(struct song_facts *f)
{
    return (struct enriched){
        .musicbrainz = &f->recording,
        .imvdb = &f->clip,
        .title = f->title,
        .artist = f->artist,
        .album = f->album,
        .year = f->year,
        .label = f->label,
        .genre = f->genre,
        .directors = f->clip.directors,
        .featured_artists = f->clip.featured_artists,
        .youtube_ids = f->clip.youtube_ids,
        .thumbnail_url = f->clip.thumbnail_url,
        .already_exists = f->existing_video_id != INT_NONE,
        .existing_video_id = f->existing_video_id,
    };
}

static struct err enrich_track(struct call *call)
{
    const struct track_body *body = call->body;
    struct asker by = call_asker(call);
    struct song_facts facts;
    struct song_question question = {
        .artist = body->artist,
        .title = body->track_title,
        .isrc = body->isrc,
        .album = body->album,
        .artist_genres = body->artist_genres.items,
        .artist_genre_count = body->artist_genres.count,
        .year = INT_NONE,
        .imvdb_id = INT_NONE,
    };
    TRY(song_enrich(&by, &question, &facts));
    struct enriched reply = show(&facts);
    reply.spotify_track_id = body->spotify_track_id;
    return call_reply(call, &reply);
}

struct video_body {
    int64_t imvdb_id;
    const char *artist, *track_title;
    int64_t year;
    const char *thumbnail_url;
};
SHAPE(video_body_shape, "AddEnrichVideoRequest", struct video_body, "A video of IMVDb",
      F(struct video_body, T_INT, imvdb_id, .flags = FIELD_REQUIRED),
      F(struct video_body, T_TEXT, artist, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct video_body, T_TEXT, track_title, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct video_body, T_INT, year, .flags = FIELD_NULLABLE),
      F(struct video_body, T_TEXT, thumbnail_url, .flags = FIELD_NULLABLE));

static const char *status_of(const struct recording_match *match)
{
    return match->confident_match == 1 ? "success" : match->recording_mbid ? "partial" : "not_found";
}

static struct err enrich_video(struct call *call)
{
    const struct video_body *body = call->body;
    struct asker by = call_asker(call);
    struct song_facts facts;
    struct song_question question = {.artist = body->artist, .title = body->track_title, .year = body->year,
                                     .imvdb_id = body->imvdb_id, .thumbnail_url = body->thumbnail_url};
    TRY(imvdb_ready(&by));
    TRY(song_enrich(&by, &question, &facts));
    struct enriched reply = show(&facts);
    reply.imvdb_id = body->imvdb_id;
    reply.imvdb_url = facts.clip.imvdb_url;
    if (!reply.genre)
        reply.genre = facts.recording.genre;
    reply.enrichment_status = status_of(&facts.recording);
    return call_reply(call, &reply);
}

ROUTES(fuzzbin_enrich_routes,
       {HTTP_POST, "/videos/{video_id:int}/enrich/musicbrainz", "Videos", "What MusicBrainz knows of a video",
        ask_about_video, .body = &video_question_shape, .reply = &mb_reply_shape,
        .flags = ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY},
       {HTTP_POST, "/videos/backfill-imvdb-urls", "Videos", "Completes IMVDb addresses", backfill,
        .query = &backfill_query_shape, .reply = &backfill_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/spotify/enrich-track", "Add", "What the services know of a Spotify track", enrich_track,
        .body = &track_body_shape, .reply = &track_enrich_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/enrich/imvdb-video", "Add", "What the services know of an IMVDb video", enrich_video,
        .body = &video_body_shape, .reply = &video_enrich_shape, .flags = ROUTE_BLOCKING});
