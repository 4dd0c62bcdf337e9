/* A library with videos on a migrated database, and a core that is enough for domain/organize. */
#ifndef MEDLEY_TESTS_ORGANIZE_FIXTURE_H
#define MEDLEY_TESTS_ORGANIZE_FIXTURE_H

#include "unit/unit.h"

#include "core/core.h"
#include "domain/catalog/video.h"
#include "sys/root.h"
#include "unit/db/fixture.h"

struct shop {
    struct test_db *t;
    struct arena *a;
    struct core core;
    struct roots roots;
    struct root *items[1];
    const char *library; /* absolute: the media folder, itself a library of music videos */
    const char *outside; /* beside it, with secret.txt */
};
/* `library` NULL: in the test's folder; else there (removed by shop_close). */
void shop_open(struct shop *s, struct test_db *t, const char *library);
void shop_close(struct shop *s);

/* Paths are relative to the library. */
const char *inside(struct shop *s, const char *path);
void put(struct shop *s, const char *path, const char *text);
bool is_there(struct shop *s, const char *path);
/* NULL: no such file. */
const char *content(struct shop *s, const char *path);
/* A video whose row names these files (NULL: none); the files are not made. */
int64_t add_video(struct shop *s, const char *artist, const char *title, const char *file, const char *nfo);
struct video video_of(struct shop *s, int64_t id);
int64_t number(struct shop *s, const char *sql);
/* Nothing was touched outside, and no temporary file is left. */
void assert_clean(struct shop *s);
/* For files of data folders and media folders on other devices. */
void write_at(const char *path, const char *text, size_t len);

#endif
