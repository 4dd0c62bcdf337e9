/* Health (contract 2.1), with what is known of the program that sites outdate soonest. */
#include "api/fuzzbin/fuzzbin.h"
#include "providers/ytdlp.h"

SHAPE(ytdlp_health_shape, "YtdlpHealth", struct ytdlp_version, "The yt-dlp program",
      F(struct ytdlp_version, T_TEXT, version, .flags = FIELD_REQUIRED),
      F(struct ytdlp_version, T_INT, age_days, .help = "since it was released"));
struct health {
    const char *status;
    const char *version;
    int8_t auth_enabled;
    struct ytdlp_version *ytdlp;
};
SHAPE(health_shape, "Health", struct health, "The server answers",
      F(struct health, T_TEXT, status, .flags = FIELD_REQUIRED),
      F(struct health, T_TEXT, version, .flags = FIELD_REQUIRED),
      F(struct health, T_BOOL, auth_enabled, .flags = FIELD_REQUIRED),
      F(struct health, T_OBJECT, ytdlp, .shape = &ytdlp_health_shape, .flags = FIELD_OMIT,
        .help = "once the program was used or tested"));

static struct err get_health(struct call *call)
{
    struct ytdlp_version ytdlp;
    struct health health = {"ok", call->core->version, 1, NULL};
    if (ytdlp_known_version(call->core, call->arena, &ytdlp))
        health.ytdlp = &ytdlp;
    return call_reply(call, &health);
}

ROUTES(fuzzbin_health_routes, {HTTP_GET, "/health", "Health", "The server answers", get_health,
                               .reply = &health_shape, .access = ACCESS_PUBLIC});
