/* Login, refresh, passwords (contract 2.2, section 5). */
#include <stdio.h>
#include <string.h>

#include "api/fuzzbin/fuzzbin.h"

#define COOKIE "refresh_token"

struct login {
    const char *username;
    const char *password;
};
SHAPE(login_shape, "LoginRequest", struct login, "A name and its password",
      F(struct login, T_TEXT, username, .flags = FIELD_REQUIRED, BETWEEN(1, 100)),
      F(struct login, T_TEXT, password, .flags = FIELD_REQUIRED, BETWEEN(1, 128)));

struct token_reply {
    const char *access_token;
    const char *token_type;
    int64_t expires_in;
};
SHAPE(token_shape, "TokenResponse", struct token_reply, "An access token; the refresh token is a cookie",
      F(struct token_reply, T_TEXT, access_token, .flags = FIELD_REQUIRED),
      F(struct token_reply, T_TEXT, token_type, .flags = FIELD_REQUIRED),
      F(struct token_reply, T_INT, expires_in, .flags = FIELD_REQUIRED, .help = "seconds"));

struct password_change {
    const char *current_password;
    const char *new_password;
};
SHAPE(password_shape, "PasswordChangeRequest", struct password_change, "The old and the new password",
      F(struct password_change, T_TEXT, current_password, .flags = FIELD_REQUIRED, BETWEEN(1, 128)),
      F(struct password_change, T_TEXT, new_password, .flags = FIELD_REQUIRED, BETWEEN(8, 128)));

struct initial_password {
    const char *username;
    const char *current_password;
    const char *new_password;
};
SHAPE(initial_shape, "SetInitialPasswordRequest", struct initial_password,
      "Replaces the password that the account was made with",
      F(struct initial_password, T_TEXT, username, .flags = FIELD_REQUIRED, BETWEEN(1, 100)),
      F(struct initial_password, T_TEXT, current_password, .flags = FIELD_REQUIRED, BETWEEN(1, 1024)),
      F(struct initial_password, T_TEXT, new_password, .flags = FIELD_REQUIRED, BETWEEN(8, 1024)));

/* Browsers keep Secure cookies only from https, and from localhost. */
static bool wants_secure(struct call *call)
{
    const char *proto = http_header(call->req, "X-Forwarded-Proto");
    return proto && strcmp(proto, "https") == 0;
}

static void set_cookie(struct call *call, const char *value, int64_t life_s)
{
    call_header(call, "Set-Cookie",
                arena_printf(call->arena, "%s=%s; HttpOnly; Max-Age=%lld; Path=%s/auth; SameSite=lax%s",
                             COOKIE, value, (long long)life_s, call->base_path,
                             wants_secure(call) ? "; Secure" : ""));
}

static struct err reply_pair(struct call *call, const struct token_pair *pair)
{
    struct token_reply reply = {pair->access, "bearer", pair->access_life_s};
    set_cookie(call, pair->refresh, pair->refresh_life_s);
    call_header(call, "Cache-Control", "no-store");
    return call_reply(call, &reply);
}

static struct err explain(struct call *call, struct err e, int64_t retry_s)
{
    char seconds[24];
    if (e.kind == ERR_THROTTLED) {
        snprintf(seconds, sizeof(seconds), "%lld", (long long)retry_s);
        call_header(call, "Retry-After", seconds);
    } else if (e.code && strcmp(e.code, "must_change_password") == 0) {
        call_header(call, "X-Password-Change-Required", "true");
    }
    return e;
}

static struct err post_login(struct call *call)
{
    const struct login *body = call->body;
    struct token_pair pair;
    int64_t retry_s = 0;
    struct err e = auth_login(call->core->auth, call->arena, body->username, body->password,
                              call->req->peer, 0, &pair, &retry_s);
    return failed(e) ? explain(call, e, retry_s) : reply_pair(call, &pair);
}

static struct err post_refresh(struct call *call)
{
    const char *cookie = http_cookie(call->req, COOKIE);
    struct token_pair pair;
    if (!cookie || !*cookie)
        return err_make(ERR_UNAUTHENTICATED, "no_refresh_token", "No refresh token provided");
    TRY(auth_refresh(call->core->auth, call->arena, cookie, &pair));
    return reply_pair(call, &pair);
}

static struct err post_password(struct call *call)
{
    const struct password_change *body = call->body;
    if (call->who.kind == IDENTITY_ANONYMOUS)
        return err_make(ERR_UNAUTHENTICATED, "auth_required", "Authentication required");
    TRY(auth_change_password(call->core->auth, call->arena, call->who.user_id, body->current_password,
                             body->new_password));
    return call_empty(call, 204);
}

static struct err post_logout(struct call *call)
{
    const char *header = http_header(call->req, "Authorization");
    const char *cookie = http_cookie(call->req, COOKIE);
    if (header && strncasecmp(header, "Bearer ", 7) == 0)
        TRY(auth_logout(call->core->auth, call->arena, header + 7));
    if (cookie)
        TRY(auth_logout(call->core->auth, call->arena, cookie));
    set_cookie(call, "", 0);
    return call_empty(call, 204);
}

static struct err post_initial(struct call *call)
{
    const struct initial_password *body = call->body;
    struct token_pair pair;
    int64_t retry_s = 0;
    struct err e = auth_set_initial_password(call->core->auth, call->arena, body->username,
                                             body->current_password, body->new_password,
                                             call->req->peer, &pair, &retry_s);
    return failed(e) ? explain(call, e, retry_s) : reply_pair(call, &pair);
}

#define TAG "Authentication"
ROUTES(fuzzbin_auth_routes,
       {HTTP_POST, "/auth/login", TAG, "Signs in", post_login, .body = &login_shape, .reply = &token_shape,
        .access = ACCESS_PUBLIC, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/auth/refresh", TAG, "A new access token for the refresh cookie", post_refresh,
        .reply = &token_shape, .access = ACCESS_PUBLIC, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/auth/password", TAG, "Changes one's password", post_password, .body = &password_shape,
        .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/auth/logout", TAG, "Takes the presented token back", post_logout, .status = 204,
        .access = ACCESS_PUBLIC, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/auth/set-initial-password", TAG, "Replaces the password an account was made with",
        post_initial, .body = &initial_shape, .reply = &token_shape, .access = ACCESS_PUBLIC,
        .flags = ROUTE_BLOCKING});
