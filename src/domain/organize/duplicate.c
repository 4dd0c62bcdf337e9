/* The same video twice. */
#include "domain/organize/duplicate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalog/text.h"
#include "domain/catalog/video.h"
#include "domain/organize/home.h"
#include "domain/organize/trash.h"

const struct words duplicate_match_words = WORDS("DuplicateMatch", "hash", "metadata", "both");

/* --- checksums ------------------------------------------------------------------------------------------ */

static struct err store_checksum(struct core *core, int64_t id, const char *path, const char *checksum)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    /* Not when the video was given another file meanwhile. */
    TRY(db_exec(tx.conn, "UPDATE video SET file_checksum = $1 WHERE id = $2 AND video_file_path = $3", "tit", checksum,
                id, path));
    return db_commit(&tx);
}

/* *ret_checksum NULL: there is no file to read. */
static struct err compute(struct core *core, struct arena *a, int64_t id, const char *path,
                          const struct move_guard *guard, const char **ret_checksum)
{
    struct place place;
    *ret_checksum = NULL;
    if (!path || failed(library_place(core, a, path, &place)))
        return OK;
    struct err e = place_checksum(a, &place, guard, ret_checksum);
    if (e.kind == ERR_CANCELLED)
        return e;
    return failed(e) ? OK : store_checksum(core, id, path, *ret_checksum);
}

/* --- one video ------------------------------------------------------------------------------------------ */

#define COLUMNS "id, title, artist, video_file_path, file_checksum, file_size, created_at, year, album"

struct candidate {
    struct duplicate d;
    int64_t year;
    const char *album;
};

static void read_candidate(const struct rows *rows, struct arena *a, struct candidate *c)
{
    *c = (struct candidate){
        .d =
            {
                .video_id = rows_int(rows, 0),
                .title = rows_text(rows, a, 1),
                .artist = rows_text(rows, a, 2),
                .file_path = rows_text(rows, a, 3),
                .file_hash = rows_text(rows, a, 4),
                .file_size = rows_int(rows, 5),
                .created_at = rows_int(rows, 6),
            },
        .year = rows_int(rows, 7),
        .album = rows_text(rows, a, 8),
    };
}

static struct duplicate *find(struct duplicate_list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].video_id == id)
            return &list->items[i];
    }
    return NULL;
}

static struct err add_by_hash(struct core *core, struct arena *a, const struct video *video, const char *checksum,
                              struct duplicate_list *list)
{
    ROWS(rows);
    TRY(db_query(db_reader(core->db), &rows,
                 "SELECT " COLUMNS " FROM video WHERE file_checksum = $1 AND is_deleted = 0 AND id <> $2 ORDER BY id",
                 "ti", checksum, video->id));
    while (rows_next(&rows)) {
        struct candidate c;
        read_candidate(&rows, a, &c);
        c.d.match = MATCH_HASH;
        c.d.confidence = 1;
        *arena_push(a, list) = c.d;
    }
    return rows_end(&rows);
}

static bool same_text(struct arena *a, const char *left, const char *right)
{
    return strcmp(text_plain(a, left ? left : ""), text_plain(a, right ? right : "")) == 0;
}

/* In tenths, so that 0.7 + 0.1 + 0.1 is 0.9. */
static double certainty(struct arena *a, const struct video *video, const struct candidate *c)
{
    int tenths = 7;
    tenths += video->year != INT_NONE && video->year == c->year;
    tenths += video->album && *text_plain(a, video->album) && same_text(a, video->album, c->album);
    return fmin(tenths / 10.0, 0.95);
}

static void add_match(struct arena *a, const struct video *video, struct candidate *c, struct duplicate_list *list)
{
    if (!same_text(a, video->title, c->d.title) || !same_text(a, video->artist, c->d.artist))
        return;
    struct duplicate *known = find(list, c->d.video_id);
    if (known) {
        known->match = MATCH_BOTH;
        return;
    }
    c->d.match = MATCH_METADATA;
    c->d.confidence = certainty(a, video, c);
    *arena_push(a, list) = c->d;
}

static struct err add_by_metadata(struct core *core, struct arena *a, const struct video *video,
                                  struct duplicate_list *list)
{
    ROWS(rows);
    if (!video->title || !*text_plain(a, video->title))
        return OK;
    /* Equal texts have equal keys; equal keys need not be equal texts. */
    TRY(db_query(db_reader(core->db), &rows,
                 "SELECT " COLUMNS " FROM video WHERE match_key = (SELECT match_key FROM video WHERE id = $1)"
                 " AND is_deleted = 0 AND id <> $1 ORDER BY id",
                 "i", video->id));
    while (rows_next(&rows)) {
        struct candidate c;
        read_candidate(&rows, a, &c);
        add_match(a, video, &c, list);
    }
    return rows_end(&rows);
}

static int by_confidence(const void *left, const void *right)
{
    const struct duplicate *l = left;
    const struct duplicate *r = right;
    if (l->confidence != r->confidence)
        return l->confidence < r->confidence ? 1 : -1;
    return (l->video_id > r->video_id) - (l->video_id < r->video_id);
}

struct err duplicates_of(struct core *core, struct arena *a, int64_t video_id, bool by_hash, bool by_metadata,
                         const struct move_guard *guard, struct duplicate_list *ret_list)
{
    struct duplicate_list list = {0};
    struct video video;
    TRY(catalog_video_get(db_reader(core->db), a, video_id, false, &video));
    const char *checksum = video.file_checksum;
    if (by_hash && !checksum)
        TRY(compute(core, a, video_id, video.video_file_path, guard, &checksum));
    if (by_hash && checksum)
        TRY(add_by_hash(core, a, &video, checksum, &list));
    if (by_metadata)
        TRY(add_by_metadata(core, a, &video, &list));
    if (list.count)
        qsort(list.items, list.count, sizeof(*list.items), by_confidence);
    *ret_list = list;
    return OK;
}

/* --- the whole library ---------------------------------------------------------------------------------- */

static struct err next_unhashed(struct core *core, struct arena *a, int64_t after, struct duplicate_list *ret)
{
    ROWS(rows);
    TRY(db_query(db_reader(core->db), &rows,
                 "SELECT id, video_file_path FROM video WHERE id > $1 AND is_deleted = 0 AND file_checksum IS NULL"
                 " AND video_file_path IS NOT NULL AND file_size IN (SELECT file_size FROM video WHERE is_deleted = 0"
                 " AND file_size IS NOT NULL GROUP BY file_size HAVING COUNT(*) > 1) ORDER BY id LIMIT 1000",
                 "i", after));
    while (rows_next(&rows))
        *arena_push(a, ret) = (struct duplicate){.video_id = rows_int(&rows, 0), .file_path = rows_text(&rows, a, 1)};
    return rows_end(&rows);
}

static struct err hash_equal_sizes(struct core *core, const struct move_guard *guard)
{
    for (int64_t after = 0;;) {
        SCRATCH(a);
        struct duplicate_list list = {0};
        TRY(next_unhashed(core, &a, after, &list));
        for (size_t i = 0; i < list.count; i++) {
            SCRATCH(one);
            const char *checksum;
            after = list.items[i].video_id;
            TRY(compute(core, &one, after, list.items[i].file_path, guard, &checksum));
        }
        if (!list.count)
            return OK;
    }
}

struct err duplicate_candidates(struct core *core, struct arena *a, const struct move_guard *guard,
                                struct list *ret_ids)
{
    struct {
        VEC(int64_t)
    } ids = {0};
    TRY(hash_equal_sizes(core, guard));
    ROWS(rows);
    TRY(db_query(db_reader(core->db), &rows,
                 "SELECT id FROM video WHERE is_deleted = 0 AND (match_key IN (SELECT match_key FROM video"
                 " WHERE is_deleted = 0 GROUP BY match_key HAVING COUNT(*) > 1) OR file_checksum IN (SELECT"
                 " file_checksum FROM video WHERE is_deleted = 0 AND file_checksum IS NOT NULL GROUP BY file_checksum"
                 " HAVING COUNT(*) > 1)) ORDER BY id",
                 ""));
    while (rows_next(&rows))
        *arena_push(a, &ids) = rows_int(&rows, 0);
    TRY(rows_end(&rows));
    *ret_ids = (struct list){ids.items, ids.count};
    return OK;
}

/* --- removing ------------------------------------------------------------------------------------------- */

static struct err trash_row(struct core *core, struct arena *a, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(catalog_video_trash(tx.conn, a, id));
    return db_commit(&tx);
}

struct err duplicate_remove(struct core *core, struct arena *a, int64_t video_id, bool hard,
                            const struct move_guard *guard, bool *ret_removed)
{
    const char *path;
    struct err e = hard ? trash_purge(core, a, video_id) : trash_put(core, a, video_id, guard, &path);
    bool no_file = e.code && (strcmp(e.code, "no_file") == 0 || strcmp(e.code, "file_not_found") == 0);
    if (!hard && no_file)
        e = trash_row(core, a, video_id);
    *ret_removed = !failed(e);
    /* One that cannot be removed is left out of the reply, as the contract says. */
    return e.kind == ERR_CANCELLED || (e.code && strcmp(e.code, "db_away") == 0) ? e : OK;
}
