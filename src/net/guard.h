/*
 * Which addresses of other people's choosing this server may visit: those of the public Internet.
 *
 * An address that came in a request or in another service's answer must not reach the server's own machine
 * or network (server-side request forgery). url_guard() asks before an outside program is started with an
 * address; who opens the socket asks address_is_private() of what the name resolved to, so that no name can
 * turn into another one in between. Addresses from settings are trusted and never asked about.
 * Any thread; url_guard() may wait for a name server.
 */
#ifndef MEDLEY_NET_GUARD_H
#define MEDLEY_NET_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/err.h"

/* Loopback, private, link-local, multicast, reserved; also as IPv4 within IPv6. */
bool address_is_private(const struct sockaddr *address);

/* ERR_INVALID "bad_url" unless it is http or https with a host; ERR_DENIED "address_refused" when any
 * address of the host is private; ERR_UPSTREAM "upstream_away" when the name does not resolve. */
struct err url_guard(struct arena *a, const char *url) MUST_CHECK;

#endif
