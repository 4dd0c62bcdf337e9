/*
 * What belongs to no document: the web page, docs, health of the process, metrics, the live stream and the
 * settings registry that the page uses.
 */
#ifndef MEDLEY_API_WEB_WEB_H
#define MEDLEY_API_WEB_WEB_H

#include "api/common/call.h"

extern const struct api web_api;

/* Subscribes the live stream to the bus. Call once, before serving. */
void web_live_start(struct core *core);

#endif
