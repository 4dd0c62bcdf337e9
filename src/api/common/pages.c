/* Files of a client's pages. */
#include "api/common/pages.h"

#include <fcntl.h>
#include <string.h>

static bool answer_file(struct call *call, struct root *folder, const char *path)
{
    int fd;
    if (failed(root_open(folder, call->arena, path, O_RDONLY, 0, &fd)))
        return false;
    call_header(call, "Cache-Control", "no-cache"); /* asked about again, answered 304 by its ETag */
    return !failed(http_reply_file(call->req, call->resp, fd, http_content_type(path)));
}

/* A name with an ending, spelled plainly: what builds of web pages consist of. */
static bool may_be_file(const char *path)
{
    const char *name = strrchr(path, '/');
    return name && strchr(name, '.') && name[1] != '.' && !strchr(path, '%');
}

static bool wants_html(const struct call *call)
{
    const char *accept = http_header(call->req, "Accept");
    return accept && strstr(accept, "text/html");
}

bool pages_answer(struct call *call, struct root *folder, const char *path)
{
    if (call->req->method != HTTP_GET && call->req->method != HTTP_HEAD)
        return false;
    if (may_be_file(path) && answer_file(call, folder, path + 1))
        return true;
    return wants_html(call) && answer_file(call, folder, "index.html");
}
