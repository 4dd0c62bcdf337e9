/*
 * The picture that a service gives of a video which is not downloaded yet.
 *
 * Fetched past the guard against private addresses (net/net.h), read by a media worker, which makes a JPEG of
 * whatever it is, and kept as the video's picture from outside (domain/catalog/thumbnail.h). Blocks.
 * ERR_UNSUPPORTED "no_picture" when the address gives none; else the failures of net/net.h and media/pool.h.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_SONG_PICTURE_H
#define MEDLEY_DOMAIN_INTAKE_SONG_PICTURE_H

#include "providers/provider.h"

/* `trusted`: a setting with a URL whose origin may be private; NULL: none. */
struct err song_fetch_picture(const struct asker *by, int64_t video_id, const char *url, const char *trusted,
                              int64_t *ret_made_at_s) MUST_CHECK;

#endif
