/* A core with database, settings, bus and queue: what tests of the queue, of login and of settings share. */
#ifndef MEDLEY_TESTS_CORE_SERVER_H
#define MEDLEY_TESTS_CORE_SERVER_H

#include "core/core.h"
#include "core/jobs.h"
#include "unit/db/fixture.h"

/* Migrates t's database and makes the parts; kinds NULL: no queue. */
void server_start(struct test_db *t, struct core *core, const struct job_kind *const *kinds, int workers);
void server_stop(struct core *core);
/* Ends the queue as a killed process would leave it: nothing is handed back. */
void server_forget_queue(struct core *core);
/* Waits until the job is over, at most 10 s; the job as it is then. */
struct job server_wait(struct test_db *t, int64_t job_id);

#endif
