/* Error bodies of document 003 (contract 1.2, 1.4). */
#include <string.h>

#include "api/haas/haas.h"

/* The scheme alone for missing credentials, the reason for bad ones; no body (contract 1.2). */
static void write_unauthenticated(struct call *call, const struct err *e)
{
    struct http_response *resp = call->resp;
    const char *presented = e->code && strcmp(e->code, "auth_required") != 0 && strcmp(e->code, "bad_login") != 0
                                ? e->msg
                                : NULL;
    resp->content_type = NULL;
    for (size_t i = 0; presented && i < resp->header_count; i++) {
        if (strcmp(resp->headers[i].name, "WWW-Authenticate") == 0)
            resp->headers[i].value = arena_printf(
                call->arena, "Bearer error=\"invalid_token\", error_description=\"%s\"", presented);
    }
}

void haas_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    (void)mistakes; /* e->msg names the first one */
    if (e->kind == ERR_UNAUTHENTICATED) {
        write_unauthenticated(call, e);
        return;
    }
    bool ours = e->kind == ERR_INTERNAL || e->kind == ERR_STORAGE;
    const char *text = ours ? "Internal server error" : e->msg ? e->msg : err_kind_name(e->kind);
    if (e->code && strcmp(e->code, "disk_full") == 0)
        text = "The disk is full";
    jw_object(w);
    jw_kv_text(w, "message", text);
    jw_kv_text(w, "error", text);
    jw_end(w);
}
