/* NFO files in step with the library. */
#include "domain/organize/nfo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fold.h"
#include "core/settings.h"
#include "domain/catalog/artist.h"
#include "domain/catalog/relations.h"
#include "domain/catalog/video.h"
#include "domain/library/file.h"
#include "domain/library/scan.h"
#include "domain/organize/home.h"
#include "domain/organize/pattern.h"
#include "media/nfo.h"
#include "sys/atomic_file.h"

#define MOVE_WAIT_MS 20
#define MOVE_WAITS   250 /* 5 s: longer ones copy between devices */
#define MOVE_TRIES   3 /* as often as a move may come in between */

/* --- text ----------------------------------------------------------------------------------------------- */

struct nfo_policy nfo_policy_of(struct core *core)
{
    SCRATCH(a);
    const char *field = settings_text(core->settings, &a, "nfo.featured_artists.append_to_field");
    return (struct nfo_policy){
        .featured = settings_bool(core->settings, "nfo.featured_artists.enabled"),
        .featured_in_title = field && strcmp(field, "title") == 0,
    };
}

const char *artist_name_of(const struct video *video)
{
    const struct video_artist *artists = video->artists.items;
    for (size_t i = 0; i < video->artists.count; i++) {
        if (artists[i].role == ROLE_PRIMARY)
            return artists[i].name;
    }
    return video->artist && *video->artist ? video->artist : NULL;
}

/* "ft. A, B"; NULL: nobody. */
static const char *guests(struct arena *a, const struct video *video)
{
    const struct video_artist *artists = video->artists.items;
    BUF(names);
    for (size_t i = 0; i < video->artists.count; i++) {
        if (artists[i].role == ROLE_FEATURED)
            buf_printf(&names, "%s%s", names.len ? ", " : "ft. ", artists[i].name);
    }
    return names.len ? arena_strdup(a, names.data) : NULL;
}

static const char *with_guests(struct arena *a, const char *text, const char *names)
{
    return text && *text ? arena_printf(a, "%s %s", text, names) : names;
}

static void add_text(struct arena *a, struct nfo_texts *texts, const char *text)
{
    if (text)
        nfo_texts_add(a, texts, text);
}

void nfo_text(struct buf *to, const struct video *video, const struct nfo_policy *policy)
{
    SCRATCH(a);
    struct nfo_record r = nfo_record_make(NFO_MUSICVIDEO);
    const struct video_tag *tags = video->tags.items;
    const char *names = policy->featured ? guests(&a, video) : NULL;
    r.title = video->title;
    r.artist = artist_name_of(video);
    if (names && policy->featured_in_title)
        r.title = with_guests(&a, r.title, names);
    else if (names)
        r.artist = with_guests(&a, r.artist, names);
    r.album = video->album;
    r.year = video->year == INT_NONE ? -1 : video->year;
    add_text(&a, &r.studios, video->studio);
    add_text(&a, &r.directors, video->director);
    add_text(&a, &r.genres, video->genre);
    for (size_t i = 0; i < video->tags.count; i++)
        add_text(&a, &r.tags, tags[i].name);
    nfo_write(to, &r);
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* What is there: text NULL when nothing is. What is bigger than any NFO is cut, and so has other bytes. */
static struct err read_file(struct arena *a, const struct place *place, const char **ret_text, size_t *ret_len,
                            struct stat *ret_stat)
{
    int fd;
    size_t len = 0;
    *ret_text = NULL;
    *ret_len = 0;
    struct err e = root_open(place->root, a, place->path, O_RDONLY, 0, &fd);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    if (failed(e))
        return file_error(a, e, place->shown);
    bool known = fstat(fd, ret_stat) == 0;
    size_t size = known && ret_stat->st_size < NFO_BYTES_MAX ? (size_t)ret_stat->st_size : NFO_BYTES_MAX;
    char *text = arena_alloc(a, size + 1);
    for (ssize_t got = 1; known && len < size && got; len += got > 0 ? (size_t)got : 0) {
        got = read(fd, text + len, size - len);
        known = got >= 0 || errno == EINTR;
    }
    close(fd);
    *ret_text = text;
    *ret_len = len;
    return known ? OK : err_make(ERR_STORAGE, "io_error", "An NFO file cannot be read");
}

static struct err write_file(struct arena *a, const struct place *place, const struct buf *bytes, bool overwrite,
                             enum nfo_outcome *ret_outcome, struct stat *ret_stat)
{
    const char *text;
    size_t len;
    TRY(read_file(a, place, &text, &len, ret_stat));
    bool same = text && len == bytes->len && memcmp(text, bytes->data, len) == 0;
    *ret_outcome = text && !overwrite ? NFO_KEPT : same ? NFO_UNCHANGED : NFO_WRITTEN;
    if (*ret_outcome != NFO_WRITTEN)
        return OK;
    struct err e = atomic_file_write(a, place->root, place->path, bytes->data, bytes->len, 0644);
    if (!failed(e))
        e = root_stat(place->root, a, place->path, true, ret_stat);
    return failed(e) ? file_error(a, e, place->shown) : OK;
}

static int64_t modified_us(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * SECONDS_US + st->st_mtim.tv_nsec / 1000;
}

static const char *path_of(struct arena *a, const struct video *video)
{
    if (video->nfo_file_path && *video->nfo_file_path)
        return video->nfo_file_path;
    return video->video_file_path && *video->video_file_path ? with_ending(a, video->video_file_path, ".nfo") : NULL;
}

struct err nfo_put(struct core *core, struct arena *a, const struct video *video, const struct nfo_policy *policy,
                   bool overwrite, struct nfo_done *ret_done)
{
    struct nfo_done done = {.video_id = video->id, .path = path_of(a, video), .outcome = NFO_NO_PATH};
    struct place place;
    struct stat st = {0};
    BUF(bytes);
    if (done.path && !is_nfo_name(done.path))
        return err_f(a, ERR_INVALID, "not_an_nfo", "%s is not the name of an NFO file", done.path);
    if (done.path) {
        TRY(library_place(core, a, done.path, &place));
        done.path = place_absolute(a, &place);
        nfo_text(&bytes, video, policy);
        TRY(write_file(a, &place, &bytes, overwrite, &done.outcome, &st));
        done.size = st.st_size;
        done.modified_us = modified_us(&st);
    }
    *ret_done = done;
    return OK;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

static struct err note_file(struct db_conn *tx, struct arena *a, const struct nfo_done *done)
{
    struct library library;
    struct media_file file;
    const char *relative;
    struct err e = library_for_path(tx, a, done->path, &library, &relative);
    if (e.kind == ERR_NOT_FOUND || relative[0] == '.')
        return OK;
    TRY(e);
    shape_clear(&media_file_shape, &file);
    file.library_id = library.id;
    file.path = relative;
    file.kind = "nfo";
    file.size = done->size;
    file.modified_at = done->modified_us;
    file.video_id = done->video_id;
    return media_file_store(tx, a, &file, NULL);
}

struct err nfo_note(struct core *core, struct db_conn *tx, struct arena *a, const struct nfo_done *done, size_t count)
{
    (void)core;
    TRY(libraries_in_turn(tx));
    for (size_t i = 0; i < count; i++) {
        if (done[i].outcome == NFO_NO_PATH)
            continue;
        /* Not when the row was given another path meanwhile. */
        TRY(db_exec(tx, "UPDATE video SET nfo_file_path = $1 WHERE id = $2 AND nfo_file_path IS NULL", "ti",
                    done[i].path, done[i].video_id));
        if (done[i].outcome == NFO_WRITTEN)
            TRY(note_file(tx, a, &done[i]));
    }
    return OK;
}

static struct err note_one(struct core *core, struct arena *a, const struct nfo_done *done)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(nfo_note(core, tx.conn, a, done, 1));
    return db_commit(&tx);
}

/* --- one video ------------------------------------------------------------------------------------------ */

static struct err load(struct core *core, struct arena *a, int64_t id, struct video *ret)
{
    struct db_conn *conn = db_reader(core->db);
    TRY(catalog_video_get(conn, a, id, true, ret));
    return catalog_load_relations(conn, a, ret, 1);
}

/* A move that is going on has taken the NFO, or will: its end tells where the files are. */
static void wait_for_move(struct core *core, int64_t video_id)
{
    for (int i = 0; i < MOVE_WAITS; i++) {
        int64_t moving;
        if (failed(db_get_int(db_reader(core->db), &moving, "SELECT id FROM file_move WHERE video_id = $1", "i",
                              video_id)) ||
            moving == INT_NONE)
            return;
        nanosleep(&(struct timespec){.tv_nsec = MOVE_WAIT_MS * 1000000L}, NULL);
    }
}

/* True when the files were moved while the NFO was written at the old place: that one goes. */
static bool was_moved(struct core *core, struct arena *a, const struct video *before, const struct nfo_done *done)
{
    struct video now;
    struct place place;
    wait_for_move(core, before->id);
    if (failed(catalog_video_get(db_reader(core->db), a, before->id, true, &now)) || !done->path)
        return false;
    const char *path = path_of(a, &now);
    if (!path || strcmp(path_normalize(a, path), done->path) == 0)
        return false;
    if (done->outcome == NFO_WRITTEN && !failed(library_place(core, a, done->path, &place)))
        IGNORE(root_unlink(place.root, a, place.path)); /* nobody names it; at worst it stays */
    return true;
}

struct err nfo_settle(struct core *core, struct arena *a, const struct video *video, const struct nfo_policy *policy,
                      bool overwrite, struct nfo_done *done)
{
    struct video now = *video;
    for (int i = 0; i < MOVE_TRIES && done->outcome == NFO_WRITTEN && was_moved(core, a, &now, done); i++) {
        TRY(load(core, a, video->id, &now));
        TRY(nfo_put(core, a, &now, policy, overwrite, done));
    }
    return OK;
}

static struct err put_one(struct core *core, struct arena *a, int64_t video_id, struct nfo_done *ret_done)
{
    struct nfo_policy policy = nfo_policy_of(core);
    struct video video;
    TRY(load(core, a, video_id, &video));
    TRY(nfo_put(core, a, &video, &policy, true, ret_done));
    TRY(nfo_settle(core, a, &video, &policy, true, ret_done));
    return note_one(core, a, ret_done);
}

struct err nfo_generate(struct core *core, struct arena *a, int64_t video_id, struct nfo_done *ret_done)
{
    struct nfo_done done = {0};
    TRY(put_one(core, a, video_id, &done));
    *ret_done = done;
    return OK;
}

struct err nfo_keep(struct core *core, struct arena *a, int64_t video_id, int64_t *ret_written)
{
    struct video video;
    struct place place;
    struct stat st;
    struct nfo_done done;
    if (!settings_bool(core->settings, "nfo.write_musicvideo_nfo"))
        return OK;
    TRY(catalog_video_get(db_reader(core->db), a, video_id, true, &video));
    const char *path = path_of(a, &video);
    if (!path || failed(library_place(core, a, path, &place)) ||
        failed(root_stat(place.root, a, place.path, true, &st)))
        return OK;
    TRY(put_one(core, a, video_id, &done));
    if (ret_written && done.outcome == NFO_WRITTEN)
        (*ret_written)++;
    return OK;
}

/* --- artists -------------------------------------------------------------------------------------------- */

/* The first `count` components of a path; NULL when it has no more than that. */
static const char *first_components(struct arena *a, const char *path, size_t count)
{
    const char *at = path;
    for (size_t i = 0; i < count; i++) {
        at = strchr(at, '/');
        if (!at)
            return NULL;
        at++;
    }
    return arena_strndup(a, path, (size_t)(at - path) - 1);
}

static bool is_named(struct arena *a, const char *folder, const char *name)
{
    const char *slash = strrchr(folder, '/');
    const char *key = name ? fold_match_key(a, name) : "";
    return *key && strcmp(key, fold_match_key(a, slash ? slash + 1 : folder)) == 0;
}

struct err artist_folder(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                         const char **ret_folder)
{
    struct home home;
    struct pattern pattern;
    const char *wanted;
    *ret_folder = NULL;
    if (!video->video_file_path)
        return OK;
    const char *path = path_normalize(a, video->video_file_path);
    TRY(home_of(core, conn, a, path, &home));
    TRY(pattern_compile(a, settings_text(core->settings, a, "organizer.path_pattern"), &pattern));
    size_t depth = pattern_artist_depth(&pattern);
    const char *folder = depth && home.relative ? first_components(a, home.relative, depth) : NULL;
    if (!folder)
        return OK;
    struct err e = pattern_artist_folder(a, &pattern, video,
                                         settings_bool(core->settings, "organizer.normalize_filenames"), &wanted);
    bool here = !failed(e) && strcmp(folder, wanted) == 0;
    if (here || is_named(a, folder, video->artist) || is_named(a, folder, artist_name_of(video)))
        *ret_folder = arena_printf(a, "%s/%s", home.library.path, folder);
    return OK;
}

static bool has_name(struct arena *a, const char *text, size_t len, const char *name)
{
    struct nfo_document document;
    return text && !failed(nfo_read(a, text, len, &document)) && document.count &&
           document.items[0].kind == NFO_ARTIST && document.items[0].title &&
           strcmp(document.items[0].title, name) == 0;
}

struct err artist_nfo_put(struct core *core, struct arena *a, const char *folder, const char *name, bool always,
                          enum nfo_outcome *ret_outcome)
{
    struct nfo_record r = nfo_record_make(NFO_ARTIST);
    struct place place;
    struct stat st;
    const char *text;
    size_t len;
    BUF(bytes);
    TRY(library_place(core, a, arena_printf(a, "%s/artist.nfo", folder), &place));
    TRY(read_file(a, &place, &text, &len, &st));
    *ret_outcome = NFO_KEPT;
    if (!always && has_name(a, text, len, name))
        return OK;
    r.title = name;
    nfo_write(&bytes, &r);
    return write_file(a, &place, &bytes, true, ret_outcome, &st);
}

static struct err link_artist(struct core *core, struct arena *a, const struct video *video)
{
    int64_t artist_id;
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(catalog_artist_ensure(tx.conn, a, video->artist, &artist_id));
    TRY(catalog_artist_link(tx.conn, a, artist_id, video->id, ROLE_PRIMARY, 0));
    return db_commit(&tx);
}

static bool has_primary(const struct video *video)
{
    const struct video_artist *artists = video->artists.items;
    for (size_t i = 0; i < video->artists.count; i++) {
        if (artists[i].role == ROLE_PRIMARY)
            return true;
    }
    return false;
}

struct err artist_nfo_keep(struct core *core, struct arena *a, int64_t video_id, enum nfo_outcome *ret_outcome)
{
    struct video video;
    const char *folder;
    *ret_outcome = NFO_NO_PATH;
    if (!settings_bool(core->settings, "nfo.write_artist_nfo"))
        return OK;
    TRY(load(core, a, video_id, &video));
    TRY(artist_folder(core, db_reader(core->db), a, &video, &folder));
    if (!folder)
        return OK;
    if (!has_primary(&video) && video.artist && *video.artist)
        TRY(link_artist(core, a, &video));
    const char *name = artist_name_of(&video);
    return name ? artist_nfo_put(core, a, folder, name, false, ret_outcome) : OK;
}
