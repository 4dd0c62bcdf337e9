/*
 * Scenes: what a Stash server knows of them, kept here so that they can be listed, searched and reviewed
 * without it. Ids that leave the server are the Stash's own (`stash_id`). Records live in the arena.
 */
#ifndef MEDLEY_DOMAIN_SCENES_SCENE_H
#define MEDLEY_DOMAIN_SCENES_SCENE_H

#include "base/arena.h"
#include "base/desc.h"
#include "db/db.h"

/* A studio, performer or tag as a scene names it, or (with the number of its scenes) as a list entry. */
struct scene_ref {
    const char *id;
    const char *name;
    int64_t scene_count;
};
struct scene_refs {
    VEC(struct scene_ref)
};

struct scene {
    int64_t id;
    const char *stash_id;
    const char *title;
    const char *paths; /* JSON list of texts */
    int8_t organized;
    const char *details;
    int64_t created_date;
    int64_t scene_date;
    int64_t studio_id;
    int64_t last_synced;
    struct scene_ref *studio; /* NULL: none */
    struct list performers;   /* struct scene_ref, by name */
    struct list tags;         /* struct scene_ref, by name */
};
struct scene_list {
    VEC(struct scene)
};

struct scene_filter {
    const char *search;      /* in title or details, any case */
    const char *studio_id;   /* the Stash's */
    struct list performers;  /* texts: any of */
    struct list tags;        /* texts: any of */
    int8_t organized;
    int64_t from_us;
    int64_t to_us;
    const char *sort_by;     /* a column; unknown ones count as none */
    bool descending;
    int64_t limit;
    int64_t offset;
};
struct err scenes_list(struct db_conn *conn, struct arena *a, const struct scene_filter *filter,
                       struct scene_list *ret, int64_t *ret_total) MUST_CHECK;
/* ERR_NOT_FOUND "scene_not_found". */
struct err scene_get(struct db_conn *conn, struct arena *a, const char *stash_id, struct scene *ret)
    MUST_CHECK;

struct scene_summary {
    int64_t scenes;
    int64_t organized;
    int64_t tags;
    int64_t performers;
    int64_t studios;
    struct scene_refs by_studio; /* the ten with most scenes */
};
struct err scenes_summary(struct db_conn *conn, struct arena *a, struct scene_summary *ret) MUST_CHECK;

enum scene_entity { SCENE_PERFORMERS, SCENE_TAGS, SCENE_STUDIOS };
/* Those of the Stash, by name, with the number of their scenes; `search` part of the name or NULL. */
struct err scene_entities(struct db_conn *conn, struct arena *a, enum scene_entity entity,
                          const char *search, struct scene_refs *ret) MUST_CHECK;

#endif
