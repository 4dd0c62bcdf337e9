/* The web page's own API: error shape and tables. */
#include "api/web/web.h"

extern const struct route_table web_server_routes;
extern const struct route_table web_page_routes;
extern const struct route_table web_setting_routes;
extern const struct route_table web_key_routes;
extern const struct route_table web_live_routes;
extern const struct route_table web_backup_routes;
extern const struct route_table web_provider_routes;

static const struct route_table *const tables[] = {
    &web_server_routes, &web_setting_routes, &web_key_routes, &web_live_routes, &web_backup_routes, &web_provider_routes, &web_page_routes, NULL,
};

/* {"detail": "...", "code": "...", "errors": [{"field", "message"}]} */
static void write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    jw_object(w);
    jw_kv_text(w, "detail", e->msg ? e->msg : err_kind_name(e->kind));
    jw_kv_text(w, "code", e->code);
    if (e->field)
        jw_kv_text(w, "field", e->field);
    if (mistakes->count) {
        call->resp->status = 422;
        jw_key(w, "errors");
        jw_array(w);
        for (size_t i = 0; i < mistakes->count; i++) {
            jw_object(w);
            jw_kv_text(w, "field", mistake_path(call->arena, &mistakes->items[i]));
            jw_kv_text(w, "message", mistake_text(call->arena, &mistakes->items[i]));
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
}

const struct api web_api = {
    .name = "web",
    .title = "Medley",
    .version = "1",
    .document = "-",
    .tables = tables,
    .write_error = write_error,
};
