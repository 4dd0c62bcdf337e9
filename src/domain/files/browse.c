/* Listing folders. */
#include "domain/files/browse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/desc.h"
#include "base/fold.h"

/* By first letter, so that a look takes a few comparisons. */
static const char *const media_endings[] = {
    "3gp", "aac",  "aiff", "alac", "amr", "ass", "avi", "bmp",  "dash", "f4v", "flac", "flv", "gif",  "idx",
    "ismv", "jpeg", "jpg", "m2ts", "m3u8", "m4a", "m4v", "mkv", "mov",  "mp3", "mp4",  "mpeg", "mpg", "ogg",
    "ogv", "opus", "png",  "srt",  "ssa", "stl", "scc", "sub",  "sup",  "tiff", "ts",  "vob", "vtt",  "wav",
    "webm", "webp", "wma", "wmv"};

const char *name_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot : name + strlen(name);
}

bool name_is_media(const char *name)
{
    const char *ending = name_ending(name);
    for (size_t i = 0; *ending && i < sizeof(media_endings) / sizeof(media_endings[0]); i++) {
        if (strcasecmp(ending + 1, media_endings[i]) == 0)
            return true;
    }
    return false;
}

struct sortable {
    struct entry entry;
    const char *key;
};
struct sortable_list {
    VEC(struct sortable)
};

static int by_name(const void *left, const void *right)
{
    const struct sortable *l = left;
    const struct sortable *r = right;
    if (l->entry.is_folder != r->entry.is_folder)
        return l->entry.is_folder ? -1 : 1;
    int order = strcmp(l->key, r->key);
    return order ? order : strcmp(l->entry.name, r->entry.name);
}

static void finish_list(struct arena *a, struct sortable_list *list, struct entry_list *ret)
{
    if (list->count)
        qsort(list->items, list->count, sizeof(list->items[0]), by_name);
    for (size_t i = 0; i < list->count; i++)
        *arena_push(a, ret) = list->items[i].entry;
}

static void add(struct arena *a, struct sortable_list *list, const char *folder, const char *name,
                const struct stat *st)
{
    struct sortable *s = arena_push(a, list);
    bool is_folder = S_ISDIR(st->st_mode);
    s->entry = (struct entry){
        .name = arena_strdup(a, name),
        .is_folder = is_folder,
        .size = is_folder ? INT_NONE : st->st_size,
        .modified_at = st->st_mtim.tv_sec * SECONDS_US + st->st_mtim.tv_nsec / 1000,
    };
    s->entry.path = *folder ? arena_printf(a, "%s/%s", folder, name) : s->entry.name;
    s->key = fold(a, name);
}

/* A link is what it leads to, as long as that lies inside. */
static bool resolve(const struct place *folder, struct arena *a, const char *name, struct stat *st)
{
    if (S_ISLNK(st->st_mode)) {
        const char *path = *folder->path ? arena_printf(a, "%s/%s", folder->path, name) : name;
        if (failed(root_stat(folder->root, a, path, true, st)))
            return false;
    }
    return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

static void list_roots(const struct roots *roots, struct arena *a, struct sortable_list *list)
{
    for (size_t i = 0; i < roots->count; i++) {
        struct stat st;
        if (!failed(root_stat(roots->items[i], a, "", true, &st)))
            add(a, list, "", place_root_name(roots, a, roots->items[i]), &st);
    }
}

static struct err list_folder(struct arena *a, const struct place *place, struct sortable_list *list)
{
    ROOT_LIST(entries);
    TRY(root_list(place->root, a, place->path, &entries));
    while (root_list_next(&entries)) {
        if (name_is_hidden(entries.name) || !utf8_valid(entries.name, strlen(entries.name)) ||
            !resolve(place, a, entries.name, &entries.stat))
            continue;
        add(a, list, place->shown, entries.name, &entries.stat);
    }
    return root_list_end(&entries);
}

struct err files_list(const struct roots *roots, struct arena *a, const struct place *place,
                      struct entry_list *ret_list)
{
    struct sortable_list list = {0};
    struct err e = OK;
    if (place->root)
        e = list_folder(a, place, &list);
    else
        list_roots(roots, a, &list);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return file_error(a, e, place->shown);
    finish_list(a, &list, ret_list);
    return OK;
}
