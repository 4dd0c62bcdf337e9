/*
 * Moving, renaming, making and removing files and folders beneath the media folders. Nothing is ever
 * written over. Each change is durable on return. Any thread; may wait for the disk.
 */
#ifndef MEDLEY_DOMAIN_FILES_CHANGE_H
#define MEDLEY_DOMAIN_FILES_CHANGE_H

#include "domain/files/place.h"

/* Makes missing folders of the target. ERR_NOT_FOUND, ERR_CONFLICT "file_exists", ERR_INVALID
 * "into_itself"; ERR_UNSUPPORTED "other_device": the caller copies and removes (job file_copy). */
struct err files_move(struct arena *a, const struct place *from, const struct place *to) MUST_CHECK;
/* In its folder. A new spelling that differs only in case works on every file system. */
struct err files_rename(struct arena *a, const struct place *place, const char *new_name) MUST_CHECK;
/* With its parents; one that is there is fine, a file in the way is ERR_CONFLICT. */
struct err files_make_folder(struct arena *a, const struct place *place) MUST_CHECK;
/* A file, or a folder with everything in it; links are removed, not followed. `only_folder`: anything
 * else is ERR_NOT_FOUND. */
struct err files_remove(struct arena *a, const struct place *place, bool only_folder) MUST_CHECK;

/* The folder that holds it. */
struct place place_parent(struct arena *a, const struct place *place);

#endif
