/* Reads H.264 sequence parameter sets and AAC configurations. */
#include "media/worker/header.h"

#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>

/* -- bits -------------------------------------------------------------------------------------- */

/* Past the end come zeros and `overrun`. Emulation prevention bytes are already out. */
struct bits {
    const uint8_t *data;
    size_t size_bits;
    size_t at;
    bool overrun;
};

static uint32_t take(struct bits *bits, int count)
{
    uint32_t value = 0;
    for (; count; count--, bits->at++) {
        value <<= 1;
        if (bits->at < bits->size_bits)
            value |= bits->data[bits->at / 8] >> (7 - bits->at % 8) & 1;
        else
            bits->overrun = true;
    }
    return value;
}

/* Exponential Golomb code. */
static uint32_t take_ue(struct bits *bits)
{
    int zeros = 0;
    while (zeros < 32 && !bits->overrun && !take(bits, 1))
        zeros++;
    if (zeros >= 32) {
        bits->overrun = true;
        return 0;
    }
    return (1u << zeros) - 1 + take(bits, zeros);
}

static int32_t take_se(struct bits *bits)
{
    uint32_t code = take_ue(bits);
    return code & 1 ? (int32_t)(code / 2 + 1) : -(int32_t)(code / 2);
}

/* -- H.264 ------------------------------------------------------------------------------------- */

struct sps {
    int profile;
    int level;
    uint32_t chroma;
    uint32_t depth;
    uint32_t width;
    uint32_t height;
    AVRational aspect;
    bool has_range;
    bool full_range;
    bool has_colors;
    int primaries;
    int transfer;
    int matrix;
};

#define SPS_BYTES_MAX 512

static const AVRational aspects[] = {
    {0,   1 },
    {1,   1 },
    {12,  11},
    {10,  11},
    {16,  11},
    {40,  33},
    {24,  11},
    {20,  11},
    {32,  11},
    {80,  33},
    {18,  11},
    {15,  11},
    {64,  33},
    {160, 99},
    {4,   3 },
    {3,   2 },
    {2,   1 }
};

static void skip_scaling_list(struct bits *bits, int size)
{
    int last = 8, next = 8;
    for (int i = 0; i < size && !bits->overrun; i++) {
        if (next)
            next = (last + take_se(bits) + 256) % 256;
        last = next ? next : last;
    }
}

static void read_high_profile(struct bits *bits, struct sps *sps)
{
    sps->chroma = take_ue(bits);
    if (sps->chroma == 3)
        take(bits, 1); /* separate planes */
    sps->depth = 8 + take_ue(bits);
    if (8 + take_ue(bits) != sps->depth)
        bits->overrun = true; /* chroma of another depth: leave it to libav */
    take(bits, 1);            /* lossless bypass */
    if (!take(bits, 1))
        return;
    for (int i = 0; i < (sps->chroma == 3 ? 12 : 8); i++)
        if (take(bits, 1))
            skip_scaling_list(bits, i < 6 ? 16 : 64);
}

static void skip_picture_order(struct bits *bits)
{
    uint32_t type = take_ue(bits);
    if (type == 0) {
        take_ue(bits);
    } else if (type == 1) {
        take(bits, 1);
        take_se(bits);
        take_se(bits);
        for (uint32_t left = take_ue(bits) % 256; left && !bits->overrun; left--)
            take_se(bits);
    }
}

/* Usability information, as far as the colours. */
static void read_vui(struct bits *bits, struct sps *sps)
{
    if (take(bits, 1)) {
        uint32_t index = take(bits, 8);
        if (index == 255) {
            sps->aspect.num = (int)take(bits, 16);
            sps->aspect.den = (int)take(bits, 16);
        } else if (index < sizeof(aspects) / sizeof(*aspects)) {
            sps->aspect = aspects[index];
        }
    }
    if (take(bits, 1))
        take(bits, 1); /* overscan */
    if (!take(bits, 1))
        return;
    take(bits, 3); /* video format */
    sps->has_range = true;
    sps->full_range = take(bits, 1);
    sps->has_colors = take(bits, 1);
    if (!sps->has_colors)
        return;
    sps->primaries = (int)take(bits, 8);
    sps->transfer = (int)take(bits, 8);
    sps->matrix = (int)take(bits, 8);
}

static void read_size(struct bits *bits, struct sps *sps)
{
    uint32_t unit_x = sps->chroma == 1 || sps->chroma == 2 ? 2 : 1,
             unit_y = sps->chroma == 1 ? 2 : 1;
    sps->width = (take_ue(bits) % 4096 + 1) * 16;
    sps->height = (take_ue(bits) % 4096 + 1) * 16;
    if (!take(bits, 1))
        bits->overrun = true; /* interlaced: its frame rate needs a look at the frames */
    take(bits, 1);
    if (!take(bits, 1))
        return;
    sps->width -= (take_ue(bits) + take_ue(bits)) * unit_x;
    sps->height -= (take_ue(bits) + take_ue(bits)) * unit_y;
}

static bool is_high(int profile)
{
    return profile == 100 || profile == 110 || profile == 122 || profile == 244 || profile == 44;
}

static bool read_sps(const uint8_t *data, size_t size, struct sps *sps)
{
    struct bits bits = {.data = data, .size_bits = size * 8};
    *sps = (struct sps){
        .chroma = 1, .depth = 8, .aspect = {0, 1}
    };
    sps->profile = (int)take(&bits, 8);
    uint32_t constraints = take(&bits, 8);
    sps->level = (int)take(&bits, 8);
    take_ue(&bits);
    if (is_high(sps->profile))
        read_high_profile(&bits, sps);
    else if (sps->profile != 66 && sps->profile != 77 && sps->profile != 88)
        return false;
    if (constraints & 0x40 && sps->profile == 66)
        sps->profile |= FF_PROFILE_H264_CONSTRAINED;
    if (constraints & 0x10 && is_high(sps->profile) && sps->profile != 100)
        sps->profile |= FF_PROFILE_H264_INTRA;
    take_ue(&bits); /* frame number */
    skip_picture_order(&bits);
    take_ue(&bits); /* reference frames */
    take(&bits, 1);
    read_size(&bits, sps);
    if (take(&bits, 1))
        read_vui(&bits, sps);
    return !bits.overrun;
}

/* The first parameter set of an "avcC" box, without its emulation prevention bytes. */
static bool first_sps(const uint8_t *box, int box_size, uint8_t *to, size_t *ret_size)
{
    if (box_size < 9 || box[0] != 1 || (box[5] & 31) != 1)
        return false;
    size_t size = (size_t)box[6] << 8 | box[7], used = 0;
    if (size < 5 || size > (size_t)box_size - 8 || size > SPS_BYTES_MAX || (box[8] & 31) != 7)
        return false;
    const uint8_t *from = box + 9;
    for (size_t i = 0; i + 1 < size; i++)
        if (i < 2 || from[i] != 3 || from[i - 1] || from[i - 2])
            to[used++] = from[i];
    *ret_size = used;
    return true;
}

static enum AVPixelFormat pixel_format(const struct sps *sps, bool full_range)
{
    static const enum AVPixelFormat formats[3][3] = {
        {AV_PIX_FMT_YUV420P,   AV_PIX_FMT_YUV422P,   AV_PIX_FMT_YUV444P  },
        {AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV444P10},
        {AV_PIX_FMT_YUVJ420P,  AV_PIX_FMT_YUVJ422P,  AV_PIX_FMT_YUVJ444P },
    };
    if (sps->chroma < 1 || sps->chroma > 3 || (sps->depth != 8 && sps->depth != 10) ||
        (sps->has_colors && sps->matrix == AVCOL_SPC_RGB))
        return AV_PIX_FMT_NONE;
    return formats[sps->depth == 10 ? 1 : full_range ? 2 : 0][sps->chroma - 1];
}

static bool complete_h264(AVCodecParameters *p)
{
    uint8_t bytes[SPS_BYTES_MAX];
    size_t size;
    struct sps sps;
    if (!first_sps(p->extradata, p->extradata_size, bytes, &size) || !read_sps(bytes, size, &sps) ||
        (int)sps.width != p->width || (int)sps.height != p->height)
        return false;
    bool full = sps.has_range ? sps.full_range : p->color_range == AVCOL_RANGE_JPEG;
    enum AVPixelFormat format = pixel_format(&sps, full);
    if (format == AV_PIX_FMT_NONE)
        return false;
    p->format = format;
    p->profile = sps.profile;
    p->level = sps.level;
    if (p->sample_aspect_ratio.num <= 0 && sps.aspect.num > 0 && sps.aspect.den > 0)
        p->sample_aspect_ratio = sps.aspect;
    if (sps.has_colors) {
        p->color_primaries = av_color_primaries_name(sps.primaries) ? sps.primaries : 2;
        p->color_trc = av_color_transfer_name(sps.transfer) ? sps.transfer : 2;
        p->color_space = av_color_space_name(sps.matrix) ? sps.matrix : 2;
    }
    return true;
}

/* -- AAC --------------------------------------------------------------------------------------- */

#define AAC_LC             2
#define AAC_SYNC_EXTENSION 0x2b7
/* Plain AAC at half the rate may hide a spectral band replication that only frames reveal. */
#define AAC_SURE_RATE 32000

static bool complete_aac(AVCodecParameters *p)
{
    struct bits bits = {.data = p->extradata, .size_bits = (size_t)p->extradata_size * 8};
    uint32_t type = take(&bits, 5), rate_index = take(&bits, 4);
    take(&bits, 4); /* channels */
    take(&bits, 3); /* frame length, core coder, extension */
    bool tells = bits.size_bits - bits.at >= 17 && take(&bits, 11) == AAC_SYNC_EXTENSION;
    bool replicated = tells && take(&bits, 5) == 5 && take(&bits, 1);
    if (bits.overrun || type != AAC_LC || rate_index > 12 || replicated || p->sample_rate <= 0 ||
        (!tells && p->sample_rate < AAC_SURE_RATE) || p->ch_layout.nb_channels < 1)
        return false;
    if (p->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
        if (p->ch_layout.nb_channels > 2)
            return false;
        av_channel_layout_default(&p->ch_layout, p->ch_layout.nb_channels);
    }
    p->profile = FF_PROFILE_AAC_LOW;
    return true;
}

/* -- all streams ------------------------------------------------------------------------------- */

static bool can_be_completed(const AVStream *stream)
{
    const AVCodecParameters *p = stream->codecpar;
    switch (p->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
        return (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) ||
               (p->codec_id == AV_CODEC_ID_H264 && p->width > 0 && p->extradata_size > 0 &&
                stream->avg_frame_rate.num > 0 && stream->r_frame_rate.num > 0);
    case AVMEDIA_TYPE_AUDIO:
        return p->codec_id == AV_CODEC_ID_AAC && p->extradata_size > 0;
    case AVMEDIA_TYPE_SUBTITLE:
        return p->codec_id == AV_CODEC_ID_SUBRIP || p->codec_id == AV_CODEC_ID_ASS ||
               p->codec_id == AV_CODEC_ID_MOV_TEXT || p->codec_id == AV_CODEC_ID_WEBVTT;
    default:
        return true;
    }
}

static bool complete(AVStream *stream)
{
    if (stream->codecpar->codec_id == AV_CODEC_ID_H264)
        return complete_h264(stream->codecpar);
    if (stream->codecpar->codec_id == AV_CODEC_ID_AAC)
        return complete_aac(stream->codecpar);
    return true;
}

bool header_complete(AVFormatContext *format)
{
    if (format->duration == AV_NOPTS_VALUE || format->duration <= 0 || !format->nb_streams ||
        (format->ctx_flags & AVFMTCTX_NOHEADER))
        return false;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (!can_be_completed(format->streams[i]))
            return false;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (!complete(format->streams[i]))
            return false; /* what is set is true anyway, and libav sets it again */
    return true;
}
