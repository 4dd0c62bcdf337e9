/* What the routes of the import hub share (contract 1.22, 2.19). */
#ifndef MEDLEY_API_FUZZBIN_ADD_H
#define MEDLEY_API_FUZZBIN_ADD_H

#include "api/fuzzbin/upstream.h"
#include "api/fuzzbin/views.h"

enum add_source { ADD_IMVDB, ADD_DISCOGS_MASTER, ADD_DISCOGS_RELEASE, ADD_YOUTUBE };
extern const struct words add_source_words;

struct add_result {
    int source;
    const char *id, *title, *artist;
    int64_t year;
    const char *url, *thumbnail;
    const char *extra; /* JSON */
};
struct add_results {
    VEC(struct add_result)
};

/* {"job_id": ..., ..., "status": "pending"}: opens the object; add_reply_end() closes it. */
struct jw *add_reply(struct call *call, const struct job *job);
struct err add_reply_end(struct call *call, struct jw *w);
/* The body itself, with some members changed, as a job's arguments: unknown ones are left out by the kind. */
struct err add_submit(struct call *call, const char *kind, json_t *args, struct job *ret_job) MUST_CHECK;
/* A copy of the body that is freed with the call. */
json_t *add_args(struct call *call);
/* The state that a body names, in the nine words. */
const char *add_status(int word);
/* Every element of a list of the body must have an object under `member`; adds mistakes. */
void add_need_objects(struct call *call, const char *list, const char *member);

#endif
