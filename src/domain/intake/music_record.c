/* Music videos as NFO files and file names describe them. */
#include "domain/intake/music_record.h"

#include <string.h>

#include "base/desc.h"
#include "domain/intake/genre.h"
#include "media/names.h"

static const char *const nothing[] = {NULL};

static void clear(struct music_record *r)
{
    *r = (struct music_record){.year = INT_NONE, .featured = nothing, .tags = nothing};
}

static const char *non_blank(const char *text)
{
    return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

static const char *const *copy_list(struct arena *a, const char *const *items, size_t count)
{
    const char **list = arena_array(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i] = items[i];
    return list;
}

static void check(struct music_record *r)
{
    if (!r->problem && (!r->title || !r->artist))
        r->problem = "Missing critical fields (title or artist)";
}

void music_record_from_nfo(struct arena *a, const char *text, size_t len, struct music_record *ret)
{
    struct nfo_document doc = {0};
    clear(ret);
    ret->from_nfo = true;
    if (failed(nfo_read(a, text, len, &doc)) || !doc.count)
        return;
    const struct nfo_record *n = &doc.items[0];
    ret->kind = n->kind;
    if (n->kind != NFO_MUSICVIDEO)
        return;
    ret->title = non_blank(n->title);
    ret->artist = non_blank(n->artist);
    ret->album = non_blank(n->album);
    ret->director = nfo_last(&n->directors);
    const char *genre = nfo_last(&n->genres);
    const char *bucket = genre_bucket(genre);
    ret->genre = bucket ? bucket : genre;
    ret->studio = nfo_last(&n->studios);
    ret->year = n->year >= NFO_YEAR_MIN && n->year <= NFO_YEAR_MAX ? n->year : INT_NONE;
    ret->tags = copy_list(a, n->tags.items, n->tags.count);
    ret->problem = n->problem;
    check(ret);
}

void music_record_from_name(struct arena *a, const char *path, struct music_record *ret)
{
    struct music_name name;
    clear(ret);
    name_read_music(a, path, &name);
    ret->title = non_blank(name.title);
    ret->artist = non_blank(name.artist);
    ret->album = non_blank(name.album);
    ret->year = name.year >= 1900 && name.year <= 2100 ? name.year : INT_NONE;
    ret->youtube_id = name.youtube_id;
    ret->featured = copy_list(a, name.featured.items, name.featured.count);
    check(ret);
}
