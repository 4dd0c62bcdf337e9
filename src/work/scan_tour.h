/*
 * What the scan jobs share: one job goes through several folders (a tour), with one progress that never falls
 * back, one sum of results, and a bounded list of what could not be read.
 */
#ifndef MEDLEY_WORK_SCAN_TOUR_H
#define MEDLEY_WORK_SCAN_TOUR_H

#include "core/jobs.h"
#include "domain/library/scan.h"
#include "json/writer.h"

#define SCAN_PROBLEMS_SHOWN 200

struct scan_tour {
    struct job_run *run;
    const char *verb;  /* before the name of the file in hand: "Importing"; NULL: the name alone */
    size_t count;      /* folders */
    size_t done;       /* folders that are behind us */
    int64_t started_us;
    struct scan_result sum;
    int64_t offline;   /* libraries that were away */
    struct {
        VEC(struct walk_problem)
    } problems;
};
void scan_tour_start(struct scan_tour *tour, struct job_run *run, const char *verb);
/* Runs one scan as part of the tour: job, cancelled, progress and fence of the options are filled in. */
struct err scan_tour_visit(struct scan_tour *tour, struct scan_options *options) MUST_CHECK;
/* The members total_files ... offline_libraries, duration_seconds of a result, inside an open object. */
void scan_tour_write(const struct scan_tour *tour, struct jw *w);
/* Ends the job: problems into its log; ERR_CANCELLED becomes job_stopped(). */
struct err scan_tour_end(struct scan_tour *tour, struct err e) MUST_CHECK;

#endif
