/*
 * A song at IMVDb and at Discogs: which of their records is it (contract of document 000, 13.4 and 13.5).
 *
 * Blocks on the services. Finding nothing is no failure; failures are those of providers/provider.h.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_SONG_MATCH_H
#define MEDLEY_DOMAIN_INTAKE_SONG_MATCH_H

#include "providers/imvdb.h"

/* Among results of a search: one with the same artist and title, else the most alike above 0.8; NULL: none. */
const struct imvdb_video *imvdb_best_match(struct arena *a, const struct list *videos, const char *artist,
                                           const char *title);
/* The same, searched for and fetched whole. `first`: when none matches, the service's own first find does. */
struct err imvdb_find_song(const struct asker *by, const char *artist, const char *title, bool first,
                           struct imvdb_video *ret_video, bool *ret_found) MUST_CHECK;

struct album_match {
    const char *album, *label, *genre; /* genre as Discogs names it */
    int64_t year;
    double score; /* 0..100; 0: nothing was found */
};
/* The album that holds the song. IMVDb is asked for the artist's number at Discogs when it is configured. */
struct err discogs_find_album(const struct asker *by, const char *artist, const char *title,
                              struct album_match *ret_match) MUST_CHECK;

#endif
