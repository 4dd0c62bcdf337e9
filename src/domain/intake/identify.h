/*
 * Which recording a song is, by MusicBrainz: contract of document 000, sections 13.1 to 13.3.
 *
 * By ISRC first; when that finds nothing, by artist and title. The recording is the earliest in a studio; the
 * release the one that a person would name: official, an album before an EP before a single, no live record,
 * no compilation. Blocks on the service, one question a second.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_IDENTIFY_H
#define MEDLEY_DOMAIN_INTAKE_IDENTIFY_H

#include "base/desc.h"
#include "providers/provider.h"

/* A score from which on a match is believed. */
#define CONFIDENT_SCORE 80.0

struct recording_query {
    const char *isrc, *title, *artist; /* NULL unknown */
};
struct recording_match {
    const char *recording_mbid, *release_mbid, *album;
    int64_t year;
    const char *genre, *label, *canonical_title, *canonical_artist, *classified_genre;
    double match_score;       /* 0..100 */
    const char *match_method; /* "isrc_search", "search", "none" */
    int8_t confident_match;
    struct list all_genres; /* text */
    const char *release_type;
};
/* No match: method "none", everything else empty. */
void recording_match_clear(struct recording_match *match);
/* Finding nothing is no failure; failures are those of providers/provider.h. */
struct err identify_recording(const struct asker *by, const struct recording_query *query,
                              struct recording_match *ret_match) MUST_CHECK;

#endif
