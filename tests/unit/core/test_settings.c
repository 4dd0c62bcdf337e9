/* The settings registry: sources, validation, history, the file; on both databases. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "core/events.h"
#include "core/settings.h"
#include "model/schema.h"
#include "unit/db/fixture.h"

static struct settings *open_settings(struct test_db *t, const char *const *overrides)
{
    struct settings *s = NULL;
    assert_ok(db_migrate(t->db, &t->arena, schema_migrations, schema_migration_count));
    assert_ok(settings_create(&t->arena,
                              &(struct settings_options){.data_dir = t->folder, .db = t->db, .overrides = overrides},
                              &s));
    return s;
}

static struct err change(struct test_db *t, struct settings *s, const char *json, struct mistakes *mistakes)
{
    struct setting_changes changes = {0};
    struct mistakes none = {0};
    const char *key;
    json_t *value;
    json_t *object = json_read(&t->arena, json, strlen(json), "body", &none);
    json_object_foreach (object, key, value)
        *arena_push(&t->arena, &changes) = (struct setting_change){key, value};
    return settings_change(s, &t->arena, &changes, "tester", NULL, mistakes);
}

static void every_row_has_a_default_that_its_own_rules_accept(struct test_db *t)
{
    struct settings *s = open_settings(t, NULL);
    for (size_t i = 0; i < setting_row_count; i++) {
        assert_ptr_equal(setting_find(setting_rows[i].key), &setting_rows[i]);
        assert_true(strlen(setting_rows[i].help) > 5);
    }
    assert_int_equal(settings_int(s, "jobs.workers"), 4);
    settings_destroy(s);
}

static void changes_are_kept_in_the_file_and_survive_a_restart(struct test_db *t)
{
    struct mistakes mistakes = {0};
    struct settings *s = open_settings(t, NULL);
    assert_ok(change(t, s, "{\"backup.retention_count\":9,\"organizer.path_pattern\":\"{artist}: \\\"x\\\"\"}",
                     &mistakes));
    settings_destroy(s);
    s = open_settings(t, NULL);
    assert_int_equal(settings_int(s, "backup.retention_count"), 9);
    assert_string_equal(settings_text(s, &t->arena, "organizer.path_pattern"), "{artist}: \"x\"");
    assert_int_equal(settings_source(s, "backup.retention_count"), SOURCE_HERE);
    struct stat st;
    assert_int_equal(stat(arena_printf(&t->arena, "%s/config.yaml", t->folder), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    settings_destroy(s);
}

static void one_bad_value_changes_nothing(struct test_db *t)
{
    struct mistakes mistakes = {0};
    struct settings *s = open_settings(t, NULL);
    assert_fails(change(t, s,
                        "{\"backup.retention_count\":5,\"trash.retention_days\":0,\"no.such\":1,"
                        "\"tags.normalize\":\"yes\",\"nfo.featured_artists.append_to_field\":\"x\"}",
                        &mistakes),
                 ERR_INVALID);
    assert_int_equal(mistakes.count, 4);
    assert_int_equal(settings_int(s, "backup.retention_count"), 7);
    struct event_list events = {0};
    assert_ok(events_after(db_reader(t->db), &t->arena, 0, 10, &events));
    assert_int_equal(events.count, 0);
    settings_destroy(s);
}

static void undo_and_redo_walk_the_history(struct test_db *t)
{
    struct mistakes mistakes = {0};
    struct setting_version v;
    struct settings *s = open_settings(t, NULL);
    assert_fails(settings_move(s, &t->arena, 1, "tester", &v), ERR_INVALID);
    assert_ok(change(t, s, "{\"backup.retention_count\":8}", &mistakes));
    assert_ok(change(t, s, "{\"backup.retention_count\":9}", &mistakes));
    assert_ok(settings_move(s, &t->arena, 2, "tester", &v));
    assert_int_equal(settings_int(s, "backup.retention_count"), 7);
    assert_ok(settings_move(s, &t->arena, -1, "tester", &v));
    assert_int_equal(settings_int(s, "backup.retention_count"), 8);
    struct setting_history history = {0};
    assert_ok(settings_history(s, &t->arena, 10, &history));
    assert_int_equal(history.count, 3);
    assert_true(history.items[1].current);
    assert_true(history.can_undo && history.can_redo);
    /* A new change drops what could have been redone. */
    assert_ok(change(t, s, "{\"backup.retention_count\":20}", &mistakes));
    assert_fails(settings_move(s, &t->arena, -1, "tester", &v), ERR_INVALID);
    settings_destroy(s);
}

static void secrets_are_masked_in_events(struct test_db *t)
{
    struct mistakes mistakes = {0};
    struct event_list events = {0};
    struct settings *s = open_settings(t, NULL);
    assert_ok(change(t, s, "{\"apis.imvdb.auth.app_key\":\"hush\"}", &mistakes));
    assert_ok(events_after(db_reader(t->db), &t->arena, 0, 10, &events));
    assert_int_equal(events.count, 1);
    assert_null(strstr(events.items[0].payload, "hush"));
    settings_destroy(s);
}

static void environment_and_command_line_win_and_cannot_be_changed(struct test_db *t)
{
    static const char *const overrides[] = {"jobs.workers=3", NULL};
    struct mistakes mistakes = {0};
    setenv("MEDLEY_TRASH_RETENTION_DAYS", "12", 1);
    setenv("IMVDB_APP_KEY", "from-environment", 1);
    struct settings *s = open_settings(t, overrides);
    assert_int_equal(settings_int(s, "trash.retention_days"), 12);
    assert_int_equal(settings_int(s, "jobs.workers"), 3);
    assert_string_equal(settings_text(s, &t->arena, "apis.imvdb.auth.app_key"), "from-environment");
    assert_fails(change(t, s, "{\"jobs.workers\":5}", &mistakes), ERR_INVALID);
    settings_destroy(s);
    unsetenv("MEDLEY_TRASH_RETENTION_DAYS");
    unsetenv("IMVDB_APP_KEY");
}

static void a_damaged_file_is_refused_with_its_line(struct test_db *t)
{
    static const char *const bad[] = {"backup:\n  retention_count: 900\n", "a: [1,\n", "- 1\n",
                                      "backup:\n  retention_count: many\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct settings *s;
        FILE *f = fopen(arena_printf(&t->arena, "%s/config.yaml", t->folder), "w");
        fputs(bad[i], f);
        fclose(f);
        assert_fails(settings_create(&t->arena, &(struct settings_options){.data_dir = t->folder}, &s),
                     ERR_INVALID);
    }
}

int main(void)
{
    static const struct db_case cases[] = {
        DB_CASE(every_row_has_a_default_that_its_own_rules_accept),
        DB_CASE(changes_are_kept_in_the_file_and_survive_a_restart),
        DB_CASE(one_bad_value_changes_nothing),
        DB_CASE(undo_and_redo_walk_the_history),
        DB_CASE(secrets_are_masked_in_events),
        DB_CASE(environment_and_command_line_win_and_cannot_be_changed),
        DB_CASE(a_damaged_file_is_refused_with_its_line),
    };
    return db_cases_run("settings", cases, sizeof(cases) / sizeof(cases[0]));
}
