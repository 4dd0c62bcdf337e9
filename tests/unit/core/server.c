/* A small server for tests, without HTTP. */
#include "unit.h"

#include <string.h>
#include <time.h>

#include "base/err.h"
#include "core/auth.h"
#include "core/events.h"
#include "core/settings.h"
#include "model/schema.h"
#include "server.h"

void server_start(struct test_db *t, struct core *core, const struct job_kind *const *kinds, int workers)
{
    *core = (struct core){.db = t->db, .data_dir = t->folder, .version = "test"};
    assert_ok(db_migrate(t->db, &t->arena, schema_migrations, schema_migration_count));
    assert_ok(settings_create(&t->arena, &(struct settings_options){.data_dir = t->folder, .db = t->db},
                              &core->settings));
    assert_ok(auth_create(&t->arena, t->db, core->settings, t->folder, &core->auth));
    assert_ok(bus_create(t->db, &core->bus));
    if (!kinds)
        return;
    assert_ok(jobs_create(core, &(struct jobs_options){.kinds = kinds, .workers = workers}, &core->jobs));
    assert_ok(jobs_start(core->jobs));
}

void server_stop(struct core *core)
{
    bus_destroy(core->bus);
    jobs_destroy(core->jobs, 5000);
    auth_destroy(core->auth);
    settings_destroy(core->settings);
    *core = (struct core){0};
}

struct job server_wait(struct test_db *t, int64_t job_id)
{
    struct job job = {0};
    for (int i = 0; i < 1000; i++) {
        assert_ok(jobs_get(db_reader(t->db), &t->arena, job_id, &job));
        if (job_state_is_final(job.state))
            return job;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    fail_msg("job %lld is still %s", (long long)job_id, words_name(&job_state_words, job.state));
    return job;
}
