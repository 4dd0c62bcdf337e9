/* Failures of outside services, in this document's statuses. */
#include "api/fuzzbin/upstream.h"

#include "base/log.h"

struct err fuzzbin_upstream(struct call *call, struct err e, int status)
{
    switch (e.kind) {
    case ERR_UPSTREAM:
        LOG(LOG_WARN, "fuzzbin", "upstream", "path=%s code=%s msg=%s", Q(call->req->raw_path), e.code, Q(e.msg));
        return fuzzbin_detail(call, status, e.msg);
    case ERR_CANCELLED:
        return fuzzbin_detail(call, 503, "The server is stopping");
    default: /* not configured: 503; not found: 404 */
        return e;
    }
}
