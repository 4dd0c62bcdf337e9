/* Songs as services and people describe them. */
#include "domain/intake/song.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "domain/intake/genre.h"
#include "json/take.h"
#include "json/writer.h"
#include "model/video.h"
#include "providers/discogs.h"
#include "providers/imvdb.h"
#include "providers/spotify.h"
#include "providers/ytdlp.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2100

void song_clear(struct song *song)
{
    *song = (struct song){.year = INT_NONE};
}

static const char *non_blank(const char *text)
{
    return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

static int64_t valid_year(int64_t year)
{
    return year >= YEAR_MIN && year <= YEAR_MAX ? year : INT_NONE;
}

int64_t year_of(const char *date)
{
    int64_t year = 0;
    if (!date || strspn(date, "0123456789") < 4)
        return INT_NONE;
    for (int i = 0; i < 4; i++)
        year = year * 10 + (date[i] - '0');
    return valid_year(year);
}

const char *const *split_names(struct arena *a, const char *text)
{
    struct {
        VEC(const char *)
    } names = {0};
    while (text && *text) {
        text += strspn(text, " \t,");
        size_t len = strcspn(text, ",");
        size_t end = len;
        while (end && isspace((unsigned char)text[end - 1]))
            end--;
        if (end)
            *arena_push(a, &names) = arena_strndup(a, text, end);
        text += len;
    }
    *arena_push(a, &names) = NULL;
    return names.count > 1 ? names.items : NULL;
}

static bool is_youtube_id(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
            return false;
    }
    return len == 11;
}

const char *youtube_id_of(struct arena *a, const char *url)
{
    static const char *const before[] = {"v=", "youtu.be/", "/embed/", "/shorts/", "/live/", "/v/"};
    if (!non_blank(url))
        return NULL;
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        const char *found = strstr(url, before[i]);
        const char *id = found ? found + strlen(before[i]) : "";
        size_t len = strcspn(id, "?&#/");
        bool starts = i > 0 || (found && found > url && (found[-1] == '?' || found[-1] == '&'));
        if (starts && is_youtube_id(id, len))
            return arena_strndup(a, id, len);
    }
    return is_youtube_id(url, strlen(url)) ? url : NULL;
}

/* --- services --------------------------------------------------------------------------------------------------- */

static const char *const *names_of(struct arena *a, const struct list *artists)
{
    const struct imvdb_artist *items = artists->items;
    const char **names = arena_array(a, const char *, artists->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < artists->count; i++) {
        if (non_blank(items[i].name))
            names[count++] = items[i].name;
    }
    return count ? names : NULL;
}

void song_from_imvdb(struct arena *a, const struct imvdb_video *video, struct song *ret)
{
    const struct imvdb_credit *directors = video->directors.items;
    const char *id = arena_printf(a, "%lld", (long long)video->id);
    song_clear(ret);
    ret->source = "imvdb";
    ret->title = non_blank(video->song_title) ? video->song_title : id;
    ret->artist = imvdb_first_artist(video);
    ret->year = valid_year(video->year);
    ret->director = video->directors.count ? non_blank(directors[0].entity_name) : NULL;
    ret->imvdb_video_id = id;
    ret->imvdb_url = non_blank(video->url);
    ret->youtube_id = imvdb_youtube_ids(a, video)[0];
    ret->primary = names_of(a, &video->artists);
    ret->featured = names_of(a, &video->featured_artists);
    ret->thumbnail_url = imvdb_picture(video);
}

static const char *genre_or_bucket(const char *genre)
{
    const char *bucket = genre_bucket(genre);
    return bucket ? bucket : non_blank(genre);
}

void song_from_discogs(struct arena *a, const struct discogs_record *record, struct song *ret)
{
    const struct discogs_artist *artists = record->artists.items;
    const struct discogs_label *labels = record->labels.items;
    const char *const *genres = record->genres.items;
    song_clear(ret);
    ret->source = "discogs";
    ret->title = ret->album = non_blank(record->title);
    ret->artist = record->artists.count ? non_blank(discogs_bare_name(a, artists[0].name)) : NULL;
    ret->year = valid_year(record->year);
    ret->genre = record->genres.count ? genre_or_bucket(genres[0]) : NULL;
    ret->label = record->labels.count ? non_blank(labels[0].name) : NULL;
}

void song_from_youtube(struct arena *a, const struct ytdlp_video *video, struct song *ret)
{
    (void)a;
    song_clear(ret);
    ret->source = "youtube";
    ret->title = non_blank(video->title) ? video->title : video->id;
    ret->artist = non_blank(video->channel);
    ret->youtube_id = non_blank(video->id);
    ret->thumbnail_url = non_blank(video->thumbnail);
}

static const char *largest_image(struct arena *a, const char *images)
{
    json_t *list = images ? json_loads(images, 0, NULL) : NULL;
    const char *best = NULL;
    int64_t best_area = -1;
    size_t index;
    json_t *image;
    json_array_foreach (list, index, image) {
        int64_t width = json_integer_value(json_object_get(image, "width"));
        int64_t area = width * json_integer_value(json_object_get(image, "height"));
        const char *url = json_string_value(json_object_get(image, "url"));
        if (url && area > best_area) {
            best = arena_strdup(a, url);
            best_area = area;
        }
    }
    json_decref(list);
    return best;
}

static const char *genres_json(struct arena *a, const char *const *genres, size_t count)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_array(&w);
    for (size_t i = 0; i < count; i++)
        jw_text(&w, genres[i]);
    jw_end(&w);
    return arena_strndup(a, out.data, out.len);
}

void song_from_spotify(struct arena *a, const struct spotify_track *track, const char *label,
                       const char *const *genres, size_t genre_count, struct song *ret)
{
    const struct spotify_artist *artists = track->artists.items;
    size_t count = track->artists.count;
    const char **featured = arena_array(a, const char *, count + 1);
    song_clear(ret);
    ret->source = "spotify";
    ret->title = non_blank(track->name);
    ret->artist = count ? non_blank(artists[0].name) : NULL;
    for (size_t i = 1; i < count; i++)
        featured[i - 1] = artists[i].name;
    ret->featured = featured;
    ret->isrc = track->isrc;
    ret->label = non_blank(label);
    ret->genre = genre_vote(genres, genre_count);
    ret->source_genres = genre_count ? genres_json(a, genres, genre_count) : NULL;
    if (track->album) {
        ret->album = non_blank(track->album->name);
        ret->year = year_of(track->album->release_date);
        ret->thumbnail_url = largest_image(a, track->album->images);
    }
}

/* --- people ----------------------------------------------------------------------------------------------------- */

static const char *const *take_names(struct arena *a, const json_t *value)
{
    if (json_is_string(value))
        return split_names(a, json_string_value(value));
    const char **names = arena_array(a, const char *, json_array_size(value) + 1);
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *name = non_blank(json_string_value(json_array_get(value, i)));
        if (name)
            names[count++] = arena_strdup(a, name);
    }
    return json_is_array(value) ? names : NULL;
}

/* A list of names, or text, as text. */
static const char *take_joined(struct arena *a, const json_t *value)
{
    BUF(out);
    if (!json_is_array(value))
        return non_blank(json_take_text(a, value));
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *name = non_blank(json_string_value(json_array_get(value, i)));
        if (name)
            buf_printf(&out, "%s%s", out.len ? ", " : "", name);
    }
    return out.len ? arena_strndup(a, out.data, out.len) : NULL;
}

void song_take_metadata(struct arena *a, const json_t *metadata, struct song *song)
{
    const struct {
        const char *name;
        const char **at;
    } texts[] = {
        {"title", &song->title},         {"artist", &song->artist},       {"album", &song->album},
        {"director", &song->director},   {"directors", &song->director},  {"genre", &song->genre},
        {"label", &song->label},         {"isrc", &song->isrc},           {"imvdb_url", &song->imvdb_url},
        {"youtube_id", &song->youtube_id}, {"thumbnail_url", &song->thumbnail_url},
    };
    const char *artist = song->artist;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *text = take_joined(a, json_object_get(metadata, texts[i].name));
        if (text)
            *texts[i].at = text;
    }
    if (song->artist != artist)
        song->primary = NULL; /* those of the service are not this person's */
    int64_t year = valid_year(json_take_int(json_object_get(metadata, "year")));
    if (year != INT_NONE)
        song->year = year;
    const char *const *featured = take_names(a, json_object_get(metadata, "featured_artists"));
    if (featured)
        song->featured = featured;
}
