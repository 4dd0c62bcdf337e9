/*
 * The outside services, one row each: rate budget, requests at once, how long answers are kept. A provider's
 * file says what is asked. Numbers are the services' published limits, or what their documents' projects use.
 */
#ifndef MEDLEY_PROVIDERS_SERVICES_H
#define MEDLEY_PROVIDERS_SERVICES_H

#include "net/net.h"

extern const struct net_service imvdb_service;
extern const struct net_service discogs_service;
extern const struct net_service spotify_service;
extern const struct net_service spotify_accounts_service;
extern const struct net_service musicbrainz_service;

/* All of them, for net_create(). NULL-terminated. */
extern const struct net_service *const provider_services[];

#endif
