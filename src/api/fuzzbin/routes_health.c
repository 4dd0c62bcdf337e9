/* Health (contract 2.1). */
#include "api/fuzzbin/fuzzbin.h"

struct health {
    const char *status;
    const char *version;
    int8_t auth_enabled;
};
SHAPE(health_shape, "Health", struct health, "The server answers",
      F(struct health, T_TEXT, status, .flags = FIELD_REQUIRED),
      F(struct health, T_TEXT, version, .flags = FIELD_REQUIRED),
      F(struct health, T_BOOL, auth_enabled, .flags = FIELD_REQUIRED));

static struct err get_health(struct call *call)
{
    struct health health = {"ok", call->core->version, 1};
    return call_reply(call, &health);
}

ROUTES(fuzzbin_health_routes, {HTTP_GET, "/health", "Health", "The server answers", get_health,
                               .reply = &health_shape, .access = ACCESS_PUBLIC});
