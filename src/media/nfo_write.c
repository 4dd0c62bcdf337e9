/* Writes NFO files: fixed order, fixed spelling, so that an unchanged record changes no byte. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "media/nfo.h"

/* -- XML -------------------------------------------------------------------------------------- */

static void indent(struct buf *to, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_puts(to, "    ");
}

/* U+FFFE and U+FFFF are no characters of XML 1.0. */
static bool is_no_character(const char *c)
{
    return strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0;
}

/* For texts and quoted attributes. Characters that XML 1.0 cannot spell are dropped. */
static void put_escaped(struct buf *to, const char *text, bool quoted)
{
    for (const char *c = text; *c; c++) {
        if (is_no_character(c)) {
            c += 2;
            continue;
        }
        switch (*c) {
        case '&':
            buf_puts(to, "&amp;");
            break;
        case '<':
            buf_puts(to, "&lt;");
            break;
        case '>':
            buf_puts(to, "&gt;");
            break;
        case '"':
            buf_puts(to, quoted ? "&quot;" : "\"");
            break;
        case '\r':
            break;
        default:
            if ((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t')
                buf_putc(to, *c);
        }
    }
}

static void put_text(struct buf *to, int depth, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    SCRATCH(scratch);
    indent(to, depth);
    buf_printf(to, "<%s>", name);
    put_escaped(to, utf8_repair(&scratch, text, strlen(text)), false);
    buf_printf(to, "</%s>\n", name);
}

static void put_number(struct buf *to, int depth, const char *name, int64_t number)
{
    if (number < 0)
        return;
    indent(to, depth);
    buf_printf(to, "<%s>%lld</%s>\n", name, (long long)number, name);
}

/* Up to three decimals, no trailing zeros, always a point. */
static void put_real(struct buf *to, int depth, const char *name, double number)
{
    if (!(number >= 0) || !isfinite(number))
        return;
    char digits[64];
    int64_t thousandths = (int64_t)(fmin(number, 1e12) * 1000 + 0.5);
    snprintf(digits, sizeof(digits), "%lld.%03lld", (long long)thousandths / 1000,
             (long long)thousandths % 1000);
    size_t len = strlen(digits);
    while (digits[len - 1] == '0' && digits[len - 2] != '.')
        digits[--len] = 0;
    put_text(to, depth, name, digits);
}

static void put_list(struct buf *to, int depth, const char *name, const struct nfo_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        put_text(to, depth, name, texts->items[i]);
}

static void open_element(struct buf *to, int depth, const char *name)
{
    indent(to, depth);
    buf_printf(to, "<%s>\n", name);
}

static void close_element(struct buf *to, int depth, const char *name)
{
    indent(to, depth);
    buf_printf(to, "</%s>\n", name);
}

/* -- music (document 000) ---------------------------------------------------------------------- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void write_musicvideo(struct buf *to, const struct nfo_record *r)
{
    put_text(to, 1, "title", r->title);
    put_text(to, 1, "album", r->album);
    put_text(to, 1, "studio", nfo_last(&r->studios));
    put_number(to, 1, "year", r->year);
    put_text(to, 1, "director", nfo_last(&r->directors));
    put_text(to, 1, "genre", nfo_last(&r->genres));
    put_text(to, 1, "artist", r->artist);
    SCRATCH(scratch);
    struct nfo_texts sorted = {.count = r->tags.count};
    sorted.items = arena_memdup(&scratch, r->tags.items, r->tags.count * sizeof(*r->tags.items));
    if (sorted.count)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), compare_texts);
    put_list(to, 1, "tag", &sorted);
}

static void write_artist(struct buf *to, const struct nfo_record *r)
{
    put_text(to, 1, "name", r->title);
}

/* -- films and series (document 004) ----------------------------------------------------------- */

static void put_id(struct buf *to, const char *type, const char *id, bool is_default)
{
    if (!id)
        return;
    indent(to, 1);
    buf_printf(to, "<uniqueid type=\"%s\"%s>", type, is_default ? " default=\"true\"" : "");
    put_escaped(to, id, false);
    buf_puts(to, "</uniqueid>\n");
}

static void put_ids(struct buf *to, const struct nfo_ids *ids)
{
    put_id(to, "tmdb", ids->tmdb, true);
    put_id(to, "imdb", ids->imdb, !ids->tmdb);
    put_id(to, "tvdb", ids->tvdb, !ids->tmdb && !ids->imdb);
}

static void put_actors(struct buf *to, const struct nfo_actors *actors)
{
    for (size_t i = 0; i < actors->count; i++) {
        open_element(to, 1, "actor");
        put_text(to, 2, "name", actors->items[i].name);
        put_text(to, 2, "role", actors->items[i].role);
        put_number(to, 2, "order", actors->items[i].order);
        close_element(to, 1, "actor");
    }
}

static void put_rating(struct buf *to, const struct nfo_rating *rating)
{
    indent(to, 2);
    buf_puts(to, "<rating name=\"");
    put_escaped(to, rating->name, true);
    buf_printf(to, "\" max=\"%d\" default=\"%s\">\n", rating->max > 0 ? (int)rating->max : 10,
               rating->is_default ? "true" : "false");
    put_real(to, 3, "value", rating->value);
    put_number(to, 3, "votes", rating->votes);
    close_element(to, 2, "rating");
}

static void put_ratings(struct buf *to, const struct nfo_ratings *ratings)
{
    if (!ratings->count)
        return;
    open_element(to, 1, "ratings");
    for (size_t i = 0; i < ratings->count; i++)
        put_rating(to, &ratings->items[i]);
    close_element(to, 1, "ratings");
}

static void put_set(struct buf *to, const struct nfo_record *r)
{
    if (!r->set_name)
        return;
    open_element(to, 1, "set");
    put_text(to, 2, "name", r->set_name);
    put_text(to, 2, "overview", r->set_overview);
    close_element(to, 1, "set");
}

static void put_video_stream(struct buf *to, const struct nfo_video_stream *video)
{
    open_element(to, 3, "video");
    put_text(to, 4, "codec", video->codec);
    put_text(to, 4, "aspect", video->aspect);
    put_number(to, 4, "width", video->width > 0 ? video->width : -1);
    put_number(to, 4, "height", video->height > 0 ? video->height : -1);
    put_real(to, 4, "framerate", video->frame_rate > 0 ? video->frame_rate : -1);
    put_number(to, 4, "durationinseconds", video->duration_s > 0 ? video->duration_s : -1);
    put_text(to, 4, "hdrtype", video->hdr_type);
    close_element(to, 3, "video");
}

static void put_streams(struct buf *to, const struct nfo_streams *streams)
{
    if (!streams->video.count && !streams->audio.count && !streams->subtitle_languages.count)
        return;
    open_element(to, 1, "fileinfo");
    open_element(to, 2, "streamdetails");
    for (size_t i = 0; i < streams->video.count; i++)
        put_video_stream(to, &streams->video.items[i]);
    for (size_t i = 0; i < streams->audio.count; i++) {
        const struct nfo_audio_stream *audio = &streams->audio.items[i];
        open_element(to, 3, "audio");
        put_text(to, 4, "codec", audio->codec);
        put_text(to, 4, "language", audio->language);
        put_number(to, 4, "channels", audio->channels > 0 ? audio->channels : -1);
        close_element(to, 3, "audio");
    }
    for (size_t i = 0; i < streams->subtitle_languages.count; i++) {
        open_element(to, 3, "subtitle");
        put_text(to, 4, "language", streams->subtitle_languages.items[i]);
        close_element(to, 3, "subtitle");
    }
    close_element(to, 2, "streamdetails");
    close_element(to, 1, "fileinfo");
}

static void put_episode_numbers(struct buf *to, const struct nfo_record *r)
{
    put_text(to, 1, "showtitle", r->show_title);
    put_number(to, 1, "season", r->season);
    put_number(to, 1, "episode", r->episode);
    put_number(to, 1, "displayseason", r->display_season);
    put_number(to, 1, "displayepisode", r->display_episode);
    put_text(to, 1, "aired", r->aired);
}

static void write_screen(struct buf *to, const struct nfo_record *r)
{
    put_text(to, 1, "title", r->title);
    put_ids(to, &r->ids);
    put_text(to, 1, "originaltitle", r->original_title);
    put_text(to, 1, "sorttitle", r->sort_title);
    put_number(to, 1, "year", r->year);
    put_text(to, 1, "plot", r->plot);
    put_text(to, 1, "outline", r->outline);
    put_text(to, 1, "tagline", r->tagline);
    put_text(to, 1, "mpaa", r->content_rating);
    put_text(to, 1, "premiered", r->premiered);
    put_number(to, 1, "runtime", r->runtime_min);
    put_real(to, 1, "userrating", r->user_rating);
    put_list(to, 1, "genre", &r->genres);
    put_list(to, 1, "director", &r->directors);
    put_list(to, 1, "credits", &r->credits);
    put_list(to, 1, "studio", &r->studios);
    put_list(to, 1, "country", &r->countries);
    put_list(to, 1, "tag", &r->tags);
    put_actors(to, &r->actors);
    put_ratings(to, &r->ratings);
    put_set(to, r);
    if (r->kind == NFO_TVSHOW)
        put_text(to, 1, "status", r->status);
    if (r->kind == NFO_EPISODE)
        put_episode_numbers(to, r);
    put_streams(to, &r->streams);
}

static void write_set(struct buf *to, const struct nfo_record *r)
{
    put_text(to, 1, "title", r->title);
    put_text(to, 1, "overview", r->plot);
}

void nfo_write(struct buf *to, const struct nfo_record *record)
{
    static const struct {
        const char *root;
        void (*write)(struct buf *to, const struct nfo_record *record);
    } writers[] = {
        [NFO_MUSICVIDEO] = {"musicvideo",     write_musicvideo},
        [NFO_ARTIST] = {"artist",         write_artist    },
        [NFO_MOVIE] = {"movie",          write_screen    },
        [NFO_TVSHOW] = {"tvshow",         write_screen    },
        [NFO_EPISODE] = {"episodedetails", write_screen    },
        [NFO_MOVIESET] = {"set",            write_set       },
    };
    CHECK(record->kind > NFO_NONE && record->kind <= NFO_MOVIESET);
    buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    open_element(to, 0, writers[record->kind].root);
    writers[record->kind].write(to, record);
    close_element(to, 0, writers[record->kind].root);
}
