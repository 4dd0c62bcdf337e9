/*
 * How titles and artists are compared (contract of document 000, section 11).
 *
 * Folding itself is base/fold.h's; here is what is special to songs: guest artists and version words.
 * Results live in the arena. Any thread.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_TEXT_H
#define MEDLEY_DOMAIN_CATALOG_TEXT_H

#include <stdbool.h>

#include "base/arena.h"

/* Lower-cased and trimmed: "  Björk " -> "björk". */
char *text_plain(struct arena *a, const char *text);
/* Lower case, nothing else: the identity of tags and collections. */
char *text_lower(struct arena *a, const char *text);
/* Without "(feat. X)" and a standalone "ft. X" to the end; trimmed, case kept. */
char *text_without_featured(struct arena *a, const char *text);
/* Without up to five version qualifiers at the end: "Jump - 2015 Remaster" -> "Jump". */
char *text_without_version(struct arena *a, const char *text);
/* All of it: "Footloose (feat. X) - From \"Footloose\" Soundtrack" -> "footloose". */
char *text_song_title(struct arena *a, const char *title, bool drop_featured);
/* One key for an artist and a title, the same for all spellings of the same video. */
char *text_match_key(struct arena *a, const char *artist, const char *title);

#endif
