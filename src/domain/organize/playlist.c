/* Playlist files. */
#include "domain/organize/playlist.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "domain/files/browse.h"
#include "domain/files/change.h"
#include "domain/organize/home.h"
#include "domain/organize/walk_videos.h"
#include "json/writer.h"
#include "sys/atomic_file.h"

const struct words playlist_format_words = WORDS("PlaylistFormat", "m3u", "csv", "json");

/* --- where ---------------------------------------------------------------------------------------------- */

static struct err check_name(struct arena *a, const struct place *place, bool own_folder)
{
    static const char *const endings[] = {".m3u", ".m3u8", ".csv", ".json", ".txt"};
    const char *slash = strrchr(place->path, '/');
    const char *name = slash ? slash + 1 : place->path;
    const char *ending = name_ending(name);
    struct stat st;
    bool is_playlist = false;
    TRY(name_check(name));
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        is_playlist = is_playlist || strcasecmp(ending, endings[i]) == 0;
    struct err e = root_stat(place->root, a, place->path, false, &st);
    bool taken = !failed(e) && (!is_playlist || S_ISDIR(st.st_mode));
    if (taken || (own_folder && !is_playlist))
        return err_f(a, ERR_INVALID, "not_a_playlist", "Invalid output path: %s is not the name of a playlist", name);
    return OK;
}

static struct err find_place(struct core *core, struct arena *a, const char *path, struct place *ret)
{
    struct home home;
    TRY(home_of(core, db_reader(core->db), a, NULL, &home));
    const char *absolute = path_normalize(a, *path == '/' ? path : arena_printf(a, "%s/%s", home.library.path, path));
    struct err e = strlen(absolute) > PATH_MAX_BYTES ? err_make(ERR_INVALID, "path_too_long", "")
                                                     : arrival_place(core, a, absolute, ret);
    if (failed(e) || !*ret->path)
        return err_f(a, ERR_INVALID, "outside_library",
                     "Invalid output path: %s. Path must be within library directory.", path);
    struct root *root;
    const char *relative;
    return check_name(a, ret, !roots_match(core->roots, a, absolute, &root, &relative));
}

/* --- what ----------------------------------------------------------------------------------------------- */

struct writing {
    const struct playlist *playlist;
    struct buf *out;
    struct jw json;
    int64_t tracks;
};

/* On one line. */
static void put_line(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_putc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void put_m3u(struct writing *w, const struct video *v)
{
    const char *path = v->video_file_path;
    if (!path || !*path || strpbrk(path, "\r\n"))
        return;
    buf_printf(w->out, "#EXTINF:%lld,", v->duration >= 0 ? (long long)v->duration : -1LL);
    put_line(w->out, v->artist && *v->artist ? v->artist : "Unknown");
    buf_puts(w->out, " - ");
    put_line(w->out, v->title && *v->title ? v->title : "Unknown");
    buf_printf(w->out, "\n%s\n\n", path);
    w->tracks++;
}

/* Quoted only when it has to be. */
static void put_cell(struct buf *out, const char *text, const char *after)
{
    bool quoted = text && (strpbrk(text, "\",\r\n") != NULL);
    if (quoted)
        buf_putc(out, '"');
    for (const char *c = text; c && *c; c++) {
        if (*c == '"')
            buf_putc(out, '"');
        buf_putc(out, *c);
    }
    buf_printf(out, "%s%s", quoted ? "\"" : "", after);
}

static void put_csv(struct writing *w, const struct video *v)
{
    buf_printf(w->out, "%lld,", (long long)v->id);
    put_cell(w->out, v->title, ",");
    put_cell(w->out, v->artist, ",");
    put_cell(w->out, v->album, ",");
    if (v->year != INT_NONE)
        buf_put_int(w->out, v->year);
    buf_putc(w->out, ',');
    put_cell(w->out, v->genre, ",");
    put_cell(w->out, v->director, ",");
    put_cell(w->out, v->studio, ",");
    put_cell(w->out, v->video_file_path, ",");
    put_cell(w->out, words_name(&video_status_words, v->status), "\r\n");
    w->tracks++;
}

static void put_json(struct writing *w, const struct video *v)
{
    struct jw *json = &w->json;
    jw_object(json);
    jw_kv_int(json, "id", v->id);
    jw_kv_text(json, "title", v->title);
    jw_kv_text(json, "artist", v->artist);
    jw_kv_text(json, "album", v->album);
    jw_kv_int(json, "year", v->year);
    jw_kv_text(json, "genre", v->genre);
    jw_kv_text(json, "director", v->director);
    jw_kv_text(json, "studio", v->studio);
    jw_kv_text(json, "video_file_path", v->video_file_path);
    jw_kv_text(json, "status", words_name(&video_status_words, v->status));
    jw_kv_text(json, "imvdb_video_id", v->imvdb_video_id);
    jw_kv_text(json, "youtube_id", v->youtube_id);
    jw_end(json);
    w->tracks++;
}

static struct err put_videos(struct core *core, struct writing *w)
{
    static void (*const writers[])(struct writing *, const struct video *) = {
        [PLAYLIST_M3U] = put_m3u, [PLAYLIST_CSV] = put_csv, [PLAYLIST_JSON] = put_json};
    const struct playlist *p = w->playlist;
    struct video_walk walk = {.ids = p->ids, .count = p->id_count, .include_deleted = p->include_deleted};
    for (bool more = true; more;) {
        SCRATCH(page);
        struct video_list list;
        TRY(video_walk_next(db_reader(core->db), &page, &walk, &list, &more));
        for (size_t i = 0; i < list.count; i++)
            writers[p->format](w, &list.items[i]);
    }
    return OK;
}

/* The number of tracks stands before them: they are written first. */
static struct err put_json_file(struct core *core, struct writing *w)
{
    struct buf *out = w->out;
    BUF(videos);
    w->out = &videos;
    w->json = jw_to(&videos);
    w->json.indent = 2;
    w->json.depth = 1; /* as a member of the object below */
    w->json.after_key = true;
    jw_array(&w->json);
    TRY(put_videos(core, w));
    jw_end(&w->json);
    struct jw json = jw_to(out);
    json.indent = 2;
    jw_object(&json);
    jw_kv_text(&json, "playlist_name", w->playlist->name);
    jw_kv_time(&json, "exported_at", time_now_us());
    jw_kv_int(&json, "total_tracks", w->tracks);
    jw_kv_raw(&json, "videos", videos.data);
    jw_end(&json);
    w->out = out;
    return OK;
}

static struct err put_file(struct core *core, struct writing *w)
{
    if (w->playlist->format == PLAYLIST_JSON)
        return put_json_file(core, w);
    if (w->playlist->format == PLAYLIST_CSV) {
        buf_puts(w->out, "id,title,artist,album,year,genre,director,studio,video_file_path,status\r\n");
        return put_videos(core, w);
    }
    buf_puts(w->out, "#EXTM3U\n#PLAYLIST:");
    put_line(w->out, w->playlist->name);
    buf_puts(w->out, "\n\n");
    TRY(put_videos(core, w));
    w->out->data[--w->out->len] = 0; /* the last empty line is the end of the one before */
    return OK;
}

struct err playlist_write(struct core *core, struct arena *a, const struct playlist *playlist, int64_t *ret_tracks,
                          const char **ret_path)
{
    BUF(out);
    struct writing w = {.playlist = playlist, .out = &out};
    struct place place;
    TRY(find_place(core, a, playlist->path, &place));
    TRY(put_file(core, &w));
    struct place folder = place_parent(a, &place);
    if (*folder.path)
        TRY(files_make_folder(a, &folder));
    struct err e = atomic_file_write(a, place.root, place.path, out.data, out.len, 0644);
    if (failed(e))
        return file_error(a, e, place.shown);
    *ret_tracks = w.tracks;
    *ret_path = place_absolute(a, &place);
    return OK;
}
