/* NFO files: what is read from good, odd and hostile ones, and what is written. */
#include "base/buf.h"
#include "media/nfo.h"
#include "unit/unit.h"

static struct err read_text(struct arena *a, const char *text, struct nfo_document *document)
{
    return nfo_read(a, text, strlen(text), document);
}

static void musicvideo_fields_are_read(void **state)
{
    (void)state;
    SCRATCH(a);
    struct nfo_document d;
    assert_ok(read_text(&a,
                        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                        "<musicvideo><title> Blue &amp; Green </title><artist>First</artist>"
                        "<artist>Second</artist><album>Colours</album><studio>Label</studio>"
                        "<year>1991</year><director>A / B</director><genre>Rock</genre>"
                        "<tag>90s</tag><tag>live</tag><tag>90s</tag><title></title>"
                        "<unknown><title>No</title></unknown><thumb>http://x/</thumb></musicvideo>",
                        &d));
    assert_int_equal(d.count, 1);
    assert_false(d.damaged);
    const struct nfo_record *r = &d.items[0];
    assert_int_equal(r->kind, NFO_MUSICVIDEO);
    assert_string_equal(r->title, "Blue & Green"); /* the later empty one erases nothing */
    assert_string_equal(r->artist, "Second");      /* the last of a repeated value wins */
    assert_int_equal(r->artists.count, 2);
    assert_string_equal(r->album, "Colours");
    assert_string_equal(nfo_last(&r->studios), "Label");
    assert_string_equal(nfo_last(&r->directors), "A / B");
    assert_int_equal(r->year, 1991);
    assert_int_equal(r->tags.count, 2);
    assert_null(r->problem);
    assert_null(r->plot);
}

static void year_is_ignored_or_fails_as_document_000_says(void **state)
{
    (void)state;
    static const struct {
        const char *year;
        int64_t read;
        bool fails;
    } rows[] = {
        {"1900",                 1900, false},
        {"2100",                 2100, false},
        {" 1999 ",               1999, false},
        {"1899",                 -1,   true },
        {"2101",                 -1,   true },
        {"nineteen",             -1,   false},
        {"1999a",                -1,   false},
        {"19.9",                 -1,   false},
        {"",                     -1,   false},
        {"99999999999999999999", -1,   false}
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        SCRATCH(a);
        struct nfo_document d;
        assert_ok(read_text(
            &a, arena_printf(&a, "<musicvideo><year>%s</year></musicvideo>", rows[i].year), &d));
        assert_int_equal(d.items[0].year, rows[i].read);
        assert_int_equal(d.items[0].problem != NULL, rows[i].fails);
    }
}

static void movie_fields_are_read(void **state)
{
    (void)state;
    SCRATCH(a);
    struct nfo_document d;
    assert_ok(read_text(
        &a,
        "<movie><title>Heat</title><originaltitle>Heat</originaltitle><year>1995</year>"
        "<ratings><rating name=\"imdb\" "
        "max=\"10\"><value>8.3</value><votes>600,123</votes></rating>"
        "<rating name=\"themoviedb\" default=\"true\"><value>7.9</value></rating></ratings>"
        "<userrating>9</userrating><plot><![CDATA[Cops <and> robbers]]></plot><outline/>"
        "<runtime>170 min</runtime><certification>DE:16</certification><mpaa>R</mpaa>"
        "<uniqueid type=\"tmdb\" default=\"true\">949</uniqueid><uniqueid type=\"imdb\">tt0113277"
        "</uniqueid><genre>Crime / Drama</genre><genre>Drama</genre><credits>Michael Mann</credits>"
        "<director>Michael Mann</director><studio>Warner</studio><country>USA</country>"
        "<releasedate>1995-12-15</releasedate><set><name>Alone</name><overview>O</overview></set>"
        "<actor><name>Al Pacino</name><role>Hanna</role><order>0</order></actor>"
        "<actor><role>Nobody</role></actor></movie>",
        &d));
    const struct nfo_record *r = &d.items[0];
    assert_int_equal(r->kind, NFO_MOVIE);
    assert_string_equal(r->plot, "Cops <and> robbers");
    assert_null(r->outline);
    assert_int_equal(r->runtime_min, 170);
    assert_string_equal(r->content_rating, "R");
    assert_string_equal(r->premiered, "1995-12-15");
    assert_string_equal(r->ids.tmdb, "949");
    assert_string_equal(r->ids.imdb, "tt0113277");
    assert_int_equal(r->genres.count, 2);
    assert_string_equal(r->genres.items[1], "Drama");
    assert_int_equal(r->ratings.count, 2);
    assert_int_equal(r->ratings.items[0].votes, 600123);
    assert_true(r->ratings.items[1].is_default && r->ratings.items[1].value == 7.9);
    assert_true(r->user_rating == 9);
    assert_int_equal(r->actors.count, 1);
    assert_int_equal(r->actors.items[0].order, 0);
    assert_string_equal(r->set_name, "Alone");
    assert_string_equal(r->set_overview, "O");
}

static void ids_are_trusted_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *xml;
        const char *tmdb;
        const char *imdb;
        const char *tvdb;
        bool disagree;
    } rows[] = {
        {"<movie><id>tt0133093</id></movie>",                                                       NULL,  "tt0133093", NULL,    false},
        {"<movie><id>603</id></movie>",                                                             "603", NULL,        NULL,    false},
        {"<tvshow><id>81189</id></tvshow>",                                                         NULL,  NULL,        "81189", false},
        {"<movie><id>603</id><imdbid>tt0133093</imdbid></movie>",                                   NULL,  "tt0133093", NULL,    false},
        {"<movie><tmdbid>1</tmdbid><uniqueid type='tmdb'>2</uniqueid></movie>",                     "2",   NULL,        NULL,
         true                                                                                                                         },
        {"<movie><tmdbid>2</tmdbid><uniqueid type='tmdb'>2</uniqueid></movie>",                     "2",   NULL,        NULL,
         false                                                                                                                        },
        {"<movie><uniqueid type='tmdb'>12x</uniqueid><uniqueid type='imdb'>603</uniqueid></movie>",
         NULL,                                                                                             NULL,        NULL,    false},
        {"<movie><title>X</title></movie>\nhttps://www.themoviedb.org/movie/603-the-matrix",        "603",
         NULL,                                                                                                          NULL,    false},
        {"https://www.imdb.com/title/tt0133093/?ref_=fn&x=1\n<movie/>",                             NULL,  "tt0133093", NULL,
         false                                                                                                                        },
        {"<tvshow/>\nhttps://thetvdb.com/?tab=series&id=81189&lid=7",                               NULL,  NULL,        "81189", false},
        {"<movie><tmdbid>5</tmdbid></movie>\nhttps://www.themoviedb.org/movie/603",                 "5",   NULL,        NULL,
         false                                                                                                                        },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        SCRATCH(a);
        struct nfo_document d;
        assert_ok(read_text(&a, rows[i].xml, &d));
        assert_false(d.damaged);
        const struct nfo_record *r = &d.items[0];
        const char *pairs[][2] = {
            {r->ids.tmdb, rows[i].tmdb},
            {r->ids.imdb, rows[i].imdb},
            {r->ids.tvdb, rows[i].tvdb}
        };
        for (size_t k = 0; k < 3; k++)
            if (!pairs[k][0] != !pairs[k][1] || (pairs[k][0] && strcmp(pairs[k][0], pairs[k][1])))
                fail_msg("row %zu id %zu: %s", i, k, pairs[k][0] ? pairs[k][0] : "-");
        assert_int_equal(r->ids_disagree, rows[i].disagree);
    }
}

static void addresses_alone_are_an_nfo(void **state)
{
    (void)state;
    SCRATCH(a);
    struct nfo_document d;
    assert_ok(read_text(&a,
                        "\xef\xbb\xbfhttps://www.themoviedb.org/tv/1396-breaking-bad\r\n"
                        "http://thetvdb.com/series/81189\r\n",
                        &d));
    assert_int_equal(d.count, 0);
    assert_int_equal(d.url_kind, NFO_TVSHOW);
    assert_string_equal(d.url_ids.tmdb, "1396");
    assert_string_equal(d.url_ids.tvdb, "81189");
}

static void several_episodes_share_a_file(void **state)
{
    (void)state;
    SCRATCH(a);
    struct nfo_document d;
    assert_ok(read_text(&a,
                        "<?xml version=\"1.0\"?>\n<episodedetails><title>One</title><season>1"
                        "</season><episode>1</episode><aired>2008-01-20</aired></episodedetails>\n"
                        "<?xml version=\"1.0\"?>\n<episodedetails><title>Two</title>"
                        "<season>0</season><episode>2</episode></episodedetails>",
                        &d));
    assert_int_equal(d.count, 2);
    assert_false(d.damaged);
    assert_string_equal(d.items[0].aired, "2008-01-20");
    assert_int_equal(d.items[1].season, 0);
    assert_int_equal(d.items[1].episode, 2);
    assert_int_equal(d.items[1].year, -1);
}

static void odd_encodings_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW("<artist><name>Bj\xc3\xb6rk</name></artist>"),
        ROW("\xef\xbb\xbf<artist><name>Bj\xc3\xb6rk</name></artist>"),
        ROW("<?xml version='1.0' encoding='ISO-8859-1'?><artist><name>Bj\xf6rk</name></artist>"),
        ROW("<?xml version='1.0' encoding='utf-8'?><artist><name>Bj\xf6rk</name></artist>"),
        ROW("<?xml version='1.0' encoding='utf-16'?><artist><name>Bj\xc3\xb6rk</name></artist>"),
        ROW("<?xml version='1.0' encoding='nonsense'?><artist><name>Bj\xf6rk</name></artist>"),
        ROW("<artist><name>Bj&#246;rk</name></artist>"),
        ROW("<artist><name>Bj\xc3\xb6rk\x01</name>\0</artist>"),
        ROW("\xff\xfe<\0a\0r\0t\0i\0s\0t\0>\0<\0n\0a\0m\0e\0>\0B\0j\0\xf6\0r\0k\0<\0/"
            "\0n\0a\0m\0e\0>"
            "\0<\0/\0a\0r\0t\0i\0s\0t\0>\0"),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        SCRATCH(a);
        struct nfo_document d;
        assert_ok(nfo_read(&a, rows[i].bytes, rows[i].len, &d));
        assert_string_equal(d.items[0].title, "Bj\xc3\xb6rk");
        assert_false(d.damaged);
    }
}

static void broken_xml_yields_what_it_can_and_says_so(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<movie><title>Fast & Furious</title><year>2009</year></movie>",
        "<movie><title>Fast &nbsp; Furious</title><year>2009</year></movie>",
        "<movie><title>Fast</title><year>2009</year><plot>cut off in the mid",
        "<movie><title>Fast</title><plot><b>bold</plot><year>2009</year></movie>",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        SCRATCH(a);
        struct nfo_document d;
        assert_ok(read_text(&a, texts[i], &d));
        assert_true(d.damaged);
        assert_int_equal(strncmp(d.items[0].title, "Fast", 4), 0);
    }
}

static void hostile_files_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<!DOCTYPE movie [<!ENTITY x SYSTEM "
        "\"file:///etc/passwd\">]><movie><title>&x;</title></movie>",
        "<?xml version='1.0'?><!doctype movie><movie/>",
        "<movie><!ENTITY a 'b'></movie>",
        "",
        "just words",
        "<html><title>x</title></html>",
        "<xml",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        SCRATCH(a);
        struct nfo_document d = {.damaged = true};
        assert_fails(read_text(&a, texts[i], &d), ERR_UNPROCESSABLE);
        assert_true(d.damaged);
    }
    SCRATCH(a);
    struct nfo_document d;
    char *large = arena_alloc(&a, NFO_BYTES_MAX + 1);
    assert_fails(nfo_read(&a, large, NFO_BYTES_MAX + 1, &d), ERR_TOO_LARGE);
}

static void depth_and_width_are_survived(void **state)
{
    (void)state;
    BUF(text);
    buf_puts(&text, "<movie>");
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, "<plot>");
    SCRATCH(a);
    struct nfo_document d;
    struct err err = nfo_read(&a, text.data, text.len, &d);
    assert_true(!failed(err) || err.kind == ERR_UNPROCESSABLE);
    buf_clear(&text);
    buf_puts(&text, "<movie>");
    for (int i = 0; i < 60000; i++)
        buf_puts(&text, "<rating>1</rating>");
    buf_puts(&text, "<tag>x</tag></movie>");
    assert_true(text.len > NFO_BYTES_MAX || !failed(nfo_read(&a, text.data, text.len, &d)));
}

/* -- writing ---------------------------------------------------------------------------------- */

static void musicvideo_is_written_as_document_000_shows(void **state)
{
    (void)state;
    SCRATCH(a);
    BUF(text);
    struct nfo_record r = nfo_record_make(NFO_MUSICVIDEO);
    r.title = "Filed";
    r.year = 1991;
    r.artist = "Name";
    nfo_texts_add(&a, &r.tags, "live");
    nfo_texts_add(&a, &r.tags, "90s");
    nfo_write(&text, &r);
    assert_string_equal(text.data, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                                   "<musicvideo>\n"
                                   "    <title>Filed</title>\n"
                                   "    <year>1991</year>\n"
                                   "    <artist>Name</artist>\n"
                                   "    <tag>90s</tag>\n"
                                   "    <tag>live</tag>\n"
                                   "</musicvideo>\n");
    buf_clear(&text);
    r = nfo_record_make(NFO_ARTIST);
    r.title = "A \"quoted\" <& > name\x02";
    nfo_write(&text, &r);
    assert_string_equal(text.data, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                                   "<artist>\n"
                                   "    <name>A \"quoted\" &lt;&amp; &gt; name</name>\n"
                                   "</artist>\n");
}

static void movie_is_written_in_document_004s_order(void **state)
{
    (void)state;
    SCRATCH(a);
    BUF(text);
    struct nfo_record r = nfo_record_make(NFO_MOVIE);
    r.title = "Heat";
    r.ids.tmdb = "949";
    r.ids.imdb = "tt0113277";
    r.runtime_min = 170;
    nfo_texts_add(&a, &r.genres, "Crime");
    *arena_push(&a, &r.actors) = (struct nfo_actor){"Al Pacino", "Hanna", "http://x/", 0};
    *arena_push(&a, &r.ratings) = (struct nfo_rating){"themoviedb", 7.9, 10, 7000, true};
    r.set_name = "Set";
    *arena_push(&a, &r.streams.video) = (struct nfo_video_stream){
        .codec = "h264", .width = 1920, .height = 800, .frame_rate = 23.976, .duration_s = 10200};
    *arena_push(&a, &r.streams.audio) = (struct nfo_audio_stream){"dts", "eng", 6};
    nfo_texts_add(&a, &r.streams.subtitle_languages, "deu");
    nfo_write(&text, &r);
    assert_string_equal(
        text.data,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<movie>\n"
        "    <title>Heat</title>\n"
        "    <uniqueid type=\"tmdb\" default=\"true\">949</uniqueid>\n"
        "    <uniqueid type=\"imdb\">tt0113277</uniqueid>\n"
        "    <runtime>170</runtime>\n"
        "    <genre>Crime</genre>\n"
        "    <actor>\n        <name>Al Pacino</name>\n        <role>Hanna</role>\n"
        "        <order>0</order>\n    </actor>\n"
        "    <ratings>\n        <rating name=\"themoviedb\" max=\"10\" default=\"true\">\n"
        "            <value>7.9</value>\n            <votes>7000</votes>\n        </rating>\n"
        "    </ratings>\n"
        "    <set>\n        <name>Set</name>\n    </set>\n"
        "    <fileinfo>\n        <streamdetails>\n            <video>\n"
        "                <codec>h264</codec>\n                <width>1920</width>\n"
        "                <height>800</height>\n                <framerate>23.976</framerate>\n"
        "                <durationinseconds>10200</durationinseconds>\n            </video>\n"
        "            <audio>\n                <codec>dts</codec>\n"
        "                <language>eng</language>\n                <channels>6</channels>\n"
        "            </audio>\n            <subtitle>\n                <language>deu</language>\n"
        "            </subtitle>\n        </streamdetails>\n    </fileinfo>\n"
        "</movie>\n");
}

static void what_is_written_is_read_back_and_written_the_same(void **state)
{
    (void)state;
    SCRATCH(a);
    BUF(first);
    BUF(second);
    for (int kind = NFO_MUSICVIDEO; kind <= NFO_MOVIESET; kind++) {
        struct nfo_record r = nfo_record_make((enum nfo_kind)kind);
        r.title = "T & \xe2\x82\xac";
        r.artist = "A";
        r.plot = "P\nQ";
        r.year = 2001;
        r.season = 0;
        r.episode = 3;
        r.status = "Ended";
        r.aired = "2001-01-01";
        r.user_rating = 7.25;
        r.ids.tvdb = "12";
        nfo_texts_add(&a, &r.studios, "S");
        nfo_texts_add(&a, &r.credits, "W");
        buf_clear(&first);
        buf_clear(&second);
        nfo_write(&first, &r);
        struct nfo_document d;
        assert_ok(nfo_read(&a, first.data, first.len, &d));
        assert_int_equal(d.items[0].kind, kind);
        nfo_write(&second, &d.items[0]);
        assert_string_equal(first.data, second.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(musicvideo_fields_are_read),
        cmocka_unit_test(year_is_ignored_or_fails_as_document_000_says),
        cmocka_unit_test(movie_fields_are_read),
        cmocka_unit_test(ids_are_trusted_in_order),
        cmocka_unit_test(addresses_alone_are_an_nfo),
        cmocka_unit_test(several_episodes_share_a_file),
        cmocka_unit_test(odd_encodings_are_understood),
        cmocka_unit_test(broken_xml_yields_what_it_can_and_says_so),
        cmocka_unit_test(hostile_files_are_refused),
        cmocka_unit_test(depth_and_width_are_survived),
        cmocka_unit_test(musicvideo_is_written_as_document_000_shows),
        cmocka_unit_test(movie_is_written_in_document_004s_order),
        cmocka_unit_test(what_is_written_is_read_back_and_written_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
