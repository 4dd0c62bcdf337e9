/* Document 004's API: its tables. */
#include "api/metarr/metarr.h"

extern const struct route_table metarr_auth_routes;
extern const struct route_table metarr_movie_routes;
extern const struct route_table metarr_bulk_routes;
extern const struct route_table metarr_series_routes;
extern const struct route_table metarr_asset_routes;
extern const struct route_table metarr_job_routes;
extern const struct route_table metarr_library_routes;
extern const struct route_table metarr_setting_routes;
extern const struct route_table metarr_enrichment_routes;
extern const struct route_table metarr_live_routes;
extern const struct route_table metarr_unfinished_routes;

static const struct route_table *const tables[] = {
    &metarr_auth_routes,    &metarr_movie_routes,      &metarr_bulk_routes,    &metarr_series_routes,
    &metarr_asset_routes,   &metarr_job_routes,        &metarr_library_routes, &metarr_setting_routes,
    &metarr_enrichment_routes, &metarr_live_routes,    &metarr_unfinished_routes, NULL,
};

static const struct rate_bucket buckets[] = {
    {"global", "limits.metarr.global"}, {"auth", "limits.metarr.auth"},   {"webhook", "limits.metarr.webhook"},
    {"upload", "limits.metarr.upload"}, {"write", "limits.metarr.write"}, {NULL, NULL},
};

const struct api metarr_api = {
    .name = "metarr",
    .title = "Metarr API",
    .version = "1",
    .document = "004",
    .owns = "/api/v1",
    .positive_ids = true,
    .tables = tables,
    .write_error = metarr_write_error,
    .open_envelope = metarr_open,
    .close_envelope = metarr_close,
    .write_page = metarr_write_page,
    .statuses = metarr_statuses,
    .buckets = buckets,
    .cors_setting = "cors.metarr",
    .max_body = 10u << 20,
    .method_404 = true,
    .strict_type = true,
    .empty_is_absent = true,
    .json_type = "application/json; charset=utf-8",
    .time_style = JW_TIME_MS,
};
