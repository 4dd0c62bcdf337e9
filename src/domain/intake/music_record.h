/*
 * What is known of a music video before it is in the library: from its Kodi NFO, else from its name.
 * Contract of document 000, section 9.2. Any thread; records live in the arena.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_MUSIC_RECORD_H
#define MEDLEY_DOMAIN_INTAKE_MUSIC_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "media/nfo.h"

struct music_record {
    bool from_nfo;
    enum nfo_kind kind;  /* of the NFO; NFO_NONE: there is none, or it is something else */
    const char *title;
    const char *artist;
    const char *album;
    const char *director;
    const char *genre;
    const char *studio;
    int64_t year;        /* INT_NONE unknown */
    const char *youtube_id;
    const char *const *featured; /* NULL-terminated */
    const char *const *tags;     /* NULL-terminated */
    const char *problem; /* why it cannot be imported; NULL: it can */
};

/* The text of an NFO file. */
void music_record_from_nfo(struct arena *a, const char *text, size_t len, struct music_record *ret);
/* A path relative to the library. */
void music_record_from_name(struct arena *a, const char *path, struct music_record *ret);

#endif
