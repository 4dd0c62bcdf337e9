/*
 * Who is calling: users, passwords, tokens, API keys.
 *
 * Passwords: argon2id (libsodium); bcrypt hashes of an imported Fuzzbin database are checked once with
 * crypt(3) and replaced. Access tokens: JWT HS256, claims sub, user_id, exp, type "access", jti, ver;
 * they die when the user's token version moves or their jti is revoked. Refresh tokens rotate; a used one
 * is accepted once more within 30 s (several tabs). API keys are shown once and stored hashed. The signing
 * key is made at first start and kept in the data folder, 0600.
 *
 * Any thread. Checks are answered from a cache of a few seconds that revocation clears at once.
 */
#ifndef MEDLEY_CORE_AUTH_H
#define MEDLEY_CORE_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

struct auth;
struct settings;

enum identity_kind { IDENTITY_ANONYMOUS, IDENTITY_USER, IDENTITY_API_KEY };
struct identity {
    enum identity_kind kind;
    int64_t user_id;
    const char *name;
    bool admin;
    const char *jti;
    int64_t expires_at;
};

struct err auth_create(struct arena *a, struct db *db, struct settings *settings, const char *data_dir,
                       struct auth **ret_auth) MUST_CHECK;
void auth_destroy(struct auth *auth);
/* First start: creates `admin` with MEDLEY_ADMIN_PASSWORD (not flagged) or a random password kept in the
 * 0600 file initial-password until it is changed, flagged must-change. *ret_password is that random one,
 * or NULL. */
struct err auth_first_start(struct auth *auth, struct arena *a, const char **ret_password) MUST_CHECK;

/* A bearer token or an API key, whichever it is. ERR_UNAUTHENTICATED "token_expired", "token_invalid",
 * "token_revoked"; ERR_DENIED "user_disabled". */
struct err auth_check(struct auth *auth, struct arena *a, const char *credential,
                      struct identity *ret_identity) MUST_CHECK;

struct token_pair {
    const char *access;
    int64_t access_expires_at;
    int64_t access_life_s;
    const char *refresh;
    int64_t refresh_life_s;
    int64_t user_id;
    const char *name;
};
/* ERR_UNAUTHENTICATED "bad_login" (unknown user and wrong password alike), "user_disabled";
 * ERR_DENIED "must_change_password"; ERR_THROTTLED "too_many_logins" (message carries seconds; also
 * *ret_retry_s). `peer` counts failures. life_s 0: the setting's. */
struct err auth_login(struct auth *auth, struct arena *a, const char *name, const char *password,
                      const char *peer, int64_t life_s, struct token_pair *ret_pair,
                      int64_t *ret_retry_s) MUST_CHECK;
struct err auth_refresh(struct auth *auth, struct arena *a, const char *refresh_token,
                        struct token_pair *ret_pair) MUST_CHECK;
/* Revokes the presented token; unknown ones are ignored. */
struct err auth_logout(struct auth *auth, struct arena *a, const char *token) MUST_CHECK;
/* ERR_INVALID "wrong_password", "weak_password", "same_password". Revokes all older tokens. */
struct err auth_change_password(struct auth *auth, struct arena *a, int64_t user_id,
                                const char *current, const char *wanted) MUST_CHECK;
/* For a user flagged must-change; ERR_DENIED "not_flagged". */
struct err auth_set_initial_password(struct auth *auth, struct arena *a, const char *name,
                                     const char *current, const char *wanted, const char *peer,
                                     struct token_pair *ret_pair, int64_t *ret_retry_s) MUST_CHECK;
struct err auth_register(struct auth *auth, struct arena *a, const char *name, const char *password,
                         struct token_pair *ret_pair) MUST_CHECK;

struct user {
    int64_t id;
    const char *name;
    int8_t admin;
    int8_t disabled;
    int8_t must_change;
    int64_t token_version;
    int64_t created_at;
    int64_t last_login_at;
};
extern const struct shape user_shape;
struct user_list {
    VEC(struct user)
};
struct err auth_users(struct auth *auth, struct arena *a, struct user_list *ret_users) MUST_CHECK;
struct err auth_user_add(struct auth *auth, struct arena *a, const char *name, const char *password,
                         bool admin, int64_t *ret_id) MUST_CHECK;
struct err auth_set_password(struct auth *auth, struct arena *a, const char *name,
                             const char *password) MUST_CHECK;

struct api_key {
    int64_t id;
    const char *name;
    const char *prefix; /* the first characters, to tell keys apart */
    int64_t created_at;
    int64_t last_used_at;
};
extern const struct shape api_key_shape;
struct api_key_list {
    VEC(struct api_key)
};
struct err auth_keys(struct auth *auth, struct arena *a, int64_t user_id, struct api_key_list *ret)
    MUST_CHECK;
/* *ret_secret is the only time the key is shown. */
struct err auth_key_create(struct auth *auth, struct arena *a, int64_t user_id, const char *name,
                           struct api_key *ret_key, const char **ret_secret) MUST_CHECK;
struct err auth_key_delete(struct auth *auth, struct arena *a, int64_t user_id, int64_t id) MUST_CHECK;

#endif
