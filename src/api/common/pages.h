/*
 * A client's own built pages beside its API, on a listener of its own (server.extra_listeners): the same origin,
 * so the client needs no CORS and no other base address.
 *
 * A GET for a file of the folder gets the file; a GET that asks for text/html gets index.html, whatever its path
 * (the client routes by itself); everything else is the API's. Files are opened beneath the folder, wherever
 * links lead. Nothing here needs a login: pages are public, data is not.
 */
#ifndef MEDLEY_API_COMMON_PAGES_H
#define MEDLEY_API_COMMON_PAGES_H

#include "api/common/call.h"
#include "sys/root.h"

/* True when the call was answered with a page. */
bool pages_answer(struct call *call, struct root *folder, const char *path);

#endif
