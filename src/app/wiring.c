/* Puts the server together. */
#include "app/wiring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/fuzzbin/fuzzbin.h"
#include "api/fuzzbin/live.h"
#include "api/harmony/harmony.h"
#include "api/stashhog/stashhog.h"
#include "api/haas/haas.h"
#include "api/haas/live.h"
#include "api/metarr/metarr.h"
#include "api/web/web.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/events.h"
#include "core/jobs.h"
#include "core/limiter.h"
#include "core/settings.h"
#include "domain/library/library.h"
#include "domain/organize/move.h"
#include "http/http.h"
#include "media/pool.h"
#include "model/schema.h"
#include "net/net.h"
#include "providers/services.h"
#include "sys/atomic_file.h"
#include "sys/root.h"
#include "work/follow_settings.h"
#include "work/kinds.h"

#define MEDLEY_VERSION    "0.1.0"
#define MAX_LISTENERS     8
#define STOP_GRACE_MS     2000

const struct api *const wiring_apis[] = {
    &fuzzbin_api,
    &harmony_api,
    &stashhog_api,
    &haas_api,
    &metarr_api,
    &web_api,
    NULL,
};

struct wiring {
    struct arena *arena;
    const struct options *options;
    struct core core;
    struct roots roots;
    struct surface *surface;
    struct http_server *servers[MAX_LISTENERS];
    size_t server_count;
    struct root *pages[MAX_LISTENERS];
    size_t pages_count;
};

struct core *wiring_core(struct wiring *w)
{
    return &w->core;
}

/* --- folders ------------------------------------------------------------------------------------------ */

static struct err make_folders(struct wiring *w)
{
    static const char *const parts[] = {"tmp", "cache"};
    TRY(folder_make(w->arena, w->core.data_dir, 0700));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        TRY(folder_make(w->arena, arena_printf(w->arena, "%s/%s", w->core.data_dir, parts[i]), 0700));
    return OK;
}

static struct err make_roots(struct wiring *w)
{
    size_t count = 0;
    while (w->options->library_dirs[count])
        count++;
    w->roots.items = arena_array(w->arena, struct root *, count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(root_make(w->arena, w->options->library_dirs[i], false, &w->roots.items[i]));
        w->roots.count++;
    }
    w->core.roots = &w->roots;
    return OK;
}

/* Beside the program when it runs from its build folder, else where it is installed. */
static const char *find_web_dir(struct wiring *w)
{
    char program[4096];
    const char *const places[] = {"../web/dist", "../share/medley/web"};
    if (w->options->web_dir)
        return w->options->web_dir;
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (len <= 0)
        return NULL;
    program[len] = 0;
    *strrchr(program, '/') = 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *path = arena_printf(w->arena, "%s/%s", program, places[i]);
        char *real = realpath(path, NULL);
        if (!real)
            continue;
        const char *kept = arena_strdup(w->arena, real);
        free(real);
        return kept;
    }
    return NULL;
}

/* --- parts -------------------------------------------------------------------------------------------- */

static void set_log_level(struct settings *settings)
{
    SCRATCH(a);
    const char *level = settings_text(settings, &a, "logging.level");
    log_set_level(strcasecmp(level, "DEBUG") == 0     ? LOG_DEBUG
                  : strcasecmp(level, "WARNING") == 0 ? LOG_WARN
                  : strcasecmp(level, "INFO") == 0    ? LOG_INFO
                                                      : LOG_ERROR);
}

static struct err open_stores(struct wiring *w)
{
    struct core *core = &w->core;
    const char *url = w->options->database;
    if (!url)
        url = arena_printf(w->arena, "%s/medley.db", core->data_dir);
    TRY(db_open(&(struct db_options){.url = url}, &core->db));
    db_quiet_tables(core->db, schema_quiet_tables);
    TRY(db_migrate(core->db, w->arena, schema_migrations, schema_migration_count));
    TRY(settings_create(w->arena,
                        &(struct settings_options){.data_dir = core->data_dir,
                                                   .db = core->db,
                                                   .overrides = w->options->overrides},
                        &core->settings));
    set_log_level(core->settings);
    return auth_create(w->arena, core->db, core->settings, core->data_dir, &core->auth);
}

struct err wiring_create(struct arena *a, const struct options *options, struct wiring **ret)
{
    struct wiring *w = arena_new(a, struct wiring);
    w->arena = a;
    w->options = options;
    w->core.data_dir = options->data_dir;
    w->core.version = MEDLEY_VERSION;
    w->core.started_us = time_now_us();
    *ret = w;
    TRY(make_folders(w));
    TRY(make_roots(w));
    return open_stores(w);
}

struct err wiring_lock_data_folder(struct arena *a, const char *data_dir)
{
    const char *path = arena_printf(a, "%s/lock", data_dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(a, errno, path);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return OK; /* kept open until the process ends */
    close(fd);
    return err_f(a, ERR_CONFLICT, "data_folder_in_use",
                 "another medley serves the data folder %s; several need a PostgreSQL (--database)", data_dir);
}

/* "api", "worker" or both. */
static struct err check_roles(struct wiring *w)
{
    const char *roles = settings_text(w->core.settings, w->arena, "server.roles");
    for (const char *p = roles; *p;) {
        size_t len = strcspn(p, ",");
        if (!(len == 3 && strncmp(p, "api", 3) == 0) && !(len == 6 && strncmp(p, "worker", 6) == 0))
            return err_f(w->arena, ERR_INVALID, "bad_setting", "server.roles: %s is not api, worker or api,worker",
                         roles);
        p += len + (p[len] == ',');
    }
    return OK;
}

struct err wiring_first_start(struct wiring *w)
{
    const char *password;
    TRY(check_roles(w));
    if (db_driver(w->core.db) == DB_SQLITE)
        TRY(wiring_lock_data_folder(w->arena, w->core.data_dir));
    TRY(auth_first_start(w->core.auth, w->arena, &password));
    TRY(library_first_start(&w->core, w->arena));
    if (password)
        fprintf(stderr,
                "\n  First start. Sign in as \"admin\" with the password %s\n"
                "  (kept in %s/initial-password until you change it)\n\n",
                password, w->core.data_dir);
    return OK;
}

static bool has_role(struct wiring *w, const char *role)
{
    const char *roles = settings_text(w->core.settings, w->arena, "server.roles");
    const char *found = strstr(roles, role);
    return found != NULL;
}

static bool is_loopback(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 ||
           strncmp(listen, "localhost:", 10) == 0;
}

/* An API without a login is for this machine alone, unless somebody says twice that it is not. */
static struct err check_open(struct wiring *w, const char *listen)
{
    const char *const *open = settings_list(w->core.settings, w->arena, "auth.open");
    if (!*open || is_loopback(listen) || settings_bool(w->core.settings, "auth.open_anywhere"))
        return OK;
    return err_f(w->arena, ERR_INVALID, "open_listener",
                 "auth.open serves %s without a login, and %s is reachable from other machines: listen on"
                 " 127.0.0.1, or set auth.open_anywhere",
                 *open, listen);
}

static struct err start_listener(struct wiring *w, const char *name, const char *listen,
                                 struct surface *surface)
{
    TRY(check_open(w, listen));
    struct http_handler handler = surface_handler(surface);
    struct http_options options = {
        .name = name,
        .listen = listen,
        .threads = (int)settings_int(w->core.settings, "server.threads"),
        .temp_dir = arena_printf(w->arena, "%s/tmp", w->core.data_dir),
        .trusted_proxies = (int)settings_int(w->core.settings, "server.trusted_proxies"),
    };
    CHECK(w->server_count < MAX_LISTENERS);
    TRY(http_server_create(w->arena, &options, &handler, &w->servers[w->server_count]));
    w->server_count++;
    return OK;
}

static struct err bad_listener(struct wiring *w, const char *text)
{
    return err_f(w->arena, ERR_INVALID, "bad_setting",
                 "server.extra_listeners: %s is not API@ADDRESS:PORT or API@ADDRESS:PORT=/FOLDER", text);
}

/* "harmony@127.0.0.1:8001", "harmony@127.0.0.1:8001=/srv/pages" */
static struct err start_extra_listener(struct wiring *w, const char *text)
{
    const char *at = strchr(text, '@');
    const char *folder = at ? strchr(at, '=') : NULL;
    struct surface *surface;
    if (!at || (folder && folder[1] != '/'))
        return bad_listener(w, text);
    const char *api = arena_strndup(w->arena, text, (size_t)(at - text));
    const char *listen = folder ? arena_strndup(w->arena, at + 1, (size_t)(folder - at - 1)) : at + 1;
    TRY(surface_create(w->arena, &w->core, wiring_apis, api, &surface));
    if (folder) {
        CHECK(w->pages_count < MAX_LISTENERS);
        TRY(root_make(w->arena, folder + 1, false, &w->pages[w->pages_count]));
        surface_set_pages(surface, w->pages[w->pages_count++]);
    }
    return start_listener(w, api, listen, surface);
}

static struct err start_extra_listeners(struct wiring *w)
{
    const char *const *extra = settings_list(w->core.settings, w->arena, "server.extra_listeners");
    for (size_t i = 0; extra[i]; i++) {
        if (i + 1 >= MAX_LISTENERS)
            return err_f(w->arena, ERR_INVALID, "bad_setting", "server.extra_listeners: at most %d", MAX_LISTENERS - 1);
        TRY(start_extra_listener(w, extra[i]));
    }
    return OK;
}

static struct err start_api(struct wiring *w)
{
    TRY(surface_create(w->arena, &w->core, wiring_apis, NULL, &w->surface));
    w->core.surface = w->surface;
    w->core.web_dir = find_web_dir(w);
    w->core.limiter = limiter_create();
    web_live_start(&w->core);
    metarr_live_start(&w->core);
    fuzzbin_live_start(&w->core);
    stashhog_live_start(&w->core);
    haas_live_start(&w->core);
    TRY(start_listener(w, "main", settings_text(w->core.settings, w->arena, "server.listen"), w->surface));
    return start_extra_listeners(w);
}

/* Another process's change of settings, and this one's again, which changes nothing. */
static void on_event(void *context, const struct event *event)
{
    struct core *core = context;
    SCRATCH(a);
    if (event->kind != EVENT_CONFIG_CHANGED)
        return;
    struct err e = settings_reload(core->settings, &a);
    if (failed(e))
        log_err(LOG_WARN, "app", "reload_settings", e);
    set_log_level(core->settings);
}

static struct err start_media(struct wiring *w)
{
    struct media_pool_options options = {
        .workers = (unsigned)settings_int(w->core.settings, "media.workers"),
        .time_limit_ms = settings_int(w->core.settings, "ffprobe.timeout") * 1000,
    };
    return media_pool_create(&options, &w->core.media);
}

static struct err start_net(struct wiring *w)
{
    const char *contact = settings_text(w->core.settings, w->arena, "http.contact");
    struct net_options options = {
        .services = provider_services,
        .user_agent = arena_printf(w->arena, "Medley/%s (+%s)", w->core.version, contact),
    };
    return net_create(&options, &w->core.net);
}

struct err wiring_start(struct wiring *w)
{
    bool worker = has_role(w, "worker");
    TRY(start_net(w));
    TRY(start_media(w));
    TRY(bus_create(w->core.db, &w->core.bus));
    bus_subscribe(w->core.bus, on_event, &w->core);
    struct jobs_options jobs = {
        .kinds = job_kinds,
        .workers = worker ? (int)settings_int(w->core.settings, "jobs.workers") : 0,
    };
    TRY(jobs_create(&w->core, &jobs, &w->core.jobs));
    TRY(follow_settings(&w->core, w->arena));
    if (worker)
        TRY(file_moves_first_start(&w->core, w->arena));
    TRY(jobs_start(w->core.jobs));
    if (has_role(w, "api"))
        TRY(start_api(w));
    for (size_t i = 0; i < w->server_count; i++)
        fprintf(stderr, "listening on http://%s\n", http_server_address(w->servers[i]));
    return OK;
}

bool wiring_destroy(struct wiring *w)
{
    if (!w)
        return true;
    /* First the jobs are told, then nobody waits for an outside service any more. */
    jobs_stop(w->core.jobs);
    net_stop(w->core.net);
    for (size_t i = 0; i < w->server_count; i++)
        http_server_destroy(w->servers[i], STOP_GRACE_MS);
    /* The bus first: it calls into the queue. */
    bus_destroy(w->core.bus);
    haas_live_stop();
    metarr_live_stop();
    if (!jobs_destroy(w->core.jobs, STOP_GRACE_MS)) {
        LOG(LOG_WARN, "app", "stop", "msg=%s", Q("a job does not stop; it is handed back, and the process ends all the same"));
        return false;
    }
    media_pool_destroy(w->core.media);
    net_destroy(w->core.net);
    limiter_destroy(w->core.limiter);
    auth_destroy(w->core.auth);
    settings_destroy(w->core.settings);
    db_close(w->core.db);
    for (size_t i = 0; i < w->roots.count; i++)
        root_free(w->roots.items[i]);
    for (size_t i = 0; i < w->pages_count; i++)
        root_free(w->pages[i]);
    return true;
}
