/* Media folders in a temporary place, with something outside that nobody may reach. */
#ifndef MEDLEY_TESTS_FILES_FIXTURE_H
#define MEDLEY_TESTS_FILES_FIXTURE_H

#include "unit.h"

#include "domain/files/place.h"

struct media {
    struct arena arena;
    char home[64];
    const char *inside;  /* the media folder */
    const char *outside; /* beside it, with secret.txt */
    struct root *items[2];
    struct roots roots;  /* one folder; media_second() adds another */
};

int media_start(void **state);
int media_finish(void **state);
/* A second media folder: at `path` when given (removed with the test), else beside the first. */
void media_second(struct media *m, const char *path);

/* Paths are relative to the media folder. */
void put(struct media *m, const char *path, const char *text);
void put_folder(struct media *m, const char *path);
void put_link(struct media *m, const char *path, const char *target);
const char *full(struct media *m, const char *path);
bool is_there(struct media *m, const char *path);
/* NULL when it is no readable file. */
const char *content(struct media *m, const char *path);
/* Names of a folder, hidden ones too, without "." and "..". */
size_t entries(struct media *m, const char *path);
/* The outside is as it was. */
void assert_untouched(struct media *m);

struct place at(struct media *m, const char *path);

#endif
