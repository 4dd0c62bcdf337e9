/* Document 000's API: its tables. */
#include "api/fuzzbin/fuzzbin.h"

extern const struct route_table fuzzbin_health_routes;
extern const struct route_table fuzzbin_auth_routes;
extern const struct route_table fuzzbin_job_routes;
extern const struct route_table fuzzbin_config_routes;
extern const struct route_table fuzzbin_live_routes;
extern const struct route_table fuzzbin_scan_routes;
extern const struct route_table fuzzbin_video_routes;
extern const struct route_table fuzzbin_video_file_routes;
extern const struct route_table fuzzbin_artist_routes;
extern const struct route_table fuzzbin_tag_routes;
extern const struct route_table fuzzbin_collection_routes;
extern const struct route_table fuzzbin_search_routes;
extern const struct route_table fuzzbin_bulk_routes;
extern const struct route_table fuzzbin_backup_routes;
extern const struct route_table fuzzbin_download_routes;
extern const struct route_table fuzzbin_ytdlp_routes;
extern const struct route_table fuzzbin_file_routes;
extern const struct route_table fuzzbin_file_check_routes;
extern const struct route_table fuzzbin_export_routes;
extern const struct route_table fuzzbin_imvdb_routes;
extern const struct route_table fuzzbin_discogs_routes;
extern const struct route_table fuzzbin_spotify_routes;
extern const struct route_table fuzzbin_genre_routes;
extern const struct route_table fuzzbin_add_routes;
extern const struct route_table fuzzbin_add_preview_routes;
extern const struct route_table fuzzbin_add_search_routes;
extern const struct route_table fuzzbin_enrich_routes;

static const struct route_table *const tables[] = {
    &fuzzbin_health_routes,
    &fuzzbin_auth_routes,
    &fuzzbin_job_routes,
    &fuzzbin_config_routes,
    &fuzzbin_live_routes,
    &fuzzbin_scan_routes,
    &fuzzbin_video_routes,
    &fuzzbin_video_file_routes,
    &fuzzbin_artist_routes,
    &fuzzbin_tag_routes,
    &fuzzbin_collection_routes,
    &fuzzbin_search_routes,
    &fuzzbin_bulk_routes,
    &fuzzbin_backup_routes,
    &fuzzbin_download_routes,
    &fuzzbin_ytdlp_routes,
    &fuzzbin_file_routes,
    &fuzzbin_file_check_routes,
    &fuzzbin_export_routes,
    &fuzzbin_imvdb_routes,
    &fuzzbin_discogs_routes,
    &fuzzbin_spotify_routes,
    &fuzzbin_genre_routes,
    &fuzzbin_add_routes,
    &fuzzbin_add_preview_routes,
    &fuzzbin_add_search_routes,
    &fuzzbin_enrich_routes,
    NULL,
};

const struct api fuzzbin_api = {
    .name = "fuzzbin",
    .title = "Fuzzbin API",
    .version = "1",
    .document = "000",
    .tables = tables,
    .write_error = fuzzbin_write_error,
    .write_page = fuzzbin_write_page,
    .cors_setting = "cors.fuzzbin",
    .redirect_slash = true,
    .lenient_numbers = true,
    .preflight_status = 200,
};
