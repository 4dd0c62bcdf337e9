/* Accounts and login (contract, section 2). */
#include <string.h>

#include "api/haas/haas.h"
#include "core/settings.h"

struct login {
    const char *username;
    const char *password;
};
SHAPE(haas_login_shape, "Credentials", struct login, "A name and its password",
      F(struct login, T_TEXT, username, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      F(struct login, T_TEXT, password, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK));

struct auth_reply {
    const char *token;
    const char *username;
};
SHAPE(haas_auth_reply_shape, "AuthResponse", struct auth_reply, "A bearer token and whose it is",
      F(struct auth_reply, T_TEXT, token, .flags = FIELD_REQUIRED),
      F(struct auth_reply, T_TEXT, username, .flags = FIELD_REQUIRED));

SHAPE(haas_me_shape, "UserInfo", struct user, "Who is signed in",
      FN("username", struct user, T_TEXT, name, .flags = FIELD_REQUIRED),
      FN("createdAt", struct user, T_TIME, created_at, .flags = FIELD_REQUIRED),
      FN("lastLoginAt", struct user, T_TIME, last_login_at));

struct password_change {
    const char *current_password;
    const char *new_password;
};
SHAPE(haas_password_shape, "PasswordChange", struct password_change, "The old and the new password",
      FN("currentPassword", struct password_change, T_TEXT, current_password, .flags = FIELD_REQUIRED),
      FN("newPassword", struct password_change, T_TEXT, new_password, .flags = FIELD_REQUIRED));

/* This API has no refresh tokens, so its own life of a token applies. */
static struct err sign_in(struct call *call, const struct login *login)
{
    struct core *core = call->core;
    struct token_pair pair;
    int64_t retry_s = 0;
    struct err e = auth_login(core->auth, call->arena, login->username, login->password, call->req->peer,
                              settings_int(core->settings, "auth.haas_minutes") * 60, &pair, &retry_s);
    if (e.kind == ERR_THROTTLED)
        call_header(call, "Retry-After", arena_printf(call->arena, "%lld", (long long)retry_s));
    TRY(e);
    call_header(call, "Cache-Control", "no-store");
    return call_reply(call, &(struct auth_reply){pair.access, pair.name});
}

static struct err login(struct call *call)
{
    return sign_in(call, call->body);
}

/* Every reason is a 400 here, also that registration is closed. */
static struct err register_user(struct call *call)
{
    const struct login *body = call->body;
    struct token_pair pair;
    struct err e = auth_register(call->core->auth, call->arena, body->username, body->password, &pair);
    if (e.kind == ERR_DENIED || e.kind == ERR_CONFLICT)
        e.kind = ERR_INVALID;
    TRY(e);
    return sign_in(call, body);
}

static struct err me(struct call *call)
{
    struct user_list users = {0};
    TRY(auth_users(call->core->auth, call->arena, &users));
    for (size_t i = 0; i < users.count; i++) {
        if (users.items[i].id == call->who.user_id)
            return call_reply(call, &users.items[i]);
    }
    return err_make(ERR_NOT_FOUND, "user_not_found", "The account does not exist");
}

static struct err change_password(struct call *call)
{
    const struct password_change *body = call->body;
    if (call->who.kind == IDENTITY_ANONYMOUS)
        return err_make(ERR_UNAUTHENTICATED, "auth_required", "Authentication required");
    TRY(auth_change_password(call->core->auth, call->arena, call->who.user_id, body->current_password,
                             body->new_password));
    return call_empty(call, 204);
}

#define TAG "Authentication"
ROUTES(haas_auth_routes,
       {HTTP_POST, "/api/auth/register", TAG, "Creates an account (setting auth.open_registration)",
        register_user, .body = &haas_login_shape, .reply = &haas_auth_reply_shape, .access = ACCESS_PUBLIC,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/api/auth/login", TAG, "Signs in", login, .body = &haas_login_shape,
        .reply = &haas_auth_reply_shape, .access = ACCESS_PUBLIC, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/api/auth/me", TAG, "Who is signed in", me, .reply = &haas_me_shape},
       {HTTP_PUT, "/api/auth/me/password", TAG, "Changes the password", change_password,
        .body = &haas_password_shape, .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_PUT, "/api/auth/password", TAG, "Changes the password (as the web client calls it)",
        change_password, .body = &haas_password_shape, .status = 204, .flags = ROUTE_BLOCKING});
