/* Songs and the library: finding the video, making it, completing it. */
#include "domain/intake/song.h"

#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "domain/catalog/text.h"
#include "domain/catalog/video.h"

/* --- finding ---------------------------------------------------------------------------------------------------- */

struct err song_find_by_ids(struct db_conn *conn, const struct song_ids *ids, int64_t *ret_id)
{
    const struct {
        const char *column;
        const char *value;
    } rows[] = {
        {"isrc", ids->isrc},
        {"mb_recording_id", ids->mb_recording_id},
        {"imvdb_video_id", ids->imvdb_video_id},
        {"youtube_id", ids->youtube_id},
    };
    int64_t id = INT_NONE;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && id == INT_NONE; i++) {
        BUF(sql);
        if (!rows[i].value || !*rows[i].value)
            continue;
        buf_printf(&sql, "SELECT id FROM video WHERE %s = $1 AND is_deleted = 0 ORDER BY id LIMIT 1",
                   rows[i].column);
        TRY(db_get_int(conn, &id, sql.data, "t", rows[i].value));
    }
    *ret_id = id;
    return OK;
}

static bool same_song(struct arena *a, const char *artist, const char *title, const char *stored_artist,
                      const char *stored_title)
{
    return stored_artist && strstr(stored_artist, artist) &&
           strcmp(text_song_title(a, stored_title, true), title) == 0;
}

/* Candidates by index: titles that begin so (versions come behind), or the same key. */
struct err song_find_by_name(struct db_conn *conn, struct arena *a, const char *artist, const char *title,
                             int64_t *ret_id)
{
    const char *wanted = text_song_title(a, title, true);
    const char *prefix = fold(a, wanted);
    const char *by = fold(a, artist);
    *ret_id = INT_NONE;
    if (!by || !*by || !prefix || !*prefix)
        return OK;
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT id, title, artist_fold FROM video WHERE is_deleted = 0 AND title_fold >= $1"
                 " AND title_fold < $2 UNION ALL"
                 " SELECT id, title, artist_fold FROM video WHERE is_deleted = 0 AND match_key = $3 ORDER BY 1",
                 "ttt", prefix, arena_printf(a, "%s\xf4\x8f\xbf\xbf", prefix), text_match_key(a, artist, wanted)));
    while (rows_next(&rows)) {
        SCRATCH(scratch);
        if (same_song(&scratch, by, wanted, rows_text(&rows, &scratch, 2), rows_text(&rows, &scratch, 1))) {
            *ret_id = rows_int(&rows, 0);
            break;
        }
    }
    return *ret_id != INT_NONE ? OK : rows_end(&rows);
}

struct err song_lock(struct db_conn *tx, struct arena *a, const char *artist, const char *title)
{
    int64_t ignored;
    uint64_t hash = UINT64_C(14695981039346656037);
    if (db_conn_driver(tx) == DB_SQLITE) /* one writer: nobody else is in between */
        return OK;
    for (const char *p = text_match_key(a, artist, text_song_title(a, title, true)); *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return db_get_int(tx, &ignored, "SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS locked", "i",
                      (int64_t)(hash >> 1));
}

/* --- storing ---------------------------------------------------------------------------------------------------- */

static const struct {
    enum video_field field;
    size_t video;
    size_t song;
} texts[] = {
#define TEXT(video_member_, song_member_)                                                           \
    {VIDEO_FIELD_##video_member_, offsetof(struct video, video_member_), offsetof(struct song, song_member_)}
    TEXT(title, title),
    TEXT(artist, artist),
    TEXT(album, album),
    TEXT(director, director),
    TEXT(genre, genre),
    TEXT(studio, label), /* where document 000 looks for the label */
    TEXT(isrc, isrc),
    TEXT(imvdb_video_id, imvdb_video_id),
    TEXT(imvdb_url, imvdb_url),
    TEXT(youtube_id, youtube_id),
    TEXT(mb_recording_id, mb_recording_id),
    TEXT(mb_release_id, mb_release_id),
    TEXT(mb_canonical_title, mb_title),
    TEXT(mb_canonical_artist, mb_artist),
    TEXT(label, label),
    TEXT(source_genres, source_genres),
    TEXT(download_source, source),
#undef TEXT
};

/* As long as the column allows, not within a character. */
static const char *cut(struct arena *a, const char *text, const struct field *f)
{
    if (!f->has_max || utf8_length(text) <= (size_t)f->max)
        return text;
    const char *end = text;
    for (size_t characters = 0; *end; end++) {
        if ((*end & 0xc0) != 0x80 && characters++ == (size_t)f->max)
            break;
    }
    return arena_strndup(a, text, (size_t)(end - text));
}

static void fill(struct arena *a, const struct song *song, struct video *video, struct presence *which)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *text = *(const char *const *)((const char *)song + texts[i].song);
        if (!text || !*text)
            continue;
        text = utf8_valid(text, strlen(text)) ? text : utf8_repair(a, text, strlen(text));
        *(const char **)((char *)video + texts[i].video) = cut(a, text, &video_shape.fields[texts[i].field]);
        set_present(which, texts[i].field);
    }
    if (song->year != INT_NONE) {
        video->year = song->year;
        set_present(which, VIDEO_FIELD_year);
    }
}

static void forget(struct presence *which, enum video_field field, const char **at)
{
    *at = NULL;
    which->bits[field / 64] &= ~(UINT64_C(1) << (field % 64));
}

/* Who holds the id: nobody, this video, one in the trash (which comes back and is the one), or another one
 * (which keeps it). */
static struct err settle_id(struct db_conn *tx, struct arena *a, enum video_field field, struct video *video,
                            struct presence *which, int64_t *id)
{
    const char **at = field == VIDEO_FIELD_youtube_id ? &video->youtube_id : &video->imvdb_video_id;
    struct video holder;
    int64_t holder_id;
    if (!*at)
        return OK;
    TRY(catalog_video_find_by_service(tx, field, *at, &holder_id));
    if (holder_id == INT_NONE || holder_id == *id)
        return OK;
    TRY(catalog_video_get(tx, a, holder_id, true, &holder));
    if (*id == INT_NONE && holder.is_deleted == 1) {
        TRY(catalog_video_restore(tx, a, holder_id));
        *id = holder_id;
    } else {
        forget(which, field, at);
    }
    return OK;
}

static const char *const *only(struct arena *a, const char *name)
{
    const char **list = arena_array(a, const char *, 2);
    list[0] = name;
    return list;
}

static const char *const *primary_of(struct arena *a, const struct song *song)
{
    return song->primary ? song->primary : song->artist ? only(a, song->artist) : NULL;
}

static struct err make(struct db_conn *tx, struct arena *a, const struct song *song,
                       const struct song_policy *policy, const struct video *video, int64_t *ret_id)
{
    struct video_new fresh;
    const char *decade =
        policy->decades.enabled && song->year != INT_NONE ? decade_tag(a, song->year, policy->decades.format) : NULL;
    catalog_video_new(&fresh);
    fresh.video = *video;
    fresh.video.status = policy->status;
    fresh.primary = primary_of(a, song);
    fresh.featured = song->featured;
    fresh.auto_tags = decade ? only(a, decade) : NULL;
    fresh.tags_keep_case = policy->decades.keep_case;
    fresh.reason = policy->reason;
    fresh.changed_by = policy->by;
    return catalog_video_import(tx, a, &fresh, ret_id);
}

/* The guests that the video has, for a song that knows of none. */
static struct err featured_of(struct db_conn *tx, struct arena *a, int64_t id, const char *const **ret)
{
    struct {
        VEC(const char *)
    } names = {0};
    ROWS(rows);
    TRY(db_query(tx, &rows,
                 "SELECT a.name FROM video_artist l JOIN artist a ON a.id = l.artist_id"
                 " WHERE l.video_id = $1 AND l.role = $2 ORDER BY l.position, a.id",
                 "ie", id, ROLE_FEATURED));
    while (rows_next(&rows))
        *arena_push(a, &names) = rows_text(&rows, a, 0);
    TRY(rows_end(&rows));
    *arena_push(a, &names) = NULL;
    *ret = names.items;
    return OK;
}

static struct err complete(struct db_conn *tx, struct arena *a, const struct song *song,
                           const struct song_policy *policy, const struct video *video,
                           const struct presence *which, int64_t id)
{
    const char *const *primary = primary_of(a, song);
    const char *const *featured = song->featured;
    TRY(catalog_video_update(tx, a, id, video, which));
    if (primary && !featured)
        TRY(featured_of(tx, a, id, &featured));
    if (primary)
        TRY(catalog_video_set_artists(tx, a, id, primary, featured));
    if (song->year != INT_NONE && policy->decades.enabled)
        TRY(catalog_video_sync_decade(tx, a, id, song->year, &policy->decades, &(struct decade_change){0}));
    return OK;
}

struct err song_store(struct db_conn *tx, struct arena *a, const struct song *song,
                      const struct song_policy *policy, int64_t existing, int64_t *ret_id, bool *ret_created)
{
    struct presence which = {0};
    struct video video;
    int64_t id = existing;
    video_clear(&video);
    fill(a, song, &video, &which);
    TRY(settle_id(tx, a, VIDEO_FIELD_imvdb_video_id, &video, &which, &id));
    TRY(settle_id(tx, a, VIDEO_FIELD_youtube_id, &video, &which, &id));
    *ret_created = id == INT_NONE;
    if (id == INT_NONE && !video.title)
        return err_make(ERR_INVALID, "song_unnamed", "The song has no title");
    if (id == INT_NONE)
        return make(tx, a, song, policy, &video, ret_id);
    *ret_id = id;
    return complete(tx, a, song, policy, &video, &which, id);
}
