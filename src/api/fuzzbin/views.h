/* Shapes that several resources of document 000 show. */
#ifndef MEDLEY_API_FUZZBIN_VIEWS_H
#define MEDLEY_API_FUZZBIN_VIEWS_H

#include "base/desc.h"
#include "core/jobs.h"

/* JobResponse (contract 1.9) over struct job. */
extern const struct shape fuzzbin_job_view;
/* The job types that the document names (contract 3.2). */
extern const struct words fuzzbin_job_types;

#endif
