/* What several resources of document 000 show. */
#include "api/fuzzbin/views.h"

#include "core/settings.h"
#include "domain/catalog/relations.h"
#include "domain/catalog/video.h"
#include "sys/root.h"

/* --- shapes --------------------------------------------------------------------------------------------- */

SHAPE(video_artist_view, "VideoArtist", struct video_artist, "An artist of a video",
      F(struct video_artist, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct video_artist, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct video_artist, T_ENUM, role, .words = &artist_role_words, .flags = FIELD_REQUIRED),
      F(struct video_artist, T_INT, position, .flags = FIELD_REQUIRED));
SHAPE(video_collection_view, "VideoCollection", struct video_collection, "A collection that a video is in",
      F(struct video_collection, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct video_collection, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct video_collection, T_INT, position));
SHAPE(video_tag_view, "VideoTag", struct video_tag, "A tag of a video",
      F(struct video_tag, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct video_tag, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct video_tag, T_ENUM, source, .words = &tag_source_words, .flags = FIELD_REQUIRED));

static const struct field video_fields[] = {
#define VIDEO(kind_, member_, help_, ...)                                                          \
    FN(#member_, struct video_view, T_##kind_, video.member_, .help = (help_), __VA_ARGS__),
#define VIDEO_INNER(...)
#include "model/video.def"
    F(struct video_view, T_TEXT, video_file_path_relative, .help = "Below the library folder"),
    F(struct video_view, T_TEXT, nfo_file_path_relative, .help = "Below the library folder"),
    FN("artists", struct video_view, T_LIST, video.artists, .item = T_OBJECT, .shape = &video_artist_view,
       .flags = FIELD_EMPTY_LIST),
    FN("collections", struct video_view, T_LIST, video.collections, .item = T_OBJECT,
       .shape = &video_collection_view, .flags = FIELD_EMPTY_LIST),
    FN("tags", struct video_view, T_LIST, video.tags, .item = T_OBJECT, .shape = &video_tag_view,
       .flags = FIELD_EMPTY_LIST),
};
const struct shape fuzzbin_video_view = {"Video", "A music video", video_fields,
                                         sizeof(video_fields) / sizeof(video_fields[0]),
                                         sizeof(struct video_view)};

SHAPE(fuzzbin_tag_view, "Tag", struct tag, "A tag", F(struct tag, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct tag, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct tag, T_TEXT, normalized_name, .flags = FIELD_REQUIRED),
      F(struct tag, T_TIME, created_at, .flags = FIELD_REQUIRED),
      F(struct tag, T_INT, usage_count, .flags = FIELD_REQUIRED));

SHAPE(fuzzbin_deleted_query, "IncludeDeleted", struct deleted_query, "Whether deleted ones count",
      F(struct deleted_query, T_BOOL, include_deleted, .fallback = "false"));
SHAPE(fuzzbin_page_query, "PageQuery", struct page_query, "Which page", PAGING_FIELDS(struct page_query),
      F(struct page_query, T_BOOL, include_deleted, .fallback = "false"));

/* --- states --------------------------------------------------------------------------------------------- */

const struct words fuzzbin_status_words =
    WORDS("VideoStatusWord", "discovered", "queued", "downloading", "downloaded", "imported", "organized",
          "missing", "failed", "archived", "download_failed", "complete");

int fuzzbin_status(int word)
{
    static const int further[] = {VIDEO_FAILED, VIDEO_ORGANIZED};
    return word > VIDEO_ARCHIVED ? further[word - VIDEO_ARCHIVED - 1] : word;
}

/* --- videos --------------------------------------------------------------------------------------------- */

static const char *below_library(struct call *call, const char *absolute)
{
    struct root *root;
    const char *relative;
    if (!absolute || !roots_match(call->core->roots, call->arena, absolute, &root, &relative))
        return NULL;
    return relative;
}

static void view(struct call *call, const struct video *video, struct video_view *ret_view)
{
    ret_view->video = *video;
    ret_view->video_file_path_relative = below_library(call, video->video_file_path);
    ret_view->nfo_file_path_relative = below_library(call, video->nfo_file_path);
}

struct err fuzzbin_reply_video(struct call *call, int64_t id, bool include_deleted)
{
    struct video video;
    struct video_view shown;
    TRY(catalog_video_get(call_db(call), call->arena, id, include_deleted, &video));
    TRY(catalog_load_relations(call_db(call), call->arena, &video, 1));
    view(call, &video, &shown);
    return call_reply(call, &shown);
}

struct err fuzzbin_reply_videos(struct call *call, struct video_filter *filter)
{
    struct video_list list;
    int64_t total;
    filter->window = fuzzbin_window(call);
    TRY(catalog_video_list(call_db(call), call->arena, filter, &list, &total));
    struct video_view *shown = arena_array(call->arena, struct video_view, list.count);
    for (size_t i = 0; i < list.count; i++)
        view(call, &list.items[i], &shown[i]);
    return call_page(call, shown, list.count, total);
}

/* --- requests ------------------------------------------------------------------------------------------- */

struct catalog_window fuzzbin_window(const struct call *call)
{
    const struct page *page = &call->page;
    /* A page number beyond all numbers is past the end, too. */
    bool beyond = page->number > INT64_MAX / page->size - 1;
    return (struct catalog_window){page->size, beyond ? INT64_MAX : page_offset(page)};
}

struct presence fuzzbin_present(const struct call *call, const struct shape *shape)
{
    struct presence which = {0};
    const struct shape *body = call->route->body;
    for (size_t i = 0; i < body->count; i++) {
        int field = shape_find(shape, body->fields[i].name);
        if (is_present(&call->body_present, i) && field >= 0)
            set_present(&which, (size_t)field);
    }
    return which;
}

struct err fuzzbin_need_object(struct call *call, const char *member)
{
    const json_t *value = json_object_get(call->json, member);
    if (!value || json_is_object(value) || json_is_null(value))
        return OK;
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
    m->type = T_JSON;
    m->path[m->path_len++] = (struct path_step){member, 0};
    return call_invalid(call);
}

struct decade_policy fuzzbin_decades(struct call *call)
{
    struct settings *s = call->core->settings;
    return (struct decade_policy){
        .enabled = settings_bool(s, "tags.auto_decade.enabled"),
        .format = settings_text(s, call->arena, "tags.auto_decade.format"),
        .keep_case = !settings_bool(s, "tags.normalize"),
    };
}
