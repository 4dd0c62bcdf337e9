/* Finds and decodes the one frame that becomes a thumbnail, or a still image. */
#include <libavcodec/avcodec.h>
#include <libavutil/display.h>
#include <math.h>

#include "media/worker/input.h"
#include "media/worker/picture.h"
#include "media/worker/worker.h"

/* A key frame comes within some hundred packets of where seeking ended, or never. */
#define PACKETS_MAX 4000

static AVStream *first_cover(const struct input *input)
{
    for (unsigned i = 0; i < input->format->nb_streams; i++)
        if (input->format->streams[i]->disposition & AV_DISPOSITION_ATTACHED_PIC)
            return input->format->streams[i];
    return NULL;
}

/* The default video stream, else the first. */
static AVStream *best_video(const struct input *input)
{
    AVStream *best = NULL;
    for (unsigned i = 0; i < input->format->nb_streams; i++) {
        AVStream *stream = input->format->streams[i];
        if (!input_is_video(stream))
            continue;
        if (!best || ((stream->disposition & AV_DISPOSITION_DEFAULT) &&
                      !(best->disposition & AV_DISPOSITION_DEFAULT)))
            best = stream;
    }
    return best;
}

/* One decoded frame from the packets that follow. 0, or AVERROR_EOF when none comes. */
static int decode_next(const struct input *input, const AVStream *stream, AVCodecContext *decoder,
                       AVFrame *frame)
{
    AVPacket *packet = av_packet_alloc();
    int result = packet ? AVERROR(EAGAIN) : AVERROR(ENOMEM);
    for (int i = 0; i < PACKETS_MAX && result == AVERROR(EAGAIN); i++) {
        int got = av_read_frame(input->format, packet);
        if (got >= 0 && packet->stream_index != stream->index) {
            av_packet_unref(packet);
            continue;
        }
        /* A damaged packet is skipped: the next key frame may be sound. */
        avcodec_send_packet(decoder, got >= 0 ? packet : NULL);
        av_packet_unref(packet);
        result = avcodec_receive_frame(decoder, frame);
        if (got < 0 && result == AVERROR(EAGAIN))
            result = AVERROR_EOF;
        else if (got >= 0 && result < 0)
            result = AVERROR(EAGAIN);
    }
    av_packet_free(&packet);
    return result == AVERROR(EAGAIN) ? AVERROR_EOF : result;
}

/* A negative position reads on from where the input is. */
static int decode_from(const struct input *input, AVStream *stream, double position_s,
                       bool key_frames_only, AVFrame *frame)
{
    AVCodecContext *decoder = input_open_decoder(stream, key_frames_only);
    if (!decoder)
        return AVERROR_DECODER_NOT_FOUND;
    int64_t start = input->format->start_time == AV_NOPTS_VALUE ? 0 : input->format->start_time;
    int64_t target = start + (int64_t)(position_s * AV_TIME_BASE);
    if (position_s >= 0)
        av_seek_frame(input->format, -1, target, AVSEEK_FLAG_BACKWARD);
    int result = decode_next(input, stream, decoder, frame);
    avcodec_free_context(&decoder);
    return result;
}

/* The wanted position, then the beginning, then any frame from the beginning. */
static int decode_near(const struct input *input, AVStream *stream, double position_s,
                       AVFrame *frame)
{
    for (unsigned i = 0; i < input->format->nb_streams; i++)
        if (input->format->streams[i] != stream)
            input->format->streams[i]->discard = AVDISCARD_ALL;
    int result = decode_from(input, stream, position_s > 0 ? position_s : -1, true, frame);
    if (result < 0 && result != AVERROR_DECODER_NOT_FOUND && position_s > 0)
        result = decode_from(input, stream, 0, true, frame);
    if (result < 0 && result != AVERROR_DECODER_NOT_FOUND)
        result = decode_from(input, stream, 0, false, frame);
    return result;
}

static int decode_cover(const AVStream *stream, AVFrame *frame)
{
    AVCodecContext *decoder = input_open_decoder(stream, false);
    if (!decoder)
        return AVERROR_DECODER_NOT_FOUND;
    int result = avcodec_send_packet(decoder, &stream->attached_pic);
    if (result >= 0)
        result = avcodec_send_packet(decoder, NULL);
    if (result >= 0)
        result = avcodec_receive_frame(decoder, frame);
    avcodec_free_context(&decoder);
    return result;
}

static int quarter_turns(const AVStream *stream, const AVFrame *frame)
{
    const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    const uint8_t *matrix =
        side ? side->data : av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
    double degrees = matrix ? -av_display_rotation_get((const int32_t *)matrix) : 0;
    return isnan(degrees) ? 0 : (int)(((lround(degrees / 90) % 4) + 4) % 4);
}

static double position_of(const struct wire_request *request, const struct input *input)
{
    if (request->position_s >= 0 && isfinite(request->position_s))
        return fmin(request->position_s, 1e9);
    if (!(request->position_fraction > 0))
        return 0;
    return fmin(request->position_fraction, 1) * input_duration_s(input);
}

/* Thumbnails need little: where the video is, and how long it lasts. */
static bool header_is_enough(const struct input *input)
{
    const AVStream *video = best_video(input);
    return video && video->codecpar->codec_id != AV_CODEC_ID_NONE && video->codecpar->width > 0 &&
           input_duration_s(input) > 0 && !(input->format->ctx_flags & AVFMTCTX_NOHEADER);
}

static void answer_picture(const struct wire_request *request, int fd, bool cover_first,
                           struct answer *answer)
{
    struct input input;
    AVFrame *frame = av_frame_alloc();
    int result = input_open(&input, fd, (int64_t)request->size_bytes);
    if (result >= 0 && !header_is_enough(&input))
        result = input_find_streams(&input);
    if (result >= 0 && frame) {
        AVStream *cover = first_cover(&input), *video = best_video(&input);
        AVStream *stream = cover && (cover_first || !video) ? cover : video;
        if (!stream)
            answer_fail(answer, WIRE_NO_PICTURE, "No picture inside");
        else if ((result = stream == cover ? decode_cover(stream, frame)
                                           : decode_near(&input, stream,
                                                         position_of(request, &input), frame)) >= 0)
            picture_answer(request, frame,
                           av_guess_sample_aspect_ratio(input.format, stream, frame),
                           quarter_turns(stream, frame), answer);
    }
    if (result < 0)
        answer_fail_av(answer, result);
    av_frame_free(&frame);
    input_finish(&input);
}

void worker_frame(const struct wire_request *request, int fd, struct answer *answer)
{
    answer_picture(request, fd, false, answer);
}

void worker_image(const struct wire_request *request, int fd, struct answer *answer)
{
    struct wire_request first = *request;
    first.position_s = 0;
    answer_picture(&first, fd, true, answer);
}
