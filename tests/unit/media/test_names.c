/* Names of files: one row per name. */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "media/names.h"
#include "unit/unit.h"

static int wrong;

static void same_text(const char *path, const char *what, const char *ours, const char *wanted)
{
    if (!ours != !wanted || (ours && strcmp(ours, wanted) != 0)) {
        print_message("%s: %s is \"%s\", wanted \"%s\"\n", path, what, ours ? ours : "-",
                      wanted ? wanted : "-");
        wrong++;
    }
}

static void same_number(const char *path, const char *what, int64_t ours, int64_t wanted)
{
    if (ours != wanted) {
        print_message("%s: %s is %lld, wanted %lld\n", path, what, (long long)ours,
                      (long long)wanted);
        wrong++;
    }
}

/* clang-format off */
static const struct {
    const char *path;
    const char *title;
    int64_t year;
    const char *edition;
    const char *tmdb;
    const char *imdb;
    int64_t part;
} movies[] = {
    {"Fight Club (1999).mkv", "Fight Club", 1999, NULL, NULL, NULL, -1},
    {"Fight Club (1999)/Fight Club (1999).mkv", "Fight Club", 1999, NULL, NULL, NULL, -1},
    {"Fight.Club.1999.1080p.BluRay.x264-GROUP.mkv", "Fight Club", 1999, NULL, NULL, NULL, -1},
    {"Title.1999.1080p.BluRay.x264-GRP.mkv", "Title", 1999, NULL, NULL, NULL, -1},
    {"The_Matrix_1999.mp4", "The Matrix", 1999, NULL, NULL, NULL, -1},
    {"The Matrix (1999) {tmdb-603}.mkv", "The Matrix", 1999, NULL, "603", NULL, -1},
    {"The Matrix (1999) [imdbid-tt0133093].mkv", "The Matrix", 1999, NULL, NULL, "tt0133093", -1},
    {"The Matrix (1999) [tmdbid=603]/movie.mkv", "The Matrix", 1999, NULL, "603", NULL, -1},
    {"Matrix, The (1999).mkv", "The Matrix", 1999, NULL, NULL, NULL, -1},
    {"Blade.Runner.2049.2017.1080p.mkv", "Blade Runner 2049", 2017, NULL, NULL, NULL, -1},
    {"Blade Runner (1982) {edition-Final Cut}.mkv", "Blade Runner", 1982, "Final Cut", NULL, NULL, -1},
    {"Blade.Runner.1982.The.Final.Cut.2160p.UHD.BluRay.mkv", "Blade Runner", 1982, "Final Cut", NULL, NULL, -1},
    {"Kingdom.of.Heaven.2005.Directors.Cut.720p.mkv", "Kingdom of Heaven", 2005, "Director's Cut", NULL, NULL, -1},
    {"Spider-Man.2002.mkv", "Spider-Man", 2002, NULL, NULL, NULL, -1},
    {"2001 A Space Odyssey (1968).mkv", "2001 A Space Odyssey", 1968, NULL, NULL, NULL, -1},
    {"2001.A.Space.Odyssey.1968.mkv", "2001 A Space Odyssey", 1968, NULL, NULL, NULL, -1},
    {"1917.mkv", "1917", -1, NULL, NULL, NULL, -1},
    {"1917 (2019).mkv", "1917", 2019, NULL, NULL, NULL, -1},
    {"1917.2019.2160p.WEB-DL.mkv", "1917", 2019, NULL, NULL, NULL, -1},
    {"Dune Part Two 2024 WEB-DL.mkv", "Dune Part Two", 2024, NULL, NULL, NULL, -1},
    {"Dune Part 2.mkv", "Dune Part 2", -1, NULL, NULL, NULL, -1},
    {"Amelie.2001.rus.DVDRip.avi", "Amelie", 2001, NULL, NULL, NULL, -1},
    {"(500) Days of Summer (2009).mkv", "(500) Days of Summer", 2009, NULL, NULL, NULL, -1},
    {"Movie.2023.mkv", "Movie", 2023, NULL, NULL, NULL, -1},
    {"[1080p].mkv", NULL, -1, NULL, NULL, NULL, -1},
    {"[REC] (2007).mkv", "[REC]", 2007, NULL, NULL, NULL, -1},
    {"Se7en.1995.REMUX.HEVC.mkv", "Se7en", 1995, NULL, NULL, NULL, -1},
    {"Charlotte's Web (2006).mkv", "Charlotte's Web", 2006, NULL, NULL, NULL, -1},
    {"Charlottes.Web.2006.1080p.mkv", "Charlottes Web", 2006, NULL, NULL, NULL, -1},
    {"Heat.1080p.BluRay.mkv", "Heat", -1, NULL, NULL, NULL, -1},
    {"Heat (1995)/heat.1080p.mkv", "Heat", 1995, NULL, NULL, NULL, -1},
    {"Heat (1995)/BDMV/index.bdmv", "Heat", 1995, NULL, NULL, NULL, -1},
    {"Heat (1995)/VIDEO_TS/VIDEO_TS.IFO", "Heat", 1995, NULL, NULL, NULL, -1},
    {"Gandhi (1982)/Gandhi (1982) cd2.avi", "Gandhi", 1982, NULL, NULL, NULL, 2},
    {"Gandhi.1982-part1.avi", "Gandhi", 1982, NULL, NULL, NULL, 1},
    {"[Group] Akira (1988) [1080p].mkv", "Akira", 1988, NULL, NULL, NULL, -1},
    {"Mr. Nobody (2009).mkv", "Mr. Nobody", 2009, NULL, NULL, NULL, -1},
    {"W.E. (2011).mkv", "W.E.", 2011, NULL, NULL, NULL, -1},
    {"Am\xc3\xa9lie (2001).mkv", "Am\xc3\xa9lie", 2001, NULL, NULL, NULL, -1},
    {"Death Race 2000 (1975).mkv", "Death Race 2000", 1975, NULL, NULL, NULL, -1},
    {"", NULL, -1, NULL, NULL, NULL, -1},
};

static const struct {
    const char *path;
    const char *show;
    int64_t show_year;
    int64_t season;
    int64_t episode;
    int64_t last_episode;
    int64_t absolute;
    const char *air_date;
    const char *title;
} episodes[] = {
    {"Breaking Bad (2008)/Season 01/Breaking Bad - S01E02 - Cat's in the Bag.mkv", "Breaking Bad", 2008, 1, 2, 2, -1, NULL, "Cat's in the Bag"},
    {"Breaking.Bad.S01E02.720p.HDTV.x264-GRP.mkv", "Breaking Bad", -1, 1, 2, 2, -1, NULL, NULL},
    {"Show/Season 1/Show.s1e2.mkv", "Show", -1, 1, 2, 2, -1, NULL, NULL},
    {"Show/S01/Show S01 E02.mkv", "Show", -1, 1, 2, 2, -1, NULL, NULL},
    {"Show - 1x02 - Pilot.avi", "Show", -1, 1, 2, 2, -1, NULL, "Pilot"},
    {"Show - 11x02.avi", "Show", -1, 11, 2, 2, -1, NULL, NULL},
    {"Show.S01E02E03.mkv", "Show", -1, 1, 2, 3, -1, NULL, NULL},
    {"Show.S01E02-E04.mkv", "Show", -1, 1, 2, 4, -1, NULL, NULL},
    {"Show.S01E02-03.mkv", "Show", -1, 1, 2, 3, -1, NULL, NULL},
    {"Show.S01E02-1080p.mkv", "Show", -1, 1, 2, 2, -1, NULL, NULL},
    {"Show 1x02x03.mkv", "Show", -1, 1, 2, 3, -1, NULL, NULL},
    {"Show/Season 1/Season 1 Episode 2.mkv", "Show", -1, 1, 2, 2, -1, NULL, NULL},
    {"Show/Season 02/05 - Title Here.mkv", "Show", -1, 2, 5, 5, -1, NULL, "Title Here"},
    {"Show/Season 02/05.mkv", "Show", -1, 2, 5, 5, -1, NULL, NULL},
    {"Show/Specials/Show - S00E05 - Extra.mkv", "Show", -1, 0, 5, 5, -1, NULL, "Extra"},
    {"Show/Specials/03 - Making Of.mkv", "Show", -1, 0, 3, 3, -1, NULL, "Making Of"},
    {"Show/Staffel 3/Episode 4.mkv", "Show", -1, 3, 4, 4, -1, NULL, NULL},
    {"The Daily Show/2024/The Daily Show - 2024-01-31 - Guest.mkv", "The Daily Show", -1, -1, -1, -1, -1, "2024-01-31", "Guest"},
    {"The.Daily.Show.2024.01.31.720p.mkv", "The Daily Show", -1, -1, -1, -1, -1, "2024-01-31", NULL},
    {"Tatort 31.01.2021.mkv", "Tatort", -1, -1, -1, -1, -1, "2021-01-31", NULL},
    {"[Group] One Piece - 1015 [1080p].mkv", "One Piece", -1, -1, -1, -1, 1015, NULL, NULL},
    {"Naruto/Naruto - 012v2.mkv", "Naruto", -1, -1, -1, -1, 12, NULL, NULL},
    {"Doctor Who (2005) {tvdb-78804}/Season 1/Doctor Who S01E01 Rose.mkv", "Doctor Who", 2005, 1, 1, 1, -1, NULL, "Rose"},
    {"24/Season 2/24.S02E01.Day.2.mkv", "24", -1, 2, 1, 1, -1, NULL, "Day 2"},
    {"Show S2024E05.mkv", "Show", -1, 2024, 5, 5, -1, NULL, NULL},
    {"Season 1/Show S01E01.mkv", "Show", -1, 1, 1, 1, -1, NULL, NULL},
};

static const char *const no_episodes[] = {
    "Fight Club (1999).mkv", "Show/1920x1080.mkv", "Movie.1280x720.mkv", "Ocean's 11.mkv", "",
    "Heat.1995.1080p.x264.mkv", "Class of 1999.mkv", "Show/05 - Title.mkv",
};

static const struct {
    const char *path;
    const char *artist;
    const char *title;
    const char *album;
    int64_t year;
    const char *featured; /* joined by ", " */
    const char *youtube_id;
} songs[] = {
    {"Artist - Title (Official Video) [1080p].mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist - Title.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist/Artist - Title.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist/Title.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist/Album/Title.mp4", "Artist", "Title", "Album", -1, "", NULL},
    {"Artist/Album/03 - Title.mp4", "Artist", "Title", "Album", -1, "", NULL},
    {"Artist/Album/03. Title.mp4", "Artist", "Title", "Album", -1, "", NULL},
    {"Music Videos/Artist/Album/Artist - Title.mkv", "Artist", "Title", "Album", -1, "", NULL},
    {"Rock/Queen - Radio Ga Ga.mp4", "Queen", "Radio Ga Ga", NULL, -1, "", NULL},
    {"Robin Thicke - Blurred Lines ft. T.I. & Pharrell.mp4", "Robin Thicke", "Blurred Lines", NULL, -1, "T.I., Pharrell", NULL},
    {"Scandal - The Warrior (feat. Patty Smyth).mp4", "Scandal", "The Warrior", NULL, -1, "Patty Smyth", NULL},
    {"A feat. B, C - Title (Official Music Video).webm", "A", "Title", NULL, -1, "B, C", NULL},
    {"Queen \xe2\x80\x93 Bohemian Rhapsody (Official Video Remastered).mp4", "Queen", "Bohemian Rhapsody (Official Video Remastered)", NULL, -1, "", NULL},
    {"Rick Astley - Never Gonna Give You Up (Official Music Video) [dQw4w9WgXcQ].mkv", "Rick Astley", "Never Gonna Give You Up", NULL, -1, "", "dQw4w9WgXcQ"},
    {"Nirvana - Smells Like Teen Spirit (1991).mp4", "Nirvana", "Smells Like Teen Spirit", NULL, 1991, "", NULL},
    {"Nirvana - Come As You Are (Live at Reading).mp4", "Nirvana", "Come As You Are (Live at Reading)", NULL, -1, "", NULL},
    {"Michael_Jackson-Thriller-DVDRip-x264-1983-GRP.mkv", "Michael Jackson", "Thriller", NULL, 1983, "", NULL},
    {"Bj\xc3\xb6rk - J\xc3\xb3ga.mp4", "Bj\xc3\xb6rk", "J\xc3\xb3ga", NULL, -1, "", NULL},
    {"Nena - 99 Luftballons.mp4", "Nena", "99 Luftballons", NULL, -1, "", NULL},
    {"Nena/99 Luftballons.mp4", "Nena", "99 Luftballons", NULL, -1, "", NULL},
    {"AC-DC - Thunderstruck - Official Video.mp4", "AC-DC", "Thunderstruck", NULL, -1, "", NULL},
    {"a-ha - Take On Me [HD].mp4", "a-ha", "Take On Me", NULL, -1, "", NULL},
    {"Artist - Title Official Music Video.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist - Title 1080p.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Artist - Title | Official Video.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Just_A_Title.mp4", NULL, "Just A Title", NULL, -1, "", NULL},
    {"Artist_-_Title.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"01 - Artist - Title.mp4", "Artist", "Title", NULL, -1, "", NULL},
    {"Software - Fifty.mp4", "Software", "Fifty", NULL, -1, "", NULL},
    {"The Buggles/Video Killed the Radio Star.mp4", "The Buggles", "Video Killed the Radio Star", NULL, -1, "", NULL},
    {"India.Arie - Video.mp4", "India.Arie", "Video", NULL, -1, "", NULL},
    {"(Official Video).mp4", NULL, "(Official Video)", NULL, -1, "", NULL},
    {"Artist - Song with (parens) inside.mp4", "Artist", "Song with (parens) inside", NULL, -1, "", NULL},
};

static const struct {
    const char *stem;
    const char *title;
    int64_t year;
} document_003_movies[] = {
    {"Fight Club (1999)", "Fight Club", 1999},
    {"Fight.Club.1999.1080p.BluRay.x264-GROUP", "Fight Club", 1999},
    {"The_Matrix_1999", "The Matrix 1999", 1999},
    {"Blade.Runner.2049.2017.1080p", "Blade Runner 2017", 2017},
    {"Spider-Man.2002", "Spider", 2002},
    {"2001 A Space Odyssey (1968)", "2001 A Space Odyssey", 2001},
    {"1917", "1917", 1917},
    {"Dune Part Two 2024 WEB-DL", "Dune Part Two WEB", 2024},
    {"Amelie.2001.rus.DVDRip", "Amelie rus", 2001},
    {"(500) Days of Summer (2009)", "Days of Summer", 2009},
    {"Movie.2023", "Movie 2023", 2023},
    {"[1080p]", "", -1},
    {"Se7en.1995.REMUX.HEVC", "Se7en REMUX", 1995},
}, document_003_shows[] = {
    {"Breaking Bad (2008)", "Breaking Bad", 2008},
    {"Breaking Bad S01-S05 Complete", "Breaking Bad", -1},
    {"Breaking.Bad.S01.1080p", "Breaking Bad S01 1080p", -1},
    {"The Office [US] 2005", "The Office 2005", 2005},
    {"Doctor Who 2005-2022", "Doctor Who", 2005},
    {"9-1-1", "9", -1},
    {"Star Trek - Picard", "Star Trek", -1},
    {"Dark Season 2", "Dark", -1},
    {"The Complete Guide", "The", -1},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void films_are_understood(void **state)
{
    (void)state;
    wrong = 0;
    for (size_t i = 0; i < COUNT(movies); i++) {
        SCRATCH(a);
        struct movie_name name;
        const char *path = movies[i].path;
        name_read_movie(&a, path, &name);
        same_text(path, "title", name.title, movies[i].title);
        same_number(path, "year", name.year, movies[i].year);
        same_text(path, "edition", name.edition, movies[i].edition);
        same_text(path, "tmdb", name.ids.tmdb, movies[i].tmdb);
        same_text(path, "imdb", name.ids.imdb, movies[i].imdb);
        same_number(path, "part", name.part, movies[i].part);
    }
    assert_int_equal(wrong, 0);
}

static void episodes_are_understood(void **state)
{
    (void)state;
    wrong = 0;
    for (size_t i = 0; i < COUNT(episodes); i++) {
        SCRATCH(a);
        struct episode_name name = {.season = -2};
        const char *path = episodes[i].path;
        same_number(path, "found", name_read_episode(&a, path, &name), true);
        same_text(path, "show", name.show, episodes[i].show);
        same_number(path, "show year", name.show_year, episodes[i].show_year);
        same_number(path, "season", name.season, episodes[i].season);
        same_number(path, "episode", name.episode, episodes[i].episode);
        same_number(path, "last", name.last_episode, episodes[i].last_episode);
        same_number(path, "absolute", name.absolute, episodes[i].absolute);
        same_text(path, "date", name.air_date, episodes[i].air_date);
        same_text(path, "title", name.title, episodes[i].title);
    }
    for (size_t i = 0; i < COUNT(no_episodes); i++) {
        SCRATCH(a);
        struct episode_name name;
        same_number(no_episodes[i], "found", name_read_episode(&a, no_episodes[i], &name), false);
    }
    assert_int_equal(wrong, 0);
}

static void show_tags_are_taken_from_its_folder(void **state)
{
    (void)state;
    SCRATCH(a);
    struct episode_name name;
    assert_true(name_read_episode(&a, "Who (2005) {tvdb-78804}/Season 1/S01E01.mkv", &name));
    assert_string_equal(name.ids.tvdb, "78804");
    assert_string_equal(name.show, "Who");
}

static void songs_are_understood(void **state)
{
    (void)state;
    wrong = 0;
    for (size_t i = 0; i < COUNT(songs); i++) {
        SCRATCH(a);
        struct music_name name;
        const char *path = songs[i].path, *featured = "";
        name_read_music(&a, path, &name);
        for (size_t k = 0; k < name.featured.count; k++)
            featured = arena_printf(&a, "%s%s%s", featured, k ? ", " : "", name.featured.items[k]);
        same_text(path, "artist", name.artist, songs[i].artist);
        same_text(path, "title", name.title, songs[i].title);
        same_text(path, "album", name.album, songs[i].album);
        same_number(path, "year", name.year, songs[i].year);
        same_text(path, "featured", featured, songs[i].featured);
        same_text(path, "youtube id", name.youtube_id, songs[i].youtube_id);
    }
    assert_int_equal(wrong, 0);
}

static void document_003_is_followed_to_the_letter(void **state)
{
    (void)state;
    wrong = 0;
    SCRATCH(a);
    for (size_t i = 0; i < COUNT(document_003_movies); i++) {
        const char *stem = document_003_movies[i].stem;
        same_text(stem, "title", name_clean_movie(&a, stem), document_003_movies[i].title);
        same_number(stem, "year", name_first_year(stem), document_003_movies[i].year);
    }
    for (size_t i = 0; i < COUNT(document_003_shows); i++) {
        const char *folder = document_003_shows[i].stem;
        same_text(folder, "title", name_clean_show(&a, folder), document_003_shows[i].title);
        same_number(folder, "year", name_first_year(folder), document_003_shows[i].year);
    }
    assert_int_equal(wrong, 0);
}

static void years_end_with_the_next_one(void **state)
{
    (void)state;
    time_t now = (time_t)(time_now_us() / SECONDS_US);
    struct tm calendar;
    gmtime_r(&now, &calendar);
    char text[64];
    snprintf(text, sizeof(text), "x %d y", calendar.tm_year + 1901);
    assert_int_equal(name_first_year(text), calendar.tm_year + 1901);
    snprintf(text, sizeof(text), "x %d y", calendar.tm_year + 1902);
    assert_int_equal(name_first_year(text), -1);
    assert_int_equal(name_first_year("12345 19991 1899 1900"), 1900);
}

static void extras_and_videos_are_told_apart(void **state)
{
    (void)state;
    assert_true(name_is_extra("Heat (1995)/Heat-trailer.mp4"));
    assert_true(name_is_extra("a/Heat_Featurette.mkv"));
    assert_true(name_is_extra("a/mysample.mkv"));
    assert_false(name_is_extra("The Trailer (2001)/The Trailer (2001).mkv"));
    assert_false(name_is_extra("Scene-list/Heat.mkv"));
    assert_true(name_is_video("a.b/c.MKV"));
    assert_true(name_is_video("c.m2ts"));
    assert_false(name_is_video("c.nfo"));
    assert_false(name_is_video(".mp4"));
    assert_false(name_is_video("a.mp4/c"));
    assert_int_equal(name_season_of_folder("Season 01"), 1);
    assert_int_equal(name_season_of_folder("S02"), 2);
    assert_int_equal(name_season_of_folder("specials"), 0);
    assert_int_equal(name_season_of_folder("Seasonal"), -1);
    assert_int_equal(name_season_of_folder("24"), -1);
}

static void odd_names_are_survived(void **state)
{
    (void)state;
    static const char *const names[] = {
        "/",
        "//",
        ".",
        "..",
        "...",
        "-",
        " - ",
        "()",
        "[]",
        "[[[[",
        "((((",
        "\xff\xfe.mkv",
        "\n.mp4",
        "[dQw4w9WgXcQ].mp4",
        "S01E",
        "S99999E1",
        "1x",
        "(",
        "[",
        "{tmdb-}",
        "{tmdb-99999999999999999}",
        " ft. ",
        "ft. x.mp4",
        "- ft. x - .mp4",
        "a/ /b",
        "E",
        "x264.mkv",
        "1080p",
        "....1999....",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        SCRATCH(a);
        struct movie_name movie;
        struct episode_name episode;
        struct music_name song;
        name_read_movie(&a, names[i], &movie);
        name_read_episode(&a, names[i], &episode);
        name_read_music(&a, names[i], &song);
        name_clean_movie(&a, names[i]);
        name_clean_show(&a, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(films_are_understood),
        cmocka_unit_test(episodes_are_understood),
        cmocka_unit_test(show_tags_are_taken_from_its_folder),
        cmocka_unit_test(songs_are_understood),
        cmocka_unit_test(document_003_is_followed_to_the_letter),
        cmocka_unit_test(years_end_with_the_next_one),
        cmocka_unit_test(extras_and_videos_are_told_apart),
        cmocka_unit_test(odd_names_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
