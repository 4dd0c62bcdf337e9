/* `medley healthcheck`: asks a running server for /ping; for container health checks. */
#ifndef MEDLEY_APP_HEALTHCHECK_H
#define MEDLEY_APP_HEALTHCHECK_H

#include "app/options.h"

struct err healthcheck(struct arena *a, const struct options *options) MUST_CHECK;

#endif
