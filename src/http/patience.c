/* Ending connections that never finish a request's head. */
#include "http/patience.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "sys/stop.h"

#define LOOK_EVERY_MS 1000

struct waiting {
    struct waiting *prev;
    struct waiting *next;
    int fd; /* open while this is in the list: it leaves before libmicrohttpd closes it */
    atomic_int_fast64_t since_us; /* monotonic; 0: no head is awaited */
};

struct patience {
    pthread_t thread;
    struct stop stop;
    int64_t head_us;
    pthread_mutex_t lock; /* of the list */
    struct waiting *first;
};

static void end_slow_ones(struct patience *p)
{
    int64_t oldest = time_monotonic_us() - p->head_us;
    pthread_mutex_lock(&p->lock);
    for (struct waiting *w = p->first; w; w = w->next) {
        int64_t since = atomic_load_explicit(&w->since_us, memory_order_relaxed);
        if (since && since < oldest)
            shutdown(w->fd, SHUT_RDWR); /* its own thread sees the end and cleans up */
    }
    pthread_mutex_unlock(&p->lock);
}

static void *watch(void *data)
{
    struct patience *p = data;
    while (!stop_wait(&p->stop, LOOK_EVERY_MS))
        end_slow_ones(p);
    return NULL;
}

struct patience *patience_start(int head_s)
{
    struct patience *p = calloc(1, sizeof(*p));
    sigset_t all, before;
    if (!p)
        return NULL;
    p->head_us = (head_s > 0 ? head_s : PATIENCE_HEAD_S) * SECONDS_US;
    stop_init(&p->stop);
    pthread_mutex_init(&p->lock, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&p->thread, NULL, watch, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failure)
        return p;
    stop_finish(&p->stop);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return NULL;
}

void patience_stop(struct patience *p)
{
    if (!p)
        return;
    stop_raise(&p->stop);
    pthread_join(p->thread, NULL);
    stop_finish(&p->stop);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct waiting *enter(struct patience *p, int fd)
{
    struct waiting *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->fd = fd;
    atomic_store(&w->since_us, time_monotonic_us());
    pthread_mutex_lock(&p->lock);
    w->next = p->first;
    if (w->next)
        w->next->prev = w;
    p->first = w;
    pthread_mutex_unlock(&p->lock);
    return w;
}

static void leave(struct patience *p, struct waiting *w)
{
    pthread_mutex_lock(&p->lock);
    if (w->prev)
        w->prev->next = w->next;
    else
        p->first = w->next;
    if (w->next)
        w->next->prev = w->prev;
    pthread_mutex_unlock(&p->lock);
    free(w);
}

void patience_on_connection(void *data, struct MHD_Connection *connection, void **socket_context,
                            enum MHD_ConnectionNotificationCode code)
{
    struct patience *p = data;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info ? enter(p, (int)info->connect_fd) : NULL;
    } else if (*socket_context) {
        leave(p, *socket_context);
        *socket_context = NULL;
    }
}

static void note(struct MHD_Connection *connection, int64_t since_us)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct waiting *w = info ? info->socket_context : NULL;
    if (w)
        atomic_store_explicit(&w->since_us, since_us, memory_order_relaxed);
}

void patience_head_done(struct MHD_Connection *connection)
{
    note(connection, 0);
}

void patience_head_awaited(struct MHD_Connection *connection)
{
    note(connection, time_monotonic_us());
}
