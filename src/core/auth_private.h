/* Private to core/auth*.c: tokens, passwords, the throttle and the cache of answers. */
#ifndef MEDLEY_CORE_AUTH_PRIVATE_H
#define MEDLEY_CORE_AUTH_PRIVATE_H

#include <pthread.h>

#include "core/auth.h"
#include "core/settings.h"

#define SECRET_BYTES     48
#define CACHE_SLOTS      512
#define CACHE_LIFE_US    (3 * SECONDS_US)
#define THROTTLE_SLOTS   1024
#define THROTTLE_MAX     64 /* failures remembered per address */
#define PASSWORD_MIN     8
#define PASSWORD_MAX     1024

struct cached {
    unsigned char hash[32]; /* of the credential */
    int64_t until_us;       /* 0: empty */
    int64_t user_id;
    int64_t expires_at;
    int kind;
    bool admin;
    char name[104];
    char jti[40];
};

/* Recent failures of one address. */
struct failures {
    char peer[64];
    int64_t at_us[THROTTLE_MAX]; /* newest last */
    int count;
};

struct auth {
    struct db *db;
    struct settings *settings;
    const char *data_dir;
    unsigned char secret[SECRET_BYTES];
    char *dummy_hash; /* checked for unknown users, so that they take as long as known ones */
    pthread_mutex_t hashing; /* one password at a time: argon2id wants memory */
    /* protected by lock */
    pthread_mutex_t lock;
    struct cached cache[CACHE_SLOTS];
    struct failures throttle[THROTTLE_SLOTS];
};

struct account {
    struct user user;
    const char *hash;
};
/* ERR_NOT_FOUND "user_not_found". */
struct err account_by_name(struct db_conn *conn, struct arena *a, const char *name,
                           struct account *ret) MUST_CHECK;
struct err account_by_id(struct db_conn *conn, struct arena *a, int64_t id, struct account *ret)
    MUST_CHECK;

/* --- passwords --- */
struct err password_hash(struct auth *auth, struct arena *a, const char *password,
                         const char **ret_hash) MUST_CHECK;
/* A hash that no password has. */
const char *password_unmatchable(struct arena *a);
bool password_matches(struct auth *auth, const char *hash, const char *password);
struct err password_acceptable(struct arena *a, const char *password) MUST_CHECK;

/* --- throttle --- */
bool throttle_blocked(struct auth *auth, const char *peer, int64_t *ret_retry_s);
void throttle_fail(struct auth *auth, const char *peer);
void throttle_clear(struct auth *auth, const char *peer);

/* --- tokens --- */
struct err tokens_issue(struct auth *auth, struct arena *a, struct db_conn *tx,
                        const struct user *user, int64_t life_s, struct token_pair *ret) MUST_CHECK;
struct err token_check(struct auth *auth, struct arena *a, const char *token,
                       struct identity *ret_identity) MUST_CHECK;
struct err key_check(struct auth *auth, struct arena *a, const char *key,
                     struct identity *ret_identity) MUST_CHECK;
void cache_clear(struct auth *auth);
/* Hex of a keyless hash: tokens and keys are random, so they need no salt. */
const char *secret_hash(struct arena *a, const char *secret);
const char *random_secret(struct arena *a, const char *prefix, size_t bytes);

#endif
