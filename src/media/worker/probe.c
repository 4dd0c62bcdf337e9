/* Answers what a file contains, in ffprobe's words. */
#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/pixdesc.h>
#include <math.h>

#include "media/info.h"
#include "media/worker/header.h"
#include "media/worker/input.h"
#include "media/worker/worker.h"

#define SET(field, text) set_text((field), sizeof(field), (text))

/* Cuts at the field's size; the server repairs a character cut in half. */
static void set_text(char *to, size_t size, const char *text)
{
    if (text)
        av_strlcpy(to, text, size);
}

static const char *tag_of(AVDictionary *tags, const char *name)
{
    AVDictionaryEntry *entry = av_dict_get(tags, name, NULL, 0);
    return entry ? entry->value : NULL;
}

/* Matroska's statistics tags: "BPS", "BPS-eng", "DURATION-eng". */
static const char *tag_starting(AVDictionary *tags, const char *start)
{
    AVDictionaryEntry *entry = av_dict_get(tags, start, NULL, AV_DICT_IGNORE_SUFFIX);
    return entry ? entry->value : NULL;
}

static double quotient(AVRational r)
{
    return r.num > 0 && r.den > 0 ? av_q2d(r) : 0;
}

/* "H:MM:SS.fraction" in seconds, or 0. */
static double seconds_from_clock(const char *text)
{
    unsigned hours, minutes;
    double seconds;
    if (!text || sscanf(text, "%u:%u:%lf", &hours, &minutes, &seconds) != 3)
        return 0;
    return hours * 3600.0 + minutes * 60.0 + seconds;
}

static double stream_duration_s(const AVStream *stream)
{
    if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0)
        return (double)stream->duration * av_q2d(stream->time_base);
    return seconds_from_clock(tag_starting(stream->metadata, "DURATION"));
}

static int64_t stream_bit_rate(const AVStream *stream)
{
    const AVCodecParameters *p = stream->codecpar;
    if (p->bit_rate > 0)
        return p->bit_rate;
    const char *text = tag_starting(stream->metadata, "BPS");
    if (text)
        return strtoll(text, NULL, 10);
    /* PCM states its size per sample instead. */
    int64_t bits = av_get_bits_per_sample(p->codec_id);
    return bits * p->sample_rate * p->ch_layout.nb_channels;
}

static void set_aspect(struct wire_stream *to, const AVCodecParameters *p, AVRational sample)
{
    if (p->width <= 0 || p->height <= 0)
        return;
    if (sample.num <= 0 || sample.den <= 0)
        sample = (AVRational){1, 1};
    int width, height;
    av_reduce(&width, &height, (int64_t)p->width * sample.num, (int64_t)p->height * sample.den,
              1024 * 1024);
    snprintf(to->aspect_ratio, sizeof(to->aspect_ratio), "%d:%d", width, height);
}

static int64_t rotation_of(const AVStream *stream)
{
    const uint8_t *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
    if (!matrix)
        return 0;
    double degrees = -av_display_rotation_get((const int32_t *)matrix);
    if (isnan(degrees))
        return 0;
    return ((lround(degrees / 90) % 4) + 4) % 4 * 90;
}

/* Document 004's rule, and Dolby Vision by its configuration record or its codec tag. */
static const char *hdr_of(const AVStream *stream, const char *codec_tag)
{
    const AVCodecParameters *p = stream->codecpar;
    if (av_stream_get_side_data(stream, AV_PKT_DATA_DOVI_CONF, NULL) ||
        strcmp(codec_tag, "dvhe") == 0 || strcmp(codec_tag, "dvh1") == 0)
        return "Dolby Vision";
    if (p->color_trc == AVCOL_TRC_SMPTE2084)
        return "HDR10";
    if (p->color_trc == AVCOL_TRC_ARIB_STD_B67)
        return "HLG";
    return p->color_primaries == AVCOL_PRI_BT2020 ? "HDR" : NULL;
}

static void set_colors(struct wire_stream *to, const AVCodecParameters *p)
{
    if (p->color_space != AVCOL_SPC_UNSPECIFIED)
        SET(to->color_space, av_color_space_name(p->color_space));
    if (p->color_trc != AVCOL_TRC_UNSPECIFIED)
        SET(to->color_transfer, av_color_transfer_name(p->color_trc));
    if (p->color_primaries != AVCOL_PRI_UNSPECIFIED)
        SET(to->color_primaries, av_color_primaries_name(p->color_primaries));
}

static void set_video(struct wire_stream *to, AVFormatContext *format, AVStream *stream)
{
    const AVCodecParameters *p = stream->codecpar;
    const AVPixFmtDescriptor *pixels = av_pix_fmt_desc_get(p->format);
    to->width = p->width;
    to->height = p->height;
    to->rotation = rotation_of(stream);
    if (pixels) {
        SET(to->pixel_format, pixels->name);
        to->bit_depth = pixels->comp[0].depth;
    }
    set_aspect(to, p, av_guess_sample_aspect_ratio(format, stream, NULL));
    to->frame_rate = quotient(stream->r_frame_rate);
    to->average_frame_rate = quotient(stream->avg_frame_rate);
    set_colors(to, p);
    SET(to->hdr_format, hdr_of(stream, to->codec_tag));
}

static void set_audio(struct wire_stream *to, const AVCodecParameters *p)
{
    to->channels = p->ch_layout.nb_channels;
    to->sample_rate = p->sample_rate;
    if (p->ch_layout.order != AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_describe(&p->ch_layout, to->channel_layout, sizeof(to->channel_layout));
    to->bit_depth =
        p->bits_per_raw_sample ? p->bits_per_raw_sample : av_get_exact_bits_per_sample(p->codec_id);
}

static enum media_stream_type type_of(const AVStream *stream)
{
    switch (stream->codecpar->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
        return input_is_video(stream) ? MEDIA_VIDEO : MEDIA_OTHER;
    case AVMEDIA_TYPE_AUDIO:
        return MEDIA_AUDIO;
    case AVMEDIA_TYPE_SUBTITLE:
        return MEDIA_SUBTITLE;
    default:
        return MEDIA_OTHER;
    }
}

static void set_codec_tag(struct wire_stream *to, uint32_t tag)
{
    bool printable = tag != 0;
    for (int i = 0; i < 4; i++)
        printable &= (tag >> (8 * i) & 0xff) >= ' ' && (tag >> (8 * i) & 0xff) < 0x7f;
    if (printable)
        snprintf(to->codec_tag, sizeof(to->codec_tag), "%c%c%c%c", (char)tag, (char)(tag >> 8),
                 (char)(tag >> 16), (char)(tag >> 24));
}

/* By name, else by number, as ffprobe does. */
static void set_profile(struct wire_stream *to, const AVCodecParameters *p)
{
    const char *name = avcodec_profile_name(p->codec_id, p->profile);
    if (name)
        SET(to->profile, name);
    else if (p->profile != FF_PROFILE_UNKNOWN)
        snprintf(to->profile, sizeof(to->profile), "%d", p->profile);
}

static void set_stream(struct wire_stream *to, AVFormatContext *format, AVStream *stream)
{
    const AVCodecParameters *p = stream->codecpar;
    to->index = stream->index;
    to->type = type_of(stream);
    if (p->codec_id != AV_CODEC_ID_NONE)
        SET(to->codec, avcodec_get_name(p->codec_id));
    set_profile(to, p);
    set_codec_tag(to, p->codec_tag);
    to->level = p->level > 0 ? p->level : 0;
    to->duration_s = stream_duration_s(stream);
    to->bit_rate = stream_bit_rate(stream);
    SET(to->language, tag_of(stream->metadata, "language"));
    SET(to->title, tag_of(stream->metadata, "title"));
    to->is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
    to->is_forced = (stream->disposition & AV_DISPOSITION_FORCED) != 0;
    to->is_hearing_impaired = (stream->disposition & AV_DISPOSITION_HEARING_IMPAIRED) != 0;
    to->is_commentary = (stream->disposition & AV_DISPOSITION_COMMENT) != 0;
    if (to->type == MEDIA_VIDEO)
        set_video(to, format, stream);
    else if (to->type == MEDIA_AUDIO)
        set_audio(to, p);
}

/* -- the answer -------------------------------------------------------------------------------- */

static uint32_t put_streams(struct wire_stream *to, AVFormatContext *format)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < format->nb_streams && count < WIRE_STREAMS_MAX; i++)
        if (type_of(format->streams[i]) != MEDIA_OTHER)
            set_stream(&to[count++], format, format->streams[i]);
    return count;
}

static uint32_t put_tags(struct wire_tag *to, uint32_t count, AVDictionary *tags)
{
    AVDictionaryEntry *entry = NULL;
    while (count < WIRE_TAGS_MAX && (entry = av_dict_get(tags, "", entry, AV_DICT_IGNORE_SUFFIX))) {
        struct wire_tag *tag = &to[count++];
        SET(tag->value, entry->value);
        SET(tag->name, entry->key);
        for (char *c = tag->name; *c; c++)
            *c = (char)av_tolower(*c);
    }
    return count;
}

/* Ogg and friends keep the tags of the whole in their only stream. */
static uint32_t put_all_tags(struct wire_tag *to, const AVFormatContext *format)
{
    uint32_t count = put_tags(to, 0, format->metadata);
    for (unsigned i = 0; i < format->nb_streams && !count; i++)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
            count = put_tags(to, count, format->streams[i]->metadata);
    return count;
}

static void set_whole(struct wire_info *to, const struct input *input)
{
    const AVFormatContext *format = input->format;
    SET(to->format, format->iformat->name);
    to->duration_s = input_duration_s(input);
    to->size_bytes = input->size;
    to->bit_rate = format->bit_rate;
    if (to->bit_rate <= 0 && to->duration_s > 0)
        to->bit_rate = (int64_t)((double)input->size * 8 / to->duration_s);
    to->chapters = format->nb_chapters;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (format->streams[i]->disposition & AV_DISPOSITION_ATTACHED_PIC)
            to->has_cover = 1;
}

static void put_answer(struct answer *answer, const struct input *input)
{
    struct wire_stream *streams = calloc(WIRE_STREAMS_MAX, sizeof(*streams));
    struct wire_tag *tags = calloc(WIRE_TAGS_MAX, sizeof(*tags));
    char *payload = malloc(WIRE_PROBE_MAX);
    if (streams && tags && payload) {
        struct wire_info whole = {0};
        set_whole(&whole, input);
        whole.stream_count = put_streams(streams, input->format);
        whole.tag_count = put_all_tags(tags, input->format);
        char *next = mempcpy(payload, &whole, sizeof(whole));
        next = mempcpy(next, streams, whole.stream_count * sizeof(*streams));
        next = mempcpy(next, tags, whole.tag_count * sizeof(*tags));
        answer->payload = payload;
        answer->reply.payload_bytes = (uint32_t)(next - payload);
    } else {
        free(payload);
        answer_fail(answer, WIRE_BROKEN, "Out of memory");
    }
    free(streams);
    free(tags);
}

void worker_probe(const struct wire_request *request, int fd, struct answer *answer)
{
    struct input input;
    int result = input_open(&input, fd, (int64_t)request->size_bytes);
    if (result >= 0 && !header_complete(input.format))
        result = input_find_streams(&input);
    if (result < 0)
        answer_fail_av(answer, result);
    else
        put_answer(answer, &input);
    if (!answer->reply.status && answer->payload &&
        ((struct wire_info *)answer->payload)->stream_count == 0 &&
        !((struct wire_info *)answer->payload)->has_cover)
        answer_fail(answer, WIRE_BROKEN, "No video, audio or subtitles inside");
    input_finish(&input);
}
