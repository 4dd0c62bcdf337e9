/*
 * What the services together know of a song: contract of document 000, sections 13.6 and 13.7.
 *
 * These never fail but for ERR_CANCELLED: a service that is away, or is not configured, gives nothing. Nothing
 * is written. Blocks on the services.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_SONG_ENRICH_H
#define MEDLEY_DOMAIN_INTAKE_SONG_ENRICH_H

#include "domain/intake/identify.h"

struct clip_facts { /* of IMVDb */
    int64_t imvdb_id;
    const char *imvdb_url;
    int64_t year;
    const char *directors, *featured_artists; /* "A, B" */
    struct list youtube_ids;                  /* text */
    const char *thumbnail_url;
    int8_t match_found;
};
struct song_facts {
    struct recording_match recording;
    struct clip_facts clip;
    const char *title, *artist, *album;
    int64_t year;
    const char *label, *genre;
    int64_t existing_video_id; /* INT_NONE: the library has none */
};

struct song_question {
    const char *artist, *title, *isrc, *album;
    const char *const *artist_genres;
    size_t artist_genre_count;
    int64_t year;              /* INT_NONE unknown */
    int64_t imvdb_id;          /* INT_NONE: IMVDb is searched */
    const char *thumbnail_url; /* when IMVDb has none */
};
/* ISRC -> MusicBrainz -> IMVDb. */
struct err song_enrich(const struct asker *by, const struct song_question *question,
                       struct song_facts *ret_facts) MUST_CHECK;

#endif
