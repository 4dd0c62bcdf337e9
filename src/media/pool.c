/* Lends worker processes to threads, replaces those that die, ends those without work. */
#include "media/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fold.h"
#include "media/info_read.h"
#include "media/pool_ask.h"
#include "media/process.h"

/* Loading the codec libraries takes 25 ms; a machine busy with encodes may take a while longer. */
#define START_LIMIT_US (20 * SECONDS_US)
/* Killed workers that a dead network mount holds in the kernel. More than this are forgotten. */
#define DOOMED_MAX      16
#define DOOMED_CHECK_US (SECONDS_US / 4)
#define DEFAULT_WIDTH   320
#define DEFAULT_HEIGHT  180

enum seat_state { SEAT_EMPTY, SEAT_IDLE, SEAT_LENT };

/* A lent seat belongs to the thread that borrowed it; the others to the pool's lock. */
struct seat {
    enum seat_state state;
    struct media_process process;
    unsigned requests;
    int64_t idle_since_us;
};

struct media_pool {
    struct media_pool_options options; /* constant after create */
    char *program;

    pthread_mutex_t lock;   /* guards all below; a leaf, never held while a process is spoken to */
    pthread_cond_t freed;   /* a seat was given back */
    pthread_cond_t changed; /* for the caretaker: a worker went idle, or the end has come */
    struct seat seats[MEDIA_POOL_WORKERS_MAX];
    pid_t doomed[DOOMED_MAX];
    unsigned doomed_count;
    struct media_pool_stats stats;
    uint32_t features;
    bool ending;

    pthread_t caretaker;
};

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t monotonic_us)
{
    struct timespec at = {.tv_sec = monotonic_us / SECONDS_US,
                          .tv_nsec = monotonic_us % SECONDS_US * 1000};
    pthread_cond_timedwait(cond, lock, &at);
}

/* -- ending processes ------------------------------------------------------------------------- */

/* Takes the process out of a seat that the caller holds, without the lock, and ends it. */
static void end_process(struct media_pool *pool, struct media_process *process)
{
    pid_t pid = process->pid;
    if (!pid || media_process_kill(process))
        return;
    pthread_mutex_lock(&pool->lock);
    if (pool->doomed_count < DOOMED_MAX)
        pool->doomed[pool->doomed_count++] = pid;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void check_doomed(struct media_pool *pool)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < pool->doomed_count; i++)
        if (!media_process_gone(pool->doomed[i]))
            pool->doomed[kept++] = pool->doomed[i];
    pool->doomed_count = kept;
}

/* Lends the caretaker an idle seat whose time is up, or tells when the next one's will be. */
static struct seat *expired_seat(struct media_pool *pool, int64_t *next_us)
{
    int64_t now_us = time_monotonic_us();
    for (unsigned i = 0; i < pool->options.workers; i++) {
        struct seat *seat = &pool->seats[i];
        if (seat->state != SEAT_IDLE)
            continue;
        int64_t until_us = seat->idle_since_us + pool->options.idle_limit_ms * 1000;
        if (until_us <= now_us || pool->ending) {
            seat->state = SEAT_LENT;
            return seat;
        }
        if (until_us < *next_us)
            *next_us = until_us;
    }
    return NULL;
}

/* One thread per pool: ends idle workers, so that a quiet server holds no codec memory. */
static void *care(void *data)
{
    struct media_pool *pool = data;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        int64_t next_us = INT64_MAX;
        struct seat *seat = expired_seat(pool, &next_us);
        if (seat) {
            pthread_mutex_unlock(&pool->lock);
            end_process(pool, &seat->process);
            pthread_mutex_lock(&pool->lock);
            seat->state = SEAT_EMPTY;
            pthread_cond_signal(&pool->freed);
            continue;
        }
        if (pool->ending)
            break;
        check_doomed(pool);
        if (pool->doomed_count && next_us > time_monotonic_us() + DOOMED_CHECK_US)
            next_us = time_monotonic_us() + DOOMED_CHECK_US;
        if (next_us == INT64_MAX)
            pthread_cond_wait(&pool->changed, &pool->lock);
        else
            wait_until(&pool->changed, &pool->lock, next_us);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* -- life ------------------------------------------------------------------------------------- */

static struct media_pool_options with_defaults(const struct media_pool_options *given)
{
    struct media_pool_options o = *given;
    o.workers = o.workers ? o.workers : 2;
    o.workers = o.workers > MEDIA_POOL_WORKERS_MAX ? MEDIA_POOL_WORKERS_MAX : o.workers;
    o.time_limit_ms = o.time_limit_ms ? o.time_limit_ms : 20000;
    o.wait_limit_ms = o.wait_limit_ms ? o.wait_limit_ms : 120000;
    o.idle_limit_ms = o.idle_limit_ms ? o.idle_limit_ms : 30000;
    o.requests_limit = o.requests_limit ? o.requests_limit : 500;
    return o;
}

const char *media_worker_program(struct arena *a)
{
    static const char *const places[] = {"medley-media-worker", "src/media/medley-media-worker",
                                         "../libexec/medley/medley-media-worker",
                                         "../lib/medley/medley-media-worker"};
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    while (len > 0 && self[len - 1] != '/')
        len--;
    for (size_t i = 0; len > 0 && i < sizeof(places) / sizeof(*places); i++) {
        char *path = arena_printf(a, "%.*s%s", (int)len, self, places[i]);
        if (access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

struct err media_pool_create(const struct media_pool_options *options, struct media_pool **ret_pool)
{
    SCRATCH(scratch);
    const char *program = options->program ? options->program : media_worker_program(&scratch);
    if (!program)
        return err_make(ERR_INTERNAL, "media_worker",
                        "The program medley-media-worker is not beside this one");
    struct media_pool *pool = calloc(1, sizeof(*pool));
    CHECK(pool != NULL);
    pool->options = with_defaults(options);
    pool->program = strdup(program);
    CHECK(pool->program != NULL);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->freed, &monotonic);
    pthread_cond_init(&pool->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    CHECK(pthread_create(&pool->caretaker, NULL, care, pool) == 0);
    *ret_pool = pool;
    return OK;
}

void media_pool_destroy(struct media_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    pthread_join(pool->caretaker, NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->program);
    free(pool);
}

void media_pool_stats(struct media_pool *pool, struct media_pool_stats *ret_stats)
{
    pthread_mutex_lock(&pool->lock);
    *ret_stats = pool->stats;
    for (unsigned i = 0; i < pool->options.workers; i++) {
        ret_stats->alive += pool->seats[i].state != SEAT_EMPTY;
        ret_stats->busy += pool->seats[i].state == SEAT_LENT;
    }
    pthread_mutex_unlock(&pool->lock);
}

const char *media_worker_features(struct media_pool *pool, struct arena *a)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {WIRE_SECCOMP,      "seccomp"     },
        {WIRE_LIMITS,       "limits"      },
        {WIRE_LANDLOCK,     "landlock"    },
        {WIRE_LANDLOCK_NET, "landlock-net"},
        {WIRE_RELAXED,      "relaxed"     }
    };
    pthread_mutex_lock(&pool->lock);
    uint32_t features = pool->features;
    pthread_mutex_unlock(&pool->lock);
    const char *text = "";
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (features & names[i].bit)
            text = *text ? arena_printf(a, "%s %s", text, names[i].name) : names[i].name;
    return text;
}

/* -- lending ---------------------------------------------------------------------------------- */

/* A warm worker before a cold seat, so that a light load keeps only one process alive. */
static struct seat *free_seat(struct media_pool *pool)
{
    struct seat *empty = NULL;
    for (unsigned i = 0; i < pool->options.workers; i++) {
        struct seat *seat = &pool->seats[i];
        if (seat->state == SEAT_IDLE)
            return seat;
        if (seat->state == SEAT_EMPTY && !empty)
            empty = seat;
    }
    return empty;
}

static struct seat *borrow(struct media_pool *pool)
{
    int64_t deadline_us = time_monotonic_us() + pool->options.wait_limit_ms * 1000;
    pthread_mutex_lock(&pool->lock);
    struct seat *seat = free_seat(pool);
    while (!seat && !pool->ending && time_monotonic_us() < deadline_us) {
        wait_until(&pool->freed, &pool->lock, deadline_us);
        seat = free_seat(pool);
    }
    if (seat) {
        seat->state = SEAT_LENT;
        pool->stats.requests++;
    }
    pthread_mutex_unlock(&pool->lock);
    return seat;
}

static void give_back(struct media_pool *pool, struct seat *seat)
{
    pthread_mutex_lock(&pool->lock);
    seat->state = seat->process.pid ? SEAT_IDLE : SEAT_EMPTY;
    seat->idle_since_us = time_monotonic_us();
    pthread_cond_signal(&pool->freed);
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static struct err ensure_started(struct media_pool *pool, struct seat *seat, struct arena *a)
{
    if (seat->process.pid)
        return OK;
    TRY(media_process_start(&seat->process, a, pool->program,
                            time_monotonic_us() + START_LIMIT_US));
    seat->requests = 0;
    pthread_mutex_lock(&pool->lock);
    pool->stats.started++;
    pool->features = seat->process.features;
    pthread_mutex_unlock(&pool->lock);
    return OK;
}

static void count_loss(struct media_pool *pool, enum media_outcome outcome)
{
    pthread_mutex_lock(&pool->lock);
    if (outcome == MEDIA_TIMED_OUT)
        pool->stats.timeouts++;
    else
        pool->stats.died++;
    pthread_mutex_unlock(&pool->lock);
}

static struct err ask_seat(struct media_pool *pool, struct seat *seat, struct arena *a,
                           const struct wire_request *request, int fd, struct wire_reply *reply,
                           void **payload)
{
    enum media_outcome outcome = MEDIA_UNSENT;
    /* An idle worker that something else killed is not the file's fault: take a new one. */
    for (int attempt = 0; attempt < 2 && outcome == MEDIA_UNSENT; attempt++) {
        TRY(ensure_started(pool, seat, a));
        outcome = media_process_ask(&seat->process, a, request, fd,
                                    time_monotonic_us() + pool->options.time_limit_ms * 1000, reply,
                                    payload);
        if (outcome != MEDIA_ANSWERED)
            end_process(pool, &seat->process);
    }
    if (outcome == MEDIA_ANSWERED) {
        if (reply->retire || ++seat->requests >= pool->options.requests_limit)
            end_process(pool, &seat->process);
        return OK;
    }
    count_loss(pool, outcome);
    if (outcome == MEDIA_TIMED_OUT)
        return err_f(a, ERR_UNPROCESSABLE, "media_timeout",
                     "Reading the file took longer than %lld s",
                     (long long)pool->options.time_limit_ms / 1000);
    return err_make(ERR_UNPROCESSABLE, "media_broken", "Reading the file crashed the media worker");
}

/* -- asking ----------------------------------------------------------------------------------- */

static struct err check_file(int fd, struct wire_request *request)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY || (flags & O_PATH) || fstat(fd, &status) ||
        !S_ISREG(status.st_mode))
        return err_make(ERR_UNPROCESSABLE, "media_not_a_file",
                        "Not a regular file that is open for reading only");
    request->size_bytes = (uint64_t)status.st_size;
    return OK;
}

struct err media_pool_ask(struct media_pool *pool, struct arena *a, int fd,
                          struct wire_request *request, struct wire_reply *ret_reply,
                          void **ret_payload)
{
    TRY(check_file(fd, request));
    request->magic = WIRE_MAGIC;
    request->time_limit_ms = (uint32_t)pool->options.time_limit_ms;
    struct seat *seat = borrow(pool);
    if (!seat)
        return err_make(ERR_BUSY, "media_busy", "All media workers are busy");
    struct wire_reply reply;
    void *payload = NULL;
    struct err err = ask_seat(pool, seat, a, request, fd, &reply, &payload);
    give_back(pool, seat);
    TRY(err);
    if (reply.status == WIRE_NO_PICTURE)
        return err_make(ERR_NOT_FOUND, "media_no_picture", "There is no picture in the file");
    if (reply.status != WIRE_OK)
        return err_make(ERR_UNPROCESSABLE, "media_broken",
                        utf8_repair(a, reply.message, strlen(reply.message)));
    *ret_reply = reply;
    *ret_payload = payload;
    return OK;
}

struct err media_pool_probe(struct media_pool *pool, struct arena *a, int fd,
                            struct media_info **ret_info)
{
    struct wire_request request = {.kind = WIRE_PROBE};
    struct wire_reply reply;
    void *payload;
    TRY(media_pool_ask(pool, a, fd, &request, &reply, &payload));
    return media_info_read(a, payload, reply.payload_bytes, ret_info);
}

static unsigned within(unsigned value, unsigned fallback, unsigned limit)
{
    value = value ? value : fallback;
    return value > limit ? limit : value;
}

static struct err ask_picture(struct media_pool *pool, struct arena *a, int fd, uint32_t kind,
                              const struct media_picture_request *want,
                              struct media_picture *ret_picture)
{
    struct wire_request request = {
        .kind = kind,
        .box_width = within(want->max_width, DEFAULT_WIDTH, WIRE_BOX_MAX),
        .box_height = within(want->max_height, DEFAULT_HEIGHT, WIRE_BOX_MAX),
        .format = want->format == MEDIA_WEBP ? WIRE_WEBP : WIRE_JPEG,
        .quality = within(want->quality, 80, 100),
        .position_s = want->has_position ? want->position_s : -1,
        .position_fraction = want->has_position ? want->position_fraction : 0.2,
    };
    struct wire_reply reply;
    void *payload;
    TRY(media_pool_ask(pool, a, fd, &request, &reply, &payload));
    if (!reply.payload_bytes || !reply.width || !reply.height || reply.width > WIRE_BOX_MAX ||
        reply.height > WIRE_BOX_MAX)
        return err_make(ERR_INTERNAL, "media_answer", "The media worker's picture is not one");
    *ret_picture = (struct media_picture){.data = payload,
                                          .len = reply.payload_bytes,
                                          .width = (int)reply.width,
                                          .height = (int)reply.height,
                                          .average_rgb = reply.average_rgb & 0xffffff};
    return OK;
}

struct err media_pool_thumbnail(struct media_pool *pool, struct arena *a, int fd,
                                const struct media_picture_request *request,
                                struct media_picture *ret_picture)
{
    return ask_picture(pool, a, fd, WIRE_FRAME, request, ret_picture);
}

struct err media_pool_image(struct media_pool *pool, struct arena *a, int fd,
                            const struct media_picture_request *request,
                            struct media_picture *ret_picture)
{
    return ask_picture(pool, a, fd, WIRE_IMAGE, request, ret_picture);
}
