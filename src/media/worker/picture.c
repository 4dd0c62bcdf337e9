/* Scales, turns and encodes one frame. */
#include "media/worker/picture.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdbool.h>

#include "media/worker/worker.h"

/* Under transparent pictures in JPEG: most logos are light. */
#define BACKGROUND_GREY 0x20

struct size {
    int width;
    int height;
};

/* The size of the picture before turning, so that after turning it fits the box. */
static struct size fit(const struct wire_request *request, const AVFrame *frame, AVRational aspect,
                       bool sideways)
{
    double width = frame->width, height = frame->height;
    if (aspect.num > 0 && aspect.den > 0) {
        double ratio = av_q2d(aspect);
        if (ratio > 0.1 && ratio < 10)
            width *= ratio;
    }
    double box_width = sideways ? request->box_height : request->box_width;
    double box_height = sideways ? request->box_width : request->box_height;
    double scale = fmin(1.0, fmin(box_width / width, box_height / height));
    struct size size = {(int)lround(width * scale), (int)lround(height * scale)};
    size.width = size.width > 0 ? size.width : 1;
    size.height = size.height > 0 ? size.height : 1;
    return size;
}

static AVFrame *make_frame(enum AVPixelFormat format, int width, int height)
{
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = format;
    frame->width = width;
    frame->height = height;
    if (av_frame_get_buffer(frame, 0) < 0)
        av_frame_free(&frame);
    return frame;
}

/* Pictures are full-range BT.601 by convention; videos say what they are, or are told by height. */
static void set_color_spaces(struct SwsContext *scaler, const AVFrame *from, bool to_full)
{
    int space = from->colorspace;
    if (space == AVCOL_SPC_UNSPECIFIED || space == AVCOL_SPC_RGB)
        space = from->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    const AVPixFmtDescriptor *pixels = av_pix_fmt_desc_get(from->format);
    bool from_full =
        from->color_range == AVCOL_RANGE_JPEG || (pixels && strncmp(pixels->name, "yuvj", 4) == 0);
    sws_setColorspaceDetails(scaler, sws_getCoefficients(space), from_full,
                             sws_getCoefficients(SWS_CS_ITU601), to_full, 0, 1 << 16, 1 << 16);
}

static AVFrame *scale(const AVFrame *from, enum AVPixelFormat format, struct size size)
{
    struct SwsContext *scaler =
        sws_getContext(from->width, from->height, from->format, size.width, size.height, format,
                       SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
    if (!scaler)
        return NULL;
    set_color_spaces(scaler, from, format == AV_PIX_FMT_YUVJ420P);
    AVFrame *to = make_frame(format, size.width, size.height);
    if (to && sws_scale(scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height,
                        to->data, to->linesize) <= 0)
        av_frame_free(&to);
    sws_freeContext(scaler);
    return to;
}

/* -- turning ----------------------------------------------------------------------------------- */

static void turn_plane(const AVFrame *from, AVFrame *to, int plane, int width, int height,
                       int bytes, int quarter_turns)
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int to_x = quarter_turns == 1 ? height - 1 - y : quarter_turns == 2 ? width - 1 - x : y;
            int to_y = quarter_turns == 1 ? x : quarter_turns == 2 ? height - 1 - y : width - 1 - x;
            memcpy(to->data[plane] + (ptrdiff_t)to_y * to->linesize[plane] + to_x * bytes,
                   from->data[plane] + (ptrdiff_t)y * from->linesize[plane] + x * bytes,
                   (size_t)bytes);
        }
    }
}

/* Takes the frame, returns it or a turned one. Knows the formats that this file makes: planes of
 * bytes with halved chroma, and four bytes a pixel. */
static AVFrame *turn(AVFrame *from, int quarter_turns)
{
    if (!from || quarter_turns == 0)
        return from;
    bool sideways = quarter_turns % 2 != 0;
    AVFrame *to = make_frame(from->format, sideways ? from->height : from->width,
                             sideways ? from->width : from->height);
    bool planar = from->format == AV_PIX_FMT_YUVJ420P || from->format == AV_PIX_FMT_YUV420P;
    for (int plane = 0; to && plane < (planar ? 3 : 1); plane++) {
        int halved = planar && plane > 0;
        turn_plane(from, to, plane, (from->width + halved) >> halved,
                   (from->height + halved) >> halved, planar ? 1 : 4, quarter_turns);
    }
    av_frame_free(&from);
    return to;
}

/* -- transparency and colour ------------------------------------------------------------------- */

static bool has_alpha(const AVFrame *frame)
{
    const AVPixFmtDescriptor *pixels = av_pix_fmt_desc_get(frame->format);
    return pixels && ((pixels->flags & AV_PIX_FMT_FLAG_ALPHA) || frame->format == AV_PIX_FMT_PAL8);
}

static void lay_on_background(AVFrame *frame)
{
    for (int y = 0; y < frame->height; y++) {
        uint8_t *pixel = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            int alpha = pixel[3];
            for (int i = 0; i < 3; i++)
                pixel[i] = (uint8_t)((pixel[i] * alpha + BACKGROUND_GREY * (255 - alpha)) / 255);
            pixel[3] = 255;
        }
    }
}

/* Shrinks to one pixel by averaging all of them. */
static uint32_t average_rgb(const AVFrame *frame)
{
    AVFrame *rgb = scale(frame, AV_PIX_FMT_BGRA, (struct size){frame->width, frame->height});
    if (!rgb)
        return 0;
    uint64_t sums[3] = {0};
    for (int y = 0; y < rgb->height; y++) {
        const uint8_t *pixel = rgb->data[0] + (ptrdiff_t)y * rgb->linesize[0];
        for (int x = 0; x < rgb->width; x++, pixel += 4)
            for (int i = 0; i < 3; i++)
                sums[i] += pixel[i];
    }
    uint64_t count = (uint64_t)rgb->width * (uint64_t)rgb->height;
    av_frame_free(&rgb);
    return (uint32_t)(sums[2] / count << 16 | sums[1] / count << 8 | sums[0] / count);
}

/* The frame in the box, upright, in a pixel format that the encoder takes. */
static AVFrame *prepare(const struct wire_request *request, const AVFrame *frame, AVRational aspect,
                        int quarter_turns)
{
    bool webp = request->format == WIRE_WEBP;
    struct size size = fit(request, frame, aspect, quarter_turns % 2 != 0);
    if (!has_alpha(frame)) {
        enum AVPixelFormat format = webp ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUVJ420P;
        return turn(scale(frame, format, size), quarter_turns);
    }
    AVFrame *clear = scale(frame, AV_PIX_FMT_BGRA, size);
    if (!clear || webp)
        return turn(clear, quarter_turns);
    lay_on_background(clear);
    AVFrame *flat = scale(clear, AV_PIX_FMT_YUVJ420P, size);
    av_frame_free(&clear);
    return turn(flat, quarter_turns);
}

/* -- encoding ---------------------------------------------------------------------------------- */

static AVCodecContext *open_encoder(const struct wire_request *request, const AVFrame *frame)
{
    bool webp = request->format == WIRE_WEBP;
    const AVCodec *codec =
        webp ? avcodec_find_encoder_by_name("libwebp") : avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext *encoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!encoder)
        return NULL;
    int quality = (int)request->quality;
    encoder->width = frame->width;
    encoder->height = frame->height;
    encoder->pix_fmt = frame->format;
    encoder->time_base = (AVRational){1, 25};
    encoder->thread_count = 1;
    if (webp) {
        av_opt_set_double(encoder->priv_data, "quality", quality, 0);
    } else { /* 100 is quantiser 2 (finest), 1 is 31 */
        encoder->flags |= AV_CODEC_FLAG_QSCALE;
        encoder->global_quality = FF_QP2LAMBDA * (2 + (100 - quality) * 29 / 99);
    }
    if (avcodec_open2(encoder, codec, NULL) < 0)
        avcodec_free_context(&encoder);
    return encoder;
}

static int encode(const struct wire_request *request, AVFrame *frame, AVPacket *packet)
{
    AVCodecContext *encoder = open_encoder(request, frame);
    if (!encoder)
        return AVERROR_ENCODER_NOT_FOUND;
    frame->quality = encoder->global_quality;
    frame->pts = 0;
    frame->pict_type = AV_PICTURE_TYPE_NONE;
    int result = avcodec_send_frame(encoder, frame);
    if (result >= 0)
        result = avcodec_send_frame(encoder, NULL);
    if (result >= 0)
        result = avcodec_receive_packet(encoder, packet);
    avcodec_free_context(&encoder);
    return result;
}

void picture_answer(const struct wire_request *request, const AVFrame *frame, AVRational aspect,
                    int quarter_turns, struct answer *answer)
{
    AVFrame *ready = prepare(request, frame, aspect, quarter_turns);
    AVPacket *packet = av_packet_alloc();
    int result = ready && packet ? encode(request, ready, packet) : AVERROR(ENOMEM);
    if (result >= 0 && packet->size > (int)WIRE_PICTURE_MAX)
        result = AVERROR(ENOSPC);
    void *payload = result >= 0 ? malloc((size_t)packet->size) : NULL;
    if (payload) {
        memcpy(payload, packet->data, (size_t)packet->size);
        answer->payload = payload;
        answer->reply.payload_bytes = (uint32_t)packet->size;
        answer->reply.width = (uint32_t)ready->width;
        answer->reply.height = (uint32_t)ready->height;
        answer->reply.average_rgb = average_rgb(ready);
    } else {
        answer_fail_av(answer, result < 0 ? result : AVERROR(ENOMEM));
    }
    av_packet_free(&packet);
    av_frame_free(&ready);
}
