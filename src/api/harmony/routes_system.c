/* Status, credentials and the machine (contract 3.1, section 14). */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "api/harmony/harmony.h"
#include "base/clock.h"
#include "core/jobs.h"

static const char *const spotify_keys[] = {"SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET",
                                           "SPOTIFY_REDIRECT_URI", NULL};
static const char *const plex_keys[] = {"PLEX_BASE_URL", "PLEX_TOKEN", NULL};
static const char *const plex_optional[] = {"PLEX_LIBRARY", NULL};
static const char *const slskd_keys[] = {"SLSKD_URL", NULL};
static const char *const slskd_optional[] = {"SLSKD_API_KEY", NULL};
static const char *const none[] = {NULL};

const struct harmony_service harmony_services[3] = {
    {"spotify", spotify_keys, none},
    {"plex", plex_keys, plex_optional},
    {"soulseek", slskd_keys, slskd_optional},
};

static bool is_set(struct call *call, const char *name)
{
    const char *value = harmony_value(call, name);
    return value && value[strspn(value, " \t\r\n")];
}

bool harmony_service_ready(struct call *call, const struct harmony_service *service)
{
    for (const char *const *name = service->required; *name; name++) {
        if (!is_set(call, *name))
            return false;
    }
    return true;
}

/* --- status ----------------------------------------------------------------------------------------------- */

/* The five workers that clients know. Here the one queue does their work, so they live as it does. */
static const char *const workers[] = {"sync", "matching", "scan", "playlist", "autosync"};

static void write_worker(struct jw *w, const char *name)
{
    bool counted = strcmp(name, "sync") == 0 || strcmp(name, "matching") == 0;
    jw_key(w, name);
    jw_object(w);
    jw_kv_text(w, "status", "unavailable");
    jw_kv_time(w, "last_seen", TIME_NONE);
    jw_key(w, "queue_size");
    if (strcmp(name, "autosync") == 0)
        jw_raw(w, "{\"scheduled\":0,\"running\":0}");
    else if (counted)
        jw_int(w, 0);
    else
        jw_text(w, "n/a");
    jw_end(w);
}

static struct err get_status(struct call *call)
{
    double uptime_s = (double)(time_now_us() - call->core->started_us) / 1e6;
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "status", "ok");
    jw_kv_text(w, "version", call->core->version);
    jw_kv_real(w, "uptime_seconds", (double)(int64_t)(uptime_s * 100) / 100);
    jw_key(w, "workers");
    jw_object(w);
    for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++)
        write_worker(w, workers[i]);
    jw_end(w);
    jw_key(w, "connections");
    jw_object(w);
    for (size_t i = 0; i < 3; i++)
        jw_kv_text(w, harmony_services[i].name,
                   harmony_service_ready(call, &harmony_services[i]) ? "ok" : "fail");
    jw_end(w);
    jw_end(w);
    return OK;
}

static void write_missing(struct call *call, struct jw *w, const char *key, const char *const *names)
{
    jw_key(w, key);
    jw_array(w);
    for (; *names; names++) {
        if (!is_set(call, *names))
            jw_text(w, *names);
    }
    jw_end(w);
}

static struct err health_of(struct call *call, const struct harmony_service *service)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "service", service->name);
    jw_kv_text(w, "status", harmony_service_ready(call, service) ? "ok" : "fail");
    write_missing(call, w, "missing", service->required);
    write_missing(call, w, "optional_missing", service->optional);
    jw_end(w);
    return OK;
}

static struct err spotify_health(struct call *call)
{
    return health_of(call, &harmony_services[0]);
}

static struct err plex_health(struct call *call)
{
    return health_of(call, &harmony_services[1]);
}

static struct err soulseek_health(struct call *call)
{
    return health_of(call, &harmony_services[2]);
}

/* --- the machine -------------------------------------------------------------------------------------------- */

struct cpu_times {
    unsigned long long user, nice, system, idle, iowait, irq, softirq, steal;
};

static struct {
    pthread_mutex_t lock;
    struct cpu_times last; /* under lock: percentages are since the call before */
} cpu = {.lock = PTHREAD_MUTEX_INITIALIZER};

static unsigned long long total_of(const struct cpu_times *t)
{
    return t->user + t->nice + t->system + t->idle + t->iowait + t->irq + t->softirq + t->steal;
}

static bool read_cpu(struct cpu_times *ret)
{
    FILE *f = fopen("/proc/stat", "re");
    if (!f)
        return false;
    int got = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ret->user, &ret->nice, &ret->system,
                     &ret->idle, &ret->iowait, &ret->irq, &ret->softirq, &ret->steal);
    fclose(f);
    return got == 8;
}

static double percent(unsigned long long part, unsigned long long whole)
{
    double value = whole ? (double)part * 100 / (double)whole : 0;
    return (double)(int64_t)(value * 10 + 0.5) / 10;
}

static bool write_cpu(struct jw *w)
{
    struct cpu_times now;
    if (!read_cpu(&now))
        return false;
    pthread_mutex_lock(&cpu.lock);
    struct cpu_times last = cpu.last;
    cpu.last = now;
    pthread_mutex_unlock(&cpu.lock);
    unsigned long long whole = total_of(&now) - total_of(&last);
    unsigned long long idle = now.idle + now.iowait - last.idle - last.iowait;
    jw_key(w, "cpu");
    jw_object(w);
    jw_kv_real(w, "percent", percent(whole - idle, whole));
    jw_kv_int(w, "cores", sysconf(_SC_NPROCESSORS_ONLN));
    jw_kv_real(w, "idle", percent(now.idle - last.idle, whole));
    jw_kv_real(w, "user", percent(now.user + now.nice - last.user - last.nice, whole));
    jw_kv_real(w, "system", percent(now.system - last.system, whole));
    jw_end(w);
    return true;
}

static bool write_memory(struct jw *w)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[128];
    long long total = 0;
    long long available = 0;
    long long free_kib = 0;
    if (!f)
        return false;
    while (fgets(line, sizeof(line), f)) {
        if (sscanf(line, "MemTotal: %lld", &total) == 1 || sscanf(line, "MemFree: %lld", &free_kib) == 1 ||
            sscanf(line, "MemAvailable: %lld", &available) == 1)
            continue;
    }
    fclose(f);
    jw_key(w, "memory");
    jw_object(w);
    jw_kv_int(w, "total", total * 1024);
    jw_kv_int(w, "available", available * 1024);
    jw_kv_real(w, "percent", percent((unsigned long long)(total - available), (unsigned long long)total));
    jw_kv_int(w, "used", (total - available) * 1024);
    jw_kv_int(w, "free", free_kib * 1024);
    jw_end(w);
    return total > 0;
}

static bool write_disk(struct jw *w)
{
    struct statvfs st;
    if (statvfs("/", &st))
        return false;
    unsigned long long used = (st.f_blocks - st.f_bfree) * st.f_frsize;
    unsigned long long usable = st.f_bavail * st.f_frsize;
    jw_key(w, "disk");
    jw_object(w);
    jw_kv_int(w, "total", (int64_t)(st.f_blocks * st.f_frsize));
    jw_kv_int(w, "used", (int64_t)used);
    jw_kv_int(w, "free", (int64_t)usable);
    jw_kv_real(w, "percent", percent(used, used + usable));
    jw_end(w);
    return true;
}

static bool write_network(struct jw *w)
{
    FILE *f = fopen("/proc/net/dev", "re");
    char line[512];
    long long sum[4] = {0};
    if (!f)
        return false;
    while (fgets(line, sizeof(line), f)) {
        long long in_bytes;
        long long in_packets;
        long long out_bytes;
        long long out_packets;
        const char *colon = strchr(line, ':');
        if (colon && sscanf(colon + 1, "%lld %lld %*d %*d %*d %*d %*d %*d %lld %lld", &in_bytes, &in_packets,
                            &out_bytes, &out_packets) == 4) {
            sum[0] += out_bytes;
            sum[1] += in_bytes;
            sum[2] += out_packets;
            sum[3] += in_packets;
        }
    }
    fclose(f);
    jw_key(w, "network");
    jw_object(w);
    jw_kv_int(w, "bytes_sent", sum[0]);
    jw_kv_int(w, "bytes_recv", sum[1]);
    jw_kv_int(w, "packets_sent", sum[2]);
    jw_kv_int(w, "packets_recv", sum[3]);
    jw_end(w);
    return true;
}

static struct err get_stats(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    bool good = write_cpu(w) && write_memory(w) && write_disk(w) && write_network(w);
    if (!good)
        return err_make(ERR_INTERNAL, "no_statistics", "Failed to collect system statistics");
    jw_end(w);
    return OK;
}

static struct err get_root(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "status", "ok");
    jw_kv_text(w, "version", call->core->version);
    jw_end(w);
    return OK;
}

#define TAG "System"
ROUTES(harmony_system_routes,
       {HTTP_GET, "/", TAG, "The server answers", get_root,
        .flags = ROUTE_ANY_JSON | ROUTE_PREFIX_ONLY | ROUTE_UNDOCUMENTED},
       {HTTP_GET, "/status", TAG, "Workers and connections", get_status, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/health/spotify", TAG, "Are Spotify's credentials there?", spotify_health,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/health/plex", TAG, "Are Plex's credentials there?", plex_health, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/health/soulseek", TAG, "Are slskd's credentials there?", soulseek_health,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/system/stats", TAG, "Processor, memory, disk, network", get_stats,
        .flags = ROUTE_ANY_JSON});
