/* For tests of signalr.c without a server: a claimed connection and the callbacks of its socket. */
#ifndef MEDLEY_HTTP_SIGNALR_INTERNAL_H
#define MEDLEY_HTTP_SIGNALR_INTERNAL_H

#include "http/signalr.h"

extern const struct ws_callbacks signalr_socket_callbacks;
/* Freed by the callbacks' closed(). */
struct signalr_connection *signalr_connection_for(struct signalr *hub, void *user);

#endif
