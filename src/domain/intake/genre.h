/*
 * Genres in six buckets: what tags and web pages call a hundred ways is Metal, Hip Hop/R&B, Country, Pop,
 * Electronic or Rock (document 000's contract, section 11.4). Any thread.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_GENRE_H
#define MEDLEY_DOMAIN_INTAKE_GENRE_H

#include <stddef.h>

/* The bucket of a genre, by whole words in any case; where several fit, the one named first above.
 * NULL: none fits. The text is static. */
const char *genre_bucket(const char *genre);
/* Of several, each with one vote: the bucket with most of them; among equals the one named first above. */
const char *genre_vote(const char *const *genres, size_t count);
/* All buckets, in order. NULL-terminated. */
const char *const *genre_buckets(void);

#endif
