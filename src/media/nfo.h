/*
 * Kodi's NFO files: reading all kinds that Medley knows, writing them byte for byte the same.
 *
 * Reading is forgiving about what people's files look like (byte order marks, a wrong declared
 * encoding, UTF-16, stray ampersands, several roots in one file, a provider's URL before or after
 * the XML or instead of it) and strict about what could hurt: no document type, no entities, no
 * network, at most NFO_BYTES_MAX. Records are plain and live in the caller's arena. Any thread.
 *
 *     struct nfo_document document;
 *     TRY(nfo_read(arena, bytes, len, &document));
 *     if (document.count && document.items[0].kind == NFO_MUSICVIDEO) ...
 *
 * Texts are trimmed and NULL when absent or empty; an empty element never erases an earlier value;
 * of a repeated single value the last one wins. Numbers are -1 when absent or not a number.
 * Artwork and trailer addresses (thumb, fanart, trailer) are never read.
 *
 * Failures of nfo_read():
 *   ERR_TOO_LARGE     "nfo_too_large"
 *   ERR_UNPROCESSABLE "nfo_doctype"   it declares a document type or an entity
 *   ERR_UNPROCESSABLE "not_nfo"       neither a root element that is known nor a provider's URL
 */
#ifndef MEDLEY_MEDIA_NFO_H
#define MEDLEY_MEDIA_NFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct buf;

#define NFO_BYTES_MAX (1 << 20)
#define NFO_YEAR_MIN  1900
#define NFO_YEAR_MAX  2100

enum nfo_kind {
    NFO_NONE = 0,
    NFO_MUSICVIDEO, /* <musicvideo> */
    NFO_ARTIST,     /* <artist> */
    NFO_MOVIE,      /* <movie> */
    NFO_TVSHOW,     /* <tvshow> */
    NFO_EPISODE,    /* <episodedetails>, several in one file for double episodes */
    NFO_MOVIESET,   /* <set> or <movieset> */
};

struct nfo_texts {
    VEC(const char *)
};

struct nfo_actor {
    const char *name;
    const char *role;
    const char *thumb;
    int64_t order;
};

struct nfo_actors {
    VEC(struct nfo_actor)
};

struct nfo_rating {
    const char *name; /* "themoviedb", "imdb"; "default" for the old single <rating> */
    double value;
    double max;    /* 10 unless the file says otherwise */
    int64_t votes; /* -1: unknown */
    bool is_default;
};

struct nfo_ratings {
    VEC(struct nfo_rating)
};

/* uniqueid beats tmdbid, imdbid and tvdbid, which beat id. Well-formed or NULL. */
struct nfo_ids {
    const char *tmdb; /* digits */
    const char *imdb; /* "tt0133093" */
    const char *tvdb; /* digits */
    const char *musicbrainz;
};

/* <fileinfo><streamdetails>, for writing only. 0 and NULL are left out. */
struct nfo_video_stream {
    const char *codec;
    const char *aspect;
    int64_t width;
    int64_t height;
    double frame_rate;
    int64_t duration_s;
    const char *hdr_type;
};

struct nfo_audio_stream {
    const char *codec;
    const char *language;
    int64_t channels;
};

struct nfo_streams {
    struct {
        VEC(struct nfo_video_stream)
    } video;
    struct {
        VEC(struct nfo_audio_stream)
    } audio;
    struct nfo_texts subtitle_languages;
};

/* Every kind's fields in one struct; those that a kind does not know stay absent. */
struct nfo_record {
    enum nfo_kind kind;
    const char *title; /* of a set and an artist: its name */
    const char *original_title;
    const char *sort_title;
    const char *show_title;
    const char *artist; /* of a music video */
    const char *album;
    const char *plot;
    const char *outline;
    const char *tagline;
    const char *content_rating; /* mpaa, else certification */
    const char *premiered;      /* premiered, else releasedate; as written */
    const char *aired;
    const char *status;
    const char *biography;
    const char *set_name;
    const char *set_overview;
    int64_t year;
    int64_t runtime_min;
    int64_t season;
    int64_t episode;
    int64_t display_season;
    int64_t display_episode;
    double user_rating;
    struct nfo_texts genres;
    struct nfo_texts studios;
    struct nfo_texts countries;
    struct nfo_texts tags;
    struct nfo_texts directors;
    struct nfo_texts credits; /* the writers */
    struct nfo_texts artists;
    struct nfo_actors actors;
    struct nfo_ratings ratings;
    struct nfo_ids ids;
    bool ids_disagree;   /* two elements named different ids of one provider */
    const char *problem; /* why the record must not be imported: a year out of range */
    struct nfo_streams streams;
};

struct nfo_document {
    VEC(struct nfo_record)
    struct nfo_ids url_ids; /* from addresses beside the XML; already in the only record */
    enum nfo_kind url_kind; /* NFO_MOVIE or NFO_TVSHOW when an address says so */
    bool damaged;           /* the XML is broken; what could be read is here */
};

/* An empty record: all numbers absent. */
struct nfo_record nfo_record_make(enum nfo_kind kind);
/* The last item (of a repeated element that means one value), or NULL. */
const char *nfo_last(const struct nfo_texts *texts);
/* Adds an item that is not there yet. */
void nfo_texts_add(struct arena *a, struct nfo_texts *texts, const char *text);

struct err nfo_read(struct arena *a, const void *data, size_t len,
                    struct nfo_document *ret_document) MUST_CHECK;

/* Appends the file: UTF-8 with declaration, four spaces, LF, absent fields left out, children in a
 * fixed order, so that equal records make equal bytes. Kinds: musicvideo and artist (document 000's
 * shapes; tags are sorted by name), movie, tvshow and episode (document 004's). */
void nfo_write(struct buf *to, const struct nfo_record *record);

#endif
