/* Asking IMVDb. */
#include "providers/imvdb.h"

#include <string.h>

#include "base/buf.h"
#include "json/take.h"
#include "providers/services.h"

#define PER_PAGE_MAX 50 /* the service refuses more */

static const struct provider imvdb = {&imvdb_service, "IMVDb"};

/* --- shapes ---------------------------------------------------------------------------------------------------- */

#define TEXT(type_, member_)  F(struct type_, T_TEXT, member_)
#define NEED(type_, member_)  F(struct type_, T_TEXT, member_, .flags = FIELD_REQUIRED, .fallback = "")
#define COUNT(type_, member_) F(struct type_, T_INT, member_, .flags = FIELD_REQUIRED, .fallback = "0")
#define MANY(type_, member_, shape_)                                                                \
    F(struct type_, T_LIST, member_, .item = T_OBJECT, .shape = &(shape_), .flags = FIELD_EMPTY_LIST)

SHAPE(imvdb_artist_shape, "ImvdbArtistRef", struct imvdb_artist, "An artist of a video", NEED(imvdb_artist, name),
      TEXT(imvdb_artist, slug), TEXT(imvdb_artist, url));
SHAPE(imvdb_images_shape, "ImvdbImages", struct imvdb_images, "Pictures: original, large, big, thumbnail, small",
      TEXT(imvdb_images, o), TEXT(imvdb_images, l), TEXT(imvdb_images, b), TEXT(imvdb_images, t),
      TEXT(imvdb_images, s));
SHAPE(imvdb_source_shape, "ImvdbSource", struct imvdb_source, "Where a video can be seen",
      NEED(imvdb_source, source), NEED(imvdb_source, source_slug), F(struct imvdb_source, T_JSON, source_data),
      F(struct imvdb_source, T_BOOL, is_primary, .flags = FIELD_REQUIRED, .fallback = "false"));
SHAPE(imvdb_credit_shape, "ImvdbCredit", struct imvdb_credit, "Who did what", NEED(imvdb_credit, position_name),
      NEED(imvdb_credit, position_code), NEED(imvdb_credit, entity_name), NEED(imvdb_credit, entity_slug),
      COUNT(imvdb_credit, entity_id), NEED(imvdb_credit, entity_url), TEXT(imvdb_credit, position_notes),
      COUNT(imvdb_credit, position_id));
SHAPE(imvdb_credits_shape, "ImvdbCredits", struct imvdb_credits, "Everybody", COUNT(imvdb_credits, total_credits),
      MANY(imvdb_credits, crew, imvdb_credit_shape),
      F(struct imvdb_credits, T_JSON, cast, .flags = FIELD_REQUIRED, .fallback = "[]"));

#define VIDEO_HEAD                                                                                  \
    F(struct imvdb_video, T_INT, id, .flags = FIELD_REQUIRED), TEXT(imvdb_video, production_status),  \
        TEXT(imvdb_video, song_title), TEXT(imvdb_video, song_slug), TEXT(imvdb_video, url),          \
        F(struct imvdb_video, T_BOOL, multiple_versions), TEXT(imvdb_video, version_name),            \
        F(struct imvdb_video, T_INT, version_number), F(struct imvdb_video, T_BOOL, is_imvdb_pick),   \
        TEXT(imvdb_video, aspect_ratio), F(struct imvdb_video, T_INT, year),                          \
        F(struct imvdb_video, T_BOOL, verified_credits), MANY(imvdb_video, artists, imvdb_artist_shape)
#define VIDEO_IMAGE F(struct imvdb_video, T_OBJECT, image, .shape = &imvdb_images_shape)
SHAPE(imvdb_video_item_shape, "ImvdbVideoItem", struct imvdb_video, "A video in a list", VIDEO_HEAD, VIDEO_IMAGE);
SHAPE(imvdb_video_shape, "ImvdbVideo", struct imvdb_video, "A video at IMVDb", VIDEO_HEAD,
      MANY(imvdb_video, featured_artists, imvdb_artist_shape), VIDEO_IMAGE,
      MANY(imvdb_video, sources, imvdb_source_shape), MANY(imvdb_video, directors, imvdb_credit_shape),
      F(struct imvdb_video, T_OBJECT, credits, .shape = &imvdb_credits_shape));

SHAPE(imvdb_videos_shape, "ImvdbEntityVideos", struct imvdb_videos, "Videos of an entity",
      COUNT(imvdb_videos, total_videos), MANY(imvdb_videos, videos, imvdb_video_item_shape));
#define ENTITY_HEAD                                                                                 \
    F(struct imvdb_entity, T_INT, id, .flags = FIELD_REQUIRED), TEXT(imvdb_entity, name),             \
        TEXT(imvdb_entity, slug), TEXT(imvdb_entity, url), F(struct imvdb_entity, T_INT, discogs_id), \
        TEXT(imvdb_entity, byline), TEXT(imvdb_entity, bio), TEXT(imvdb_entity, image),               \
        COUNT(imvdb_entity, artist_video_count), COUNT(imvdb_entity, featured_video_count)
SHAPE(imvdb_entity_item_shape, "ImvdbEntityItem", struct imvdb_entity, "An artist or maker in a list", ENTITY_HEAD);
SHAPE(imvdb_entity_shape, "ImvdbEntity", struct imvdb_entity, "An artist or maker at IMVDb", ENTITY_HEAD,
      F(struct imvdb_entity, T_OBJECT, artist_videos, .shape = &imvdb_videos_shape),
      F(struct imvdb_entity, T_OBJECT, featured_videos, .shape = &imvdb_videos_shape));

#define PAGE_OF(shape_)                                                                             \
    COUNT(imvdb_page, total_results), COUNT(imvdb_page, current_page), COUNT(imvdb_page, per_page),   \
        COUNT(imvdb_page, total_pages), MANY(imvdb_page, results, shape_)
SHAPE(imvdb_video_page_shape, "ImvdbVideoSearch", struct imvdb_page, "Videos that were found",
      PAGE_OF(imvdb_video_item_shape));
SHAPE(imvdb_entity_page_shape, "ImvdbEntitySearch", struct imvdb_page, "Artists and makers that were found",
      PAGE_OF(imvdb_entity_item_shape));
SHAPE(imvdb_artist_page_shape, "ImvdbEntityVideosPage", struct imvdb_artist_page, "A page of an artist's videos",
      COUNT(imvdb_artist_page, entity_id), TEXT(imvdb_artist_page, entity_slug), TEXT(imvdb_artist_page, entity_name),
      COUNT(imvdb_artist_page, total_videos), COUNT(imvdb_artist_page, current_page),
      COUNT(imvdb_artist_page, per_page), COUNT(imvdb_artist_page, total_pages),
      F(struct imvdb_artist_page, T_BOOL, has_more, .flags = FIELD_REQUIRED),
      MANY(imvdb_artist_page, videos, imvdb_video_item_shape));

/* --- asking ---------------------------------------------------------------------------------------------------- */

struct err imvdb_ready(const struct asker *by)
{
    const char *key;
    return provider_need(by, &imvdb, "apis.imvdb.auth.app_key", &key);
}

static struct err get(const struct asker *by, const char *url, json_t **ret)
{
    const char *key;
    TRY(provider_need(by, &imvdb, "apis.imvdb.auth.app_key", &key));
    const char *headers[] = {arena_printf(by->arena, "IMVDB-APP-KEY: %s", key), NULL};
    return provider_get(by, &imvdb, url, headers, ret);
}

/* What has no number cannot be referred to. */
static void drop_unnumbered(struct list *list, size_t size, size_t id_offset)
{
    char *items = list->items;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        int64_t id;
        memcpy(&id, items + i * size + id_offset, sizeof(id));
        if (id == INT_NONE)
            continue;
        memmove(items + kept * size, items + i * size, size);
        kept++;
    }
    list->count = kept;
}

static void keep_videos(struct list *videos)
{
    drop_unnumbered(videos, sizeof(struct imvdb_video), offsetof(struct imvdb_video, id));
}

static int64_t ceil_div(int64_t part, int64_t size)
{
    return size > 0 ? (part + size - 1) / size : 0;
}

static void take_page(const struct asker *by, const json_t *json, const struct shape *shape, int64_t page,
                      int64_t per_page, struct imvdb_page *ret)
{
    shape_take(by->arena, shape, json, ret);
    if (!json_object_get(json, "total_results")) /* as older answers have it */
        ret->total_results = json_integer_value(json_object_get(json, "total"));
    if (ret->total_results < (int64_t)ret->results.count)
        ret->total_results = (int64_t)ret->results.count;
    if (ret->current_page < 1)
        ret->current_page = page;
    if (ret->per_page < 1)
        ret->per_page = per_page;
    if (ret->total_pages < 1)
        ret->total_pages = ceil_div(ret->total_results, ret->per_page);
}

static const char *limited(const struct asker *by, int64_t per_page)
{
    return provider_number(by->arena, per_page > PER_PAGE_MAX ? PER_PAGE_MAX : per_page);
}

struct err imvdb_search_videos(const struct asker *by, const char *artist, const char *title, int64_t page,
                               int64_t per_page, struct imvdb_page *ret_page)
{
    json_t *json;
    const char *text = arena_printf(by->arena, "%s %s", artist, title);
    TRY(get(by,
            provider_url(by, &imvdb, "/search/videos", "q", text, "page", provider_number(by->arena, page),
                         "per_page", limited(by, per_page), NULL),
            &json));
    take_page(by, json, &imvdb_video_page_shape, page, per_page, ret_page);
    keep_videos(&ret_page->results);
    return OK;
}

struct err imvdb_search_entities(const struct asker *by, const char *text, int64_t page, int64_t per_page,
                                 struct imvdb_page *ret_page)
{
    json_t *json;
    TRY(get(by,
            provider_url(by, &imvdb, "/search/entities", "q", text, "page", provider_number(by->arena, page),
                         "per_page", limited(by, per_page), NULL),
            &json));
    take_page(by, json, &imvdb_entity_page_shape, page, per_page, ret_page);
    drop_unnumbered(&ret_page->results, sizeof(struct imvdb_entity), offsetof(struct imvdb_entity, id));
    return OK;
}

/* An answer of 200 that is about nothing is "not found" too. */
static struct err need_id(const struct asker *by, int64_t id)
{
    return id != INT_NONE ? OK : err_f(by->arena, ERR_NOT_FOUND, "upstream_not_found", "Not found at IMVDb");
}

struct err imvdb_video(const struct asker *by, int64_t id, struct imvdb_video *ret_video)
{
    json_t *json;
    struct imvdb_video video;
    const char *path = arena_printf(by->arena, "/video/%lld", (long long)id);
    TRY(get(by, provider_url(by, &imvdb, path, "include", "credits,featured,sources", NULL), &json));
    shape_take(by->arena, &imvdb_video_shape, json, &video);
    TRY(need_id(by, video.id));
    *ret_video = video;
    return OK;
}

static struct err get_entity(const struct asker *by, int64_t id, const char *include, const char *page,
                             const char *per_page, struct imvdb_entity *ret)
{
    json_t *json;
    struct imvdb_entity entity;
    const char *path = arena_printf(by->arena, "/entity/%lld", (long long)id);
    TRY(get(by,
            provider_url(by, &imvdb, path, "include", include, "page", page, "per_page", per_page, NULL), &json));
    shape_take(by->arena, &imvdb_entity_shape, json, &entity);
    TRY(need_id(by, entity.id));
    json_t *featured = json_object_get(json, "featured_artist_videos");
    if (!entity.featured_videos && json_is_object(featured)) {
        entity.featured_videos = arena_new(by->arena, struct imvdb_videos);
        shape_take(by->arena, &imvdb_videos_shape, featured, entity.featured_videos);
    }
    if (entity.artist_videos)
        keep_videos(&entity.artist_videos->videos);
    if (entity.featured_videos)
        keep_videos(&entity.featured_videos->videos);
    *ret = entity;
    return OK;
}

struct err imvdb_entity(const struct asker *by, int64_t id, struct imvdb_entity *ret_entity)
{
    return get_entity(by, id, "artist_videos,featured_videos", NULL, NULL, ret_entity);
}

static const char *shown_name(const struct imvdb_entity *e, const struct list *videos)
{
    if (e->name && *e->name)
        return e->name;
    const char *first = videos->count ? imvdb_first_artist(videos->items) : NULL;
    return first ? first : e->slug;
}

struct err imvdb_artist_videos(const struct asker *by, int64_t entity_id, int64_t page, int64_t per_page,
                               struct imvdb_artist_page *ret_page)
{
    struct imvdb_entity entity;
    struct list none = {0};
    TRY(get_entity(by, entity_id, "artist_videos", provider_number(by->arena, page), limited(by, per_page), &entity));
    const struct list *videos = entity.artist_videos ? &entity.artist_videos->videos : &none;
    int64_t total = entity.artist_videos ? entity.artist_videos->total_videos : 0;
    int64_t size = per_page > PER_PAGE_MAX ? PER_PAGE_MAX : per_page;
    *ret_page = (struct imvdb_artist_page){
        .entity_id = entity.id,
        .entity_slug = entity.slug,
        .entity_name = shown_name(&entity, videos),
        .total_videos = total,
        .current_page = page,
        .per_page = size,
        .total_pages = ceil_div(total, size),
        .has_more = page < ceil_div(total, size),
        .videos = *videos,
    };
    return OK;
}

/* --- what is in a video ---------------------------------------------------------------------------------------- */

static bool holds(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], text) == 0)
            return true;
    }
    return false;
}

/* The id as it is, or an object that holds it. */
static const char *source_id(struct arena *a, const char *data)
{
    static const char *const keys[] = {"id", "video_id", "youtube_id"};
    json_t *value = data ? json_loads(data, JSON_DECODE_ANY, NULL) : NULL;
    const char *id = json_take_text(a, value);
    for (size_t i = 0; !id && i < sizeof(keys) / sizeof(keys[0]); i++)
        id = json_take_text(a, json_object_get(value, keys[i]));
    json_decref(value);
    return id && *id ? id : NULL;
}

const char *const *imvdb_youtube_ids(struct arena *a, const struct imvdb_video *video)
{
    const struct imvdb_source *sources = video->sources.items;
    const char **ids = arena_array(a, const char *, video->sources.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < video->sources.count; i++) {
        bool youtube = strcmp(sources[i].source_slug, "youtube") == 0 || strcmp(sources[i].source, "youtube") == 0;
        const char *id = youtube ? source_id(a, sources[i].source_data) : NULL;
        if (id && !holds(ids, count, id))
            ids[count++] = id;
    }
    return ids;
}

static const char *join(struct arena *a, const char *const *names, size_t count)
{
    BUF(out);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", names[i]);
    return count ? arena_strndup(a, out.data, out.len) : NULL;
}

static const char *names_of(struct arena *a, const struct list *list, size_t size, size_t offset)
{
    const char **names = arena_array(a, const char *, list->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const char *name;
        memcpy(&name, (const char *)list->items + i * size + offset, sizeof(name));
        if (name && *name && !holds(names, count, name))
            names[count++] = name;
    }
    return join(a, names, count);
}

const char *imvdb_director_names(struct arena *a, const struct imvdb_video *video)
{
    return names_of(a, &video->directors, sizeof(struct imvdb_credit), offsetof(struct imvdb_credit, entity_name));
}

const char *imvdb_featured_names(struct arena *a, const struct imvdb_video *video)
{
    return names_of(a, &video->featured_artists, sizeof(struct imvdb_artist), offsetof(struct imvdb_artist, name));
}

const char *imvdb_first_artist(const struct imvdb_video *video)
{
    const struct imvdb_artist *artists = video->artists.items;
    return video->artists.count && *artists[0].name ? artists[0].name : NULL;
}

const char *imvdb_picture(const struct imvdb_video *video)
{
    if (!video->image)
        return NULL;
    const char *const sizes[] = {video->image->o, video->image->l, video->image->b};
    for (size_t i = 0; i < 3; i++) {
        if (sizes[i] && *sizes[i])
            return sizes[i];
    }
    return NULL;
}
