/* Document 002: scenes. Contract sections are named beside what implements them. */
#ifndef MEDLEY_API_STASHHOG_STASHHOG_H
#define MEDLEY_API_STASHHOG_STASHHOG_H

#include "api/common/call.h"

extern const struct api stashhog_api;

/* errors.c: contract 1.1. */
void stashhog_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes);

/* Subscribes the job sockets to the bus. Once, before serving. */
void stashhog_live_start(struct core *core);

/* "sync_all" for a job kind "sync" and so on (section 2). */
const char *stashhog_job_type(const char *kind);

/* Asks the configured services whether they answer (section 3.1, 3.5). `error` NULL: they do. */
struct probe {
    bool configured;
    const char *error;
    const char *version;
    int64_t scene_count;
    int64_t performer_count;
    const char *models; /* JSON list of the first ten */
    int64_t model_count;
    bool model_listed;
};
struct probe stashhog_probe_stash(struct call *call, const char *url, const char *api_key, int timeout_ms,
                                  bool guard);
struct probe stashhog_probe_openai(struct call *call, const char *base_url, const char *api_key,
                                   const char *model, int timeout_ms, bool guard);

#endif
