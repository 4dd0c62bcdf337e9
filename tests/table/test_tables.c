/*
 * The tables as tables: every route, shape, enum word, setting, job kind and event of the program, walked from
 * the APIs that are served. What holds for all rows is said once here.
 */
#include "../unit/unit.h"

#include <string.h>

#include "api/common/call.h"
#include "api/fuzzbin/fuzzbin.h"
#include "api/haas/haas.h"
#include "api/harmony/harmony.h"
#include "api/metarr/metarr.h"
#include "api/stashhog/stashhog.h"
#include "api/web/web.h"
#include "core/events.h"
#include "core/settings_private.h"
#include "json/encode.h"
#include "work/kinds.h"

#define SHAPES_MAX 2000
#define DEPTH_MAX  30

static const struct api *const apis[] = {&fuzzbin_api, &harmony_api, &stashhog_api, &haas_api, &metarr_api, &web_api};
#define API_COUNT (sizeof(apis) / sizeof(apis[0]))

/* --- every shape that a route reaches, once ----------------------------------------------------------------- */

struct shapes {
    const struct shape *items[SHAPES_MAX];
    size_t count;
};

static void reach(struct shapes *all, const struct shape *shape, int depth)
{
    if (!shape || depth > DEPTH_MAX)
        return;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i] == shape)
            return;
    }
    assert_true(all->count < SHAPES_MAX);
    all->items[all->count++] = shape;
    for (size_t i = 0; i < shape->count; i++)
        reach(all, shape->fields[i].shape, depth + 1);
}

static void each_route(void (*visit)(const struct api *api, const struct route *route, void *data), void *data)
{
    for (size_t a = 0; a < API_COUNT; a++) {
        for (const struct route_table *const *table = apis[a]->tables; *table; table++) {
            for (size_t i = 0; i < (*table)->count; i++)
                visit(apis[a], &(*table)->rows[i], data);
        }
    }
}

static void reach_route(const struct api *api, const struct route *route, void *data)
{
    (void)api;
    reach(data, route->query, 0);
    reach(data, route->body, 0);
    reach(data, route->reply, 0);
}

static struct shapes *all_shapes(void)
{
    static struct shapes all;
    if (!all.count) {
        each_route(reach_route, &all);
        for (const struct job_kind *const *k = job_kinds; *k; k++)
            reach(&all, (*k)->args, 0);
    }
    return &all;
}

/* --- routes ------------------------------------------------------------------------------------------------- */

static void check_route(const struct api *api, const struct route *r, void *data)
{
    size_t *count = data;
    ++*count;
    if (!r->path || r->path[0] != '/' || !r->tag || !r->summary || !*r->summary)
        fail_msg("%s %s: a row lacks its path, tag or summary", api->name, r->path ? r->path : "?");
    if (!r->handle && !(r->flags & ROUTE_UNFINISHED))
        fail_msg("%s %s: nobody answers", api->name, r->path);
    bool writes = r->method == HTTP_POST || r->method == HTTP_PUT || r->method == HTTP_PATCH || r->method == HTTP_DELETE;
    if (writes && (r->flags & ROUTE_REMEMBER))
        fail_msg("%s %s: a change cannot be remembered", api->name, r->path);
    if ((r->flags & ROUTE_REMEMBER) && r->access != ACCESS_USER)
        fail_msg("%s %s: only what every user sees alike is remembered", api->name, r->path);
    if ((r->flags & (ROUTE_LIST | ROUTE_PAGE)) && !r->reply)
        fail_msg("%s %s: a list of what?", api->name, r->path);
    if (r->path[strlen(r->path) - 1] == '}' && strstr(r->path, "{}"))
        fail_msg("%s %s: a parameter has no name", api->name, r->path);
}

static void routes_say_what_they_are(void **state)
{
    (void)state;
    size_t count = 0;
    each_route(check_route, &count);
    assert_true(count > 400);
}

struct same {
    const struct api *api;
    const struct route *route;
    int found;
};

static void count_same(const struct api *api, const struct route *route, void *data)
{
    struct same *same = data;
    same->found += api == same->api && route->method == same->route->method &&
                   strcmp(route->path, same->route->path) == 0;
}

static void check_alone(const struct api *api, const struct route *route, void *data)
{
    (void)data;
    struct same same = {api, route, 0};
    each_route(count_same, &same);
    if (same.found != 1)
        fail_msg("%s: method %d of %s has %d rows", api->name, (int)route->method, route->path, same.found);
}

static void no_route_is_there_twice(void **state)
{
    (void)state;
    each_route(check_alone, NULL);
}

/* --- shapes and words --------------------------------------------------------------------------------------- */

static void fields_are_described_whole(void **state)
{
    (void)state;
    struct shapes *all = all_shapes();
    assert_true(all->count > 150);
    for (size_t s = 0; s < all->count; s++) {
        const struct shape *shape = all->items[s];
        assert_true(shape->name && *shape->name && shape->help);
        for (size_t i = 0; i < shape->count; i++) {
            const struct field *f = &shape->fields[i];
            bool list_of = f->type == T_LIST;
            if (((f->type == T_ENUM) || (list_of && f->item == T_ENUM)) && !f->words)
                fail_msg("%s.%s: an enum without words", shape->name, f->name);
            if (((f->type == T_OBJECT) || (list_of && f->item == T_OBJECT)) && !f->shape)
                fail_msg("%s.%s: an object without a shape", shape->name, f->name);
            if (f->has_min && f->has_max && f->min > f->max)
                fail_msg("%s.%s: no value is between its bounds", shape->name, f->name);
            if (f->offset >= shape->size)
                fail_msg("%s.%s: lies outside its struct", shape->name, f->name);
            for (size_t j = 0; j < i; j++) {
                if (strcmp(shape->fields[j].name, f->name) == 0)
                    fail_msg("%s.%s: is there twice", shape->name, f->name);
            }
        }
    }
}

struct one_word {
    int value;
};

/* As JSON and back, and from a query. */
static void check_word(const struct field *f, int value)
{
    SCRATCH(a);
    struct field alone = {.name = "value", .type = T_ENUM, .words = f->words, .flags = f->flags & FIELD_NUMBER};
    struct shape shape = {"Word", "", &alone, 1, sizeof(struct one_word)};
    struct one_word one = {value}, again = {ENUM_NONE};
    struct mistakes mistakes = {0};
    struct presence present;
    BUF(text);
    struct jw w = jw_to(&text);
    shape_encode(&w, &shape, &one);
    json_t *json = json_read(&a, text.data, text.len, "body", &mistakes);
    assert_non_null(json);
    assert_true(shape_decode(&a, &shape, json, &(struct decode_options){.where = "body"}, &mistakes, &again, &present));
    assert_int_equal(again.value, value);
    struct text_pair pair = {"value", words_name(f->words, value)};
    again.value = ENUM_NONE;
    assert_true(shape_decode_pairs(&a, &shape, &pair, 1, "query", &mistakes, &again, &present));
    assert_int_equal(again.value, value);
}

static void every_enum_word_survives_a_round_trip(void **state)
{
    (void)state;
    struct shapes *all = all_shapes();
    size_t words = 0;
    for (size_t s = 0; s < all->count; s++) {
        for (size_t i = 0; i < all->items[s]->count; i++) {
            const struct field *f = &all->items[s]->fields[i];
            for (size_t v = 0; f->words && v < f->words->count; v++, words++) {
                const char *word = f->words->items[v];
                if (!word) /* a value that this API does not spell */
                    continue;
                if (words_find(f->words, word) != (int)v)
                    fail_msg("%s: \"%s\" is there twice", f->words->name, word);
                check_word(f, (int)v);
            }
        }
    }
    assert_true(words > 100);
}

static void defaults_are_values(void **state)
{
    (void)state;
    struct shapes *all = all_shapes();
    for (size_t s = 0; s < all->count; s++) {
        const struct shape *shape = all->items[s];
        for (size_t i = 0; i < shape->count; i++) {
            const struct field *f = &shape->fields[i];
            if (!f->fallback || f->type == T_JSON || f->type == T_LIST || f->type == T_OBJECT)
                continue;
            SCRATCH(a);
            struct mistake mistake;
            void *object = arena_alloc(&a, shape->size);
            if (!text_decode(&a, f, f->type, f->fallback, field_at(f, object), &mistake))
                fail_msg("%s.%s: its default \"%s\" is none", shape->name, f->name, f->fallback);
        }
    }
}

/* --- settings ----------------------------------------------------------------------------------------------- */

static void settings_are_unique_and_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_row_count; i++) {
        const struct setting *row = &setting_rows[i];
        if (!row->help || !*row->help)
            fail_msg("%s: nobody says what it is", row->key);
        if ((row->type == SETTING_ENUM) != (row->words != NULL))
            fail_msg("%s: words are for enums", row->key);
        assert_ptr_equal(setting_find(row->key), row);
    }
}

static void defaults_of_settings_pass_their_own_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_row_count; i++) {
        const struct setting *row = &setting_rows[i];
        SCRATCH(a);
        struct mistakes mistakes = {0};
        const char *text = arena_printf(&a, "[%s]", row->fallback ? row->fallback : "null");
        json_t *list = json_read(&a, text, strlen(text), "default", &mistakes);
        if (!list)
            fail_msg("%s: its default is no JSON", row->key);
        const char *wrong = setting_check(&a, row, json_array_get(list, 0));
        if (wrong)
            fail_msg("%s: its default %s", row->key, wrong);
    }
}

static void every_word_of_a_setting_is_taken_from_the_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_row_count; i++) {
        const struct setting *row = &setting_rows[i];
        for (const char *p = row->words; p && *p;) {
            SCRATCH(a);
            size_t len = strcspn(p, "|");
            json_t *value = setting_from_text(row, arena_strndup(&a, p, len));
            if (!value || setting_check(&a, row, value))
                fail_msg("%s: its own word %.*s is refused", row->key, (int)len, p);
            json_decref(value);
            p += len + (p[len] == '|');
        }
    }
}

static void no_environment_name_means_two_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_row_count; i++) {
        for (const char *p = setting_rows[i].environment; p && *p;) {
            size_t len = strcspn(p, " ");
            for (size_t j = 0; j < i; j++) {
                const char *found = setting_rows[j].environment ? strstr(setting_rows[j].environment, p) : NULL;
                bool whole = found && strcspn(found, " ") == len && (found == setting_rows[j].environment || found[-1] == ' ');
                if (whole)
                    fail_msg("%.*s: %s and %s", (int)len, p, setting_rows[j].key, setting_rows[i].key);
            }
            p += len + (p[len] == ' ');
        }
    }
}

/* --- job kinds ---------------------------------------------------------------------------------------------- */

static void job_kinds_are_unique_and_described(void **state)
{
    (void)state;
    for (const struct job_kind *const *k = job_kinds; *k; k++) {
        assert_true((*k)->name && (*k)->run && (*k)->help && *(*k)->help);
        for (const struct job_kind *const *other = job_kinds; other != k; other++) {
            if (strcmp((*other)->name, (*k)->name) == 0)
                fail_msg("%s: two kinds", (*k)->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_say_what_they_are),
        cmocka_unit_test(no_route_is_there_twice),
        cmocka_unit_test(fields_are_described_whole),
        cmocka_unit_test(every_enum_word_survives_a_round_trip),
        cmocka_unit_test(defaults_are_values),
        cmocka_unit_test(settings_are_unique_and_described),
        cmocka_unit_test(defaults_of_settings_pass_their_own_check),
        cmocka_unit_test(every_word_of_a_setting_is_taken_from_the_environment),
        cmocka_unit_test(no_environment_name_means_two_settings),
        cmocka_unit_test(job_kinds_are_unique_and_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
