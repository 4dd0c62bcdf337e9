/* Request counters: five status classes and a latency histogram. */
#include "api/common/metrics.h"

#include <stdatomic.h>

/* Upper bounds in microseconds: from a cached row to a slow upload. */
static const int64_t bounds_us[] = {100, 500, 1000, 5000, 10000, 50000, 100000, 500000, 1000000, 5000000};
#define BOUND_COUNT (sizeof(bounds_us) / sizeof(bounds_us[0]))

struct metrics {
    atomic_int_fast64_t by_class[6];
    atomic_int_fast64_t by_bound[BOUND_COUNT + 1];
    atomic_int_fast64_t total_us;
};

struct metrics *metrics_create(struct arena *a)
{
    return arena_new(a, struct metrics);
}

void metrics_request(struct metrics *m, int status, int64_t took_us)
{
    int class = status / 100;
    atomic_fetch_add_explicit(&m->by_class[class >= 1 && class <= 5 ? class : 0], 1,
                              memory_order_relaxed);
    size_t bound = 0;
    while (bound < BOUND_COUNT && took_us > bounds_us[bound])
        bound++;
    atomic_fetch_add_explicit(&m->by_bound[bound], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->total_us, took_us, memory_order_relaxed);
}

void metrics_write(const struct metrics *m, struct buf *out)
{
    buf_puts(out, "# TYPE medley_http_requests_total counter\n");
    for (int class = 1; class <= 5; class ++)
        buf_printf(out, "medley_http_requests_total{class=\"%dxx\"} %lld\n", class,
                   (long long)atomic_load(&m->by_class[class]));
    buf_puts(out, "# TYPE medley_http_request_seconds histogram\n");
    long long sum = 0;
    for (size_t i = 0; i <= BOUND_COUNT; i++) {
        sum += (long long)atomic_load(&m->by_bound[i]);
        if (i < BOUND_COUNT)
            buf_printf(out, "medley_http_request_seconds_bucket{le=\"%g\"} %lld\n",
                       (double)bounds_us[i] / 1e6, sum);
        else
            buf_printf(out, "medley_http_request_seconds_bucket{le=\"+Inf\"} %lld\n", sum);
    }
    buf_printf(out, "medley_http_request_seconds_sum %.6f\nmedley_http_request_seconds_count %lld\n",
               (double)atomic_load(&m->total_us) / 1e6, sum);
}
