/* Removes people that nothing names any more, after a movie or show was deleted. */
#include <string.h>

#include "core/core.h"
#include "domain/movies/person.h"
#include "json/decode.h"
#include "json/writer.h"
#include "work/kinds.h"

#define BATCH 100 /* people per transaction */

struct cleanup_args {
    struct list people; /* int64_t */
};
SHAPE(person_cleanup_shape, "PersonCleanupArgs", struct cleanup_args, "People to look at",
      F(struct cleanup_args, T_LIST, people, .item = T_INT, .flags = FIELD_REQUIRED, .help = "numbers"));

struct cleanup {
    struct job_run *run;
    const int64_t *people;
    int64_t total;
    int64_t checked;
    int64_t deleted;
};

static const char *state_json(const struct cleanup *c)
{
    return arena_printf(c->run->arena, "{\"total\":%lld,\"checked\":%lld,\"deleted\":%lld}",
                        (long long)c->total, (long long)c->checked, (long long)c->deleted);
}

/* Where a run that was killed had come to. */
static void resume(struct cleanup *c)
{
    struct mistakes ignored = {0};
    const char *saved = c->run->job->saved;
    json_t *state = saved ? json_read(c->run->arena, saved, strlen(saved), "saved", &ignored) : NULL;
    c->checked = json_integer_value(json_object_get(state, "checked"));
    c->deleted = json_integer_value(json_object_get(state, "deleted"));
    if (c->checked > c->total)
        c->checked = c->total;
}

static struct err one_batch(struct cleanup *c)
{
    TX(tx);
    TRY(db_begin(c->run->core->db, &tx));
    for (int i = 0; i < BATCH && c->checked < c->total; i++) {
        bool removed;
        TRY(person_remove_orphan(tx.conn, c->people[c->checked], &removed));
        c->checked++;
        c->deleted += removed;
    }
    TRY(job_save(c->run, tx.conn, state_json(c)));
    return db_commit(&tx);
}

static struct err cleanup_run(struct job_run *run)
{
    const struct cleanup_args *args = run->args;
    struct cleanup c = {.run = run, .people = args->people.items, .total = (int64_t)args->people.count};
    resume(&c);
    while (c.checked < c.total) {
        if (job_cancelled(run))
            return job_stopped(run);
        job_progress(run, c.checked, c.total, "Checking people");
        TRY(one_batch(&c));
    }
    job_progress(run, c.checked, c.total, "Done");
    job_result(run, state_json(&c));
    return OK;
}

const struct job_kind person_cleanup_kind = {
    .name = "person_cleanup",
    .args = &person_cleanup_shape,
    .run = cleanup_run,
    .max_attempts = 3,
    .backoff_s = 5,
    .at_once = 1,
    .help = "Removes people that nothing names any more",
};
