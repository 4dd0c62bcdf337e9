/* A libav input over a descriptor. */
#include "media/worker/input.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
#include <unistd.h>

/* Large enough for the header of most files in one read, small enough not to read clips whole. */
#define BUFFER_BYTES 65536
/* Bounds on how far unclear streams are followed: broadcasts with late subtitles are the reason
 * that it is not less. */
#define PROBE_BYTES (5 << 20)
#define PROBE_US    (5 * AV_TIME_BASE)
/* 16k x 8k; anything larger is a trap rather than a film. */
#define PICTURE_PIXELS (INT64_C(1) << 27)

/* The formats of ordinary media libraries. Playlists and formats that point elsewhere (hls, concat,
 * dash, sdp), text art and game formats stay out: what is not parsed cannot be attacked. */
static const char accepted_formats[] =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,vc1,flv,asf,ogg,rm,"
    "dv,mxf,nut,gxf,wtv,swf,3gp,"
    "mp3,aac,flac,wav,w64,aiff,caf,au,amr,ape,wv,tta,tak,mpc,mpc8,ac3,eac3,dts,dtshd,truehd,mlp,"
    "dsf,iff,oma,shn,loas,opus,"
    "jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,gif,apng,jpegxl_pipe";

static int read_packet(void *data, uint8_t *to, int size)
{
    struct input *input = data;
    ssize_t len;
    do
        len = pread(input->fd, to, (size_t)size, input->position);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        return AVERROR(errno);
    input->position += len;
    return len ? (int)len : AVERROR_EOF;
}

static int64_t seek(void *data, int64_t offset, int whence)
{
    struct input *input = data;
    int64_t base = 0;
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE)
        return input->size;
    if (whence == SEEK_CUR)
        base = input->position;
    else if (whence == SEEK_END)
        base = input->size;
    int64_t target;
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return AVERROR(EINVAL);
    return input->position = target;
}

static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                       AVDictionary **options)
{
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

int input_open(struct input *input, int fd, int64_t size)
{
    *input = (struct input){.fd = fd, .size = size};
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    if (!buffer)
        return AVERROR(ENOMEM);
    input->io = avio_alloc_context(buffer, BUFFER_BYTES, 0, input, read_packet, NULL, seek);
    AVFormatContext *format = avformat_alloc_context();
    if (!input->io || !format)
        return AVERROR(ENOMEM);
    format->pb = input->io;
    format->io_open = refuse_open;
    format->format_whitelist = av_strdup(accepted_formats);
    format->probesize = PROBE_BYTES;
    format->max_analyze_duration = PROBE_US;
    int result = avformat_open_input(&format, NULL, NULL, NULL); /* frees it when it fails */
    input->format = format;
    return result;
}

int input_find_streams(struct input *input)
{
    return avformat_find_stream_info(input->format, NULL); /* uses one thread on its own */
}

void input_finish(struct input *input)
{
    avformat_close_input(&input->format);
    if (input->io) {
        av_freep(&input->io->buffer);
        avio_context_free(&input->io);
    }
}

bool input_is_video(const AVStream *stream)
{
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

double input_duration_s(const struct input *input)
{
    int64_t duration = input->format->duration;
    return duration == AV_NOPTS_VALUE || duration < 0 ? 0 : (double)duration / AV_TIME_BASE;
}

AVCodecContext *input_open_decoder(const AVStream *stream, bool key_frames_only)
{
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!decoder)
        return NULL;
    decoder->thread_count = 1; /* the sandbox has no threads to give */
    decoder->max_pixels = PICTURE_PIXELS;
    decoder->skip_frame = key_frames_only ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT;
    if (avcodec_parameters_to_context(decoder, stream->codecpar) < 0 ||
        avcodec_open2(decoder, codec, NULL) < 0)
        avcodec_free_context(&decoder);
    return decoder;
}
