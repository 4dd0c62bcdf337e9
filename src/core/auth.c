/* Accounts: first start, login, passwords, users. */
#include "core/auth_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/ids.h"
#include "sys/atomic_file.h"

#define UF(kind_, member_, column_) F(struct user, kind_, member_, .column = (column_))
SHAPE(user_shape, "User", struct user, "A person who may sign in", UF(T_INT, id, "id"),
      UF(T_TEXT, name, "name"), UF(T_BOOL, admin, "admin"), UF(T_BOOL, disabled, "disabled"),
      UF(T_BOOL, must_change, "must_change"), UF(T_INT, token_version, "token_version"),
      UF(T_TIME, created_at, "created_at"), UF(T_TIME, last_login_at, "last_login_at"));

#define INITIAL_PASSWORD_FILE "initial-password"

/* --- rows ------------------------------------------------------------------------------------------- */

static struct err account_where(struct db_conn *conn, struct arena *a, const char *where, const char *name,
                                int64_t id, struct account *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT password_hash, ");
    db_columns(&sql, &user_shape, NULL);
    buf_printf(&sql, " FROM app_user WHERE %s = $1", where);
    if (name)
        TRY(db_query(conn, &rows, sql.data, "t", fold(a, name)));
    else
        TRY(db_query(conn, &rows, sql.data, "i", id));
    bool found = rows_next(&rows);
    if (found) {
        ret->hash = rows_text(&rows, a, 0);
        rows_fill(&rows, a, &user_shape, 1, &ret->user);
    }
    TRY(rows_end(&rows));
    return found ? OK : err_make(ERR_NOT_FOUND, "user_not_found", "No such user");
}

struct err account_by_name(struct db_conn *conn, struct arena *a, const char *name, struct account *ret)
{
    return account_where(conn, a, "name_fold", name, 0, ret);
}

struct err account_by_id(struct db_conn *conn, struct arena *a, int64_t id, struct account *ret)
{
    return account_where(conn, a, "id", NULL, id, ret);
}

static struct err insert_user(struct auth *auth, struct arena *a, struct db_conn *tx, const char *name,
                              const char *password, bool admin, bool must_change, int64_t *ret_id)
{
    const char *hash;
    if (utf8_length(name) < 3 || utf8_length(name) > 100 || !*fold(a, name))
        return err_field(ERR_INVALID, "bad_user_name", "username", "A user name has 3 to 100 characters");
    TRY(password_acceptable(a, password));
    TRY(password_hash(auth, a, password, &hash));
    struct err e = db_get_int(tx, ret_id,
                              "INSERT INTO app_user (name, name_fold, password_hash, admin, must_change,"
                              " created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                              "tttiii", name, fold(a, name), hash, (int64_t)admin, (int64_t)must_change,
                              time_now_us());
    if (e.kind == ERR_CONFLICT)
        return err_field(ERR_CONFLICT, "user_exists", "username", "This user name is taken");
    return e;
}

/* --- life ------------------------------------------------------------------------------------------- */

static struct err load_secret(struct auth *auth, struct arena *a)
{
    const char *path = arena_printf(a, "%s/secret.key", auth->data_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        random_bytes(auth->secret, SECRET_BYTES);
        return atomic_file_write(a, NULL, path, auth->secret, SECRET_BYTES, 0600);
    }
    if (fd < 0)
        return err_errno(a, errno, path);
    ssize_t got = read(fd, auth->secret, SECRET_BYTES);
    close(fd);
    if (got != SECRET_BYTES)
        return err_f(a, ERR_STORAGE, "bad_secret", "%s is damaged: remove it to make a new one", path);
    return OK;
}

/* Several processes on one database must sign alike, so there the key lives in the database. */
static struct err share_secret(struct auth *auth, struct arena *a)
{
    char hex[2 * SECRET_BYTES + 1];
    ROWS(rows);
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(db_exec(tx.conn,
                "INSERT INTO fact (name, value) VALUES ('auth.secret', $1) ON CONFLICT (name) DO NOTHING",
                "t", hex_encode(auth->secret, SECRET_BYTES, hex)));
    TRY(db_commit(&tx));
    TRY(db_query(db_reader(auth->db), &rows, "SELECT value FROM fact WHERE name = 'auth.secret'", ""));
    const char *stored = rows_next(&rows) ? rows_text(&rows, a, 0) : NULL;
    TRY(rows_end(&rows));
    size_t len = 0;
    if (!stored || sodium_hex2bin(auth->secret, SECRET_BYTES, stored, strlen(stored), NULL, &len, NULL) ||
        len != SECRET_BYTES)
        return err_make(ERR_STORAGE, "bad_secret", "The signing key in the database is damaged");
    return OK;
}

struct err auth_create(struct arena *a, struct db *db, struct settings *settings, const char *data_dir,
                       struct auth **ret_auth)
{
    CHECK(sodium_init() >= 0);
    struct auth *auth = calloc(1, sizeof(*auth));
    CHECK(auth != NULL);
    *auth = (struct auth){.db = db, .settings = settings, .data_dir = data_dir};
    pthread_mutex_init(&auth->lock, NULL);
    pthread_mutex_init(&auth->hashing, NULL);
    struct err e = db_driver(db) == DB_POSTGRES ? OK : load_secret(auth, a);
    if (db_driver(db) == DB_POSTGRES) {
        random_bytes(auth->secret, SECRET_BYTES);
        e = share_secret(auth, a);
    }
    if (!failed(e))
        e = db_exec(db_reader(db), "SELECT 1", "");
    if (failed(e)) {
        auth_destroy(auth);
        return e;
    }
    auth->dummy_hash = strdup(password_unmatchable(a));
    *ret_auth = auth;
    return OK;
}

void auth_destroy(struct auth *auth)
{
    if (!auth)
        return;
    sodium_memzero(auth->secret, SECRET_BYTES);
    free(auth->dummy_hash);
    pthread_mutex_destroy(&auth->lock);
    pthread_mutex_destroy(&auth->hashing);
    free(auth);
}

static const char *initial_password_path(struct auth *auth, struct arena *a)
{
    return arena_printf(a, "%s/%s", auth->data_dir, INITIAL_PASSWORD_FILE);
}

struct err auth_first_start(struct auth *auth, struct arena *a, const char **ret_password)
{
    int64_t users;
    int64_t id;
    *ret_password = NULL;
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(db_exec(tx.conn, "DELETE FROM revoked_token WHERE expires_at < $1", "i", time_now_us()));
    TRY(db_exec(tx.conn, "DELETE FROM refresh_token WHERE expires_at < $1", "i", time_now_us()));
    TRY(db_get_int(tx.conn, &users, "SELECT COUNT(*) FROM app_user", ""));
    if (users > 0)
        return db_commit(&tx);
    const char *chosen = getenv("MEDLEY_ADMIN_PASSWORD");
    bool random = !chosen || !*chosen;
    if (random)
        chosen = random_secret(a, "", 12);
    TRY(insert_user(auth, a, tx.conn, "admin", chosen, true, random, &id));
    if (random)
        TRY(atomic_file_write(a, NULL, initial_password_path(auth, a),
                              arena_printf(a, "%s\n", chosen), strlen(chosen) + 1, 0600));
    TRY(db_commit(&tx));
    if (random)
        *ret_password = chosen;
    return OK;
}

/* --- login ------------------------------------------------------------------------------------------ */

static struct err bad_login(void)
{
    return err_make(ERR_UNAUTHENTICATED, "bad_login", "Invalid username or password");
}

/* Finds the account and checks the password; counts failures of the address. */
static struct err verify(struct auth *auth, struct arena *a, const char *name, const char *password,
                         const char *peer, struct account *ret_account, int64_t *ret_retry_s)
{
    if (throttle_blocked(auth, peer, ret_retry_s))
        return err_f(a, ERR_THROTTLED, "too_many_logins",
                     "Too many failed login attempts. Try again in %lld seconds", (long long)*ret_retry_s);
    struct err e = account_by_name(db_reader(auth->db), a, name, ret_account);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    bool known = !failed(e);
    bool matches = password_matches(auth, known ? ret_account->hash : auth->dummy_hash, password);
    if (!known || !matches) {
        throttle_fail(auth, peer);
        return bad_login();
    }
    if (ret_account->user.disabled == 1) {
        throttle_fail(auth, peer);
        return err_make(ERR_UNAUTHENTICATED, "user_disabled", "User account is disabled");
    }
    return OK;
}

static struct err sign_in(struct auth *auth, struct arena *a, const struct user *user, int64_t life_s,
                          struct token_pair *ret_pair)
{
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE app_user SET last_login_at = $1 WHERE id = $2", "ii", time_now_us(),
                user->id));
    TRY(tokens_issue(auth, a, tx.conn, user, life_s, ret_pair));
    return db_commit(&tx);
}

struct err auth_login(struct auth *auth, struct arena *a, const char *name, const char *password,
                      const char *peer, int64_t life_s, struct token_pair *ret_pair,
                      int64_t *ret_retry_s)
{
    struct account account;
    TRY(verify(auth, a, name, password, peer, &account, ret_retry_s));
    if (account.user.must_change == 1)
        return err_make(ERR_DENIED, "must_change_password",
                        "Password change required. Use /auth/set-initial-password");
    throttle_clear(auth, peer);
    return sign_in(auth, a, &account.user, life_s, ret_pair);
}

/* --- passwords -------------------------------------------------------------------------------------- */

/* Old tokens die with the old password. */
static struct err store_password(struct auth *auth, struct arena *a, struct db_conn *tx, int64_t id,
                                 const char *password)
{
    const char *hash;
    TRY(password_acceptable(a, password));
    TRY(password_hash(auth, a, password, &hash));
    TRY(db_exec(tx,
                "UPDATE app_user SET password_hash = $1, must_change = 0,"
                " token_version = token_version + 1 WHERE id = $2",
                "ti", hash, id));
    return db_exec(tx, "DELETE FROM refresh_token WHERE user_id = $1", "i", id);
}

static void forget_initial_password(struct auth *auth, struct arena *a, const char *name)
{
    cache_clear(auth);
    if (strcmp(fold(a, name), "admin") == 0)
        unlink(initial_password_path(auth, a));
}

static struct err replace_password(struct auth *auth, struct arena *a, const struct user *user,
                                   const char *password)
{
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(store_password(auth, a, tx.conn, user->id, password));
    TRY(db_commit(&tx));
    forget_initial_password(auth, a, user->name);
    return OK;
}

struct err auth_change_password(struct auth *auth, struct arena *a, int64_t user_id, const char *current,
                                const char *wanted)
{
    struct account account;
    TRY(account_by_id(db_reader(auth->db), a, user_id, &account));
    if (!password_matches(auth, account.hash, current))
        return err_field(ERR_INVALID, "wrong_password", "current_password",
                         "Current password is incorrect");
    return replace_password(auth, a, &account.user, wanted);
}

struct err auth_set_initial_password(struct auth *auth, struct arena *a, const char *name,
                                     const char *current, const char *wanted, const char *peer,
                                     struct token_pair *ret_pair, int64_t *ret_retry_s)
{
    struct account account;
    struct err known = account_by_name(db_reader(auth->db), a, name, &account);
    /* An account that is not flagged is told so before its password is looked at (contract 2.2), which
     * tells nobody more than the login page does. */
    if (!failed(known) && account.user.must_change != 1)
        return err_make(ERR_DENIED, "not_flagged", "This account does not need an initial password change");
    TRY(verify(auth, a, name, current, peer, &account, ret_retry_s));
    if (strcmp(current, wanted) == 0)
        return err_field(ERR_INVALID, "same_password", "new_password",
                         "The new password must differ from the current one");
    TRY(replace_password(auth, a, &account.user, wanted));
    throttle_clear(auth, peer);
    TRY(account_by_id(db_reader(auth->db), a, account.user.id, &account));
    return sign_in(auth, a, &account.user, 0, ret_pair);
}

struct err auth_set_password(struct auth *auth, struct arena *a, const char *name, const char *password)
{
    struct account account;
    TRY(account_by_name(db_reader(auth->db), a, name, &account));
    return replace_password(auth, a, &account.user, password);
}

/* --- users ------------------------------------------------------------------------------------------- */

struct err auth_users(struct auth *auth, struct arena *a, struct user_list *ret_users)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &user_shape, NULL);
    buf_puts(&sql, " FROM app_user ORDER BY name_fold");
    TRY(db_query(db_reader(auth->db), &rows, sql.data, ""));
    while (rows_next(&rows))
        rows_fill(&rows, a, &user_shape, 0, arena_push(a, ret_users));
    return rows_end(&rows);
}

struct err auth_user_add(struct auth *auth, struct arena *a, const char *name, const char *password,
                         bool admin, int64_t *ret_id)
{
    TX(tx);
    TRY(db_begin(auth->db, &tx));
    TRY(insert_user(auth, a, tx.conn, name, password, admin, false, ret_id));
    return db_commit(&tx);
}

struct err auth_register(struct auth *auth, struct arena *a, const char *name, const char *password,
                         struct token_pair *ret_pair)
{
    int64_t id;
    struct account account;
    if (!settings_bool(auth->settings, "auth.open_registration"))
        return err_make(ERR_DENIED, "registration_closed",
                        "Registration is closed (setting auth.open_registration)");
    TRY(auth_user_add(auth, a, name, password, false, &id));
    TRY(account_by_id(db_reader(auth->db), a, id, &account));
    return sign_in(auth, a, &account.user, 0, ret_pair);
}
