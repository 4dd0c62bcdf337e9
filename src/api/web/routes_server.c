/* The process: ping, metrics, OpenAPI documents, docs page. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/common/surface.h"
#include "api/web/web.h"
#include "core/events.h"
#include "core/jobs.h"
#include "media/pool.h"
#include "net/net.h"
#include "providers/services.h"

static struct err text_reply(struct call *call, const char *type)
{
    call->resp->content_type = type;
    call->resp->status = 200;
    call->replying = true;
    return OK;
}

static struct err get_ping(struct call *call)
{
    buf_puts(&call->resp->body, "pong\n");
    return text_reply(call, "text/plain; charset=utf-8");
}

/* Resident pages of this process, from the kernel. */
static long long resident_bytes(void)
{
    long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    if (fscanf(f, "%*d %lld", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

/* One line per outside service and figure. */
static void write_services(struct call *call, struct buf *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {
        {"requests", offsetof(struct net_stats, requests)}, {"errors", offsetof(struct net_stats, errors)},
        {"retries", offsetof(struct net_stats, retries)},   {"cache_hits", offsetof(struct net_stats, cache_hits)},
        {"waits", offsetof(struct net_stats, waits)},       {"latency_us", offsetof(struct net_stats, latency_us)},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_printf(out, "# TYPE medley_service_%s_total counter\n", rows[i].name);
        for (const struct net_service *const *s = provider_services; *s; s++) {
            struct net_stats stats;
            if (!net_stats(call->core->net, (*s)->name, &stats))
                continue;
            buf_printf(out, "medley_service_%s_total{service=\"%s\"} %lld\n", rows[i].name, (*s)->name,
                       (long long)*(const int64_t *)(const void *)((const char *)&stats + rows[i].offset));
        }
    }
}

static struct err get_metrics(struct call *call)
{
    struct buf *out = &call->resp->body;
    struct job_stats stats;
    TRY(jobs_stats(call_db(call), call->arena, &stats));
    metrics_write(call->core->surface->metrics, out);
    buf_puts(out, "# TYPE medley_jobs gauge\n");
    for (int s = 0; s < JOB_STATE_COUNT; s++)
        buf_printf(out, "medley_jobs{state=\"%s\"} %lld\n", words_name(&job_state_words, s),
                   (long long)stats.by_state[s]);
    buf_printf(out, "# TYPE medley_events_position counter\nmedley_events_position %lld\n",
               (long long)bus_position(call->core->bus));
    if (call->core->media) {
        struct media_pool_stats media;
        media_pool_stats(call->core->media, &media);
        buf_printf(out,
                   "# TYPE medley_media_requests_total counter\nmedley_media_requests_total %llu\n"
                   "# TYPE medley_media_workers_died_total counter\nmedley_media_workers_died_total %llu\n",
                   (unsigned long long)media.requests, (unsigned long long)media.died);
    }
    write_services(call, out);
    buf_printf(out, "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %lld\n",
               resident_bytes());
    buf_printf(out, "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %.3f\n",
               (double)call->core->started_us / 1e6);
    return text_reply(call, "text/plain; version=0.0.4; charset=utf-8");
}

static struct err openapi_reply(struct call *call, const struct api *api)
{
    surface_openapi(call->core->surface, api, &call->resp->body);
    return text_reply(call, "application/json");
}

/* The whole at the root; under a prefix that API alone. */
static struct err get_openapi(struct call *call)
{
    for (const struct api *const *api = surface_apis(call->core->surface); *api; api++) {
        if (*call->base_path && strcmp((*api)->name, call->base_path + 1) == 0)
            return openapi_reply(call, *api);
    }
    return openapi_reply(call, NULL);
}

ROUTES(web_server_routes,
       {HTTP_GET, "/ping", "Server", "Answers pong", get_ping, .access = ACCESS_PUBLIC},
       {HTTP_GET, "/metrics", "Server", "Prometheus metrics", get_metrics},
       {HTTP_GET, "/openapi.json", "Server", "OpenAPI of everything; under a prefix, of that API", get_openapi,
        .access = ACCESS_PUBLIC, .flags = ROUTE_ANY_JSON | ROUTE_EVERYWHERE});
