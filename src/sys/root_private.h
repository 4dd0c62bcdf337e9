/* Between root.c (opening) and root_verbs.c (changing names). */
#ifndef MEDLEY_SYS_ROOT_PRIVATE_H
#define MEDLEY_SYS_ROOT_PRIVATE_H

#include "sys/root.h"

/* root_open without the demand for a regular file. */
struct err root_open_any(struct root *root, struct arena *a, const char *path, int flags,
                         mode_t mode, int *ret_fd) MUST_CHECK;
/* errno of a call about `path`; EXDEV means that it leads out. */
struct err root_error(struct arena *a, int number, const char *path) MUST_CHECK;

#endif
