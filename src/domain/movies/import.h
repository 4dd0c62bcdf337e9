/*
 * What the scan engine's files mean in libraries of movies and of shows (document 004, 16.2 to 16.4).
 *
 * NFO first, else the name. A movie is found again by number, else by title and year; its further files are
 * versions of it. Locks win over what files say, "no value" erases nothing, and a file that is gone makes
 * nothing but missing. The importers run in the scan's batches; `struct import` is their context.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_IMPORT_H
#define MEDLEY_DOMAIN_MOVIES_IMPORT_H

#include "domain/library/scan.h"
#include "domain/movies/movie.h"
#include "domain/movies/show.h"
#include "media/nfo.h"

struct import {
    struct core *core;
    const struct library *library;
    int64_t created;  /* movies, or shows */
    int64_t episodes; /* created */
    int64_t read;     /* files stored */
};

extern const struct scan_importer movies_importer;
extern const struct scan_importer shows_importer;

/* --- between the importers' files ----------------------------------------------------------------------- */

/* What preparing found. */
struct found {
    bool extra;
    struct asset *asset; /* a picture */
    struct nfo_record *records;
    size_t record_count;            /* of the NFO of the movie or the episodes */
    const struct nfo_record *show;  /* of tvshow.nfo */
};

enum scan_class import_classify(const char *name);
/* Pictures: hashed and measured. True when it was one. */
bool import_prepare_picture(struct import *im, struct scan_item *item, struct found *found);
/* The records of this kind in an NFO; false when it cannot be read or holds none. */
bool import_read_nfo(struct scan_item *item, const char *path, enum nfo_kind kind, struct nfo_record **ret_records,
                     size_t *ret_count);
struct err import_store_picture(struct import *im, struct db_conn *tx, struct scan_item *item,
                                const struct found *found) MUST_CHECK;
/* "a/b" of "a/b/c.mkv"; "" of "c.mkv". */
const char *import_folder(struct arena *a, const char *path);
/* -1 of an NFO or a name is "no value" here. */
int64_t import_number(int64_t value);
int64_t import_id(const char *digits);
/* "YYYY-MM-DD", or NULL. */
const char *import_date(struct arena *a, const char *text);
struct list import_texts(const struct nfo_texts *texts);
/* Bits of every member of the shape that is given. */
struct presence import_given(const struct shape *shape, const void *object);
struct err import_cast(struct db_conn *tx, struct arena *a, enum item_type type, int64_t id, const struct nfo_record *r,
                       int64_t locks) MUST_CHECK;

/* Public pieces for whoever writes NFO values elsewhere. */
void movie_from_nfo(struct arena *a, const struct nfo_record *r, struct movie *ret);
void show_from_nfo(struct arena *a, const struct nfo_record *r, struct show *ret);
void episode_from_nfo(struct arena *a, const struct nfo_record *r, struct episode *ret);

#endif
