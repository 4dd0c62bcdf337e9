/* Document 003's API: its tables. */
#include "api/haas/haas.h"

extern const struct route_table haas_auth_routes;
extern const struct route_table haas_file_routes;
extern const struct route_table haas_task_routes;
extern const struct route_table haas_library_routes;
extern const struct route_table haas_catalog_routes;
extern const struct route_table haas_link_routes;
extern const struct route_table haas_people_routes;
extern const struct route_table haas_settings_routes;
extern const struct route_table haas_health_routes;
extern const struct route_table haas_live_routes;
extern const struct route_table haas_unfinished_routes;

static const struct route_table *const tables[] = {
    &haas_auth_routes,
    &haas_file_routes,
    &haas_task_routes,
    &haas_library_routes,
    &haas_catalog_routes,
    &haas_link_routes,
    &haas_people_routes,
    &haas_settings_routes,
    &haas_health_routes,
    &haas_live_routes,
    &haas_unfinished_routes,
    NULL,
};

/* Everything that is wrong with a request is 400 here (contract 1.4). */
static const struct kind_status statuses[] = {
    {ERR_UNPROCESSABLE, 400},
    {ERR_NONE, 0},
};

const struct api haas_api = {
    .name = "haas",
    .title = "Haas.Media API",
    .version = "1",
    .document = "003",
    .tables = tables,
    .write_error = haas_write_error,
    .statuses = statuses,
    .cors_setting = "cors.haas",
    .ignore_case = true,
    .lenient_numbers = true,
    .strict_type = true,
    .fold_keys = true,
    .empty_is_absent = true,
    .token_path = "/hub",
    .json_type = "application/json; charset=utf-8",
};
