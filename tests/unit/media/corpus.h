/*
 * Media files for tests, made with the ffmpeg program in a temporary folder.
 *
 * corpus_start() makes the folder; corpus_file() makes a file on first use and returns its path;
 * corpus_end() removes everything. All fail the running test when ffmpeg does.
 */
#ifndef MEDLEY_TESTS_MEDIA_CORPUS_H
#define MEDLEY_TESTS_MEDIA_CORPUS_H

#include <stddef.h>

int corpus_start(void **state);
int corpus_end(void **state);

/* By its name in the table of corpus.c: "plain.mp4", "streams30.mkv" ... The path stays valid. */
const char *corpus_file(const char *name);
/* The same, opened for reading. */
int corpus_open(const char *name);
/* A file with exactly these bytes. */
const char *corpus_write(const char *name, const void *data, size_t len);
/* Runs a program (argv[0] from PATH) and returns its standard output, malloc'ed. */
char *corpus_run(const char *const argv[], size_t *ret_len);
/* The whole content, malloc'ed. */
char *corpus_read(const char *path, size_t *ret_len);

#endif
