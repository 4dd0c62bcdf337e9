/* What document 004 lists and is not built yet: answers 501. */
#include "api/metarr/metarr.h"

#define LATER(method_, path_, tag_, summary_)                                                      \
    {method_, path_, tag_, summary_, NULL, .flags = ROUTE_UNFINISHED | ROUTE_ANY_JSON | ROUTE_OPTIONAL_BODY}

ROUTES(metarr_unfinished_routes,
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/publish", "Movies", "Writes metadata and pictures to the library"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/enrich", "Enrichment", "Asks the providers about a movie"),
       LATER(HTTP_GET, "/api/v1/enrichment/bulk-status", "Enrichment", "The run over all movies"),
       LATER(HTTP_POST, "/api/v1/enrichment/bulk-run", "Enrichment", "Asks the providers about all movies"),
       LATER(HTTP_GET, "/api/v1/movies/{id:int}/assets/{type}", "Assets", "Pictures that providers offer"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/assets/{type}/select", "Assets", "Chooses a picture"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/assets/{type}/upload", "Assets", "Uploads a picture"),
       LATER(HTTP_GET, "/api/v1/movies/{id:int}/trailer", "Trailers", "The chosen trailer"),
       LATER(HTTP_GET, "/api/v1/movies/{id:int}/trailer/stream", "Trailers", "The trailer's bytes"),
       LATER(HTTP_GET, "/api/v1/movies/{id:int}/trailer/candidates", "Trailers", "Trailers to choose from"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/select", "Trailers", "Chooses a trailer"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/url", "Trailers", "Adds a trailer by address"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/upload", "Trailers", "Uploads a trailer"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/candidates/verify", "Trailers", "Which trailers still exist"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/candidates/{candidate:int}/test", "Trailers",
             "Tries a download without keeping it"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/candidates/{candidate:int}/retry", "Trailers",
             "Downloads a failed trailer again"),
       LATER(HTTP_DELETE, "/api/v1/movies/{id:int}/trailer", "Trailers", "No trailer any more"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/lock", "Trailers", "Keeps automation off the trailer"),
       LATER(HTTP_POST, "/api/v1/movies/{id:int}/trailer/unlock", "Trailers", "Lets automation choose the trailer"),
       LATER(HTTP_POST, "/api/v1/webhooks/radarr", "Webhooks", "News from Radarr"),
       LATER(HTTP_PUT, "/api/v1/webhooks/radarr", "Webhooks", "News from Radarr"),
       LATER(HTTP_POST, "/api/v1/webhooks/sonarr", "Webhooks", "News from Sonarr"),
       LATER(HTTP_PUT, "/api/v1/webhooks/sonarr", "Webhooks", "News from Sonarr"));
