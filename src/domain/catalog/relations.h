/*
 * The artists, collections and tags of a page of videos: one query, however many videos. Deleted artists
 * and collections are left out.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_RELATIONS_H
#define MEDLEY_DOMAIN_CATALOG_RELATIONS_H

#include "db/db.h"
#include "model/video.h"

/* No video may be there twice. */
struct err catalog_load_relations(struct db_conn *conn, struct arena *a, struct video *videos,
                                  size_t count) MUST_CHECK;

/* "($1, $2, ...)" for these ids. The list is filled up to one of few lengths, so that few different
 * statements are prepared. */
void catalog_put_ids(struct arena *a, struct buf *sql, struct db_values *values, const int64_t *ids,
                     size_t count);

#endif
