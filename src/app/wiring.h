/*
 * The one module that knows everybody: makes the parts of a server from the options, in order, and takes
 * them apart in reverse. One per process.
 */
#ifndef MEDLEY_APP_WIRING_H
#define MEDLEY_APP_WIRING_H

#include "api/common/call.h"
#include "app/options.h"
#include "core/core.h"

struct wiring;

/* Opens the database and the settings: what every command needs. */
struct err wiring_create(struct arena *a, const struct options *options, struct wiring **ret) MUST_CHECK;
/* Locks the data folder, makes the first account and libraries when there are none; prints how to log in. */
struct err wiring_first_start(struct wiring *w) MUST_CHECK;
/* A SQLite database belongs to one process at a time: ERR_CONFLICT "data_folder_in_use". The lock goes with the
 * process, however it ends. */
struct err wiring_lock_data_folder(struct arena *a, const char *data_dir) MUST_CHECK;
/* Starts listeners and workers; returns when they answer. */
struct err wiring_start(struct wiring *w) MUST_CHECK;
/* False when a job does not stop: what it may still touch is left as it is, and the process is to end without
 * returning from main(). */
bool wiring_destroy(struct wiring *w);
struct core *wiring_core(struct wiring *w);
/* The APIs in the order in which they win at the root. NULL-terminated. */
extern const struct api *const wiring_apis[];

#endif
