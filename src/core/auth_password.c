/* Passwords and the throttle of failed logins. */
#include <crypt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "core/auth_private.h"

/* OWASP's recommendation for argon2id: 19 MiB, two passes. One at a time, so the server stays small. */
#define ARGON_PASSES 2
#define ARGON_BYTES  (19u << 20)

struct err password_hash(struct auth *auth, struct arena *a, const char *password, const char **ret_hash)
{
    char hash[crypto_pwhash_STRBYTES];
    pthread_mutex_lock(&auth->hashing);
    int failure = crypto_pwhash_str(hash, password, strlen(password), ARGON_PASSES, ARGON_BYTES);
    pthread_mutex_unlock(&auth->hashing);
    if (failure)
        return err_make(ERR_BUSY, "no_memory_for_hash", "Not enough memory to hash a password");
    *ret_hash = arena_strdup(a, hash);
    return OK;
}

/* Random bytes in place of salt and hash: comparing with it takes as long as with a real one, and making it
 * takes no time, which every start would pay. */
const char *password_unmatchable(struct arena *a)
{
    unsigned char bytes[16 + 32];
    char salt[24];
    char hash[48];
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(salt, sizeof(salt), bytes, 16, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash, sizeof(hash), bytes + 16, 32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return arena_printf(a, "$argon2id$v=19$m=%u,t=%d,p=1$%s$%s", ARGON_BYTES / 1024, ARGON_PASSES, salt, hash);
}

/* bcrypt, of an imported database. */
static bool bcrypt_matches(const char *hash, const char *password)
{
    struct crypt_data data = {0};
    /* Not crypt_r: AddressSanitizer puts itself in front of that one and then does not find it. */
    const char *made = crypt_rn(password, hash, &data, (int)sizeof(data));
    return made && strlen(made) == strlen(hash) && sodium_memcmp(made, hash, strlen(hash)) == 0;
}

bool password_matches(struct auth *auth, const char *hash, const char *password)
{
    if (strlen(password) > PASSWORD_MAX)
        return false;
    if (strncmp(hash, "$2", 2) == 0)
        return bcrypt_matches(hash, password);
    pthread_mutex_lock(&auth->hashing);
    bool matches = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    pthread_mutex_unlock(&auth->hashing);
    return matches;
}

struct err password_acceptable(struct arena *a, const char *password)
{
    if (utf8_length(password) < PASSWORD_MIN || strlen(password) > PASSWORD_MAX)
        return err_field(ERR_INVALID, "weak_password", "new_password",
                         arena_printf(a, "A password has at least %d characters", PASSWORD_MIN));
    return OK;
}

/* --- throttle ----------------------------------------------------------------------------------------- */

static uint32_t slot_of(const char *peer)
{
    uint32_t hash = 2166136261u;
    for (; *peer; peer++)
        hash = (hash ^ (unsigned char)*peer) * 16777619u;
    return hash % THROTTLE_SLOTS;
}

/* Two addresses that share a slot take it in turn: the newcomer starts at zero. */
static struct failures *failures_of(struct auth *auth, const char *peer, bool take)
{
    struct failures *f = &auth->throttle[slot_of(peer)];
    if (strcmp(f->peer, peer) == 0)
        return f;
    if (!take)
        return NULL;
    *f = (struct failures){0};
    snprintf(f->peer, sizeof(f->peer), "%s", peer);
    return f;
}

static void forget_old(struct failures *f, int64_t now)
{
    int old = 0;
    while (old < f->count && now - f->at_us[old] >= 60 * SECONDS_US)
        old++;
    memmove(f->at_us, f->at_us + old, (size_t)(f->count - old) * sizeof(f->at_us[0]));
    f->count -= old;
}

bool throttle_blocked(struct auth *auth, const char *peer, int64_t *ret_retry_s)
{
    int64_t limit = settings_int(auth->settings, "auth.login_failures");
    int64_t now = time_now_us();
    bool blocked = false;
    if (limit > THROTTLE_MAX)
        limit = THROTTLE_MAX;
    pthread_mutex_lock(&auth->lock);
    struct failures *f = failures_of(auth, peer, false);
    if (f) {
        forget_old(f, now);
        blocked = f->count >= limit;
        if (blocked)
            *ret_retry_s = (f->at_us[0] + 60 * SECONDS_US - now + SECONDS_US - 1) / SECONDS_US;
    }
    pthread_mutex_unlock(&auth->lock);
    return blocked;
}

void throttle_fail(struct auth *auth, const char *peer)
{
    int64_t now = time_now_us();
    pthread_mutex_lock(&auth->lock);
    struct failures *f = failures_of(auth, peer, true);
    forget_old(f, now);
    if (f->count == THROTTLE_MAX) {
        memmove(f->at_us, f->at_us + 1, (THROTTLE_MAX - 1) * sizeof(f->at_us[0]));
        f->count--;
    }
    f->at_us[f->count++] = now;
    pthread_mutex_unlock(&auth->lock);
}

void throttle_clear(struct auth *auth, const char *peer)
{
    pthread_mutex_lock(&auth->lock);
    struct failures *f = failures_of(auth, peer, false);
    if (f)
        *f = (struct failures){0};
    pthread_mutex_unlock(&auth->lock);
}
