/* domain/organize/pattern: the grammar, and that values are never structure. */
#include "unit/unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "domain/organize/pattern.h"

static struct video sample(void)
{
    static struct video_artist artists[] = {{1, "Main", ROLE_PRIMARY, 0}, {2, "Guest", ROLE_FEATURED, 0}, {3, "Other", ROLE_FEATURED, 1}};
    struct video v;
    video_clear(&v);
    v.artist = "Björk";
    v.title = "Jóga";
    v.album = "Homogenic";
    v.year = 1997;
    v.genre = "Pop";
    v.director = "Michel Gondry";
    v.studio = "One Little Indian";
    v.artists = (struct list){artists, 3};
    return v;
}

static const char *expand(struct arena *a, const char *text, const struct video *v, bool normalize, const char *ending)
{
    struct pattern pattern;
    struct pattern_path path;
    assert_ok(pattern_compile(a, text, &pattern));
    struct err e = pattern_expand(a, &pattern, v, normalize, ending, &path);
    return failed(e) ? e.code : path.video;
}

static void fields_and_folders(void **state)
{
    SCRATCH(a);
    struct video v = sample();
    (void)state;
    static const struct {
        const char *pattern;
        const char *path;
    } table[] = {
        {"{artist}/{title}", "Björk/Jóga.mkv"},
        {"{title}", "Jóga.mkv"},
        {"/{artist}//{title}", "Björk/Jóga.mkv"},
        {"{genre}/{studio}/{album}/{director}/{year}", "Pop/One Little Indian/Homogenic/Michel Gondry/1997.mkv"},
        {"{artist} ft. {featured_artists}/{title}", "Björk ft. Guest, Other/Jóga.mkv"},
        {"{{{artist}}}/{{x}}", "{Björk}/{x}.mkv"},
        {"a.b/..{title}", "a.b/_.Jóga.mkv"},
        {"{title} /x", "Jóga/x.mkv"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_string_equal(expand(&a, table[i].pattern, &v, false, ".mkv"), table[i].path);
    assert_string_equal(expand(&a, "{artist}/{director}", &v, true, ".mkv"), "bjork/michel_gondry.mkv");
}

static void bad_patterns_are_refused(void **state)
{
    static const char *const bad[] = {"",      "/",        "{artist}/", "{nope}", "{tags}",    "{artist",    "artist}",
                                      "{}",    "a\nb",     "a\\b",      "..",     "../{title}", "{artist}/.", "{artist}/../x",
                                      "{{}",   "}{",       "{artist/{title}}", "a\x7f" "b"};
    struct pattern pattern;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        SCRATCH(a);
        struct err e = pattern_compile(&a, bad[i], &pattern);
        if (e.kind != ERR_INVALID || strcmp(e.code, "bad_pattern") != 0)
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

static void values_are_text_and_never_structure(void **state)
{
    SCRATCH(a);
    struct video v = sample();
    (void)state;
    static const struct {
        const char *artist;
        const char *path; /* or the error's code */
    } table[] = {
        {"AC/DC", "AC_DC/x.mp4"},       {"..", "bad_component"},      {".", "bad_component"},
        {"../..", "_._../x.mp4"},       {"a\\b", "a_b/x.mp4"},        {"a\nb\tc\x7f", "a_b_c_/x.mp4"},
        {"\xc2\x85 x", "_ x/x.mp4"},    {"  ", "no_value"},           {"", "no_value"},
        {NULL, "no_value"},             {".trash", "_trash/x.mp4"},   {"{title}", "{title}/x.mp4"},
        {"%2e%2e/", "%2e%2e_/x.mp4"},   {" \n ", "no_value"},          {"...", "_../x.mp4"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        v.artist = table[i].artist;
        assert_string_equal(expand(&a, "{artist}/x", &v, false, NULL), table[i].path);
    }
}

static void names_are_cut_between_characters_and_keep_their_ending(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 4; extra++) {
        SCRATCH(a);
        struct video v = sample();
        BUF(name);
        for (size_t i = 0; i < extra; i++)
            buf_putc(&name, 'x');
        for (int i = 0; i < 200; i++)
            buf_puts(&name, "ね");
        v.title = name.data;
        v.artist = name.data;
        const char *path = expand(&a, "{artist}/{title}", &v, false, ".webm");
        const char *slash = strchr(path, '/');
        assert_true((size_t)(slash - path) <= 255 && slash - path > 251);
        assert_true(strlen(slash + 1) <= 255 && strlen(slash + 1) > 251);
        assert_string_equal(slash + 1 + strlen(slash + 1) - 5, ".webm");
        assert_true(utf8_valid(path, strlen(path)));
    }
}

static void the_nfo_has_the_same_stem_also_when_cut(void **state)
{
    SCRATCH(a);
    struct video v = sample();
    struct pattern pattern;
    struct pattern_path path;
    char title[600];
    (void)state;
    memset(title, 't', sizeof(title) - 1);
    title[sizeof(title) - 1] = 0;
    v.title = title;
    assert_ok(pattern_compile(&a, "{title}", &pattern));
    assert_ok(pattern_expand(&a, &pattern, &v, false, ".m", &path));
    assert_int_equal(strlen(path.nfo), 255);
    assert_int_equal(strncmp(path.nfo, path.video, 251), 0);
    assert_string_equal(path.video + 251, ".m");
}

static void endings_are_plain_or_mp4(void **state)
{
    SCRATCH(a);
    struct video v = sample();
    (void)state;
    assert_string_equal(expand(&a, "x", &v, false, ".WebM"), "x.WebM");
    assert_string_equal(expand(&a, "x", &v, false, "."), "x.mp4");
    assert_string_equal(expand(&a, "x", &v, false, ".a/b"), "x.mp4");
    assert_string_equal(expand(&a, "x", &v, false, ".averylongendingindeed"), "x.mp4");
    assert_string_equal(expand(&a, "x", &v, false, ".n\nl"), "x.mp4");
}

static void artist_folders(void **state)
{
    SCRATCH(a);
    struct video v = sample();
    struct pattern pattern;
    const char *folder;
    (void)state;
    assert_ok(pattern_compile(&a, "{genre}/{artist} x/{title}", &pattern));
    assert_int_equal(pattern_artist_depth(&pattern), 2);
    v.title = NULL; /* not needed for the folders */
    assert_ok(pattern_artist_folder(&a, &pattern, &v, false, &folder));
    assert_string_equal(folder, "Pop/Björk x");
    assert_ok(pattern_compile(&a, "{genre}/{artist}", &pattern));
    assert_int_equal(pattern_artist_depth(&pattern), 0);
}

static void plain_names(void **state)
{
    SCRATCH(a);
    (void)state;
    assert_string_equal(file_name_plain(&a, "Björk - Humúríús"), "bjork_humurius");
    assert_string_equal(file_name_plain(&a, "AC/DC"), "acdc");
    assert_string_equal(file_name_plain(&a, "Artist (Remix)"), "artist_remix");
    assert_string_equal(file_name_plain(&a, "!!!"), "");
    assert_string_equal(file_name_plain(&a, "_a__b_ "), "a_b");
    assert_string_equal(file_name_plain(&a, "東京"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_folders),
        cmocka_unit_test(bad_patterns_are_refused),
        cmocka_unit_test(values_are_text_and_never_structure),
        cmocka_unit_test(names_are_cut_between_characters_and_keep_their_ending),
        cmocka_unit_test(the_nfo_has_the_same_stem_also_when_cut),
        cmocka_unit_test(endings_are_plain_or_mp4),
        cmocka_unit_test(artist_folders),
        cmocka_unit_test(plain_names),
    };
    return cmocka_run_group_tests_name("organize_pattern", tests, NULL, NULL);
}
