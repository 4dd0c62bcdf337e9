/* Shapes that several resources of document 000 show, and what their handlers share. */
#ifndef MEDLEY_API_FUZZBIN_VIEWS_H
#define MEDLEY_API_FUZZBIN_VIEWS_H

#include "api/fuzzbin/fuzzbin.h"
#include "core/jobs.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/video_list.h"
#include "model/video.h"

/* JobResponse (contract 1.9) over struct job. */
extern const struct shape fuzzbin_job_view;
/* The job types that the document names (contract 3.2). */
extern const struct words fuzzbin_job_types;

/* Video (contract 1.1): the row, with its paths below the library folder. */
struct video_view {
    struct video video;
    const char *video_file_path_relative;
    const char *nfo_file_path_relative;
};
extern const struct shape fuzzbin_video_view;
extern const struct shape fuzzbin_tag_view;
/* The nine states, and the two further words that clients send (section 19). */
extern const struct words fuzzbin_status_words;
int fuzzbin_status(int word); /* enum video_status, ENUM_NONE for none */

/* The video with its relations; then the usual reply. */
struct err fuzzbin_reply_video(struct call *call, int64_t id, bool include_deleted) MUST_CHECK;
/* A page of videos; paging is in `call` already. */
struct err fuzzbin_reply_videos(struct call *call, struct video_filter *filter) MUST_CHECK;

/* VideoUpdate (contract 1.2) over struct video. */
extern const struct shape fuzzbin_video_update;
/* The members that a decoded body had, as a video and which of its fields; paths made absolute. */
struct err fuzzbin_take_video(struct call *call, const struct shape *shape, const void *body,
                              const struct presence *present, struct video *ret_video,
                              struct presence *ret_which) MUST_CHECK;

/* Makes a path from outside absolute; relative ones lie in the first library folder. Where links lead is judged
 * when a file is opened. `what` names it: "Invalid output path: ...". NULL stays NULL. */
struct err fuzzbin_place_in_library(struct call *call, const char *what, const char **path) MUST_CHECK;

/* A folder that a scan or an import is asked for: relative ones are meant below the media folder. */
const char *fuzzbin_directory(struct call *call, const char *directory);

/* The page asked for, as a window of rows. */
struct catalog_window fuzzbin_window(const struct call *call);
/* Which members the body had, as bits of another shape with the same names. */
struct presence fuzzbin_present(const struct call *call, const struct shape *shape);
/* A body member that must be an object, null or absent: 422 dict_type otherwise. */
struct err fuzzbin_need_object(struct call *call, const char *member) MUST_CHECK;
struct decade_policy fuzzbin_decades(struct call *call);

/* {include_deleted}: asked in many queries. */
struct deleted_query {
    int8_t include_deleted;
};
extern const struct shape fuzzbin_deleted_query;
/* The same with paging. */
struct page_query {
    struct paging paging;
    int8_t include_deleted;
};
extern const struct shape fuzzbin_page_query;

/* A transaction for a handler: TX(tx); TRY(db_begin(call->core->db, &tx)) ... then this. */
#define CALL_TX(call_, tx_)                                                                        \
    TX(tx_);                                                                                       \
    TRY(db_begin((call_)->core->db, &(tx_)))

#endif
