/*
 * Libraries: folders with a kind. Every door shows the same rows.
 *
 * A library's path is absolute and lies beneath one of the media folders that the server was started
 * with (core->roots), or is one. Its files are reached through library_root() only: paths relative to it,
 * resolved by the kernel so that nothing leads out. Records live in the caller's arena.
 */
#ifndef MEDLEY_DOMAIN_LIBRARY_LIBRARY_H
#define MEDLEY_DOMAIN_LIBRARY_LIBRARY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "core/core.h"
#include "db/db.h"
#include "sys/root.h"

/* "music_videos", "movies", "tv", "music", "scenes" */
enum library_kind { LIBRARY_MUSIC_VIDEOS, LIBRARY_MOVIES, LIBRARY_TV, LIBRARY_MUSIC, LIBRARY_SCENES };
extern const struct words library_kind_words;

struct library {
    int64_t id;
    const char *uuid;
    const char *kind; /* a word of library_kind_words */
    const char *name;
    const char *path;
    int8_t online;
    int8_t enabled;
    int8_t auto_scan;
    const char *options; /* JSON object: what only one API knows (profiles, agents ...) */
    int64_t created_at;
    int64_t updated_at;
    int64_t last_scan_at;
    const char *last_scan_job; /* UUID */
};
extern const struct shape library_shape;
struct library_list {
    VEC(struct library)
};

/* `kind` NULL: all; ordered by name. */
struct err libraries_list(struct db_conn *conn, struct arena *a, const char *kind,
                          struct library_list *ret) MUST_CHECK;
/* ERR_NOT_FOUND "library_not_found". */
struct err library_get(struct db_conn *conn, struct arena *a, int64_t id, struct library *ret) MUST_CHECK;
struct err library_get_uuid(struct db_conn *conn, struct arena *a, const char *uuid,
                            struct library *ret) MUST_CHECK;
/* The library that holds this absolute path, or ERR_NOT_FOUND. The longest match wins. */
struct err library_for_path(struct db_conn *conn, struct arena *a, const char *absolute,
                            struct library *ret, const char **ret_relative) MUST_CHECK;

/* Fills id, uuid and times. ERR_INVALID "bad_library_kind", "bad_library_name" (field);
 * ERR_DENIED "outside_roots" (field path); ERR_NOT_FOUND "folder_not_found"; ERR_CONFLICT
 * "library_exists" when the path is taken. */
struct err library_create(struct core *core, struct db_conn *tx, struct arena *a, struct library *library)
    MUST_CHECK;
/* Fields of `which` (by library_shape): kind (with path), name, path, enabled, auto_scan, options. */
struct err library_update(struct core *core, struct db_conn *tx, struct arena *a,
                          const struct library *changed, const struct presence *which,
                          struct library *ret) MUST_CHECK;
/* Removes the row and its files' rows; nothing on disk. Items stay until their own door removes them. */
struct err library_delete(struct db_conn *tx, int64_t id) MUST_CHECK;
/* The library of this kind at this folder, made when it is missing (the media folders of the command
 * line, a scan of a folder). */
struct err library_ensure(struct core *core, struct db_conn *tx, struct arena *a, const char *kind,
                          const char *path, const char *name, struct library *ret) MUST_CHECK;
/* What a scan of `directory` covers: the library of this kind that holds it (made when there is none) with
 * the folder within, and every library of this kind below it. ERR_DENIED "outside_roots";
 * ERR_NOT_FOUND "folder_not_found"; ERR_CONFLICT "other_library" when it belongs to another kind. */
struct scan_target {
    struct library library;
    const char *folder; /* relative to the library */
};
struct scan_targets {
    VEC(struct scan_target)
};
struct err library_targets(struct core *core, struct arena *a, const char *kind, const char *directory,
                           struct scan_targets *ret) MUST_CHECK;
/* At start: every media folder without a library gets one; subfolders named Movies, TV, Music videos and
 * the like become libraries of that kind. */
struct err library_first_start(struct core *core, struct arena *a) MUST_CHECK;
/* The folder of a library; root_free it. `marked` roots go offline when their marker is gone. */
struct err library_root(struct arena *a, const struct library *library, struct root **ret_root) MUST_CHECK;
/* Writes online/offline when it changed, with an event. */
struct err library_set_online(struct core *core, struct arena *a, const struct library *library,
                              bool online) MUST_CHECK;

/* An absolute path beneath the media folders, checked and opened: for streams and pictures. The caller
 * closes. ERR_DENIED "outside_roots", ERR_NOT_FOUND "file_not_found". */
struct err media_open(struct core *core, struct arena *a, const char *absolute, int *ret_fd) MUST_CHECK;

#endif
