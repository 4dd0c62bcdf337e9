/* A music video's words and shape. */
#include "model/video.h"

const struct words video_status_words =
    WORDS("VideoStatus", "discovered", "queued", "downloading", "downloaded", "imported", "organized",
          "missing", "failed", "archived");
const struct words artist_role_words = WORDS("ArtistRole", "primary", "featured");
const struct words tag_source_words = WORDS("TagSource", "manual", "auto");

static const struct field video_fields[] = {
#define VIDEO(kind_, member_, help_, ...)                                                          \
    F(struct video, T_##kind_, member_, .column = #member_, .help = (help_), __VA_ARGS__),
#include "model/video.def"
};
const struct shape video_shape = {"VideoRow", "A music video", video_fields, VIDEO_FIELD_COUNT,
                                  sizeof(struct video)};

void video_clear(struct video *video)
{
    *video = (struct video){0}; /* the lists have no field */
    shape_clear(&video_shape, video);
    video->is_deleted = 0;
    video->download_attempts = 0;
    video->status = VIDEO_DISCOVERED;
}
