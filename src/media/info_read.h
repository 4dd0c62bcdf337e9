/* Decodes the payload of a probe answer. Private to src/media; shown to the tests. */
#ifndef MEDLEY_MEDIA_INFO_READ_H
#define MEDLEY_MEDIA_INFO_READ_H

#include <stddef.h>

#include "base/err.h"

struct arena;
struct media_info;

/* ERR_INTERNAL "media_answer" when the bytes do not add up; every field is checked and repaired. */
struct err media_info_read(struct arena *a, const void *data, size_t len,
                           struct media_info **ret_info) MUST_CHECK;

#endif
