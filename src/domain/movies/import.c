/* What the importers of movies and shows share. */
#include "domain/movies/import.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "domain/movies/asset.h"
#include "domain/movies/credit.h"
#include "json/decode.h"
#include "media/hash.h"
#include "media/pool.h"

/* More names than this in one NFO are no cast. */
#define CAST_MAX 500

enum scan_class import_classify(const char *name)
{
    const char *dot = strrchr(name, '.');
    struct asset asset = {0};
    SCRATCH(a);
    if (is_video_name(name))
        return SCAN_MEDIA;
    if (dot && strcasecmp(dot, ".nfo") == 0)
        return SCAN_SIDECAR;
    return asset_name_read(&a, name, &asset) ? SCAN_SIDECAR : SCAN_IGNORE;
}

const char *import_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
}

int64_t import_number(int64_t value)
{
    return value < 0 ? INT_NONE : value;
}

int64_t import_id(const char *digits)
{
    int64_t value;
    return digits && text_to_int(digits, &value) && value > 0 ? value : INT_NONE;
}

const char *import_date(struct arena *a, const char *text)
{
    static const char form[] = "dddd-dd-dd";
    if (!text || strlen(text) < 10)
        return NULL;
    for (size_t i = 0; i < 10; i++) {
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return NULL;
    }
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? arena_strndup(a, text, 10) : NULL;
}

struct list import_texts(const struct nfo_texts *texts)
{
    return (struct list){texts->items, texts->count};
}

struct presence import_given(const struct shape *shape, const void *object)
{
    struct presence which = {0};
    for (size_t i = 1; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        bool blank = f->type == T_LIST ? ((const struct list *)field_at(f, object))->count == 0
                                       : field_is_none(f, object);
        if (!blank && !(f->flags & FIELD_READONLY) && strcmp(f->name, "locks") != 0)
            set_present(&which, i);
    }
    return which;
}

/* --- NFO ------------------------------------------------------------------------------------------------ */

bool import_read_nfo(struct scan_item *item, const char *path, enum nfo_kind kind, struct nfo_record **ret_records,
                     size_t *ret_count)
{
    const char *text;
    size_t len;
    struct nfo_document document;
    if (failed(scan_read(item->scan, item->arena, path, NFO_BYTES_MAX, &text, &len)))
        return false;
    if (failed(nfo_read(item->arena, text, len, &document)))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < document.count; i++) {
        if (document.items[i].kind == kind)
            document.items[kept++] = document.items[i];
    }
    if (!kept)
        return false;
    *ret_records = document.items;
    *ret_count = kept;
    return true;
}

struct err import_cast(struct db_conn *tx, struct arena *a, enum item_type type, int64_t id, const struct nfo_record *r,
                       int64_t locks)
{
    struct credit_lines lines = {0};
    for (size_t i = 0; i < r->actors.count && i < CAST_MAX; i++) {
        const struct nfo_actor *actor = &r->actors.items[i];
        if (!actor->name || !*actor->name)
            continue;
        struct credit_line *line = arena_push(a, &lines);
        shape_clear(&person_shape, &line->person);
        line->person.name = actor->name;
        line->role = actor->role;
    }
    if (!lines.count)
        return OK;
    return credits_set(tx, a, type, id, CREDIT_CAST, &lines, is_locked(locks, LOCK_ACTORS_ORDER));
}

/* --- pictures --------------------------------------------------------------------------------------------- */

static const char *format_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (strcasecmp(dot, ".png") == 0)
        return "png";
    return strcasecmp(dot, ".webp") == 0 ? "webp" : "jpg";
}

static void measure(struct import *im, struct scan_item *item, int fd, struct asset *asset)
{
    struct media_info *info;
    if (failed(media_pool_probe(im->core->media, item->arena, fd, &info)))
        return;
    const struct media_stream *picture = media_info_first(info, MEDIA_VIDEO);
    if (picture && picture->width > 0 && picture->height > 0) {
        asset->width = picture->width;
        asset->height = picture->height;
    }
}

bool import_prepare_picture(struct import *im, struct scan_item *item, struct found *found)
{
    struct asset asset;
    char hash[FILE_SHA256_TEXT];
    int fd;
    shape_clear(&asset_shape, &asset);
    if (!asset_name_read(item->arena, item->path, &asset))
        return false;
    item->file.kind = "image";
    if (failed(root_open(scan_root(item->scan), item->arena, item->path, O_RDONLY | O_NONBLOCK, 0, &fd)))
        return true;
    struct err e = file_sha256(item->arena, fd, NULL, NULL, hash);
    if (!failed(e)) {
        measure(im, item, fd, &asset);
        asset.hash = arena_strdup(item->arena, hash);
        asset.library_id = im->library->id;
        asset.file_size = item->file.size;
        asset.format = format_of(asset.name);
        asset.source_type = "local";
        found->asset = arena_memdup(item->arena, &asset, sizeof(asset));
    }
    close(fd);
    return true;
}

struct err import_store_picture(struct import *im, struct db_conn *tx, struct scan_item *item,
                                const struct found *found)
{
    (void)im;
    return found->asset ? asset_store(tx, item->arena, found->asset) : OK;
}
