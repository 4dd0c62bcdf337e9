/*
 * The bus thread: reads new event rows in order and hands them to the subscribers.
 *
 * On PostgreSQL two transactions may commit in the other order than their numbers say. A number that is
 * missing below the newest one seen is therefore remembered and asked for again until GAP_WAIT_US have
 * passed: by then its transaction has either committed or rolled back.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/events.h"
#include "db/listen.h"

#define MAX_SUBSCRIBERS 16
#define MAX_GAPS        64
#define GAP_WAIT_US     (10 * SECONDS_US)
#define BATCH           500
/* A NOTIFY that was lost or never sent (the process died first) is noticed this late. */
#define IDLE_WAIT_MS 1000

struct subscriber {
    void (*fn)(void *context, const struct event *event);
    void *context;
};

struct gap {
    int64_t id;
    int64_t since_us;
};

struct bus {
    struct db *db;
    pthread_t thread;
    /* bus thread only, after bus_create */
    struct gap gaps[MAX_GAPS];
    size_t gap_count;
    /* protected by lock */
    pthread_mutex_t lock;
    pthread_cond_t delivered;
    struct subscriber subscribers[MAX_SUBSCRIBERS];
    size_t subscriber_count;
    int64_t position;
    bool stopping;
    /* any thread */
    int wake_fd;
};

/* Another process's change is counted before anybody here hears of it. Our own counts twice, which costs
 * a cached reply. */
static void count_change(struct bus *bus, const struct event *event)
{
    if (db_driver(bus->db) == DB_POSTGRES && event->kind != EVENT_JOB_PROGRESS)
        db_changed_elsewhere(bus->db);
}

static void deliver(struct bus *bus, const struct event *event)
{
    count_change(bus, event);
    pthread_mutex_lock(&bus->lock);
    size_t count = bus->subscriber_count;
    pthread_mutex_unlock(&bus->lock);
    /* Subscribers are only ever added, and their slots never change. */
    for (size_t i = 0; i < count; i++)
        bus->subscribers[i].fn(bus->subscribers[i].context, event);
}

static void note_gaps(struct bus *bus, int64_t from, int64_t to)
{
    for (int64_t id = from; id < to && bus->gap_count < MAX_GAPS; id++)
        bus->gaps[bus->gap_count++] = (struct gap){id, time_monotonic_us()};
}

static void drop_gap(struct bus *bus, size_t index)
{
    bus->gaps[index] = bus->gaps[--bus->gap_count];
}

/* Late arrivals first: they are older than what comes next. */
static struct err deliver_late(struct bus *bus, struct arena *a)
{
    for (size_t i = 0; i < bus->gap_count;) {
        struct event_list list = {0};
        TRY(events_after(db_reader(bus->db), a, bus->gaps[i].id - 1, 1, &list));
        bool arrived = list.count && list.items[0].id == bus->gaps[i].id;
        if (arrived)
            deliver(bus, &list.items[0]);
        if (arrived || time_monotonic_us() - bus->gaps[i].since_us > GAP_WAIT_US)
            drop_gap(bus, i);
        else
            i++;
    }
    return OK;
}

static struct err deliver_new(struct bus *bus, bool *ret_more)
{
    SCRATCH(a);
    if (bus->gap_count)
        TRY(deliver_late(bus, &a));
    struct event_list list = {0};
    TRY(events_after(db_reader(bus->db), &a, bus->position, BATCH, &list));
    int64_t position = bus->position;
    for (size_t i = 0; i < list.count; i++) {
        if (db_driver(bus->db) == DB_POSTGRES)
            note_gaps(bus, position + 1, list.items[i].id);
        deliver(bus, &list.items[i]);
        position = list.items[i].id;
    }
    pthread_mutex_lock(&bus->lock);
    bus->position = position;
    if (list.count)
        pthread_cond_broadcast(&bus->delivered);
    pthread_mutex_unlock(&bus->lock);
    *ret_more = list.count == BATCH;
    return OK;
}

static void deadline_in(struct timespec *ts, int ms)
{
    clock_gettime(CLOCK_MONOTONIC, ts);
    ts->tv_sec += ms / 1000;
    ts->tv_nsec += (ms % 1000) * 1000000L;
    if (ts->tv_nsec >= 1000000000L) {
        ts->tv_sec++;
        ts->tv_nsec -= 1000000000L;
    }
}

/* Commits that send a NOTIFY wait for each other's flush in PostgreSQL, so the transactions do not: the bus
 * does, once for all that was committed here since it last looked. */
static void tell_others(struct bus *bus)
{
    struct db_conn *conn = db_reader(bus->db);
    if (db_driver(bus->db) == DB_POSTGRES) /* if it fails: they look by themselves */
        IGNORE(db_exec(conn, "SELECT pg_notify('medley_event', '')", ""));
}

/* Sleeps until this process or, on PostgreSQL, another one has news. False when the bus shall stop. */
static bool wait_for_work(struct bus *bus, struct db_listener *listener)
{
    uint64_t wakes;
    db_listener_wait(listener, bus->wake_fd, bus->gap_count ? 50 : IDLE_WAIT_MS);
    if (read(bus->wake_fd, &wakes, sizeof(wakes)) == (ssize_t)sizeof(wakes))
        tell_others(bus);
    pthread_mutex_lock(&bus->lock);
    bool go_on = !bus->stopping;
    pthread_mutex_unlock(&bus->lock);
    return go_on;
}

static void *bus_main(void *data)
{
    struct bus *bus = data;
    struct db_listener *listener = db_listen(bus->db, "medley_event");
    bool complained = false;
    while (wait_for_work(bus, listener)) {
        bool more = true;
        while (more) {
            struct err e = deliver_new(bus, &more);
            if (failed(e) && !complained)
                log_err(LOG_WARN, "events", "deliver", e);
            complained = failed(e);
            more = more && !failed(e);
        }
    }
    db_listener_close(listener);
    return NULL;
}

static void init_locks(struct bus *bus)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&bus->lock, NULL);
    pthread_cond_init(&bus->delivered, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void wake_from_commit(void *bus)
{
    bus_wake(bus);
}

struct err bus_create(struct db *db, struct bus **ret_bus)
{
    int64_t newest;
    TRY(db_get_int(db_reader(db), &newest, "SELECT MAX(id) FROM event", ""));
    struct bus *bus = calloc(1, sizeof(*bus));
    CHECK(bus != NULL);
    bus->db = db;
    bus->position = newest == INT_NONE ? 0 : newest;
    init_locks(bus);
    bus->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(bus->wake_fd >= 0);
    db_on_signal(db, wake_from_commit, bus);
    int failure = pthread_create(&bus->thread, NULL, bus_main, bus);
    CHECK(failure == 0);
    *ret_bus = bus;
    return OK;
}

void bus_destroy(struct bus *bus)
{
    if (!bus)
        return;
    db_on_signal(bus->db, NULL, NULL);
    pthread_mutex_lock(&bus->lock);
    bus->stopping = true;
    pthread_mutex_unlock(&bus->lock);
    bus_wake(bus);
    pthread_join(bus->thread, NULL);
    pthread_mutex_destroy(&bus->lock);
    pthread_cond_destroy(&bus->delivered);
    close(bus->wake_fd);
    free(bus);
}

void bus_subscribe(struct bus *bus, void (*fn)(void *, const struct event *), void *context)
{
    pthread_mutex_lock(&bus->lock);
    CHECK(bus->subscriber_count < MAX_SUBSCRIBERS);
    bus->subscribers[bus->subscriber_count++] = (struct subscriber){fn, context};
    pthread_mutex_unlock(&bus->lock);
}

int64_t bus_position(struct bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    int64_t position = bus->position;
    pthread_mutex_unlock(&bus->lock);
    return position;
}

void bus_wait(struct bus *bus, int64_t after_id, int timeout_ms)
{
    struct timespec until;
    deadline_in(&until, timeout_ms);
    pthread_mutex_lock(&bus->lock);
    while (bus->position <= after_id && !bus->stopping) {
        if (pthread_cond_timedwait(&bus->delivered, &bus->lock, &until) != 0)
            break;
    }
    pthread_mutex_unlock(&bus->lock);
}

void bus_wake(struct bus *bus)
{
    uint64_t one = 1;
    /* Full means that it is awake already. */
    ssize_t ignored = write(bus->wake_fd, &one, sizeof(one));
    (void)ignored;
}
