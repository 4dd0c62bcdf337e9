/* The router: literals before parameters, types, slashes, methods, owners. */
#include "unit.h"

#include <string.h>

#include "api/common/router.h"
#include "base/err.h"

static struct err nothing(struct call *call)
{
    (void)call;
    return OK;
}

#define ROW(method_, path_) {method_, path_, "t", "-", nothing}
static const struct route first_rows[] = {
    ROW(HTTP_GET, "/videos"),
    ROW(HTTP_POST, "/videos"),
    ROW(HTTP_GET, "/videos/{video_id:int}"),
    ROW(HTTP_POST, "/videos/bulk/delete"),
    ROW(HTTP_POST, "/videos/{video_id:int}/tags/{tag_id:int}"),
    ROW(HTTP_GET, "/jobs/metrics"),
    ROW(HTTP_GET, "/jobs/{job_id}"),
    ROW(HTTP_DELETE, "/jobs/{job_id}"),
    ROW(HTTP_GET, "/config/field/{path:rest}"),
    ROW(HTTP_GET, "/api/v1/jobs/"),
    ROW(HTTP_GET, "/api/v1/jobs/{id:uuid}"),
};
static const struct route second_rows[] = {
    ROW(HTTP_GET, "/videos"),
    ROW(HTTP_GET, "/api/v1/jobs"),
    ROW(HTTP_GET, "/api/v1/jobs/{id:int}"),
    ROW(HTTP_GET, "/api/Things/{id}"),
};
static const struct api first = {.name = "first"};
static const struct api second = {.name = "second", .ignore_case = true};

static struct router *build(struct arena *a)
{
    struct router *r = router_create(a);
    for (size_t i = 0; i < sizeof(first_rows) / sizeof(first_rows[0]); i++)
        assert_true(router_add(r, &first, &first_rows[i]));
    for (size_t i = 0; i < sizeof(second_rows) / sizeof(second_rows[0]); i++)
        router_add(r, &second, &second_rows[i]);
    return r;
}

static void paths_find_their_rows(void **state)
{
    (void)state;
    static const struct {
        enum http_method method;
        const char *path;
        const char *row; /* NULL: none */
        const char *api;
        const char *value; /* of the last parameter */
    } cases[] = {
        {HTTP_GET, "/videos", "/videos", "first", NULL},
        {HTTP_HEAD, "/videos", "/videos", "first", NULL},
        {HTTP_GET, "/%76ideos", "/videos", "first", NULL},
        {HTTP_GET, "/videos/7", "/videos/{video_id:int}", "first", "7"},
        {HTTP_GET, "/videos/-7", "/videos/{video_id:int}", "first", "-7"},
        {HTTP_POST, "/videos/bulk/delete", "/videos/bulk/delete", "first", NULL},
        {HTTP_POST, "/videos/3/tags/4", "/videos/{video_id:int}/tags/{tag_id:int}", "first", "4"},
        {HTTP_GET, "/jobs/metrics", "/jobs/metrics", "first", NULL},
        {HTTP_DELETE, "/jobs/metrics", "/jobs/{job_id}", "first", "metrics"},
        {HTTP_GET, "/jobs/a%2Fb", "/jobs/{job_id}", "first", "a/b"},
        {HTTP_GET, "/config/field/a/b.c", "/config/field/{path:rest}", "first", "a/b.c"},
        {HTTP_GET, "/api/v1/jobs/", "/api/v1/jobs/", "first", NULL},
        {HTTP_GET, "/api/v1/jobs", "/api/v1/jobs", "second", NULL},
        {HTTP_GET, "/api/v1/jobs/12", "/api/v1/jobs/{id:int}", "second", "12"},
        {HTTP_GET, "/api/v1/jobs/7f8a2c1e-0000-4000-8000-123456789abc", "/api/v1/jobs/{id:uuid}", "first",
         "7f8a2c1e-0000-4000-8000-123456789abc"},
        {HTTP_GET, "/API/things/X", "/api/Things/{id}", "second", "X"},
        {HTTP_GET, "/JOBS/metrics", NULL, NULL, NULL},
        {HTTP_GET, "/config/field/", NULL, NULL, NULL},
        {HTTP_GET, "/", NULL, NULL, NULL},
        {HTTP_GET, "//", NULL, NULL, NULL},
        {HTTP_GET, "/videos/7/", "/videos/{video_id:int}", "first", "7"},
    };
    SCRATCH(a);
    struct router *r = build(&a);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct match m;
        router_find(r, &a, cases[i].method, cases[i].path, &m);
        if (!cases[i].row) {
            if (m.route)
                fail_msg("%s found %s", cases[i].path, m.route->path);
            continue;
        }
        if (!m.route)
            fail_msg("%s found nothing", cases[i].path);
        assert_string_equal(m.route->path, cases[i].row);
        assert_string_equal(m.api->name, cases[i].api);
        if (cases[i].value)
            assert_string_equal(m.path[m.path_count - 1].text, cases[i].value);
    }
}

static void the_first_api_wins_and_the_other_slash_is_told(void **state)
{
    (void)state;
    SCRATCH(a);
    struct match m;
    struct router *r = build(&a);
    assert_false(router_add(r, &second, &second_rows[0]));
    router_find(r, &a, HTTP_GET, "/videos/", &m);
    assert_true(m.route && m.other_slash);
    router_find(r, &a, HTTP_GET, "/videos", &m);
    assert_false(m.other_slash);
}

static void wrong_methods_and_numbers_are_told_apart(void **state)
{
    (void)state;
    SCRATCH(a);
    struct match m;
    struct router *r = build(&a);
    router_find(r, &a, HTTP_PUT, "/videos", &m);
    assert_null(m.route);
    assert_true(m.path_known);
    assert_int_equal(m.allowed, 1u << HTTP_GET | 1u << HTTP_POST);
    router_find(r, &a, HTTP_GET, "/videos/seven", &m);
    assert_true(m.route && m.bad_int);
    assert_string_equal(m.path[m.bad_index].text, "seven");
    router_find(r, &a, HTTP_POST, "/videos/3/tags/four", &m);
    assert_true(m.bad_int);
    assert_int_equal(m.bad_index, 1);
}

static void unknown_paths_belong_to_somebody(void **state)
{
    (void)state;
    SCRATCH(a);
    struct match m;
    struct router *r = build(&a);
    router_find(r, &a, HTTP_GET, "/api/v1/nowhere", &m);
    assert_string_equal(m.api->name, "first");
    router_own(r, "/api/v1", &second);
    router_find(r, &a, HTTP_GET, "/api/v1/nowhere", &m);
    assert_string_equal(m.api->name, "second");
    router_find(r, &a, HTTP_GET, "/nowhere/at/all", &m);
    assert_null(m.api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_rows),
        cmocka_unit_test(the_first_api_wins_and_the_other_slash_is_told),
        cmocka_unit_test(wrong_methods_and_numbers_are_told_apart),
        cmocka_unit_test(unknown_paths_belong_to_somebody),
    };
    return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
