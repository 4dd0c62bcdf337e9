/* The import hub: searching every source, and one find in full (contract 2.19). */
#include "api/fuzzbin/add.h"

#include <stdlib.h>
#include <string.h>

#include "json/encode.h"
#include "json/take.h"
#include "providers/discogs.h"
#include "providers/imvdb.h"
#include "providers/ytdlp.h"

/* A source that takes longer is skipped: the others have found something meanwhile. */
#define SOURCE_PATIENCE_MS 20000

SHAPE(add_result_shape, "AddResult", struct add_result, "A find",
      F(struct add_result, T_ENUM, source, .words = &add_source_words, .flags = FIELD_REQUIRED),
      F(struct add_result, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct add_result, T_TEXT, title, .flags = FIELD_REQUIRED), F(struct add_result, T_TEXT, artist),
      F(struct add_result, T_INT, year), F(struct add_result, T_TEXT, url), F(struct add_result, T_TEXT, thumbnail),
      F(struct add_result, T_JSON, extra, .flags = FIELD_REQUIRED));

struct skipped {
    int source;
    const char *reason;
};
SHAPE(add_skipped_shape, "AddSkipped", struct skipped, "A source that gave nothing",
      F(struct skipped, T_ENUM, source, .words = &add_source_words, .flags = FIELD_REQUIRED),
      F(struct skipped, T_TEXT, reason, .flags = FIELD_REQUIRED));

struct search_body {
    const char *artist, *track_title;
    struct list include_sources;
    int64_t imvdb_per_page, discogs_per_page, youtube_max_results;
};
#define SONG_FIELDS(type_)                                                                          \
    F(struct type_, T_TEXT, artist, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),                        \
        F(struct type_, T_TEXT, track_title, .flags = FIELD_REQUIRED, BETWEEN(1, 200))
SHAPE(add_search_shape, "AddSearchRequest", struct search_body, "What to look for, and where",
      SONG_FIELDS(search_body),
      F(struct search_body, T_LIST, include_sources, .item = T_ENUM, .words = &add_source_words,
        .flags = FIELD_NULLABLE, .help = "all when absent or empty"),
      F(struct search_body, T_INT, imvdb_per_page, .fallback = "10", BETWEEN(1, 100)),
      F(struct search_body, T_INT, discogs_per_page, .fallback = "10", BETWEEN(1, 100)),
      F(struct search_body, T_INT, youtube_max_results, .fallback = "5", BETWEEN(1, 50)));

struct search_reply {
    const char *artist, *track_title;
    struct list results, skipped;
    const char *counts; /* JSON */
};
SHAPE(add_search_reply_shape, "AddSearchResponse", struct search_reply, "Finds of every source",
      F(struct search_reply, T_TEXT, artist, .flags = FIELD_REQUIRED),
      F(struct search_reply, T_TEXT, track_title, .flags = FIELD_REQUIRED),
      F(struct search_reply, T_LIST, results, .item = T_OBJECT, .shape = &add_result_shape, .flags = FIELD_EMPTY_LIST),
      F(struct search_reply, T_LIST, skipped, .item = T_OBJECT, .shape = &add_skipped_shape, .flags = FIELD_EMPTY_LIST),
      F(struct search_reply, T_JSON, counts, .flags = FIELD_REQUIRED));

/* One search under way. */
struct hunt {
    struct call *call;
    struct asker by;
    const struct search_body *body;
    struct add_results results;
    struct {
        VEC(struct skipped)
    } skipped;
    int64_t counts[4]; /* by source; -1: not asked */
};

static struct add_result *add(struct hunt *h, enum add_source source, const char *id)
{
    struct add_result *r = arena_push(h->call->arena, &h->results);
    *r = (struct add_result){.source = (int)source, .id = id, .title = id, .year = INT_NONE, .extra = "{}"};
    h->counts[source]++;
    return r;
}

static const char *keep_json(struct hunt *h, const struct buf *out)
{
    return arena_strndup(h->call->arena, out->data, out->len);
}

/* --- IMVDb ------------------------------------------------------------------------------------------------------- */

static const char *imvdb_extra(struct hunt *h, const struct imvdb_video *v)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_bool(&w, "multiple_versions", v->multiple_versions);
    jw_kv_text(&w, "version_name", v->version_name);
    jw_end(&w);
    return keep_json(h, &out);
}

static struct err hunt_imvdb(struct hunt *h)
{
    struct imvdb_page page;
    TRY(imvdb_search_videos(&h->by, h->body->artist, h->body->track_title, 1, h->body->imvdb_per_page, &page));
    const struct imvdb_video *videos = page.results.items;
    for (size_t i = 0; i < page.results.count; i++) {
        struct add_result *r = add(h, ADD_IMVDB, provider_number(h->call->arena, videos[i].id));
        if (videos[i].song_title && *videos[i].song_title)
            r->title = videos[i].song_title;
        r->artist = imvdb_first_artist(&videos[i]);
        r->year = videos[i].year;
        r->url = videos[i].url;
        r->thumbnail = imvdb_picture(&videos[i]);
        r->extra = imvdb_extra(h, &videos[i]);
    }
    return OK;
}

/* --- Discogs ----------------------------------------------------------------------------------------------------- */

static void write_words(struct jw *w, const char *key, const struct list *list)
{
    const char *const *items = list->items;
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < list->count; i++)
        jw_text(w, items[i]);
    jw_end(w);
}

static const char *discogs_extra(struct hunt *h, const struct discogs_result *d)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    write_words(&w, "format", &d->format);
    write_words(&w, "label", &d->label);
    write_words(&w, "genre", &d->genre);
    write_words(&w, "style", &d->style);
    jw_kv_text(&w, "country", d->country);
    jw_end(&w);
    return keep_json(h, &out);
}

static const char *non_blank(const char *text)
{
    return text && *text ? text : NULL;
}

static void take_discogs(struct hunt *h, enum add_source source, const struct discogs_result *d)
{
    struct arena *a = h->call->arena;
    struct add_result *r = add(h, source, provider_number(a, d->id));
    const char *dash = strstr(d->title, " - ");
    if (*d->title)
        r->title = d->title;
    r->artist = dash ? arena_strndup(a, d->title, (size_t)(dash - d->title)) : NULL;
    if (!d->year || !text_to_int(d->year, &r->year))
        r->year = INT_NONE;
    r->url = d->uri;
    r->thumbnail = non_blank(d->thumb) ? d->thumb : non_blank(d->cover_image);
    r->extra = discogs_extra(h, d);
}

/* A master that nobody wants or has is a mistake in the data base, most often. */
static bool is_orphan(const struct discogs_result *d)
{
    return d->community && (d->community->want == 0 || d->community->have == 0);
}

static struct err hunt_discogs(struct hunt *h, enum add_source source, const char *type)
{
    struct discogs_search_page page;
    TRY(discogs_search_song(&h->by, h->body->artist, h->body->track_title, type, 1, h->body->discogs_per_page, &page));
    const struct discogs_result *results = page.results.items;
    for (size_t i = 0; i < page.results.count; i++) {
        if (source != ADD_DISCOGS_MASTER || !is_orphan(&results[i]))
            take_discogs(h, source, &results[i]);
    }
    return OK;
}

static struct err hunt_masters(struct hunt *h)
{
    return hunt_discogs(h, ADD_DISCOGS_MASTER, "master");
}

static struct err hunt_releases(struct hunt *h)
{
    return hunt_discogs(h, ADD_DISCOGS_RELEASE, "release");
}

/* --- YouTube ----------------------------------------------------------------------------------------------------- */

static const char *youtube_extra(struct hunt *h, const struct ytdlp_video *v)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_text(&w, "channel", v->channel);
    jw_kv_int(&w, "duration", v->duration);
    jw_kv_int(&w, "view_count", v->view_count);
    jw_end(&w);
    return keep_json(h, &out);
}

static struct err hunt_youtube(struct hunt *h)
{
    struct ytdlp_videos videos = {0};
    TRY(ytdlp_search(h->call->core, h->call->arena, h->body->artist, h->body->track_title, h->body->youtube_max_results,
                     &videos));
    for (size_t i = 0; i < videos.count; i++) {
        const struct ytdlp_video *v = &videos.items[i];
        struct add_result *r = add(h, ADD_YOUTUBE, v->id);
        if (v->title)
            r->title = v->title;
        r->url = v->url;
        r->thumbnail = v->thumbnail;
        r->extra = youtube_extra(h, v);
    }
    return OK;
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

static bool wants(const struct hunt *h, enum add_source source)
{
    const int *sources = h->body->include_sources.items;
    for (size_t i = 0; i < h->body->include_sources.count; i++) {
        if (sources[i] == (int)source)
            return true;
    }
    return h->body->include_sources.count == 0;
}

static void hunt_in(struct hunt *h, enum add_source source, struct err (*fn)(struct hunt *))
{
    if (!wants(h, source))
        return;
    h->counts[source] = 0;
    struct err e = fn(h);
    if (failed(e))
        *arena_push(h->call->arena, &h->skipped) = (struct skipped){(int)source, e.msg};
}

static const char *counts_json(struct hunt *h)
{
    BUF(out);
    struct jw w = jw_to(&out);
    bool discogs = h->counts[ADD_DISCOGS_MASTER] >= 0 || h->counts[ADD_DISCOGS_RELEASE] >= 0;
    jw_object(&w);
    for (int source = 0; source < 4; source++) {
        bool both = discogs && (source == ADD_DISCOGS_MASTER || source == ADD_DISCOGS_RELEASE);
        if (h->counts[source] >= 0 || both)
            jw_kv_int(&w, words_name(&add_source_words, source), h->counts[source] > 0 ? h->counts[source] : 0);
    }
    jw_end(&w);
    return keep_json(h, &out);
}

static struct err reply(struct hunt *h)
{
    struct search_reply reply = {
        .artist = h->body->artist,
        .track_title = h->body->track_title,
        .results = {h->results.items, h->results.count},
        .skipped = {h->skipped.items, h->skipped.count},
        .counts = counts_json(h),
    };
    return call_reply(h->call, &reply);
}

static struct hunt hunt_of(struct call *call, const struct search_body *body)
{
    struct hunt h = {.call = call, .by = call_asker(call), .body = body, .counts = {-1, -1, -1, -1}};
    h.by.patience_ms = SOURCE_PATIENCE_MS;
    return h;
}

static struct err search(struct call *call)
{
    struct hunt h = hunt_of(call, call->body);
    hunt_in(&h, ADD_IMVDB, hunt_imvdb);
    hunt_in(&h, ADD_DISCOGS_MASTER, hunt_masters);
    hunt_in(&h, ADD_DISCOGS_RELEASE, hunt_releases);
    hunt_in(&h, ADD_YOUTUBE, hunt_youtube);
    return reply(&h);
}

struct youtube_body {
    const char *artist, *track_title;
    int64_t max_results;
};
SHAPE(add_youtube_shape, "AddYouTubeSearchRequest", struct youtube_body, "What to look for",
      SONG_FIELDS(youtube_body), F(struct youtube_body, T_INT, max_results, .fallback = "10", BETWEEN(1, 25)));

static struct err search_youtube(struct call *call)
{
    const struct youtube_body *given = call->body;
    struct search_body body = {.artist = given->artist, .track_title = given->track_title,
                               .youtube_max_results = given->max_results};
    struct hunt h = hunt_of(call, &body);
    hunt_in(&h, ADD_YOUTUBE, hunt_youtube);
    return reply(&h);
}

struct metadata_body {
    const char *youtube_id;
};
SHAPE(add_youtube_metadata_shape, "AddYouTubeMetadataRequest", struct metadata_body, "Which",
      F(struct metadata_body, T_TEXT, youtube_id, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, BETWEEN(1, 2000)));
struct metadata_reply {
    const char *youtube_id;
    int8_t available;
    int64_t view_count, duration;
    const char *channel, *title, *error;
};
SHAPE(add_youtube_metadata_reply_shape, "AddYouTubeMetadata", struct metadata_reply, "What YouTube knows",
      F(struct metadata_reply, T_TEXT, youtube_id, .flags = FIELD_REQUIRED),
      F(struct metadata_reply, T_BOOL, available, .flags = FIELD_REQUIRED),
      F(struct metadata_reply, T_INT, view_count), F(struct metadata_reply, T_INT, duration),
      F(struct metadata_reply, T_TEXT, channel), F(struct metadata_reply, T_TEXT, title),
      F(struct metadata_reply, T_TEXT, error));

static struct err youtube_metadata(struct call *call)
{
    const struct metadata_body *body = call->body;
    struct ytdlp_video v;
    struct metadata_reply reply = {.youtube_id = body->youtube_id, .view_count = INT_NONE, .duration = INT_NONE};
    struct err e = ytdlp_info(call->core, call->arena, body->youtube_id, &v);
    if (failed(e))
        reply.error = e.msg;
    else
        reply = (struct metadata_reply){body->youtube_id, 1, v.view_count, v.duration, v.channel, v.title, NULL};
    return call_reply(call, &reply);
}

/* --- one find in full -------------------------------------------------------------------------------------------- */

struct preview {
    int source;
    const char *id;
    const char *data;  /* JSON */
    const char *extra; /* JSON */
};
SHAPE(add_preview_shape, "AddPreview", struct preview, "A find in full",
      F(struct preview, T_ENUM, source, .words = &add_source_words, .flags = FIELD_REQUIRED),
      F(struct preview, T_TEXT, id, .flags = FIELD_REQUIRED), F(struct preview, T_JSON, data, .flags = FIELD_REQUIRED),
      F(struct preview, T_JSON, extra, .flags = FIELD_REQUIRED));

static const char *as_json(struct arena *a, const struct shape *shape, const void *object)
{
    BUF(out);
    struct jw w = jw_to(&out);
    shape_encode(&w, shape, object);
    return arena_strndup(a, out.data, out.len);
}

/* The picture of the first one at YouTube: best effort. */
static const char *imvdb_preview_extra(struct call *call, const struct imvdb_video *video)
{
    const char *const *ids = imvdb_youtube_ids(call->arena, video);
    struct ytdlp_video clip = {0};
    BUF(out);
    struct jw w = jw_to(&out);
    if (ids[0] && failed(ytdlp_info(call->core, call->arena, ids[0], &clip)))
        clip.thumbnail = NULL;
    jw_object(&w);
    jw_key(&w, "youtube_ids");
    jw_array(&w);
    for (size_t i = 0; ids[i]; i++)
        jw_text(&w, ids[i]);
    jw_end(&w);
    jw_kv_text(&w, "thumbnail", clip.thumbnail);
    jw_end(&w);
    return arena_strndup(call->arena, out.data, out.len);
}

static struct err preview_imvdb(struct call *call, int64_t id, struct preview *p)
{
    struct asker by = call_asker(call);
    struct imvdb_video video;
    TRY(imvdb_video(&by, id, &video));
    p->data = as_json(call->arena, &imvdb_video_shape, &video);
    p->extra = imvdb_preview_extra(call, &video);
    return OK;
}

/* Shown as it is: clients read more of it than our record holds. */
static struct err preview_discogs(struct call *call, int64_t id, struct preview *p)
{
    struct asker by = call_asker(call);
    json_t *json;
    TRY(p->source == ADD_DISCOGS_MASTER ? discogs_master_json(&by, id, &json) : discogs_release_json(&by, id, &json));
    p->data = json_keep(call->arena, json);
    return OK;
}

static struct err preview_youtube(struct call *call, const char *id, struct preview *p)
{
    struct ytdlp_video video;
    TRY(ytdlp_info(call->core, call->arena, id, &video));
    BUF(extra);
    struct jw w = jw_to(&extra);
    jw_object(&w);
    jw_kv_text(&w, "thumbnail", video.thumbnail);
    jw_end(&w);
    p->data = arena_printf(call->arena, "{\"video\":%s}", as_json(call->arena, &ytdlp_video_shape, &video));
    p->extra = arena_strndup(call->arena, extra.data, extra.len);
    return OK;
}

static struct err bad_source(struct call *call)
{
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_NOT_IN_SET, "path");
    m->words = &add_source_words;
    m->path[m->path_len++] = (struct path_step){"source", 0};
    return call_invalid(call);
}

static struct err preview(struct call *call)
{
    struct preview p = {.source = words_find(&add_source_words, call_text(call, "source")),
                        .id = call_text(call, "item_id"), .extra = "{}"};
    int64_t number = 0;
    if (p.source == ENUM_NONE)
        return bad_source(call);
    if (p.source != ADD_YOUTUBE && !text_to_int(p.id, &number))
        return err_f(call->arena, ERR_INVALID, "bad_id", "Invalid ID for %s: %s",
                     words_name(&add_source_words, p.source), p.id);
    struct err e = p.source == ADD_IMVDB     ? preview_imvdb(call, number, &p)
                   : p.source == ADD_YOUTUBE ? preview_youtube(call, p.id, &p)
                                             : preview_discogs(call, number, &p);
    if (e.kind == ERR_TIMEOUT)
        e.kind = ERR_UPSTREAM;
    return failed(e) ? fuzzbin_upstream(call, e, 502) : call_reply(call, &p);
}

#define TAG_ "Add"
ROUTES(fuzzbin_add_search_routes,
       {HTTP_POST, "/add/search", TAG_, "Searches all services", search, .body = &add_search_shape,
        .reply = &add_search_reply_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/youtube/search", TAG_, "Searches YouTube for a song", search_youtube,
        .body = &add_youtube_shape, .reply = &add_search_reply_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/add/youtube/metadata", TAG_, "What YouTube knows of a link", youtube_metadata,
        .body = &add_youtube_metadata_shape, .reply = &add_youtube_metadata_reply_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/add/preview/{source}/{item_id}", TAG_, "One result in full", preview,
        .reply = &add_preview_shape, .flags = ROUTE_BLOCKING});
