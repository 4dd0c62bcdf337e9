/* Settles moves of files that a killed process left in the middle (domain/organize/move.h). */
#include "core/core.h"
#include "domain/organize/move.h"
#include "work/kinds.h"

static struct err recover(struct job_run *run)
{
    int64_t settled;
    TRY(file_moves_recover(run->core, run->arena, &settled));
    job_result(run, arena_printf(run->arena, "{\"settled\":%lld}", (long long)settled));
    return OK;
}

const struct job_kind file_recover_kind = {
    .name = "file_recover",
    .run = recover,
    .max_attempts = 3,
    .backoff_s = 30,
    .at_once = 1,
    .help = "Completes or takes back moves of files that a kill interrupted",
};
