/* Document 002's API: its tables and its page. */
#include "api/stashhog/stashhog.h"

extern const struct route_table stashhog_health_routes;
extern const struct route_table stashhog_scene_routes;
extern const struct route_table stashhog_job_routes;
extern const struct route_table stashhog_setting_routes;
extern const struct route_table stashhog_unfinished_routes;

static const struct route_table *const tables[] = {
    &stashhog_health_routes,  &stashhog_scene_routes,      &stashhog_job_routes,
    &stashhog_setting_routes, &stashhog_unfinished_routes, NULL,
};

/* {items, total, page, per_page, pages} */
static void write_page(struct call *call, struct jw *w,
                       void (*write_items)(struct call *, struct jw *, void *), void *items)
{
    jw_object(w);
    jw_key(w, "items");
    write_items(call, w, items);
    jw_kv_int(w, "total", call->page.total);
    jw_kv_int(w, "page", call->page.number);
    jw_kv_int(w, "per_page", call->page.size);
    jw_kv_int(w, "pages", page_count(&call->page));
    jw_end(w);
}

const struct api stashhog_api = {
    .name = "stashhog",
    .title = "StashHog API",
    .version = "1",
    .document = "002",
    .tables = tables,
    .write_error = stashhog_write_error,
    .write_page = write_page,
    .cors_setting = "cors.stashhog",
    .lenient_numbers = true,
    .empty_is_absent = true,
    .preflight_status = 200,
    .time_style = JW_TIME_NAIVE,
};
