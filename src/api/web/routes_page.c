/* The built web page: hashed assets for a year, index.html never cached, strict content policy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/web/web.h"
#include "sys/root.h"

static const char content_policy[] =
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self';"
    " script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'";

static bool accepts(const struct call *call, const char *coding)
{
    const char *header = http_header(call->req, "Accept-Encoding");
    const char *found = header ? strstr(header, coding) : NULL;
    return found && strncmp(found + strlen(coding), ";q=0", 4) != 0;
}

static struct err open_page_file(struct call *call, const char *path, int *ret_fd)
{
    struct root *root;
    if (!call->core->web_dir)
        return err_make(ERR_NOT_FOUND, "no_web_page", "The web page is not built: run make build");
    TRY(root_make(call->arena, call->core->web_dir, false, &root));
    struct err e = root_open(root, call->arena, path, O_RDONLY, 0, ret_fd);
    root_free(root);
    return e;
}

/* The smallest form on disk that the client takes. */
static struct err open_best(struct call *call, const char *path, int *ret_fd)
{
    static const struct {
        const char *coding;
        const char *ending;
    } forms[] = {{"br", ".br"}, {"gzip", ".gz"}};
    for (size_t i = 0; i < 2; i++) {
        if (!accepts(call, forms[i].coding))
            continue;
        if (!failed(open_page_file(call, arena_printf(call->arena, "%s%s", path, forms[i].ending), ret_fd))) {
            call_header(call, "Content-Encoding", forms[i].coding);
            return OK;
        }
    }
    return open_page_file(call, path, ret_fd);
}

static struct err send_page_file(struct call *call, const char *path, bool forever)
{
    int fd;
    TRY(open_best(call, path, &fd));
    call_header(call, "Vary", "Accept-Encoding");
    call_header(call, "Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    call_header(call, "Content-Security-Policy", content_policy);
    call_header(call, "Referrer-Policy", "no-referrer");
    call->resp->no_compress = true;
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, http_content_type(path));
}

static struct err get_index(struct call *call)
{
    return send_page_file(call, "index.html", false);
}

static struct err get_asset(struct call *call)
{
    return send_page_file(call, arena_printf(call->arena, "assets/%s", call_text(call, "file")), true);
}

static struct err get_icon(struct call *call)
{
    return send_page_file(call, "favicon.svg", false);
}

static struct err get_docs(struct call *call)
{
    return send_page_file(call, "docs.html", false);
}

#define PAGE .access = ACCESS_PUBLIC, .flags = ROUTE_UNDOCUMENTED
ROUTES(web_page_routes, {HTTP_GET, "/", "Page", "The web page", get_index, PAGE},
       {HTTP_GET, "/app", "Page", "The web page", get_index, PAGE},
       {HTTP_GET, "/app/{rest:rest}", "Page", "The web page", get_index, PAGE},
       {HTTP_GET, "/assets/{file:rest}", "Page", "Scripts, styles, pictures of the page", get_asset, PAGE},
       {HTTP_GET, "/favicon.svg", "Page", "Icon", get_icon, PAGE},
       {HTTP_GET, "/docs", "Page", "The API documentation", get_docs, PAGE});
