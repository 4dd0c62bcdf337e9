/*
 * Document 004: movies and TV metadata (Metarr). Everything lies under /api/v1 in an envelope
 * {success, data, meta, links?}; live news over Socket.IO at /socket.io/ (live.c).
 */
#ifndef MEDLEY_API_METARR_METARR_H
#define MEDLEY_API_METARR_METARR_H

#include "api/common/call.h"
#include "api/common/filter.h"
#include "core/jobs.h"
#include "domain/library/file.h"
#include "domain/library/library.h"
#include "domain/movies/asset.h"
#include "domain/movies/credit.h"
#include "domain/movies/movie.h"
#include "domain/movies/show.h"

extern const struct api metarr_api;

/* Subscribes to the bus; before the server serves. */
void metarr_live_start(struct core *core);
/* After the servers have been destroyed. */
void metarr_live_stop(void);

/* --- wire.c --------------------------------------------------------------------------------------------- */

void metarr_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes);
void metarr_open(struct call *call, struct jw *w);
void metarr_close(struct call *call, struct jw *w);
void metarr_write_page(struct call *call, struct jw *w, void (*write_items)(struct call *, struct jw *, void *),
                       void *items);
extern const struct kind_status metarr_statuses[];
/* { success: true } alone, as the document prints it: for rows with ROUTE_BARE. */
struct err metarr_success(struct call *call);
/* 404 with the id in the details: what "Movie", "Series" ...; code "movie_not_found" ... */
/* An id of the path: 400 INVALID_FORMAT unless it is positive. */
struct err metarr_id(struct call *call, int64_t *ret_id) MUST_CHECK;
struct err metarr_missing(struct call *call, const char *what, const char *code, int64_t id) MUST_CHECK;

/* page and limit of any list */
struct metarr_paging {
    int64_t page;
    int64_t limit;
};
#define METARR_LIMIT_MAX 1000
void metarr_take_paging(struct call *call, const struct metarr_paging *paging);

/* --- views.c -------------------------------------------------------------------------------------------- */

enum include {
    INCLUDE_CAST = 1 << 0,
    INCLUDE_CREW = 1 << 1,
    INCLUDE_GENRES = 1 << 2,
    INCLUDE_STREAMS = 1 << 3,
    INCLUDE_ASSETS = 1 << 4,
    INCLUDE_FILES = 1 << 5,
    INCLUDE_CANDIDATES = 1 << 6,
    INCLUDE_LOCKS = 1 << 7,
    INCLUDE_DETAILS = 1 << 8, /* collection, external ids, addresses, library: of one movie alone */
};
#define INCLUDE_DOCUMENTED                                                                         \
    (INCLUDE_CAST | INCLUDE_CREW | INCLUDE_GENRES | INCLUDE_STREAMS | INCLUDE_ASSETS | INCLUDE_DETAILS)

/* What the query says of `include` and `fields`. */
struct selection {
    unsigned include;
    bool include_named;
    const struct field **fields; /* NULL: all */
    size_t field_count;
};
/* Mistakes are added to the call. */
struct err metarr_selection(struct call *call, const char *fields, const char *include, const struct shape *shape,
                            struct selection *ret) MUST_CHECK;

/* Everything beside the rows of a page, each loaded with one query. */
struct relations {
    enum item_type type;
    struct library_list libraries;
    struct asset_list assets;
    struct credit_list credits;
    struct media_file_list files;
    struct media_track_list tracks;
};
struct err metarr_load(struct call *call, enum item_type type, const int64_t *ids, const int64_t *main_files,
                       size_t count, unsigned include, struct relations *ret) MUST_CHECK;
/* Library path and relative path as one; NULL when there is none. */
const char *metarr_path(struct call *call, const struct relations *r, int64_t library_id, const char *relative);
int64_t metarr_asset_id(const struct relations *r, int64_t item, enum asset_type type);
void metarr_write_fields(struct jw *w, const struct shape *shape, const struct selection *s, const void *object);
void metarr_write_cast(struct jw *w, const struct relations *r, int64_t item);
void metarr_write_crew(struct jw *w, const struct relations *r, int64_t item);
void metarr_write_streams(struct jw *w, const struct relations *r, int64_t file);
void metarr_write_assets(struct call *call, struct jw *w, const struct relations *r, int64_t item);
void metarr_write_files(struct call *call, struct jw *w, const struct relations *r, int64_t item);

/* --- movies --------------------------------------------------------------------------------------------- */

extern const struct shape metarr_movie_shape;
extern const struct shape metarr_some_movie_shape; /* the same, none required: lists with fields= */
/* Rows as this API shows them. */
struct err metarr_write_movies(struct call *call, const struct movie_list *movies, const struct selection *s,
                               int64_t total) MUST_CHECK;
struct err metarr_write_movie(struct call *call, const struct movie *movie, const struct selection *s) MUST_CHECK;

/* What PUT and PATCH take: decoded by metarr_movie_body_shape. */
struct movie_body;
extern const struct shape metarr_movie_body_shape;
/* Turns a decoded body into a change; mistakes are added. ret_values receives the values. */
struct err metarr_movie_change(struct call *call, const struct movie_body *body, const struct presence *present,
                               struct movie *ret_values, struct item_change *ret_change) MUST_CHECK;

/* --- jobs.c --------------------------------------------------------------------------------------------- */

/* "library-scan" of "movie_scan"; kinds of the other documents keep their name. */
const char *metarr_job_type(const char *kind);
const char *metarr_job_status(const struct job *job);
/* The short words of subscriptions: "scan", "enrich" ... */
bool metarr_job_type_matches(const char *type, const char *word);
/* "movie:7" -> "movie", 7 */
void metarr_subject(struct arena *a, const char *subject, const char **ret_type, int64_t *ret_id);
extern const struct shape metarr_job_id_shape;
/* { job_id } */
struct err metarr_reply_job(struct call *call, const struct job *job) MUST_CHECK;
/* A scan of this library or folder. *ret_active: one was there already. */
struct err metarr_scan(struct call *call, const struct library *library, const char *folder, bool deep, int priority,
                       const char *subject, struct job *ret_job, bool *ret_active) MUST_CHECK;

#endif
