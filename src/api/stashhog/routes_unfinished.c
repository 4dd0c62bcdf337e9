/* What document 002 describes and is not built yet: answered 501, and known to OpenAPI. */
#include "api/stashhog/stashhog.h"

#define LATER(method_, path_, tag_)                                                                \
    {                                                                                              \
        (method_), (path_), (tag_), "Not built yet", call_unfinished, .flags = ROUTE_UNFINISHED    \
    }

ROUTES(stashhog_unfinished_routes,
       LATER(HTTP_POST, "/api/v1/scenes/sync", "Scenes"),
       LATER(HTTP_POST, "/api/v1/scenes/{scene_id}/resync", "Scenes"),
       LATER(HTTP_POST, "/api/v1/analysis/generate", "Analysis"),
       LATER(HTTP_GET, "/api/v1/analysis/plans", "Analysis"),
       LATER(HTTP_GET, "/api/v1/analysis/plans/{plan_id:int}", "Analysis"),
       LATER(HTTP_POST, "/api/v1/analysis/plans/{plan_id:int}/apply", "Analysis"),
       LATER(HTTP_PATCH, "/api/v1/analysis/changes/{change_id:int}", "Analysis"),
       LATER(HTTP_POST, "/api/v1/sync/all", "Sync"),
       LATER(HTTP_POST, "/api/v1/sync/scenes", "Sync"),
       LATER(HTTP_POST, "/api/v1/sync/performers", "Sync"),
       LATER(HTTP_POST, "/api/v1/sync/tags", "Sync"),
       LATER(HTTP_POST, "/api/v1/sync/studios", "Sync"),
       LATER(HTTP_POST, "/api/v1/sync/scene/{scene_id}", "Sync"),
       LATER(HTTP_GET, "/api/v1/sync/stats", "Sync"));
