/* What document 003 describes and is not built yet: known to routing and OpenAPI, answered with 501. */
#include "api/haas/haas.h"

#define LATER(method_, path_, tag_, summary_)                                                      \
    {                                                                                              \
        HTTP_##method_, path_, tag_, summary_, .flags = ROUTE_UNFINISHED                           \
    }

/* The same for what only the document's web client calls: under the prefix alone. */
#define LATER_HERE(method_, path_, tag_, summary_)                                                 \
    {                                                                                              \
        HTTP_##method_, path_, tag_, summary_, .flags = ROUTE_UNFINISHED | ROUTE_PREFIX_ONLY       \
    }

ROUTES(haas_unfinished_routes,
       LATER(POST, "/api/torrents/upload", "Torrents", "Adds .torrent files"),
       LATER(GET, "/api/torrents", "Torrents", "All torrents"),
       LATER(POST, "/api/torrents/{hash}/start", "Torrents", "Starts a torrent"),
       LATER(POST, "/api/torrents/{hash}/pause", "Torrents", "Pauses a torrent"),
       LATER(POST, "/api/torrents/{hash}/stop", "Torrents", "Stops a torrent"),
       LATER(DELETE, "/api/torrents/{hash}", "Torrents", "Removes a torrent"),
       LATER(GET, "/hub/torrents", "Hubs", "Torrent updates (SignalR)"),
       LATER(POST, "/hub/torrents/negotiate", "Hubs", "Opens a SignalR connection"),
       LATER(GET, "/api/encodings", "Encoding", "Encodes that run"),
       LATER(GET, "/api/encodings/info", "Encoding", "Streams of files, and what this machine can encode"),
       LATER(POST, "/api/encodings", "Encoding", "Starts an encode"),
       LATER(DELETE, "/api/encodings/{id}", "Encoding", "Stops an encode"),
       LATER(GET, "/hub/encodings", "Hubs", "Encode updates (SignalR)"),
       LATER(POST, "/hub/encodings/negotiate", "Hubs", "Opens a SignalR connection"),
       LATER(GET, "/api/metadata/search", "Catalog", "Searches TMDb"),
       LATER(POST, "/api/metadata/add-to-library", "Catalog", "Adds a movie or show from TMDb"),
       LATER(GET, "/api/nodes", "Nodes", "Connected servers"),
       LATER(GET, "/api/nodes/{id}", "Nodes", "One server"),
       LATER(POST, "/api/nodes", "Nodes", "Connects to a server"),
       LATER(POST, "/api/nodes/register", "Nodes", "A server introduces itself"),
       LATER(PUT, "/api/nodes/{id}", "Nodes", "Changes a connection"),
       LATER(DELETE, "/api/nodes/{id}", "Nodes", "Forgets a server"),
       LATER(POST, "/api/nodes/validate", "Nodes", "Tries a connection"),
       LATER_HERE(POST, "/api/torrents/from-file", "Torrents", "Adds a .torrent file of the media folder"),
       LATER_HERE(POST, "/api/files/upload", "Files", "Uploads files into a folder"),
       LATER_HERE(POST, "/api/metadata/refresh/start", "Catalog", "Looks everything up again"),
       LATER_HERE(GET, "/api/metadata/playback/{id}", "Playback", "Where somebody stopped"),
       LATER_HERE(POST, "/api/metadata/playback", "Playback", "Keeps where somebody stopped"),
       LATER_HERE(GET, "/api/metadata/movies/{id:int}/playback", "Playback", "Where somebody stopped"),
       LATER_HERE(GET, "/api/metadata/tvshows/{id:int}/playback", "Playback", "Where somebody stopped"));
