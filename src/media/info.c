/* Turns a worker's answer into records that the server may believe to be well-formed. */
#include "media/info.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fold.h"
#include "media/info_read.h"
#include "media/wire.h"

/* The text in a fixed field whose end mark may be missing; NULL when empty. */
static const char *text_from(struct arena *a, const char *field, size_t size)
{
    size_t len = strnlen(field, size);
    return len ? utf8_repair(a, field, len) : NULL;
}

static int64_t int_from(int64_t value)
{
    return value > 0 ? value : 0;
}

static double real_from(double value)
{
    return isfinite(value) && value > 0 ? value : 0;
}

#define INT(name)         to->name = int_from(from->name);
#define REAL(name)        to->name = real_from(from->name);
#define TEXT(name, bytes) to->name = text_from(a, from->name, bytes);
#define FLAG(name)        to->name = from->name != 0;

static void read_stream(struct arena *a, const struct wire_stream *from, struct media_stream *to)
{
#include "media/stream.def"
    if (to->type > MEDIA_SUBTITLE)
        to->type = MEDIA_OTHER;
}

static void read_whole(struct arena *a, const struct wire_info *from, struct media_info *to)
{
#include "media/info.def"
}

struct err media_info_read(struct arena *a, const void *data, size_t len,
                           struct media_info **ret_info)
{
    struct wire_info whole;
    if (len < sizeof(whole))
        return err_make(ERR_INTERNAL, "media_answer", "The media worker's answer is too short");
    memcpy(&whole, data, sizeof(whole));
    if (whole.stream_count > WIRE_STREAMS_MAX || whole.tag_count > WIRE_TAGS_MAX ||
        len != sizeof(whole) + whole.stream_count * sizeof(struct wire_stream) +
                   whole.tag_count * sizeof(struct wire_tag))
        return err_make(ERR_INTERNAL, "media_answer", "The media worker's answer does not add up");

    const char *next = (const char *)data + sizeof(whole);
    struct media_info *info = arena_new(a, struct media_info);
    read_whole(a, &whole, info);
    info->streams = arena_array(a, struct media_stream, whole.stream_count);
    for (; info->stream_count < whole.stream_count; next += sizeof(struct wire_stream)) {
        struct wire_stream stream;
        memcpy(&stream, next, sizeof(stream));
        read_stream(a, &stream, &info->streams[info->stream_count++]);
    }
    info->tags = arena_array(a, struct media_tag, whole.tag_count);
    for (uint32_t i = 0; i < whole.tag_count; i++, next += sizeof(struct wire_tag)) {
        struct wire_tag tag;
        memcpy(&tag, next, sizeof(tag));
        struct media_tag *to = &info->tags[info->tag_count];
        to->name = text_from(a, tag.name, sizeof(tag.name));
        to->value = text_from(a, tag.value, sizeof(tag.value));
        if (to->name && to->value)
            info->tag_count++;
    }
    *ret_info = info;
    return OK;
}

const struct media_stream *media_info_first(const struct media_info *info,
                                            enum media_stream_type type)
{
    for (size_t i = 0; i < info->stream_count; i++)
        if (info->streams[i].type == (int64_t)type)
            return &info->streams[i];
    return NULL;
}

const char *media_info_tag(const struct media_info *info, const char *name)
{
    for (size_t i = 0; i < info->tag_count; i++)
        if (strcmp(info->tags[i].name, name) == 0)
            return info->tags[i].value;
    return NULL;
}
