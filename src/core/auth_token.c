/* Tokens and API keys: making, checking, taking back. */
#include <jwt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "core/auth_private.h"

/* Several tabs refresh at once with the same cookie: the loser of that race is not signed out. */
#define REFRESH_GRACE_US (30 * SECONDS_US)
#define KEY_PREFIX       "mdl_"

const char *secret_hash(struct arena *a, const char *secret)
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)secret, strlen(secret), NULL, 0);
    return hex_encode(hash, sizeof(hash), arena_alloc(a, 65));
}

const char *random_secret(struct arena *a, const char *prefix, size_t bytes)
{
    unsigned char raw[64];
    char text[96];
    CHECK(bytes <= sizeof(raw));
    random_bytes(raw, bytes);
    sodium_bin2base64(text, sizeof(text), raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return arena_printf(a, "%s%s", prefix, text);
}

/* --- the cache of answers ------------------------------------------------------------------------------- */

static void credential_hash(const char *credential, unsigned char hash[32])
{
    crypto_generichash(hash, 32, (const unsigned char *)credential, strlen(credential), NULL, 0);
}

static struct cached *cache_slot(struct auth *auth, const unsigned char hash[32])
{
    uint32_t index;
    memcpy(&index, hash, sizeof(index));
    return &auth->cache[index % CACHE_SLOTS];
}

static bool cache_find(struct auth *auth, struct arena *a, const unsigned char hash[32],
                       struct identity *ret)
{
    int64_t now = time_now_us();
    bool found = false;
    pthread_mutex_lock(&auth->lock);
    const struct cached *c = cache_slot(auth, hash);
    if (c->until_us > now && sodium_memcmp(c->hash, hash, 32) == 0) {
        *ret = (struct identity){
            .kind = (enum identity_kind)c->kind,
            .user_id = c->user_id,
            .name = arena_strdup(a, c->name),
            .admin = c->admin,
            .jti = c->jti[0] ? arena_strdup(a, c->jti) : NULL,
            .expires_at = c->expires_at,
        };
        found = true;
    }
    pthread_mutex_unlock(&auth->lock);
    return found;
}

static void cache_store(struct auth *auth, const unsigned char hash[32], const struct identity *who)
{
    int64_t until = time_now_us() + CACHE_LIFE_US;
    if (who->expires_at != TIME_NONE && who->expires_at < until)
        until = who->expires_at;
    pthread_mutex_lock(&auth->lock);
    struct cached *c = cache_slot(auth, hash);
    *c = (struct cached){.until_us = until,
                         .user_id = who->user_id,
                         .expires_at = who->expires_at,
                         .kind = (int)who->kind,
                         .admin = who->admin};
    memcpy(c->hash, hash, 32);
    snprintf(c->name, sizeof(c->name), "%s", who->name);
    snprintf(c->jti, sizeof(c->jti), "%s", who->jti ? who->jti : "");
    pthread_mutex_unlock(&auth->lock);
}

void cache_clear(struct auth *auth)
{
    pthread_mutex_lock(&auth->lock);
    memset(auth->cache, 0, sizeof(auth->cache));
    pthread_mutex_unlock(&auth->lock);
}

/* --- access tokens --------------------------------------------------------------------------------------- */

static const char *encode_access(struct auth *auth, struct arena *a, const struct user *user,
                                 int64_t expires_at)
{
    char uuid[UUID_TEXT_BYTES];
    jwt_t *jwt;
    CHECK(jwt_new(&jwt) == 0);
    CHECK(jwt_set_alg(jwt, JWT_ALG_HS256, auth->secret, SECRET_BYTES) == 0);
    jwt_add_grant(jwt, "sub", user->name);
    jwt_add_grant(jwt, "unique_name", user->name); /* where document 003's clients look */
    jwt_add_grant_int(jwt, "user_id", (long)user->id);
    jwt_add_grant_int(jwt, "exp", (long)(expires_at / SECONDS_US));
    jwt_add_grant_int(jwt, "ver", (long)user->token_version);
    jwt_add_grant(jwt, "type", "access");
    jwt_add_grant(jwt, "jti", uuid_make(uuid));
    char *text = jwt_encode_str(jwt);
    CHECK(text != NULL);
    const char *kept = arena_strdup(a, text);
    free(text);
    jwt_free(jwt);
    return kept;
}

struct err tokens_issue(struct auth *auth, struct arena *a, struct db_conn *tx, const struct user *user,
                        int64_t life_s, struct token_pair *ret)
{
    int64_t now = time_now_us();
    if (life_s <= 0)
        life_s = settings_int(auth->settings, "auth.access_minutes") * 60;
    int64_t refresh_s = settings_int(auth->settings, "auth.refresh_minutes") * 60;
    int64_t expires_at = now + life_s * SECONDS_US;
    const char *refresh = random_secret(a, "", 32);
    TRY(db_exec(tx,
                "INSERT INTO refresh_token (user_id, hash, token_version, created_at, expires_at)"
                " VALUES ($1, $2, $3, $4, $5)",
                "itiii", user->id, secret_hash(a, refresh), user->token_version, now,
                now + refresh_s * SECONDS_US));
    *ret = (struct token_pair){
        .access = encode_access(auth, a, user, expires_at),
        .access_expires_at = expires_at,
        .access_life_s = life_s,
        .refresh = refresh,
        .refresh_life_s = refresh_s,
        .user_id = user->id,
        .name = arena_strdup(a, user->name),
    };
    return OK;
}

static struct err invalid_token(void)
{
    return err_make(ERR_UNAUTHENTICATED, "token_invalid", "Invalid or expired token");
}

struct claims {
    int64_t user_id;
    int64_t version;
    int64_t expires_at;
    const char *jti;
};

static struct err read_claims(struct auth *auth, struct arena *a, const char *token, struct claims *ret)
{
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, auth->secret, SECRET_BYTES) != 0)
        return invalid_token();
    const char *type = jwt_get_grant(jwt, "type");
    bool good = jwt_get_alg(jwt) == JWT_ALG_HS256 && type && strcmp(type, "access") == 0;
    *ret = (struct claims){
        .user_id = jwt_get_grant_int(jwt, "user_id"),
        .version = jwt_get_grant_int(jwt, "ver"),
        .expires_at = (int64_t)jwt_get_grant_int(jwt, "exp") * SECONDS_US,
        .jti = arena_strdup(a, jwt_get_grant(jwt, "jti")),
    };
    jwt_free(jwt);
    if (!good || !ret->jti)
        return invalid_token();
    if (ret->expires_at <= time_now_us())
        return err_make(ERR_UNAUTHENTICATED, "token_expired", "Invalid or expired token");
    return OK;
}

struct err token_check(struct auth *auth, struct arena *a, const char *token, struct identity *ret)
{
    struct claims claims;
    TRY(read_claims(auth, a, token, &claims));
    ROWS(rows);
    TRY(db_query(db_reader(auth->db), &rows,
                 "SELECT u.name, u.admin, u.disabled, u.token_version,"
                 " (SELECT COUNT(*) FROM revoked_token WHERE jti = $2) FROM app_user u WHERE u.id = $1",
                 "it", claims.user_id, claims.jti));
    bool found = rows_next(&rows);
    const char *name = found ? rows_text(&rows, a, 0) : NULL;
    bool admin = found && rows_int(&rows, 1) == 1;
    bool disabled = found && rows_int(&rows, 2) == 1;
    bool current = found && rows_int(&rows, 3) == claims.version && rows_int(&rows, 4) == 0;
    TRY(rows_end(&rows));
    if (!found || !current)
        return err_make(ERR_UNAUTHENTICATED, "token_revoked", "Invalid or expired token");
    if (disabled)
        return err_make(ERR_DENIED, "user_disabled", "User account is disabled");
    *ret = (struct identity){IDENTITY_USER, claims.user_id, name, admin, claims.jti, claims.expires_at};
    return OK;
}

/* --- API keys ------------------------------------------------------------------------------------------- */

#define KF(kind_, member_, column_) F(struct api_key, kind_, member_, .column = (column_))
SHAPE(api_key_shape, "ApiKey", struct api_key, "A named key for programs", KF(T_INT, id, "id"),
      KF(T_TEXT, name, "name"), KF(T_TEXT, prefix, "prefix"), KF(T_TIME, created_at, "created_at"),
      KF(T_TIME, last_used_at, "last_used_at"));

static struct err touch_key(struct auth *auth, int64_t id)
{
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE api_key SET last_used_at = $1 WHERE id = $2", "ii", time_now_us(), id));
    return db_commit(&tx);
}

struct err key_check(struct auth *auth, struct arena *a, const char *key, struct identity *ret)
{
    ROWS(rows);
    TRY(db_query(db_reader(auth->db), &rows,
                 "SELECT k.id, u.id, u.name, u.admin, u.disabled, k.last_used_at FROM api_key k"
                 " JOIN app_user u ON u.id = k.user_id WHERE k.hash = $1",
                 "t", secret_hash(a, key)));
    bool found = rows_next(&rows);
    int64_t id = found ? rows_int(&rows, 0) : 0;
    struct identity who = {0};
    if (found)
        who = (struct identity){IDENTITY_API_KEY, rows_int(&rows, 1), rows_text(&rows, a, 2),
                                rows_int(&rows, 3) == 1, NULL, TIME_NONE};
    bool disabled = found && rows_int(&rows, 4) == 1;
    int64_t used_at = found ? rows_int(&rows, 5) : 0;
    TRY(rows_end(&rows));
    if (!found)
        return invalid_token();
    if (disabled)
        return err_make(ERR_DENIED, "user_disabled", "User account is disabled");
    /* Once an hour is exact enough to see which keys are in use, and writes nothing on the hot path. */
    if (used_at == TIME_NONE || time_now_us() - used_at > 3600 * SECONDS_US)
        IGNORE(touch_key(auth, id)); /* a note only; the key is good */
    *ret = who;
    return OK;
}

struct err auth_keys(struct auth *auth, struct arena *a, int64_t user_id, struct api_key_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &api_key_shape, NULL);
    buf_puts(&sql, " FROM api_key WHERE user_id = $1 ORDER BY name");
    TRY(db_query(db_reader(auth->db), &rows, sql.data, "i", user_id));
    while (rows_next(&rows))
        rows_fill(&rows, a, &api_key_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err auth_key_create(struct auth *auth, struct arena *a, int64_t user_id, const char *name,
                           struct api_key *ret_key, const char **ret_secret)
{
    const char *secret = random_secret(a, KEY_PREFIX, 32);
    struct api_key key = {.name = name,
                          .prefix = arena_strndup(a, secret, strlen(KEY_PREFIX) + 6),
                          .created_at = time_now_us(),
                          .last_used_at = TIME_NONE};
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    struct err e = db_get_int(tx.conn, &key.id,
                              "INSERT INTO api_key (user_id, name, prefix, hash, created_at)"
                              " VALUES ($1, $2, $3, $4, $5) RETURNING id",
                              "ittti", user_id, name, key.prefix, secret_hash(a, secret),
                              key.created_at);
    if (e.kind == ERR_CONFLICT)
        return err_field(ERR_CONFLICT, "api_key_exists", "name", "An API key with this name exists");
    TRY(e);
    TRY(db_commit(&tx));
    *ret_key = key;
    *ret_secret = secret;
    return OK;
}

struct err auth_key_delete(struct auth *auth, struct arena *a, int64_t user_id, int64_t id)
{
    (void)a;
    int64_t changed;
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(db_exec_n(tx.conn, &changed, "DELETE FROM api_key WHERE id = $1 AND user_id = $2", "ii", id, user_id));
    if (!changed)
        return err_make(ERR_NOT_FOUND, "api_key_not_found", "API key not found");
    TRY(db_commit(&tx));
    cache_clear(auth);
    return OK;
}

/* --- checking, refreshing, leaving ------------------------------------------------------------------------ */

struct err auth_check(struct auth *auth, struct arena *a, const char *credential, struct identity *ret)
{
    unsigned char hash[32];
    struct identity who;
    credential_hash(credential, hash);
    if (cache_find(auth, a, hash, ret))
        return OK;
    if (strncmp(credential, KEY_PREFIX, strlen(KEY_PREFIX)) == 0)
        TRY(key_check(auth, a, credential, &who));
    else
        TRY(token_check(auth, a, credential, &who));
    cache_store(auth, hash, &who);
    *ret = who;
    return OK;
}

struct err auth_refresh(struct auth *auth, struct arena *a, const char *refresh_token,
                        struct token_pair *ret_pair)
{
    int64_t now = time_now_us();
    struct account account;
    TX(tx);
    ROWS(rows);
    TRY(db_begin(auth->db, &tx));
    TRY(db_query(tx.conn, &rows,
                 "SELECT id, user_id, token_version, expires_at, used_at FROM refresh_token WHERE hash = $1",
                 "t", secret_hash(a, refresh_token)));
    bool found = rows_next(&rows);
    int64_t id = found ? rows_int(&rows, 0) : 0;
    int64_t user_id = found ? rows_int(&rows, 1) : 0;
    int64_t version = found ? rows_int(&rows, 2) : 0;
    bool alive = found && rows_int(&rows, 3) > now &&
                 (rows_is_null(&rows, 4) || now - rows_int(&rows, 4) < REFRESH_GRACE_US);
    TRY(rows_end(&rows));
    if (!alive)
        return err_make(ERR_UNAUTHENTICATED, "refresh_invalid", "Invalid or expired refresh token");
    struct err e = account_by_id(tx.conn, a, user_id, &account);
    if (failed(e) || account.user.disabled == 1 || account.user.token_version != version)
        return err_make(ERR_UNAUTHENTICATED, "refresh_invalid", "Invalid or expired refresh token");
    TRY(db_exec(tx.conn, "UPDATE refresh_token SET used_at = COALESCE(used_at, $1) WHERE id = $2", "ii",
                now, id));
    TRY(tokens_issue(auth, a, tx.conn, &account.user, 0, ret_pair));
    return db_commit(&tx);
}

static struct err revoke_access(struct auth *auth, struct arena *a, struct db_conn *tx, const char *token)
{
    struct claims claims;
    if (failed(read_claims(auth, a, token, &claims)))
        return OK; /* not ours, or dead already */
    return db_exec(tx,
                   "INSERT INTO revoked_token (jti, expires_at) VALUES ($1, $2)"
                   " ON CONFLICT (jti) DO NOTHING",
                   "ti", claims.jti, claims.expires_at);
}

struct err auth_logout(struct auth *auth, struct arena *a, const char *token)
{
    if (!token || !*token)
        return OK;
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(revoke_access(auth, a, tx.conn, token));
    TRY(db_exec(tx.conn, "DELETE FROM refresh_token WHERE hash = $1", "t", secret_hash(a, token)));
    TRY(db_commit(&tx));
    cache_clear(auth);
    return OK;
}
