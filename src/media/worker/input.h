/*
 * Opens a borrowed descriptor as a libav input. Reads with pread() only, never opens anything else
 * (playlists, external tracks and URLs inside files are refused), one thread.
 */
#ifndef MEDLEY_MEDIA_WORKER_INPUT_H
#define MEDLEY_MEDIA_WORKER_INPUT_H

#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>

struct input {
    AVFormatContext *format;
    AVIOContext *io;
    int fd;
    int64_t size;
    int64_t position;
};

/* 0 or a libav error; the input is to be finished in either case. */
int input_open(struct input *input, int fd, int64_t size);
/* Reads into the streams as far as needed to know their parameters. */
int input_find_streams(struct input *input);
void input_finish(struct input *input);

/* A real video stream: not an attached cover picture. */
bool input_is_video(const AVStream *stream);
/* Seconds; 0 when unknown. */
double input_duration_s(const struct input *input);

/* A decoder for the stream with one thread and bounded dimensions. NULL when there is none. */
struct AVCodecContext *input_open_decoder(const AVStream *stream, bool key_frames_only);

#endif
