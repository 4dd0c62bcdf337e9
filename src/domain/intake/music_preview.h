/*
 * What a scan for music videos would do, without doing it: document 000, section 18. Reads NFO files and
 * names only; no media file is opened. Blocks on the disk.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_MUSIC_PREVIEW_H
#define MEDLEY_DOMAIN_INTAKE_MUSIC_PREVIEW_H

#include "core/core.h"
#include "domain/intake/music_record.h"

#define PREVIEW_ITEMS 100

struct preview_item {
    const char *path;  /* absolute: of the NFO, or of the video that has none */
    bool from_nfo;
    const char *title;
    const char *artist;
    const char *album;
    int64_t year;
    int8_t exists;
};

struct music_preview {
    int64_t nfo_files;    /* of every kind */
    int64_t musicvideos;  /* NFO files that describe one */
    int64_t without_nfo;  /* videos that are known by their name alone */
    int64_t would_import;
    int64_t would_skip;
    VEC(struct preview_item) /* the first PREVIEW_ITEMS */
};

/* `directory` absolute. Errors as library_targets(); nothing is written, also no library. */
struct err music_preview(struct core *core, struct arena *a, const char *directory, bool recursive,
                         bool skip_existing, struct music_preview *ret) MUST_CHECK;

#endif
