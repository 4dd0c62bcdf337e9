/* /ws/events and /ws/jobs/{job_id} (contract section 4). */
#ifndef MEDLEY_API_FUZZBIN_LIVE_H
#define MEDLEY_API_FUZZBIN_LIVE_H

#include "core/core.h"

/* Subscribes the sockets to the bus. Once, before serving. */
void fuzzbin_live_start(struct core *core);

#endif
