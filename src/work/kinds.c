/* The table of job kinds. */
#include "work/kinds.h"

extern const struct job_kind prune_kind;

const struct job_kind *const job_kinds[] = {
    &prune_kind,
    NULL,
};
