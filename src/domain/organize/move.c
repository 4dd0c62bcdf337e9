/* Moves that survive a kill. */
#include "domain/organize/move.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "domain/catalog/video.h"
#include "domain/files/change.h"
#include "domain/files/copy.h"
#include "domain/library/file.h"
#include "domain/library/library.h"
#include "domain/organize/home.h"
#include "domain/organize/intent.h"
#include "media/hash.h"

#define ARRIVAL_TRIES 4
#define FOLDER_TRIES 3 /* somebody may remove an empty folder between its making and its use */

static struct err (*const arrivals[])(struct core *, struct db_conn *, struct arena *, const struct file_move *) = {
    [MOVE_ORGANIZE] = organize_arrived,
    [MOVE_ARRIVAL] = organize_arrived,
    [MOVE_TRASH] = trash_arrived,
    [MOVE_RESTORE] = restore_arrived,
};

struct places {
    struct place from;
    struct place to;
    struct place from_nfo; /* root NULL: none goes along */
    struct place to_nfo;
};

/* --- places --------------------------------------------------------------------------------------------- */

static struct err find_places(struct core *core, struct arena *a, const struct file_move *move, struct places *ret)
{
    struct places p = {0};
    TRY(move->kind == MOVE_ARRIVAL ? arrival_place(core, a, move->from, &p.from)
                                   : library_place(core, a, move->from, &p.from));
    TRY(library_place(core, a, move->to, &p.to));
    if (move->from_nfo)
        TRY(library_place(core, a, move->from_nfo, &p.from_nfo));
    if (move->to_nfo)
        TRY(library_place(core, a, move->to_nfo, &p.to_nfo));
    *ret = p;
    return OK;
}

static bool is_there(struct arena *a, const struct place *place)
{
    struct stat st;
    return place->root && !failed(root_stat(place->root, a, place->path, false, &st));
}

/* --- content -------------------------------------------------------------------------------------------- */

struct hashing {
    struct core *core;
    const struct file_move *move; /* NULL: nobody's */
    const struct move_guard *guard;
};

static bool go_on(void *data, int64_t done_bytes, int64_t size_bytes)
{
    const struct hashing *h = data;
    (void)done_bytes;
    (void)size_bytes;
    if (h->move)
        intent_beat(h->core, h->move);
    return !(h->guard && h->guard->cancelled && h->guard->cancelled(h->guard->context));
}

static struct err checksum(struct arena *a, const struct place *place, struct hashing *h, const char **ret)
{
    char hex[FILE_SHA256_TEXT];
    int fd;
    struct err e = root_open(place->root, a, place->path, O_RDONLY, 0, &fd);
    if (failed(e))
        return file_error(a, e, place->shown);
    e = file_sha256(a, fd, go_on, h, hex);
    close(fd);
    TRY(e);
    *ret = arena_strdup(a, hex);
    return OK;
}

struct err place_checksum(struct arena *a, const struct place *place, const struct move_guard *guard,
                          const char **ret_checksum)
{
    struct hashing h = {.guard = guard};
    return checksum(a, place, &h, ret_checksum);
}

struct moving {
    struct core *core;
    struct arena *a;
    struct file_move *move;
    struct places places;
    struct stat before;
    bool copied;
    bool nfo_copied;
    bool video_done;
    bool nfo_done;
};

/* The same inode with the same size and time is the same content; what was copied is read back. */
static struct err verify(struct moving *m)
{
    struct stat st;
    const char *now;
    struct hashing h = {m->core, m->move, NULL};
    struct err e = root_stat(m->places.to.root, m->a, m->places.to.path, true, &st);
    if (failed(e))
        return file_error(m->a, e, m->places.to.shown);
    if (!m->move->checksum)
        return OK;
    if (!m->copied && st.st_ino == m->before.st_ino && st.st_dev == m->before.st_dev &&
        st.st_size == m->before.st_size && st.st_mtim.tv_sec == m->before.st_mtim.tv_sec &&
        st.st_mtim.tv_nsec == m->before.st_mtim.tv_nsec)
        return OK;
    TRY(checksum(m->a, &m->places.to, &h, &now));
    return strcmp(now, m->move->checksum) == 0
               ? OK
               : err_f(m->a, ERR_STORAGE, "hash_mismatch", "%s has other content after the move", m->places.to.shown);
}

/* --- acting --------------------------------------------------------------------------------------------- */

static const char *temporary_name(struct arena *a, int64_t id)
{
    return arena_printf(a, COPY_TEMPORARY "move-%lld", (long long)id);
}

static bool copy_cancelled(void *context)
{
    const struct moving *m = context;
    const struct move_guard *guard = m->move->guard;
    return guard && guard->cancelled && guard->cancelled(guard->context);
}

static void copy_advanced(void *context, int64_t bytes)
{
    struct moving *m = context;
    (void)bytes;
    intent_beat(m->core, m->move);
}

static struct err copy_over(struct moving *m, const struct place *from, const struct place *to)
{
    struct copy copy = {.from = *from, .to = *to, .temporary = temporary_name(m->a, m->move->id),
                        .cancelled = copy_cancelled, .advanced = copy_advanced, .context = m};
    struct stat st;
    struct err e = root_stat(from->root, m->a, from->path, true, &st);
    if (failed(e))
        return file_error(m->a, e, from->shown);
    struct copy_file file = {.path = "", .size = st.st_size};
    return copy_file(m->a, &copy, &file);
}

static struct err rename_over(struct moving *m, const struct place *from, const struct place *to)
{
    struct err e = OK;
    for (int i = 0; i < FOLDER_TRIES; i++) {
        e = files_move(m->a, from, to);
        if (e.kind != ERR_NOT_FOUND || !is_there(m->a, from))
            break;
    }
    return e;
}

static struct err move_video(struct moving *m)
{
    struct hashing h = {m->core, m->move, m->move->guard};
    struct err e = rename_over(m, &m->places.from, &m->places.to);
    if (e.kind == ERR_UNSUPPORTED && strcmp(e.code, "other_device") == 0) {
        if (!m->move->checksum) {
            TRY(checksum(m->a, &m->places.from, &h, &m->move->checksum));
            TRY(intent_set_checksum(m->core, m->move));
        }
        m->copied = true;
        e = copy_over(m, &m->places.from, &m->places.to);
    }
    TRY(e);
    m->video_done = true;
    return OK;
}

static struct err move_nfo(struct moving *m)
{
    if (!m->places.from_nfo.root)
        return OK;
    if (!is_there(m->a, &m->places.from_nfo)) {
        m->move->to_nfo = NULL; /* the row names none then */
        return OK;
    }
    struct err e = rename_over(m, &m->places.from_nfo, &m->places.to_nfo);
    if (e.kind == ERR_UNSUPPORTED && strcmp(e.code, "other_device") == 0) {
        m->nfo_copied = true;
        e = copy_over(m, &m->places.from_nfo, &m->places.to_nfo);
    }
    TRY(e);
    m->nfo_done = true;
    return OK;
}

static struct err act(struct moving *m)
{
    struct err e = root_stat(m->places.from.root, m->a, m->places.from.path, true, &m->before);
    if (failed(e))
        return file_error(m->a, e, m->places.from.shown);
    TRY(move_video(m));
    TRY(move_nfo(m));
    return verify(m);
}

/* --- taking back ---------------------------------------------------------------------------------------- */

static bool put_back(struct moving *m, const struct place *from, const struct place *to, bool copied)
{
    if (copied)
        return !failed(root_unlink(to->root, m->a, to->path));
    return !failed(files_move(m->a, to, from));
}

/* True when everything is as it was. */
static bool take_back(struct moving *m)
{
    bool back = !m->nfo_done || put_back(m, &m->places.from_nfo, &m->places.to_nfo, m->nfo_copied);
    if (back && m->video_done)
        back = put_back(m, &m->places.from, &m->places.to, m->copied);
    return back;
}

/* A copy's sources, once the row names the copies. What cannot be removed is left to the repair. */
static bool remove_sources(struct arena *a, const struct places *p)
{
    const struct place *const sources[] = {&p->from, &p->from_nfo};
    bool gone = true;
    for (size_t i = 0; i < 2; i++) {
        if (is_there(a, sources[i]))
            gone = !failed(root_unlink(sources[i]->root, a, sources[i]->path)) && gone;
    }
    return gone;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

static struct err try_to_arrive(struct core *core, struct arena *a, const struct file_move *move, bool sources_left)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(libraries_in_turn(tx.conn));
    if (move->guard && move->guard->fence)
        TRY(move->guard->fence(move->guard->context, tx.conn));
    TRY(arrivals[move->kind](core, tx.conn, a, move));
    TRY(sources_left ? intent_mark_arrived(tx.conn, move->id) : intent_drop(tx.conn, move->id));
    return db_commit(&tx);
}

/* The files are there: a deadlock with somebody else's transaction is no reason to take them back. */
static struct err arrive(struct core *core, struct arena *a, const struct file_move *move, bool sources_left)
{
    struct err e = OK;
    for (int i = 0; i < ARRIVAL_TRIES; i++) {
        e = try_to_arrive(core, a, move, sources_left);
        if (e.kind != ERR_BUSY)
            break;
    }
    return e;
}

struct err move_check_row(struct db_conn *tx, struct arena *a, const struct file_move *move)
{
    struct video video;
    TRY(catalog_video_get(tx, a, move->video_id, true, &video));
    bool same = move->kind == MOVE_ARRIVAL ||
                (video.video_file_path && strcmp(path_normalize(a, video.video_file_path), move->from) == 0);
    return same ? OK : err_make(ERR_CONFLICT, "video_changed", "The video was changed meanwhile");
}

static bool is_hidden(const char *relative)
{
    for (const char *at = relative; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL) {
        if (*at == '.')
            return true;
    }
    return false;
}

struct err move_file_rows(struct core *core, struct db_conn *tx, struct arena *a, const char *from, const char *to)
{
    struct library left;
    struct library entered;
    const char *was;
    const char *is;
    (void)core;
    struct err e = library_for_path(tx, a, from, &left, &was);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    e = to ? library_for_path(tx, a, to, &entered, &is) : OK;
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    if (!to || failed(e) || is_hidden(is))
        return media_file_forget(tx, left.id, was);
    return media_file_relocate(tx, a, left.id, was, entered.id, is);
}

/* --- run ------------------------------------------------------------------------------------------------ */

/* A failure is none when the commit was kept after all. */
static struct err settle_failure(struct moving *m, struct err e)
{
    bool settled;
    struct err asked = intent_is_settled(m->core, m->move->id, &settled);
    if (failed(asked))
        return e; /* nobody knows what was kept: the repair will see */
    if (settled)
        return OK;
    if (take_back(m))
        IGNORE(intent_drop_now(m->core, m->move->id)); /* one that stays is dropped by the repair */
    return e;
}

static struct err run(struct moving *m)
{
    struct err e = act(m);
    bool sources_left = m->copied || m->nfo_copied;
    if (!failed(e))
        e = arrive(m->core, m->a, m->move, sources_left);
    if (failed(e)) {
        e.msg = arena_strdup(m->a, e.msg);
        TRY(settle_failure(m, e));
    }
    if (sources_left && remove_sources(m->a, &m->places))
        IGNORE(intent_drop_now(m->core, m->move->id)); /* the repair drops it, too */
    return OK;
}

struct err file_move_run(struct core *core, struct arena *a, struct file_move *move)
{
    struct moving m = {.core = core, .a = a, .move = move};
    TRY(find_places(core, a, move, &m.places));
    TRY(intent_enter(core, a, move));
    struct err e = run(&m);
    intent_leave(move);
    return e;
}

/* --- repair --------------------------------------------------------------------------------------------- */

/* Two files, and not one that is reached in two ways. */
static bool are_two(struct arena *a, const struct place *left, const struct place *right)
{
    struct stat l;
    struct stat r;
    return !failed(root_stat(left->root, a, left->path, true, &l)) &&
           !failed(root_stat(right->root, a, right->path, true, &r)) && (l.st_dev != r.st_dev || l.st_ino != r.st_ino);
}

static bool same_content(struct arena *a, const struct place *left, const struct place *right)
{
    const char *one;
    const char *other;
    return are_two(a, left, right) && !failed(place_checksum(a, left, NULL, &one)) && !failed(place_checksum(a, right, NULL, &other)) &&
           strcmp(one, other) == 0;
}

/* A copy beside its source goes; a stranger's file that was there first stays. */
static void remove_copy(struct arena *a, const struct place *from, const struct place *to)
{
    if (from->root && same_content(a, from, to))
        IGNORE(root_unlink(to->root, a, to->path)); /* the source is there: nothing is lost, nothing is promised */
}

static void remove_temporary(struct arena *a, const struct file_move *move, const struct place *to)
{
    struct place folder = place_parent(a, to);
    const char *name = temporary_name(a, move->id);
    /* Mostly there is none. */
    IGNORE(root_unlink(to->root, a, *folder.path ? arena_printf(a, "%s/%s", folder.path, name) : name));
}

static struct err go_forward(struct core *core, struct arena *a, const struct file_move *move, struct places *p)
{
    struct file_move done = *move;
    struct moving m = {.core = core, .a = a, .move = &done, .places = *p};
    if (is_there(a, &p->from_nfo) && !is_there(a, &p->to_nfo))
        TRY(move_nfo(&m));
    if (m.nfo_copied)
        remove_copy(a, &p->to_nfo, &p->from_nfo);
    if (!is_there(a, &p->to_nfo))
        done.to_nfo = NULL;
    struct err e = arrive(core, a, &done, false);
    /* The video is gone, or was given another file meanwhile: its row has the last word. */
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_CONFLICT)
        return intent_drop_now(core, move->id);
    return e;
}

static bool is_away(const struct places *p)
{
    return root_check(p->from.root) == ROOT_OFFLINE || root_check(p->to.root) == ROOT_OFFLINE;
}

struct err move_settle(struct core *core, struct arena *a, const struct file_move *move)
{
    struct places p;
    if (failed(find_places(core, a, move, &p)))
        return intent_drop_now(core, move->id); /* the media folder is not configured any more */
    if (is_away(&p))
        return err_make(ERR_BUSY, "library_offline", "The library folder is not there at the moment");
    remove_temporary(a, move, &p.to);
    if (p.to_nfo.root)
        remove_temporary(a, move, &p.to_nfo);
    if (move->arrived)
        return remove_sources(a, &p) ? intent_drop_now(core, move->id)
                                     : err_make(ERR_STORAGE, "not_removed", "A file that was copied cannot be removed");
    bool from = is_there(a, &p.from);
    bool to = is_there(a, &p.to);
    if (to && !from)
        return go_forward(core, a, move, &p);
    if (to)
        remove_copy(a, &p.from, &p.to);
    if (p.from_nfo.root)
        remove_copy(a, &p.from_nfo, &p.to_nfo);
    return intent_drop_now(core, move->id);
}

struct err file_moves_recover(struct core *core, struct arena *a, int64_t *ret_settled)
{
    struct intents list = {0};
    int64_t settled = 0;
    TRY(intents_take_stale(core, a, &list));
    for (size_t i = 0; i < list.count; i++) {
        struct err e = move_settle(core, a, &list.items[i]);
        intent_leave(&list.items[i]);
        settled += !failed(e);
    }
    *ret_settled = settled;
    return OK;
}
