/* Starting and stopping the server. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "http/internal.h"

#define DEFAULT_BLOCKING_THREADS 8
#define DEFAULT_CONNECTIONS      10000
#define DEFAULT_IDLE_TIMEOUT_S   30
/* Waiting calls per blocking thread before new ones are told to come back. */
#define QUEUE_PER_THREAD 32
#define BACKLOG          4096

/* --- the listening socket ------------------------------------------------------------------------ */

/* "127.0.0.1:8000" or "[::1]:8000" into host and port. */
static struct err split_address(struct arena *a, const char *text, const char **ret_host,
                                const char **ret_port)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    bool brackets = len >= 2 && text[0] == '[' && text[len - 1] == ']';
    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strlen(colon) > 6 || strtol(colon + 1, NULL, 10) > 65535 ||
        (!brackets && memchr(text, ':', len)))
        return err_f(a, ERR_INVALID, "bad_address", "'%s' is not an address like 127.0.0.1:8000",
                     text);
    *ret_host = arena_strndup(a, text + brackets, len - 2 * (size_t)brackets);
    *ret_port = colon + 1;
    return OK;
}

static int open_listener(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static struct err listen_on(struct arena *a, const char *text, int *ret_fd)
{
    const char *host, *port;
    TRY(split_address(a, text, &host, &port));
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    int failure = getaddrinfo(*host ? host : NULL, port, &hints, &list);
    if (failure)
        return err_f(a, ERR_INVALID, "bad_address", "%s: %s", text, gai_strerror(failure));
    int fd = open_listener(list);
    int number = errno;
    freeaddrinfo(list);
    if (fd < 0)
        return err_errno(a, number, arena_printf(a, "cannot listen on %s", text));
    *ret_fd = fd;
    return OK;
}

static const char *address_of(struct arena *a, int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";
    if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV);
    if (strchr(host, ':'))
        return arena_printf(a, "[%s]:%s", host, port);
    return arena_printf(a, "%s:%s", host, port);
}

/* --- libmicrohttpd ------------------------------------------------------------------------------ */

/* Paths and queries are decoded by uri.c, which can tell good from bad. */
static size_t keep_escapes(void *data, struct MHD_Connection *connection, char *text)
{
    (void)data;
    (void)connection;
    return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct http_server *server, const struct http_options *o)
{
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int threads = o->threads > 0 ? o->threads : cores > 2 ? cores : 2;
    int connections = o->max_connections > 0 ? o->max_connections : DEFAULT_CONNECTIONS;
    if (connections < threads)
        connections = threads;
    /* Signals are the main thread's business; libmicrohttpd's threads inherit the mask. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE |
            MHD_USE_TURBO,
        0, NULL, NULL, exchange_on_request, server,                             /**/
        MHD_OPTION_LISTEN_SOCKET, server->listen_fd,                            /**/
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,                         /**/
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections,                     /**/
        MHD_OPTION_CONNECTION_TIMEOUT, server->idle_timeout_s,                  /**/
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_POOL_BYTES,              /**/
        MHD_OPTION_STRICT_FOR_CLIENT, 1,                                        /**/
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,                       /**/
        MHD_OPTION_URI_LOG_CALLBACK, exchange_on_line, server,                  /**/
        MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, server,             /**/
        MHD_OPTION_NOTIFY_CONNECTION, patience_on_connection, server->patience, /**/
        MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

static struct err start(struct arena *a, struct http_server *server, const struct http_options *o)
{
    TRY(listen_on(a, o->listen, &server->listen_fd));
    server->address = address_of(a, server->listen_fd);
    int threads = o->blocking_threads > 0 ? o->blocking_threads : DEFAULT_BLOCKING_THREADS;
    TRY(pool_create("http-blocking", (size_t)threads, (size_t)threads * QUEUE_PER_THREAD, &server->pool));
    server->hub = ws_hub_create();
    if (!server->hub)
        return err_make(ERR_INTERNAL, "no_threads", "The server's threads cannot be started");
    server->patience = patience_start(o->head_timeout_s);
    if (!server->patience)
        return err_make(ERR_INTERNAL, "no_threads", "The server's threads cannot be started");
    server->daemon = start_daemon(server, o);
    if (!server->daemon)
        return err_make(ERR_INTERNAL, "no_server", "The HTTP server cannot be started");
    return OK;
}

struct err http_server_create(struct arena *a, const struct http_options *options,
                              const struct http_handler *handler, struct http_server **ret_server)
{
    struct http_server *server = arena_new(a, struct http_server);
    server->handler = *handler;
    server->name = arena_strdup(a, options->name ? options->name : "");
    server->temp_dir = arena_strdup(a, options->temp_dir ? options->temp_dir : "/tmp");
    server->idle_timeout_s =
        (unsigned)(options->idle_timeout_s > 0 ? options->idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S);
    server->trusted_proxies = options->trusted_proxies;
    server->id_seed = random_u64();
    server->listen_fd = -1;
    struct err e = start(a, server, options);
    if (failed(e)) {
        http_server_destroy(server, 0);
        return e;
    }
    *ret_server = server;
    return OK;
}

const char *http_server_address(const struct http_server *server)
{
    return server->address;
}

/* --- stopping ----------------------------------------------------------------------------------- */

static void wait_for_quiet(struct http_server *server, int64_t deadline_us)
{
    while ((atomic_load(&server->active) > 0 || ws_hub_count(server->hub) > 0) &&
           time_monotonic_us() < deadline_us) {
        struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
}

void http_server_destroy(struct http_server *server, int grace_ms)
{
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    if (server->daemon) {
        MHD_quiesce_daemon(server->daemon);
        ws_hub_stop(server->hub);
        wait_for_quiet(server, time_monotonic_us() + grace_ms * INT64_C(1000));
    }
    /* Nothing may be suspended when libmicrohttpd stops: first the handlers end, then the sockets. */
    atomic_store(&server->letting_go, true);
    if (server->pool)
        pool_drain(server->pool);
    /* Replies that the pool has just finished leave within a moment. */
    if (server->daemon)
        wait_for_quiet(server, time_monotonic_us() + 50 * INT64_C(1000));
    ws_hub_end(server->hub);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    patience_stop(server->patience);
    /* Up to here a late request may still have asked them. */
    pool_destroy(server->pool);
    ws_hub_destroy(server->hub);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    server->daemon = NULL;
    server->patience = NULL;
    server->pool = NULL;
    server->hub = NULL;
    server->listen_fd = -1;
}
