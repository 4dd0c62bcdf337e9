/* Jobs in this document's words (contract 10 and 15.3). */
#include <stdlib.h>
#include <string.h>

#include "api/metarr/metarr.h"

struct job_name {
    const char *type; /* here */
    const char *kind; /* in the queue */
};
static const struct job_name names[] = {
    {"library-scan", "movie_scan"},
    {"scan-movie", "movie_folder_scan"},
};

const char *metarr_job_type(const char *kind)
{
    for (size_t i = 0; kind && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].kind, kind) == 0)
            return names[i].type;
    }
    return kind;
}

const char *metarr_job_status(const struct job *job)
{
    static const char *const words[] = {
        [JOB_PENDING] = "pending", [JOB_WAITING] = "pending",     [JOB_RUNNING] = "running",
        [JOB_COMPLETED] = "completed", [JOB_FAILED] = "failed",   [JOB_CANCELLED] = "cancelled",
        [JOB_TIMEOUT] = "failed",
    };
    if (job->state == JOB_WAITING && job->attempt > 0)
        return "retrying";
    return words[job->state];
}

bool metarr_job_type_matches(const char *type, const char *word)
{
    static const struct {
        const char *word;
        const char *types; /* between spaces */
    } groups[] = {
        {"scan", " scan-movie library-scan directory-scan scheduled-file-scan "},
        {"enrich", " enrich-metadata bulk-enrich scheduled-provider-update "},
        {"publish", " publish "},
        {"trailer", " download-trailer cache-asset "},
        {"download", " download-trailer cache-asset "},
        {"sync", " sync-player notify-kodi notify-jellyfin notify-plex "},
        {"verify", " verify-cache cleanup-orphans scheduled-verification scheduled-cleanup "},
    };
    if (strcmp(type, word) == 0)
        return true;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (strcmp(groups[i].word, word) != 0)
            continue;
        const char *found = strstr(groups[i].types, type);
        return found && found[-1] == ' ' && found[strlen(type)] == ' ';
    }
    return false;
}

void metarr_subject(struct arena *a, const char *subject, const char **ret_type, int64_t *ret_id)
{
    const char *colon = subject ? strchr(subject, ':') : NULL;
    *ret_type = NULL;
    *ret_id = INT_NONE;
    if (!colon || !text_to_int(colon + 1, ret_id))
        return;
    const char *type = arena_strndup(a, subject, (size_t)(colon - subject));
    *ret_type = strcmp(type, "show") == 0 ? "series" : type;
}

static struct err find_active(struct call *call, const char *kind, const char *key_subject, struct job *ret_job,
                              bool *ret_active)
{
    struct job_list jobs = {0};
    struct job_filter filter = {.kind = kind, .subject = key_subject, .limit = 1,
                                .states = 1u << JOB_PENDING | 1u << JOB_WAITING | 1u << JOB_RUNNING};
    TRY(jobs_list(call_db(call), call->arena, &filter, &jobs));
    *ret_active = jobs.count > 0;
    if (jobs.count)
        *ret_job = jobs.items[0];
    return OK;
}

struct err metarr_scan(struct call *call, const struct library *library, const char *folder, bool deep, int priority,
                       const char *subject, struct job *ret_job, bool *ret_active)
{
    BUF(args);
    struct jw w = jw_to(&args);
    const char *kind = folder ? "movie_folder_scan" : "movie_scan";
    TRY(find_active(call, kind, subject, ret_job, ret_active));
    if (*ret_active)
        return OK;
    jw_object(&w);
    jw_kv_int(&w, "library_id", library->id);
    if (folder)
        jw_kv_text(&w, "folder", folder);
    jw_kv_bool(&w, "deep", deep);
    jw_end(&w);
    struct job_spec spec = {
        .kind = kind,
        .args = args.data,
        .priority = priority,
        .subject = subject,
        .origin = "metarr",
        .unique_key = arena_printf(call->arena, "movie_scan:%lld:%s", (long long)library->id, folder ? folder : "*"),
    };
    return jobs_submit_now(call->core->jobs, call->arena, &spec, ret_job);
}
