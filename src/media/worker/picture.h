/*
 * A decoded frame becomes a small encoded picture: shape kept (sample aspect, rotation), fitted
 * into a box, never enlarged. JPEG has transparency laid over dark grey, WebP keeps it.
 */
#ifndef MEDLEY_MEDIA_WORKER_PICTURE_H
#define MEDLEY_MEDIA_WORKER_PICTURE_H

#include <libavutil/frame.h>
#include <libavutil/rational.h>

struct answer;
struct wire_request;

/* `quarter_turns` clockwise show the frame upright. Fills in the answer or fails it. */
void picture_answer(const struct wire_request *request, const AVFrame *frame, AVRational aspect,
                    int quarter_turns, struct answer *answer);

#endif
