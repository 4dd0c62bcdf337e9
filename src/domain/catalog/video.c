/* Music videos: rows, their history and their links to artists. */
#include "domain/catalog/video.h"

#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "core/events.h"
#include "domain/catalog/artist.h"
#include "domain/catalog/catalog.h"
#include "domain/catalog/index.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/text.h"
#include "json/writer.h"

/* A row as it is stored: with the columns that only this file writes. */
struct video_row {
    struct video video; /* first: the shape's offsets are those of struct video */
    const char *title_fold;
    const char *artist_fold;
    const char *album_fold;
    const char *director_fold;
    const char *genre_fold;
    const char *match_key;
};

#define ROW_TEXT(member_) F(struct video_row, T_TEXT, member_, .column = #member_)
static const struct field row_fields[] = {
#define VIDEO(kind_, member_, help_, ...) F(struct video, T_##kind_, member_, .column = #member_),
#include "model/video.def"
    ROW_TEXT(title_fold),    ROW_TEXT(artist_fold), ROW_TEXT(album_fold),
    ROW_TEXT(director_fold), ROW_TEXT(genre_fold),  ROW_TEXT(match_key),
};
static const struct shape row_shape = {"VideoStored", "A music video as stored", row_fields,
                                       sizeof(row_fields) / sizeof(row_fields[0]),
                                       sizeof(struct video_row)};
enum { FOLD_FIRST = VIDEO_FIELD_COUNT };

/* An NFO file may say more than a field takes; what an API takes fits. */
static void cut_texts(struct arena *a, struct video *video)
{
    for (size_t i = 0; i <= VIDEO_FIELD_studio; i++) {
        const struct field *f = &video_shape.fields[i];
        const char **text = field_at(f, video);
        if (f->type == T_TEXT && f->has_max)
            *text = utf8_cut(a, *text, (size_t)f->max);
    }
}

static void fill_folds(struct arena *a, struct video_row *row)
{
    const struct video *v = &row->video;
    cut_texts(a, &row->video);
    row->title_fold = fold(a, v->title);
    row->artist_fold = fold(a, v->artist);
    row->album_fold = fold(a, v->album);
    row->director_fold = fold(a, v->director);
    row->genre_fold = fold(a, v->genre);
    row->match_key = text_match_key(a, v->artist, v->title);
}

static struct err not_found(struct arena *a, int64_t id)
{
    return catalog_missing(a, "video_not_found", "Video not found: %lld", id);
}

/* --- events ------------------------------------------------------------------------------------------- */

/* The names that clients of document 000 know (contract 4.4). */
static const char *event_name(const struct field *f)
{
    static const char *const names[][2] = {{"video_file_path", "file_path"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(f->name, names[i][0]) == 0)
            return names[i][1];
    }
    return f->name;
}

struct err catalog_video_tell(struct db_conn *tx, int64_t id, const struct presence *which,
                              int64_t thumbnail_s)
{
    BUF(payload);
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_int(&w, "video_id", id);
    jw_key(&w, "fields_changed");
    jw_array(&w);
    for (size_t i = 0; which && i < video_shape.count; i++) {
        if (is_present(which, i))
            jw_text(&w, event_name(&video_shape.fields[i]));
    }
    if (thumbnail_s)
        jw_text(&w, "thumbnail");
    jw_end(&w);
    if (thumbnail_s)
        jw_kv_int(&w, "thumbnail_timestamp", thumbnail_s);
    jw_end(&w);
    return event_append(tx, EVENT_VIDEO_UPDATED, id, payload.data);
}

struct err catalog_video_tell_media(struct db_conn *tx, int64_t id, int64_t thumbnail_s)
{
    BUF(payload);
    buf_printf(&payload, "{\"video_id\":%lld,\"fields_changed\":[\"file_properties\"", (long long)id);
    if (thumbnail_s)
        buf_printf(&payload, ",\"thumbnail\"],\"thumbnail_timestamp\":%lld}", (long long)thumbnail_s);
    else
        buf_puts(&payload, "]}");
    return event_append(tx, EVENT_VIDEO_UPDATED, id, payload.data);
}

struct err catalog_video_tell_word(struct db_conn *tx, int64_t id, const char *word)
{
    BUF(payload);
    buf_printf(&payload, "{\"video_id\":%lld,\"fields_changed\":[\"%s\"]}", (long long)id, word);
    return event_append(tx, EVENT_VIDEO_UPDATED, id, payload.data);
}

static struct err tell_id(struct db_conn *tx, enum event_kind kind, int64_t id)
{
    BUF(payload);
    buf_printf(&payload, "{\"video_id\":%lld}", (long long)id);
    return event_append(tx, kind, id, payload.data);
}

static struct err tell_one(struct db_conn *tx, int64_t id, enum video_field field)
{
    struct presence which = {0};
    set_present(&which, field);
    return catalog_video_tell(tx, id, &which, 0);
}

/* --- reading ------------------------------------------------------------------------------------------ */

struct err catalog_video_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                             struct video *ret_video)
{
    struct video video;
    video_clear(&video);
    struct err e = db_get(conn, a, "video", &video_shape, id, &video);
    if (e.kind == ERR_NOT_FOUND || (!failed(e) && video.is_deleted == 1 && !include_deleted))
        return not_found(a, id);
    TRY(e);
    *ret_video = video;
    return OK;
}

struct err catalog_video_check(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted)
{
    int64_t deleted;
    TRY(db_get_int(conn, &deleted, "SELECT is_deleted FROM video WHERE id = $1", "i", id));
    if (deleted == INT_NONE || (deleted == 1 && !include_deleted))
        return not_found(a, id);
    return OK;
}

struct err catalog_video_find_by_path(struct db_conn *conn, const char *path, int64_t *ret_id)
{
    return db_get_int(conn, ret_id,
                      "SELECT id FROM video WHERE video_file_path = $1 ORDER BY is_deleted, id LIMIT 1", "t",
                      path);
}

struct err catalog_video_find_by_nfo(struct db_conn *conn, const char *path, int64_t *ret_id)
{
    return db_get_int(conn, ret_id,
                      "SELECT id FROM video WHERE nfo_file_path = $1 ORDER BY is_deleted, id LIMIT 1", "t",
                      path);
}

struct err catalog_video_find_by_artist_title(struct db_conn *conn, struct arena *a, const char *artist,
                                              const char *title, int64_t *ret_id)
{
    return db_get_int(conn, ret_id,
                      "SELECT id FROM video WHERE match_key = $1 AND is_deleted = 0 ORDER BY id LIMIT 1", "t",
                      text_match_key(a, artist, title));
}

struct err catalog_video_find_by_service(struct db_conn *conn, enum video_field field, const char *value,
                                         int64_t *ret_id)
{
    BUF(sql);
    CHECK(field == VIDEO_FIELD_imvdb_video_id || field == VIDEO_FIELD_youtube_id ||
          field == VIDEO_FIELD_vimeo_id);
    buf_printf(&sql, "SELECT id FROM video WHERE %s = $1", video_shape.fields[field].column);
    return db_get_int(conn, ret_id, sql.data, "t", value);
}

/* --- status ------------------------------------------------------------------------------------------- */

static struct err add_history(struct db_conn *tx, int64_t id, int old_status, int new_status, int64_t now,
                              const char *reason, const char *changed_by, const char *metadata)
{
    return db_exec(tx,
                   "INSERT INTO video_status_change (video_id, old_status, new_status, changed_at, reason,"
                   " changed_by, metadata) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   "ieeittt", id, old_status, new_status, now, reason, changed_by, metadata);
}

struct err catalog_video_set_status(struct db_conn *tx, struct arena *a, int64_t id, int status,
                                    const char *reason, const char *changed_by, const char *metadata)
{
    int64_t now = time_now_us();
    int64_t old;
    int64_t changed;
    TRY(db_get_int(tx, &old, "SELECT status FROM video WHERE id = $1", "i", id));
    if (old == INT_NONE)
        return not_found(a, id);
    TRY(db_exec_n(tx, &changed,
                  "UPDATE video SET status = $1, status_changed_at = $2, status_message = NULL,"
                  " updated_at = $2 WHERE id = $3 AND status <> $1",
                  "eii", status, now, id));
    if (!changed)
        return OK;
    TRY(add_history(tx, id, (int)old, status, now, reason, changed_by ? changed_by : "api", metadata));
    return tell_one(tx, id, VIDEO_FIELD_status);
}

struct err catalog_video_history(struct db_conn *conn, struct arena *a, int64_t id,
                                 struct status_changes *ret_list)
{
    ROWS(rows);
    struct status_changes list = {0};
    TRY(db_query(conn, &rows,
                 "SELECT id, video_id, old_status, new_status, reason, changed_at, changed_by, metadata"
                 " FROM video_status_change WHERE video_id = $1 ORDER BY id DESC",
                 "i", id));
    while (rows_next(&rows)) {
        struct status_change *change = arena_push(a, &list);
        *change = (struct status_change){
            .id = rows_int(&rows, 0),
            .video_id = rows_int(&rows, 1),
            .old_status = rows_is_null(&rows, 2) ? ENUM_NONE : (int)rows_int(&rows, 2),
            .new_status = (int)rows_int(&rows, 3),
            .reason = rows_text(&rows, a, 4),
            .changed_at = rows_int(&rows, 5),
            .changed_by = rows_text(&rows, a, 6),
            .metadata = rows_text(&rows, a, 7),
        };
    }
    TRY(rows_end(&rows));
    *ret_list = list;
    return OK;
}

/* --- artists of a video ------------------------------------------------------------------------------- */

static struct err link_artists(struct db_conn *tx, struct arena *a, int64_t id, const char *const *names,
                               int role)
{
    for (int64_t position = 0; names && names[position]; position++) {
        int64_t artist_id;
        TRY(catalog_artist_ensure(tx, a, names[position], &artist_id));
        TRY(db_exec(tx,
                    "INSERT INTO video_artist (video_id, artist_id, role, position)"
                    " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    "iiei", id, artist_id, role, position));
    }
    return OK;
}

struct err catalog_video_set_artists(struct db_conn *tx, struct arena *a, int64_t id,
                                     const char *const *primary, const char *const *featured)
{
    TRY(db_exec(tx, "DELETE FROM video_artist WHERE video_id = $1", "i", id));
    TRY(link_artists(tx, a, id, primary, ROLE_PRIMARY));
    TRY(link_artists(tx, a, id, featured, ROLE_FEATURED));
    return OK;
}

/* --- making ------------------------------------------------------------------------------------------- */

void catalog_video_new(struct video_new *fresh)
{
    *fresh = (struct video_new){0};
    video_clear(&fresh->video);
}

static struct err insert_row(struct db_conn *tx, struct arena *a, const struct video *video, int64_t now,
                             int64_t *ret_id)
{
    struct video_row row = {.video = *video};
    row.video.id = INT_NONE;
    row.video.created_at = now;
    row.video.updated_at = now;
    fill_folds(a, &row);
    return catalog_clash(a, db_insert(tx, a, "video", &row_shape, &row, ret_id), "video");
}

struct err catalog_video_import(struct db_conn *tx, struct arena *a, const struct video_new *fresh,
                                int64_t *ret_id)
{
    int64_t now = time_now_us();
    int64_t id;
    struct tag_names tags[] = {{fresh->tags, TAG_MANUAL, fresh->tags_keep_case},
                               {fresh->auto_tags, TAG_AUTO, fresh->tags_keep_case}};
    TRY(insert_row(tx, a, &fresh->video, now, &id));
    TRY(add_history(tx, id, ENUM_NONE, fresh->video.status, now,
                    fresh->reason ? fresh->reason : "Initial creation", fresh->changed_by, NULL));
    TRY(link_artists(tx, a, id, fresh->primary, ROLE_PRIMARY));
    TRY(link_artists(tx, a, id, fresh->featured, ROLE_FEATURED));
    TRY(catalog_tags_link(tx, a, id, tags, 2));
    TRY(index_add(tx, a, id, &fresh->video, fresh->tags, fresh->auto_tags));
    if (!fresh->quiet)
        TRY(tell_id(tx, EVENT_VIDEO_CREATED, id));
    *ret_id = id;
    return OK;
}

struct err catalog_video_create(struct db_conn *tx, struct arena *a, const struct video *video,
                                int64_t *ret_id)
{
    struct video_new fresh = {.video = *video};
    return catalog_video_import(tx, a, &fresh, ret_id);
}

/* --- changing ----------------------------------------------------------------------------------------- */

static bool any_of(const struct presence *which, const enum video_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_present(which, fields[i]))
            return true;
    }
    return false;
}

static bool is_text_changed(const struct presence *which)
{
    static const enum video_field fields[] = {VIDEO_FIELD_title,    VIDEO_FIELD_artist, VIDEO_FIELD_album,
                                              VIDEO_FIELD_director, VIDEO_FIELD_genre,  VIDEO_FIELD_studio};
    return any_of(which, fields, sizeof(fields) / sizeof(fields[0]));
}

/* Only what a caller may change in this way. */
static struct presence settable(const struct presence *which)
{
    static const enum video_field kept[] = {VIDEO_FIELD_id,         VIDEO_FIELD_created_at,
                                            VIDEO_FIELD_updated_at, VIDEO_FIELD_is_deleted,
                                            VIDEO_FIELD_deleted_at, VIDEO_FIELD_status,
                                            VIDEO_FIELD_status_changed_at};
    struct presence out = *which;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        out.bits[kept[i] / 64] &= ~(UINT64_C(1) << (kept[i] % 64));
    return out;
}

static struct err write_change(struct db_conn *tx, struct arena *a, int64_t id, struct video_row *row,
                               struct presence which)
{
    row->video.updated_at = time_now_us();
    set_present(&which, VIDEO_FIELD_updated_at);
    if (is_text_changed(&which)) {
        fill_folds(a, row);
        for (size_t i = FOLD_FIRST; i < row_shape.count; i++)
            set_present(&which, i);
    }
    struct err e = db_update(tx, a, "video", &row_shape, id, row, &which);
    return e.kind == ERR_NOT_FOUND ? not_found(a, id) : catalog_clash(a, e, "video");
}

static bool names_another_file(const struct video *before, const struct video *changed, const struct presence *wanted)
{
    const char *was = before->video_file_path ? before->video_file_path : "";
    const char *is = changed->video_file_path ? changed->video_file_path : "";
    return is_present(wanted, VIDEO_FIELD_video_file_path) && !is_present(wanted, VIDEO_FIELD_file_checksum) &&
           before->file_checksum && strcmp(was, is) != 0;
}

struct err catalog_video_update(struct db_conn *tx, struct arena *a, int64_t id,
                                const struct video *changed, const struct presence *which)
{
    struct video_row row = {0};
    struct presence wanted = settable(which);
    if (!wanted.bits[0] && !wanted.bits[1])
        return catalog_video_check(tx, a, id, true);
    TRY(catalog_video_get(tx, a, id, true, &row.video));
    if (names_another_file(&row.video, changed, &wanted)) {
        row.video.file_checksum = NULL; /* it was that of the former file */
        set_present(&wanted, VIDEO_FIELD_file_checksum);
    }
    for (size_t i = 0; i < video_shape.count; i++) {
        if (is_present(which, i) && is_present(&wanted, i))
            field_copy(&video_shape.fields[i], &row.video, changed);
    }
    TRY(write_change(tx, a, id, &row, wanted));
    if (is_text_changed(&wanted))
        TRY(index_refresh(tx, a, id));
    return catalog_video_tell(tx, id, &wanted, 0);
}

struct err catalog_video_touch(struct db_conn *tx, int64_t id)
{
    return db_exec(tx, "UPDATE video SET updated_at = $1 WHERE id = $2", "ii", time_now_us(), id);
}

/* --- media -------------------------------------------------------------------------------------------- */

static int64_t or_none(int64_t value)
{
    return value > 0 ? value : INT_NONE;
}

static double or_unknown(double value)
{
    return value > 0 ? value : __builtin_nan("");
}

void catalog_video_take_media(struct arena *a, struct video *video, const struct media_info *info,
                              struct presence *ret_which)
{
    static const enum video_field found[] = {
        VIDEO_FIELD_duration,   VIDEO_FIELD_width,          VIDEO_FIELD_height,
        VIDEO_FIELD_video_codec, VIDEO_FIELD_audio_codec,   VIDEO_FIELD_container_format,
        VIDEO_FIELD_bitrate,    VIDEO_FIELD_frame_rate,     VIDEO_FIELD_audio_channels,
        VIDEO_FIELD_audio_sample_rate, VIDEO_FIELD_aspect_ratio};
    static const struct media_stream none = {0};
    const struct media_stream *picture = media_info_first(info, MEDIA_VIDEO);
    const struct media_stream *sound = media_info_first(info, MEDIA_AUDIO);
    picture = picture ? picture : &none;
    sound = sound ? sound : &none;
    video->duration = or_unknown(info->duration_s);
    video->container_format = arena_strdup(a, info->format);
    video->bitrate = or_none(info->bit_rate);
    video->width = or_none(picture->width);
    video->height = or_none(picture->height);
    video->video_codec = arena_strdup(a, picture->codec);
    video->frame_rate = or_unknown(picture->frame_rate);
    video->aspect_ratio = arena_strdup(a, picture->aspect_ratio);
    video->audio_codec = arena_strdup(a, sound->codec);
    video->audio_channels = or_none(sound->channels);
    video->audio_sample_rate = or_none(sound->sample_rate);
    *ret_which = (struct presence){0};
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
        set_present(ret_which, found[i]);
}

struct err catalog_video_set_media(struct db_conn *tx, struct arena *a, int64_t id,
                                   const struct media_info *info, int64_t file_size)
{
    struct video video;
    struct presence which;
    video_clear(&video);
    catalog_video_take_media(a, &video, info, &which);
    if (file_size > 0) {
        video.file_size = file_size;
        set_present(&which, VIDEO_FIELD_file_size);
    }
    struct err e = db_update(tx, a, "video", &video_shape, id, &video, &which);
    return e.kind == ERR_NOT_FOUND ? not_found(a, id) : e;
}

/* --- deleting ----------------------------------------------------------------------------------------- */

struct err catalog_video_trash(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed,
                  "UPDATE video SET is_deleted = 1, deleted_at = $1 WHERE id = $2 AND is_deleted = 0", "ii",
                  time_now_us(), id));
    if (!changed)
        return not_found(a, id);
    TRY(index_remove(tx, id));
    return tell_id(tx, EVENT_VIDEO_DELETED, id);
}

struct err catalog_video_restore(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(catalog_video_check(tx, a, id, true));
    TRY(db_exec_n(tx, &changed,
                  "UPDATE video SET is_deleted = 0, deleted_at = NULL WHERE id = $1 AND is_deleted = 1", "i",
                  id));
    if (!changed)
        return OK;
    TRY(index_refresh(tx, a, id));
    return tell_one(tx, id, VIDEO_FIELD_is_deleted);
}

struct err catalog_video_delete(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(catalog_tags_unlink_all(tx, a, id));
    TRY(index_remove(tx, id));
    TRY(db_exec_n(tx, &changed, "DELETE FROM video WHERE id = $1", "i", id));
    if (!changed)
        return not_found(a, id);
    return tell_id(tx, EVENT_VIDEO_DELETED, id);
}
