/* Rows of media files and their streams. */
#include "domain/library/file.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "json/writer.h"

#define MF(kind_, member_) F(struct media_file, kind_, member_, .column = #member_)
SHAPE(media_file_shape, "MediaFile", struct media_file, "A media file", MF(T_INT, id), MF(T_INT, library_id),
      MF(T_TEXT, path), MF(T_TEXT, folder), MF(T_TEXT, name), MF(T_TEXT, kind), MF(T_INT, size),
      MF(T_TIME, modified_at), MF(T_TEXT, identity), MF(T_TEXT, checksum), MF(T_INT, video_id),
      MF(T_INT, movie_id), MF(T_INT, episode_id), MF(T_INT, scene_id), MF(T_TEXT, container),
      MF(T_REAL, duration), MF(T_INT, bit_rate), MF(T_JSON, tags), MF(T_TIME, missing_since),
      MF(T_TEXT, broken), MF(T_TIME, probed_at), MF(T_TIME, created_at), MF(T_TIME, updated_at));

#define TF(kind_, member_) F(struct media_track, kind_, member_, .column = #member_)
SHAPE(media_track_shape, "MediaTrack", struct media_track, "A stream of a media file",
      TF(T_INT, file_id), TF(T_INT, stream_index), TF(T_TEXT, type), TF(T_TEXT, codec), TF(T_TEXT, profile),
      TF(T_INT, level), TF(T_INT, width), TF(T_INT, height), TF(T_TEXT, pixel_format),
      TF(T_REAL, frame_rate), TF(T_INT, bit_rate), TF(T_TEXT, aspect_ratio), TF(T_INT, channels),
      TF(T_TEXT, channel_layout), TF(T_INT, sample_rate), TF(T_INT, bit_depth), TF(T_TEXT, color_transfer),
      TF(T_TEXT, color_primaries), TF(T_TEXT, color_space), TF(T_TEXT, language), TF(T_TEXT, title),
      TF(T_BOOL, is_default), TF(T_BOOL, is_forced));

/* --- reading ------------------------------------------------------------------------------------------ */

/* "$1,$2,$3" and the values. A page has at most some hundred ids, so one statement carries them. */
static void add_ids(struct buf *sql, struct arena *a, struct db_values *values, const int64_t *ids,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        values_int(a, values, ids[i]);
        buf_printf(sql, "%s$%zu", i ? "," : "", values->count);
    }
}

struct err media_files_of_many(struct db_conn *conn, struct arena *a, const char *column,
                               const int64_t *ids, size_t count, struct media_file_list *ret)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    if (!count)
        return OK;
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &media_file_shape, NULL);
    buf_printf(&sql, " FROM media_file WHERE %s IN (", column);
    add_ids(&sql, a, &values, ids, count);
    buf_printf(&sql, ") ORDER BY %s, path", column);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &media_file_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err media_files_of(struct db_conn *conn, struct arena *a, const char *column, int64_t id,
                          struct media_file_list *ret)
{
    return media_files_of_many(conn, a, column, &id, 1, ret);
}

struct err media_file_get(struct db_conn *conn, struct arena *a, int64_t id, struct media_file *ret)
{
    struct err e = db_get(conn, a, "media_file", &media_file_shape, id, ret);
    return e.kind == ERR_NOT_FOUND ? err_make(ERR_NOT_FOUND, "file_not_found", "File not found") : e;
}

struct err media_tracks_of(struct db_conn *conn, struct arena *a, const int64_t *file_ids, size_t count,
                           struct media_track_list *ret)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    if (!count)
        return OK;
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &media_track_shape, NULL);
    buf_puts(&sql, " FROM media_stream WHERE file_id IN (");
    add_ids(&sql, a, &values, file_ids, count);
    buf_puts(&sql, ") ORDER BY file_id, stream_index");
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &media_track_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

/* --- writing ------------------------------------------------------------------------------------------ */

static int64_t known(int64_t value)
{
    return value > 0 ? value : INT_NONE;
}

static double known_real(double value)
{
    return value > 0 ? value : NAN;
}

static struct media_track track_from(int64_t file_id, const struct media_stream *s)
{
    static const char *const types[] = {[MEDIA_VIDEO] = "video", [MEDIA_AUDIO] = "audio",
                                        [MEDIA_SUBTITLE] = "subtitle"};
    return (struct media_track){
        .file_id = file_id,
        .stream_index = s->index,
        .type = types[s->type],
        .codec = s->codec,
        .profile = s->profile,
        .level = known(s->level),
        .width = known(s->width),
        .height = known(s->height),
        .pixel_format = s->pixel_format,
        .frame_rate = known_real(s->average_frame_rate > 0 ? s->average_frame_rate : s->frame_rate),
        .bit_rate = known(s->bit_rate),
        .aspect_ratio = s->aspect_ratio,
        .channels = known(s->channels),
        .channel_layout = s->channel_layout,
        .sample_rate = known(s->sample_rate),
        .bit_depth = known(s->bit_depth),
        .color_transfer = s->color_transfer,
        .color_primaries = s->color_primaries,
        .color_space = s->color_space,
        .language = s->language,
        .title = s->title,
        .is_default = s->is_default,
        .is_forced = s->is_forced,
    };
}

static struct err store_tracks(struct db_conn *tx, struct arena *a, int64_t file_id,
                               const struct media_info *info)
{
    TRY(db_exec(tx, "DELETE FROM media_stream WHERE file_id = $1", "i", file_id));
    for (size_t i = 0; info && i < info->stream_count; i++) {
        const struct media_stream *s = &info->streams[i];
        if (s->type < MEDIA_VIDEO || s->type > MEDIA_SUBTITLE)
            continue;
        struct media_track track = track_from(file_id, s);
        TRY(db_exec(tx,
                    "INSERT INTO media_stream (file_id, stream_index, type, codec, profile, level, width,"
                    " height, pixel_format, frame_rate, bit_rate, aspect_ratio, channels, channel_layout,"
                    " sample_rate, bit_depth, color_transfer, color_primaries, color_space, language,"
                    " title, is_default, is_forced) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
                    " $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
                    "iitttiiitrititiitttttbb", track.file_id, track.stream_index, track.type, track.codec,
                    track.profile, track.level, track.width, track.height, track.pixel_format,
                    track.frame_rate, track.bit_rate, track.aspect_ratio, track.channels,
                    track.channel_layout, track.sample_rate, track.bit_depth, track.color_transfer,
                    track.color_primaries, track.color_space, track.language, track.title,
                    track.is_default, track.is_forced));
    }
    (void)a;
    return OK;
}

static const char *tags_json(struct arena *a, const struct media_info *info)
{
    BUF(out);
    struct jw w = jw_to(&out);
    if (!info || !info->tag_count)
        return NULL;
    jw_object(&w);
    for (size_t i = 0; i < info->tag_count; i++)
        jw_kv_text(&w, info->tags[i].name, info->tags[i].value);
    jw_end(&w);
    return arena_strndup(a, out.data, out.len);
}

static void fill_from_path(struct arena *a, struct media_file *f)
{
    const char *slash = strrchr(f->path, '/');
    f->folder = slash ? arena_strndup(a, f->path, (size_t)(slash - f->path)) : "";
    f->name = slash ? slash + 1 : f->path;
}

struct err media_file_store(struct db_conn *tx, struct arena *a, struct media_file *file,
                            const struct media_info *info)
{
    struct media_file f = *file;
    int64_t now = time_now_us();
    fill_from_path(a, &f);
    if (info) {
        f.container = info->format;
        f.duration = known_real(info->duration_s);
        f.bit_rate = known(info->bit_rate);
        f.tags = tags_json(a, info);
    }
    ROWS(rows);
    TRY(db_query(tx, &rows,
                 "INSERT INTO media_file (library_id, path, folder, name, kind, size, modified_at,"
                   " identity, video_id, movie_id, episode_id, scene_id, container, duration, bit_rate,"
                   " tags, broken, probed_at, created_at, updated_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
                   " $18, $18, $18)"
                   " ON CONFLICT (library_id, path) DO UPDATE SET size = excluded.size,"
                   " modified_at = excluded.modified_at, identity = excluded.identity,"
                   " video_id = COALESCE(excluded.video_id, media_file.video_id),"
                   " movie_id = COALESCE(excluded.movie_id, media_file.movie_id),"
                   " episode_id = COALESCE(excluded.episode_id, media_file.episode_id),"
                   " scene_id = COALESCE(excluded.scene_id, media_file.scene_id),"
                   " container = excluded.container, duration = excluded.duration,"
                   " bit_rate = excluded.bit_rate, tags = excluded.tags, broken = excluded.broken,"
                   " probed_at = excluded.probed_at, updated_at = excluded.updated_at,"
                   " checksum = NULL, missing_since = NULL"
                   " RETURNING id, video_id, movie_id, episode_id, scene_id",
                   "ittttiitiiiitritti", f.library_id, f.path, f.folder, f.name, f.kind, f.size,
                   f.modified_at, f.identity, f.video_id, f.movie_id, f.episode_id, f.scene_id,
                   f.container, f.duration, f.bit_rate, f.tags, f.broken, now));
    if (rows_next(&rows)) {
        f.id = rows_int(&rows, 0);
        f.video_id = rows_int(&rows, 1);
        f.movie_id = rows_int(&rows, 2);
        f.episode_id = rows_int(&rows, 3);
        f.scene_id = rows_int(&rows, 4);
    }
    TRY(rows_end(&rows));
    TRY(store_tracks(tx, a, f.id, info));
    *file = f;
    return OK;
}

struct err media_file_own(struct db_conn *tx, int64_t file_id, const char *column, int64_t owner_id)
{
    BUF(sql);
    buf_printf(&sql, "UPDATE media_file SET %s = $1 WHERE id = $2", column);
    return db_exec(tx, sql.data, "ii", owner_id, file_id);
}

struct err media_file_relocate(struct db_conn *tx, struct arena *a, int64_t from_library, const char *from,
                               int64_t to_library, const char *to)
{
    struct media_file f = {.path = to};
    int64_t id;
    TRY(db_get_int(tx, &id, "SELECT id FROM media_file WHERE library_id = $1 AND path = $2", "it", from_library, from));
    if (id == INT_NONE)
        return OK;
    fill_from_path(a, &f);
    TRY(db_exec(tx, "DELETE FROM media_file WHERE library_id = $1 AND path = $2 AND id <> $3", "iti", to_library, to,
                id));
    return db_exec(tx,
                   "UPDATE media_file SET library_id = $1, path = $2, folder = $3, name = $4, missing_since = NULL,"
                   " updated_at = $5 WHERE id = $6",
                   "itttii", to_library, f.path, f.folder, f.name, time_now_us(), id);
}

struct err media_file_forget(struct db_conn *tx, int64_t library_id, const char *path)
{
    return db_exec(tx, "DELETE FROM media_file WHERE library_id = $1 AND path = $2", "it", library_id, path);
}
