/*
 * The words between the server and its media workers. Private to src/media.
 *
 * A SOCK_SEQPACKET socket pair. The worker says hello once, when its sandbox stands. Then, for each
 * request: one packet with struct wire_request and one descriptor in it; back come one packet with
 * struct wire_reply and `payload_bytes` of payload in packets of at most WIRE_PACKET_BYTES. The
 * payload of a probe is struct wire_info, its streams, its tags; that of a picture is the image.
 * Both ends are the same build, so structs travel as they lie in memory. The server trusts no byte
 * of a reply.
 */
#ifndef MEDLEY_MEDIA_WIRE_H
#define MEDLEY_MEDIA_WIRE_H

#include <stdint.h>

#define WIRE_MAGIC        0x4d45444cu /* "MEDL" */
#define WIRE_PACKET_BYTES 32768       /* fits the default socket buffer several times */
#define WIRE_STREAMS_MAX  64          /* a film with 30 languages has about 60 */
#define WIRE_TAGS_MAX     32
#define WIRE_PICTURE_MAX  (8u << 20) /* a 4096x4096 JPEG of best quality */
#define WIRE_BOX_MAX      4096       /* pixels on one side of a picture */

enum wire_kind {
    WIRE_PROBE = 1,
    WIRE_FRAME = 2, /* a frame of a video */
    WIRE_IMAGE = 3, /* a still picture, or the cover inside a media file */
    WIRE_TEST = 100 /* from here on: only the workers of the tests know these */
};

enum wire_status {
    WIRE_OK = 0,
    WIRE_BROKEN = 1,     /* cannot be read as media; `message` says why */
    WIRE_NO_PICTURE = 2, /* sound media without any picture in it */
};

enum wire_format { WIRE_JPEG = 1, WIRE_WEBP = 2 };

enum wire_feature {
    WIRE_SECCOMP = 1,
    WIRE_LIMITS = 2,
    WIRE_LANDLOCK = 4,
    WIRE_LANDLOCK_NET = 8,
    WIRE_RELAXED = 16, /* a sanitizer build: some limits are off */
};

struct wire_hello {
    uint32_t magic;
    uint32_t features;
};

struct wire_request {
    uint32_t magic;
    uint32_t kind;
    uint64_t size_bytes;
    uint32_t time_limit_ms;
    uint32_t box_width;
    uint32_t box_height;
    uint32_t format;
    uint32_t quality;  /* 1..100 */
    double position_s; /* negative: use the fraction */
    double position_fraction;
};

struct wire_reply {
    uint32_t magic;
    uint32_t status;
    uint32_t payload_bytes;
    uint32_t retire; /* the worker wants to be replaced */
    uint32_t width;
    uint32_t height;
    uint32_t average_rgb;
    char message[160];
};

#define INT(name)         int64_t name;
#define REAL(name)        double name;
#define TEXT(name, bytes) char name[bytes];
#define FLAG(name)        uint8_t name;

struct wire_stream {
#include "media/stream.def"
};

struct wire_info {
#include "media/info.def"
    uint32_t stream_count;
    uint32_t tag_count;
};

#undef INT
#undef REAL
#undef TEXT
#undef FLAG

struct wire_tag {
    char name[40];
    char value[472];
};

#define WIRE_PROBE_MAX                                                                             \
    (sizeof(struct wire_info) + WIRE_STREAMS_MAX * sizeof(struct wire_stream) +                    \
     WIRE_TAGS_MAX * sizeof(struct wire_tag))

#endif
