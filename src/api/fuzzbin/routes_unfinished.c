/* Documented endpoints of document 000 that are not built yet: they answer 501 and say so. */
#include "api/fuzzbin/fuzzbin.h"

/* clang-format off */
ROUTES(fuzzbin_unfinished_routes,
       {HTTP_POST, "/videos/{video_id:int}/enrich/musicbrainz", "Videos", "What MusicBrainz knows of a video", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/videos/backfill-imvdb-urls", "Videos", "Completes IMVDb addresses", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/preview-batch", "Add", "What a batch import would do", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/spotify", "Add", "Queues an import from Spotify", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/search", "Add", "Searches all services", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_GET, "/add/preview/{source}/{item_id}", "Add", "One result in full", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_GET, "/add/check-exists", "Add", "Whether a video is in the library", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/import", "Add", "Queues the import of one result", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/spotify/enrich-track", "Add", "What the services know of a Spotify track", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/youtube/search", "Add", "Searches YouTube for a song", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/spotify/import-selected", "Add", "Queues the import of chosen tracks", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/youtube/metadata", "Add", "What YouTube knows of a link", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/search/artist", "Add", "Searches IMVDb for an artist", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_GET, "/add/artist/preview/{entity_id:int}", "Add", "Videos of an artist, known ones marked", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/enrich/imvdb-video", "Add", "What the services know of an IMVDb video", call_unfinished, .flags = ROUTE_UNFINISHED},
       {HTTP_POST, "/add/artist/import", "Add", "Queues the import of chosen videos of an artist", call_unfinished, .flags = ROUTE_UNFINISHED});
/* clang-format on */
