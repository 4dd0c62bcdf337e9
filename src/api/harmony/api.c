/* Document 001's API: its tables. */
#include "api/harmony/harmony.h"

extern const struct route_table harmony_system_routes;
extern const struct route_table harmony_activity_routes;
extern const struct route_table harmony_setting_routes;
extern const struct route_table harmony_unfinished_routes;

static const struct route_table *const tables[] = {
    &harmony_system_routes,
    &harmony_activity_routes,
    &harmony_setting_routes,
    &harmony_unfinished_routes,
    NULL,
};

const struct api harmony_api = {
    .name = "harmony",
    .title = "Harmony API",
    .version = "1",
    .document = "001",
    .tables = tables,
    .write_error = harmony_write_error,
    .cors_setting = "cors.harmony",
    .redirect_slash = true,
    .lenient_numbers = true,
    .time_style = JW_TIME_SHORT,
};
