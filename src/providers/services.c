/* The rows of the outside services. */
#include "providers/services.h"

#include <stddef.h>

#define MINUTES(n) ((n) * 60)
#define HOURS(n)   ((n) * 3600)

/* Document 000 promises half an hour. */
const struct net_service imvdb_service = {
    .name = "imvdb", .per_minute = 1000, .burst = 50, .at_once = 10, .cache_s = MINUTES(30)};
/* Document 000 promises two hours. It says in each answer how much of the moving minute is left. */
const struct net_service discogs_service = {
    .name = "discogs", .per_minute = 60, .burst = 10, .at_once = 5, .cache_s = HOURS(2),
    .limit_header = "X-Discogs-Ratelimit", .left_header = "X-Discogs-Ratelimit-Remaining"};
/* Playlists change while people look at them: nothing is kept. */
const struct net_service spotify_service = {.name = "spotify", .per_minute = 180, .burst = 10, .at_once = 5};
const struct net_service spotify_accounts_service = {
    .name = "spotify_accounts", .per_minute = 60, .burst = 10, .at_once = 2};
/* One a second, hard: it answers 503 to more. */
const struct net_service musicbrainz_service = {
    .name = "musicbrainz", .per_minute = 60, .burst = 1, .at_once = 1, .cache_s = HOURS(24)};

const struct net_service *const provider_services[] = {
    &imvdb_service, &discogs_service, &spotify_service, &spotify_accounts_service, &musicbrainz_service, NULL,
};
