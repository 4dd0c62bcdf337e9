/* Pictures by the hash of their bytes (contract 8.4). */
#include <ctype.h>
#include <string.h>

#include "api/metarr/metarr.h"

#define HASH_DIGITS 64

/* The digits, without an extension; NULL when malformed. */
static const char *read_hash(struct arena *a, const char *text)
{
    size_t len = strspn(text, "0123456789abcdefABCDEF");
    if (len != HASH_DIGITS || (text[len] && text[len] != '.'))
        return NULL;
    char *hash = arena_strndup(a, text, len);
    for (char *c = hash; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return hash;
}

static struct err get_asset(struct call *call)
{
    struct asset asset;
    struct library library;
    int fd;
    const char *hash = read_hash(call->arena, call_text(call, "hash"));
    if (!hash)
        return err_field(ERR_INVALID, "INVALID_FORMAT", "hash", "A hash is 64 hexadecimal digits");
    TRY(asset_by_hash(call_db(call), call->arena, hash, &asset));
    TRY(library_get(call_db(call), call->arena, asset.library_id, &library));
    struct err e = media_open(call->core, call->arena,
                              arena_printf(call->arena, "%s/%s", library.path, asset.path), &fd);
    if (failed(e))
        return err_make(ERR_NOT_FOUND, "asset_not_found", "Asset not found");
    call->resp->etag = arena_printf(call->arena, "\"%s\"", hash);
    call_header(call, "Cache-Control", "private, max-age=3600, immutable");
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, http_content_type(asset.name));
}

ROUTES(metarr_asset_routes, {HTTP_GET, "/api/v1/assets/{hash}", "Assets", "The bytes of a picture", get_asset,
                             .access = ACCESS_MEDIA, .flags = ROUTE_ANY_JSON | ROUTE_BARE | ROUTE_BLOCKING});
