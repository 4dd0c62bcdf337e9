/*
 * What a media file contains, as the media worker found it.
 *
 * Plain records in the arena of whoever asked. Numbers are 0 and texts NULL when the file does not
 * say. Everything in here came out of an untrusted file: texts are well-formed UTF-8 and bounded,
 * numbers are finite and not negative, and nothing more is promised about them.
 * The fields are the rows of info.def and stream.def.
 */
#ifndef MEDLEY_MEDIA_INFO_H
#define MEDLEY_MEDIA_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum media_stream_type {
    MEDIA_OTHER = 0,
    MEDIA_VIDEO = 1,
    MEDIA_AUDIO = 2,
    MEDIA_SUBTITLE = 3,
};

#define INT(name)         int64_t name;
#define REAL(name)        double name;
#define TEXT(name, bytes) const char *name;
#define FLAG(name)        bool name;

struct media_stream {
#include "media/stream.def"
};

/* "title", "artist", "album", "date" ...: lower-case name as the container spells it. */
struct media_tag {
    const char *name;
    const char *value;
};

struct media_info {
#include "media/info.def"
    struct media_stream *streams; /* video, audio and subtitles, in the file's order */
    size_t stream_count;
    struct media_tag *tags;
    size_t tag_count;
};

#undef INT
#undef REAL
#undef TEXT
#undef FLAG

/* The first stream of this type, or NULL. */
const struct media_stream *media_info_first(const struct media_info *info,
                                            enum media_stream_type type);
/* A container tag by its lower-case name, or NULL. */
const char *media_info_tag(const struct media_info *info, const char *name);

/* A scaled picture as an encoded file. */
struct media_picture {
    const void *data;
    size_t len;
    int width;
    int height;
    uint32_t average_rgb; /* 0xRRGGBB: a placeholder while the picture loads */
};

#endif
