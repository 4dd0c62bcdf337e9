/*
 * A music video: the row that every API shows in its own words.
 *
 * The struct's columns are the rows of video.def. The lists at its end live in tables of their own;
 * whoever loads a page fills them (domain/catalog/video_list.h).
 */
#ifndef MEDLEY_MODEL_VIDEO_H
#define MEDLEY_MODEL_VIDEO_H

#include "base/desc.h"

enum video_status {
    VIDEO_DISCOVERED,
    VIDEO_QUEUED,
    VIDEO_DOWNLOADING,
    VIDEO_DOWNLOADED,
    VIDEO_IMPORTED,
    VIDEO_ORGANIZED,
    VIDEO_MISSING,
    VIDEO_FAILED,
    VIDEO_ARCHIVED,
};
extern const struct words video_status_words;

enum artist_role { ROLE_PRIMARY, ROLE_FEATURED };
extern const struct words artist_role_words;

enum tag_source { TAG_MANUAL, TAG_AUTO };
extern const struct words tag_source_words;

struct video_artist {
    int64_t id;
    const char *name;
    int role;
    int64_t position;
};
struct video_collection {
    int64_t id;
    const char *name;
    int64_t position;
};
struct video_tag {
    int64_t id;
    const char *name;
    int source;
};

#define VIDEO_MEMBER_INT  int64_t
#define VIDEO_MEMBER_TIME int64_t
#define VIDEO_MEMBER_BOOL int8_t
#define VIDEO_MEMBER_ENUM int
#define VIDEO_MEMBER_REAL double
#define VIDEO_MEMBER_TEXT const char *
#define VIDEO_MEMBER_JSON const char *

struct video {
#define VIDEO(kind_, member_, ...) VIDEO_MEMBER_##kind_ member_;
#include "model/video.def"
    struct list artists;     /* struct video_artist, by position */
    struct list collections; /* struct video_collection, by name */
    struct list tags;        /* struct video_tag, by name */
};
extern const struct shape video_shape;

/* The place of each field in video_shape: for struct presence. */
enum video_field {
#define VIDEO(kind_, member_, ...) VIDEO_FIELD_##member_,
#include "model/video.def"
    VIDEO_FIELD_COUNT
};

/* "No value" everywhere, then what a new row starts with. */
void video_clear(struct video *video);

#endif
