/* Login, tokens, keys, throttling; on both databases. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "core/auth_private.h"
#include "server.h"

#define PASSWORD "correct horse"

static struct err login(struct test_db *t, struct core *core, const char *password, struct token_pair *pair)
{
    int64_t retry_s;
    return auth_login(core->auth, &t->arena, "Admin", password, "10.0.0.1", 0, pair, &retry_s);
}

static void start(struct test_db *t, struct core *core)
{
    const char *password;
    setenv("MEDLEY_ADMIN_PASSWORD", PASSWORD, 1);
    server_start(t, core, NULL, 0);
    assert_ok(auth_first_start(core->auth, &t->arena, &password));
    assert_null(password);
    unsetenv("MEDLEY_ADMIN_PASSWORD");
}

static void a_first_start_makes_a_password_that_must_be_changed(struct test_db *t)
{
    struct core core;
    const char *password;
    struct token_pair pair;
    int64_t retry_s;
    struct stat st;
    server_start(t, &core, NULL, 0);
    assert_ok(auth_first_start(core.auth, &t->arena, &password));
    assert_non_null(password);
    const char *file = arena_printf(&t->arena, "%s/initial-password", t->folder);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_fails(login(t, &core, password, &pair), ERR_DENIED);
    assert_ok(auth_set_initial_password(core.auth, &t->arena, "admin", password, "a better one", "p", &pair,
                                        &retry_s));
    assert_int_not_equal(stat(file, &st), 0);
    assert_ok(login(t, &core, "a better one", &pair));
    /* Only once. */
    assert_fails(auth_set_initial_password(core.auth, &t->arena, "admin", "a better one", "a third one", "p",
                                           &pair, &retry_s),
                 ERR_DENIED);
    assert_ok(auth_first_start(core.auth, &t->arena, &password));
    assert_null(password);
    server_stop(&core);
}

static void a_token_dies_by_logout_and_by_password_change(struct test_db *t)
{
    struct core core;
    struct token_pair one;
    struct token_pair two;
    struct identity who;
    start(t, &core);
    assert_ok(login(t, &core, PASSWORD, &one));
    assert_ok(login(t, &core, PASSWORD, &two));
    assert_ok(auth_check(core.auth, &t->arena, one.access, &who));
    assert_string_equal(who.name, "admin");
    assert_ok(auth_logout(core.auth, &t->arena, one.access));
    assert_fails(auth_check(core.auth, &t->arena, one.access, &who), ERR_UNAUTHENTICATED);
    assert_ok(auth_check(core.auth, &t->arena, two.access, &who));
    assert_fails(auth_change_password(core.auth, &t->arena, who.user_id, "wrong", "long enough"), ERR_INVALID);
    assert_fails(auth_change_password(core.auth, &t->arena, who.user_id, PASSWORD, "short"), ERR_INVALID);
    assert_ok(auth_change_password(core.auth, &t->arena, who.user_id, PASSWORD, "long enough"));
    assert_fails(auth_check(core.auth, &t->arena, two.access, &who), ERR_UNAUTHENTICATED);
    assert_fails(auth_refresh(core.auth, &t->arena, two.refresh, &two), ERR_UNAUTHENTICATED);
    server_stop(&core);
}

static void refresh_rotates_with_a_short_grace(struct test_db *t)
{
    struct core core;
    struct token_pair first;
    struct token_pair next;
    start(t, &core);
    assert_ok(login(t, &core, PASSWORD, &first));
    assert_ok(auth_refresh(core.auth, &t->arena, first.refresh, &next));
    assert_string_not_equal(first.refresh, next.refresh);
    assert_ok(auth_refresh(core.auth, &t->arena, first.refresh, &next));
    test_db_script(t, "UPDATE refresh_token SET used_at = 1000 WHERE used_at IS NOT NULL");
    assert_fails(auth_refresh(core.auth, &t->arena, first.refresh, &next), ERR_UNAUTHENTICATED);
    assert_fails(auth_refresh(core.auth, &t->arena, first.access, &next), ERR_UNAUTHENTICATED);
    server_stop(&core);
}

static void foreign_and_altered_tokens_are_refused(struct test_db *t)
{
    struct core core;
    struct token_pair pair;
    struct identity who;
    start(t, &core);
    assert_ok(login(t, &core, PASSWORD, &pair));
    char *altered = arena_strdup(&t->arena, pair.access);
    altered[strlen(altered) / 2] ^= 1;
    static const char *const bad[] = {
        "", "x", "a.b.c", "mdl_unknown",
        /* {"alg":"none"} */
        "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxLCJ0eXBlIjoiYWNjZXNzIiwianRpIjoieCIsImV4cCI6OTk5OTk5OTk5OX0."};
    assert_fails(auth_check(core.auth, &t->arena, altered, &who), ERR_UNAUTHENTICATED);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(auth_check(core.auth, &t->arena, bad[i], &who), ERR_UNAUTHENTICATED);
    server_stop(&core);
}

static void failed_logins_are_throttled_by_address(struct test_db *t)
{
    struct core core;
    struct token_pair pair;
    int64_t retry_s = 0;
    start(t, &core);
    for (int i = 0; i < 5; i++)
        assert_fails(login(t, &core, "wrong password", &pair), ERR_UNAUTHENTICATED);
    assert_fails(login(t, &core, PASSWORD, &pair), ERR_THROTTLED);
    assert_ok(auth_login(core.auth, &t->arena, "admin", PASSWORD, "10.0.0.2", 0, &pair, &retry_s));
    server_stop(&core);
}

static void key_names_are_unique_per_account(struct test_db *t)
{
    struct core core;
    struct api_key key;
    const char *secret;
    struct api_key_list keys = {0};
    start(t, &core);
    assert_ok(auth_key_create(core.auth, &t->arena, 1, "player", &key, &secret));
    assert_fails(auth_key_create(core.auth, &t->arena, 1, "player", &key, &secret), ERR_CONFLICT);
    assert_ok(auth_keys(core.auth, &t->arena, 1, &keys));
    assert_int_equal(keys.count, 1);
    server_stop(&core);
}

static void a_key_is_shown_once_and_stored_hashed(struct test_db *t)
{
    struct core core;
    struct api_key key;
    const char *secret;
    struct identity who;
    start(t, &core);
    assert_ok(auth_key_create(core.auth, &t->arena, 1, "player", &key, &secret));
    assert_ok(auth_check(core.auth, &t->arena, secret, &who));
    assert_int_equal(who.kind, IDENTITY_API_KEY);
    int64_t stored;
    assert_ok(db_get_int(db_reader(t->db), &stored, "SELECT COUNT(*) FROM api_key WHERE hash = $1", "t", secret));
    assert_int_equal(stored, 0);
    assert_fails(auth_key_delete(core.auth, &t->arena, 2, key.id), ERR_NOT_FOUND);
    assert_ok(auth_key_delete(core.auth, &t->arena, 1, key.id));
    assert_fails(auth_check(core.auth, &t->arena, secret, &who), ERR_UNAUTHENTICATED);
    server_stop(&core);
}

static void passwords_of_an_imported_database_still_open(struct test_db *t)
{
    /* "changeme", bcrypt cost 4 */
    static const char sql[] =
        "INSERT INTO app_user (name, name_fold, password_hash, created_at) VALUES ('old', 'old',"
        " '$2b$04$abcdefghijklmnopqrstuurMY81APmSEiT1iMIjNrGHNRdC0U9WWm', 1)";
    struct core core;
    struct token_pair pair;
    int64_t retry_s;
    start(t, &core);
    test_db_script(t, sql);
    assert_ok(auth_login(core.auth, &t->arena, "old", "changeme", "p", 0, &pair, &retry_s));
    assert_fails(auth_login(core.auth, &t->arena, "old", "changeyou", "p", 0, &pair, &retry_s),
                 ERR_UNAUTHENTICATED);
    server_stop(&core);
}

int main(void)
{
    static const struct db_case cases[] = {
        DB_CASE(a_first_start_makes_a_password_that_must_be_changed),
        DB_CASE(a_token_dies_by_logout_and_by_password_change),
        DB_CASE(refresh_rotates_with_a_short_grace),
        DB_CASE(foreign_and_altered_tokens_are_refused),
        DB_CASE(failed_logins_are_throttled_by_address),
        DB_CASE(key_names_are_unique_per_account),
        DB_CASE(a_key_is_shown_once_and_stored_hashed),
        DB_CASE(passwords_of_an_imported_database_still_open),
    };
    return db_cases_run("auth", cases, sizeof(cases) / sizeof(cases[0]));
}
