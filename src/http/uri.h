/*
 * Percent-encoding and query texts. Pure; any thread. Everything that comes out is well-formed UTF-8
 * without control bytes, so no later layer has to ask.
 */
#ifndef MEDLEY_HTTP_URI_H
#define MEDLEY_HTTP_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/* True for bytes below 0x20 and 0x7f. */
bool text_has_controls(const char *s, size_t len);

/* Splits a request target ("/a/b?x=1", "http://host/a", "*") into a checked raw path and the raw query
 * ("" when absent), both copied into the arena. */
struct err uri_split(struct arena *a, const char *target, const char **ret_path,
                     const char **ret_query) MUST_CHECK;

#endif
