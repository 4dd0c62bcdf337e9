/* Request counters for /metrics. Any thread; lock-free. */
#ifndef MEDLEY_API_COMMON_METRICS_H
#define MEDLEY_API_COMMON_METRICS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct metrics;
struct metrics *metrics_create(struct arena *a);
void metrics_request(struct metrics *metrics, int status, int64_t took_us);
/* Prometheus text: medley_http_requests_total{class}, medley_http_request_seconds histogram. */
void metrics_write(const struct metrics *metrics, struct buf *out);

#endif
