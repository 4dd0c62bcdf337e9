/* What movies and series share on the wire: selection, relations, people, streams, pictures (contract 5). */
#include <stdlib.h>
#include <string.h>

#include "api/metarr/metarr.h"
#include "json/encode.h"

static const struct words include_words =
    WORDS("include", "cast", "crew", "genres", "streams", "assets", "files", "candidates", "locks");

/* --- fields= and include= ------------------------------------------------------------------------------- */

static struct err bad_name(struct call *call, const char *parameter, const char *name)
{
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_RULE, "query");
    m->path[m->path_len++] = (struct path_step){parameter, 0};
    m->text = arena_printf(call->arena, "does not know %s", name);
    m->input = name;
    return call_invalid(call);
}

struct err metarr_selection(struct call *call, const char *fields, const char *include, const struct shape *shape,
                            struct selection *ret)
{
    struct selection s = {0};
    size_t count;
    if (include) {
        const char *const *names = filter_split(call->arena, include, &count);
        s.include_named = count > 0;
        for (size_t i = 0; i < count; i++) {
            int word = words_find(&include_words, names[i]);
            if (word == ENUM_NONE)
                return bad_name(call, "include", names[i]);
            s.include |= 1u << word;
        }
    }
    if (fields) {
        const char *const *names = filter_split(call->arena, fields, &count);
        s.fields = arena_array(call->arena, const struct field *, count + 1);
        for (size_t i = 0; i < count; i++) {
            int index = shape_find(shape, names[i]);
            if (index < 0)
                return bad_name(call, "fields", names[i]);
            s.fields[s.field_count++] = &shape->fields[index];
        }
        if (!count)
            s.fields = NULL;
    }
    *ret = s;
    return OK;
}

void metarr_write_fields(struct jw *w, const struct shape *shape, const struct selection *s, const void *object)
{
    if (!s || !s->fields) {
        shape_encode_members(w, shape, object);
        return;
    }
    for (size_t i = 0; i < s->field_count; i++) {
        jw_key(w, s->fields[i]->name);
        field_encode(w, s->fields[i], object);
    }
}

/* --- relations: one query each ---------------------------------------------------------------------------- */

static const char *file_column(enum item_type type)
{
    return type == ITEM_EPISODE ? "episode_id" : "movie_id";
}

struct err metarr_load(struct call *call, enum item_type type, const int64_t *ids, const int64_t *main_files,
                       size_t count, unsigned include, struct relations *ret)
{
    struct db_conn *conn = call_db(call);
    struct arena *a = call->arena;
    *ret = (struct relations){.type = type};
    TRY(libraries_list(conn, a, NULL, &ret->libraries));
    TRY(assets_of(conn, a, type, ids, count, &ret->assets));
    if (include & (INCLUDE_CAST | INCLUDE_CREW))
        TRY(credits_of(conn, a, type, ids, count, &ret->credits));
    if (include & INCLUDE_FILES)
        TRY(media_files_of_many(conn, a, file_column(type), ids, count, &ret->files));
    if (!(include & INCLUDE_STREAMS) || !main_files)
        return OK;
    int64_t *files = arena_array(a, int64_t, count + 1);
    size_t file_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (main_files[i] != INT_NONE)
            files[file_count++] = main_files[i];
    }
    return media_tracks_of(conn, a, files, file_count, &ret->tracks);
}

const char *metarr_path(struct call *call, const struct relations *r, int64_t library_id, const char *relative)
{
    if (!relative)
        return NULL;
    for (size_t i = 0; i < r->libraries.count; i++) {
        const struct library *l = &r->libraries.items[i];
        if (l->id == library_id)
            return *relative ? arena_printf(call->arena, "%s/%s", l->path, relative) : l->path;
    }
    return relative;
}

/* Lists are ordered by item: the first of an item is found by halving. */
static size_t first_asset(const struct asset_list *list, int64_t item)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->items[middle].item_id < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_credit(const struct credit_list *list, int64_t item)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->items[middle].item_id < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t metarr_asset_id(const struct relations *r, int64_t item, enum asset_type type)
{
    for (size_t i = first_asset(&r->assets, item); i < r->assets.count && r->assets.items[i].item_id == item; i++) {
        if (r->assets.items[i].type == (int)type)
            return r->assets.items[i].id;
    }
    return INT_NONE;
}

/* --- people ------------------------------------------------------------------------------------------------ */

static void write_actor(struct jw *w, const struct credit *c)
{
    jw_object(w);
    jw_kv_int(w, "id", c->id);
    jw_kv_int(w, "actor_id", c->person_id);
    jw_kv_text(w, "name", c->name);
    jw_kv_text(w, "role", c->role);
    jw_kv_int(w, "order", c->position);
    jw_kv_bool(w, "role_locked", c->role_locked == 1);
    jw_kv_int(w, "tmdb_id", c->tmdb_id);
    jw_kv_text(w, "thumb_hash", NULL);
    jw_kv_text(w, "thumb_url", NULL);
    jw_end(w);
}

static void write_worker(struct jw *w, const struct credit *c)
{
    jw_object(w);
    jw_kv_int(w, "id", c->person_id);
    jw_kv_text(w, "name", c->name);
    jw_kv_text(w, "job", c->job);
    jw_kv_text(w, "department", c->department);
    jw_kv_int(w, "tmdb_id", c->tmdb_id);
    jw_end(w);
}

static void write_credits(struct jw *w, const struct relations *r, int64_t item, enum credit_kind kind,
                          void (*write)(struct jw *, const struct credit *))
{
    jw_array(w);
    for (size_t i = first_credit(&r->credits, item);
         i < r->credits.count && r->credits.items[i].item_id == item; i++) {
        if (r->credits.items[i].kind == (int64_t)kind)
            write(w, &r->credits.items[i]);
    }
    jw_end(w);
}

void metarr_write_cast(struct jw *w, const struct relations *r, int64_t item)
{
    jw_key(w, "cast");
    write_credits(w, r, item, CREDIT_CAST, write_actor);
}

void metarr_write_crew(struct jw *w, const struct relations *r, int64_t item)
{
    jw_key(w, "crew");
    write_credits(w, r, item, CREDIT_CREW, write_worker);
}

/* --- streams ----------------------------------------------------------------------------------------------- */

static bool is_text(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

static const char *hdr_format(const struct media_track *t)
{
    if (is_text(t->color_transfer, "smpte2084"))
        return "HDR10";
    if (is_text(t->color_transfer, "arib-std-b67"))
        return "HLG";
    return is_text(t->color_primaries, "bt2020") ? "HDR" : NULL;
}

static void write_video(struct jw *w, const struct media_track *t)
{
    jw_kv_int(w, "index", t->stream_index);
    jw_kv_text(w, "codec", t->codec);
    jw_kv_text(w, "profile", t->profile);
    jw_kv_int(w, "width", t->width);
    jw_kv_int(w, "height", t->height);
    jw_kv_text(w, "aspect_ratio", t->aspect_ratio);
    jw_kv_real(w, "framerate", t->frame_rate);
    jw_kv_int(w, "bitrate", t->bit_rate);
    jw_kv_text(w, "color_space", t->color_space);
    jw_kv_text(w, "color_transfer", t->color_transfer);
    jw_kv_text(w, "color_primaries", t->color_primaries);
    jw_kv_text(w, "hdr_format", hdr_format(t));
}

static void write_audio(struct jw *w, const struct media_track *t)
{
    jw_kv_int(w, "index", t->stream_index);
    jw_kv_text(w, "codec", t->codec);
    jw_kv_int(w, "channels", t->channels);
    jw_kv_text(w, "channel_layout", t->channel_layout);
    jw_kv_int(w, "sample_rate", t->sample_rate);
    jw_kv_int(w, "bitrate", t->bit_rate);
    jw_kv_text(w, "language", t->language);
    jw_kv_text(w, "title", t->title);
    jw_kv_bool(w, "is_default", t->is_default == 1);
}

static void write_subtitle(struct jw *w, const struct media_track *t)
{
    jw_kv_int(w, "index", t->stream_index);
    jw_kv_text(w, "file_path", NULL);
    jw_kv_text(w, "codec", t->codec);
    jw_kv_text(w, "language", t->language);
    jw_kv_text(w, "title", t->title);
    jw_kv_bool(w, "is_forced", t->is_forced == 1);
    jw_kv_bool(w, "is_default", t->is_default == 1);
    jw_kv_bool(w, "is_external", 0);
}

void metarr_write_streams(struct jw *w, const struct relations *r, int64_t file)
{
    static const struct {
        const char *key;
        const char *type;
        void (*write)(struct jw *, const struct media_track *);
    } kinds[] = {{"video", "video", write_video}, {"audio", "audio", write_audio},
                 {"subtitles", "subtitle", write_subtitle}};
    jw_key(w, "streams");
    jw_object(w);
    for (size_t k = 0; k < 3; k++) {
        jw_key(w, kinds[k].key);
        jw_array(w);
        for (size_t i = 0; i < r->tracks.count; i++) {
            const struct media_track *t = &r->tracks.items[i];
            if (t->file_id != file || !is_text(t->type, kinds[k].type))
                continue;
            jw_object(w);
            kinds[k].write(w, t);
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
}

/* --- pictures and files -------------------------------------------------------------------------------------- */

static void write_asset(struct call *call, struct jw *w, const struct relations *r, const struct asset *x)
{
    static const char *const entities[] = {"movie", "series", "season", "episode"};
    jw_object(w);
    jw_kv_int(w, "id", x->id);
    jw_kv_text(w, "entity_type", entities[x->item_type]);
    jw_kv_int(w, "entity_id", x->item_id);
    jw_kv_text(w, "type", words_name(&asset_type_words, x->type));
    jw_kv_text(w, "hash", x->hash);
    jw_kv_text(w, "url", arena_printf(call->arena, "/api/v1/assets/%s", x->hash));
    jw_kv_text(w, "file_path", metarr_path(call, r, x->library_id, x->path));
    jw_kv_text(w, "file_name", x->name);
    jw_kv_int(w, "file_size", x->file_size);
    jw_kv_int(w, "width", x->width);
    jw_kv_int(w, "height", x->height);
    jw_kv_text(w, "format", x->format);
    jw_kv_text(w, "perceptual_hash", x->perceptual_hash);
    jw_kv_text(w, "difference_hash", x->difference_hash);
    jw_kv_bool(w, "has_alpha", x->has_alpha);
    jw_kv_text(w, "source_type", x->source_type);
    jw_kv_text(w, "source_url", x->source_url);
    jw_kv_text(w, "provider", x->provider);
    jw_kv_int(w, "score", x->score);
    jw_kv_int(w, "rank", x->rank);
    jw_kv_bool(w, "is_locked", x->locked == 1);
    jw_kv_time(w, "discovered_at", x->discovered_at);
    jw_end(w);
}

void metarr_write_assets(struct call *call, struct jw *w, const struct relations *r, int64_t item)
{
    int type = -1;
    jw_key(w, "assets");
    jw_object(w);
    for (size_t i = first_asset(&r->assets, item); i < r->assets.count && r->assets.items[i].item_id == item; i++) {
        const struct asset *x = &r->assets.items[i];
        if (x->type != type) {
            if (type >= 0)
                jw_end(w);
            type = x->type;
            jw_key(w, words_name(&asset_type_words, type));
            jw_array(w);
        }
        write_asset(call, w, r, x);
    }
    if (type >= 0)
        jw_end(w);
    jw_end(w);
}

void metarr_write_files(struct call *call, struct jw *w, const struct relations *r, int64_t item)
{
    jw_key(w, "files");
    jw_array(w);
    for (size_t i = 0; i < r->files.count; i++) {
        const struct media_file *f = &r->files.items[i];
        if ((r->type == ITEM_EPISODE ? f->episode_id : f->movie_id) != item)
            continue;
        jw_object(w);
        jw_kv_int(w, "id", f->id);
        jw_kv_text(w, "file_path", metarr_path(call, r, f->library_id, f->path));
        jw_kv_text(w, "file_name", f->name);
        jw_kv_int(w, "file_size", f->size);
        jw_kv_text(w, "file_hash", f->identity);
        jw_kv_text(w, "container", f->container);
        jw_kv_real(w, "duration", f->duration);
        jw_kv_int(w, "bitrate", f->bit_rate);
        jw_kv_bool(w, "missing", f->missing_since != TIME_NONE);
        jw_kv_time(w, "discovered_at", f->created_at);
        jw_end(w);
    }
    jw_end(w);
}
