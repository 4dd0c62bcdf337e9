/* The command line and its environment twins. Texts live in the arena. */
#ifndef MEDLEY_APP_OPTIONS_H
#define MEDLEY_APP_OPTIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct options {
    const char *command;            /* "serve" */
    const char *const *operands;    /* what follows the command, NULL-terminated */
    const char *data_dir;           /* absolute */
    const char *const *library_dirs; /* absolute, NULL-terminated */
    const char *listen;             /* NULL: the setting */
    const char *database;           /* NULL: SQLite in the data folder */
    const char *roles;              /* NULL: the setting */
    const char *web_dir;            /* NULL: found beside the program */
    const char *const *overrides;   /* --set key=value, and what the options above mean as settings */
    const char *api;                /* openapi --api NAME */
};

/* ERR_INVALID "usage": msg says what is wrong. */
struct err options_parse(struct arena *a, int argc, char **argv, struct options *ret) MUST_CHECK;
void options_usage(void);

#endif
