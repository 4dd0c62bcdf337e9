/* Login (contract 3.2). */
#include <stdio.h>

#include "api/metarr/metarr.h"
#include "base/clock.h"

#define TOKEN_LIFE_S 86400

struct login {
    const char *username;
    const char *password;
};
SHAPE(metarr_auth_login_shape, "MetarrLogin", struct login, "A name and its password",
      F(struct login, T_TEXT, username, .flags = FIELD_REQUIRED, MAX_VALUE(200)),
      F(struct login, T_TEXT, password, .flags = FIELD_REQUIRED, MAX_VALUE(1024)));

struct token {
    const char *token;
    int64_t expires;
};
SHAPE(metarr_auth_token_shape, "MetarrToken", struct token, "A token for Authorization: Bearer",
      F(struct token, T_TEXT, token, .flags = FIELD_REQUIRED), F(struct token, T_TIME, expires, .flags = FIELD_REQUIRED));

static struct err post_login(struct call *call)
{
    const struct login *body = call->body;
    struct token_pair pair;
    int64_t retry_s = 0;
    struct err e = auth_login(call->core->auth, call->arena, body->username, body->password, call->req->peer,
                              TOKEN_LIFE_S, &pair, &retry_s);
    if (e.kind == ERR_THROTTLED)
        call_header(call, "Retry-After", arena_printf(call->arena, "%lld", (long long)retry_s));
    TRY(e);
    struct token token = {pair.access, pair.access_expires_at};
    return call_reply(call, &token);
}

ROUTES(metarr_auth_routes, {HTTP_POST, "/api/v1/auth/login", "Authentication", "Signs in", post_login,
                            .body = &metarr_auth_login_shape, .reply = &metarr_auth_token_shape, .access = ACCESS_PUBLIC,
                            .flags = ROUTE_BLOCKING, .bucket = "auth"});
