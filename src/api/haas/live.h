/* The hub /hub/background-tasks (contract, section 10). */
#ifndef MEDLEY_API_HAAS_LIVE_H
#define MEDLEY_API_HAAS_LIVE_H

#include "core/core.h"

/* Subscribes the hub to the bus. Once, before serving. */
void haas_live_start(struct core *core);
/* After the servers and the bus have ended. */
void haas_live_stop(void);

#endif
