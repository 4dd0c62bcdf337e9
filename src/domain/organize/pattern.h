/*
 * Where the organizer puts a music video: the grammar of organizer.path_pattern (document 000, 8.2).
 *
 * A pattern is literal text with {fields}; "/" separates folders, "{{" and "}}" are braces, the ending of
 * the file is not part of it: "{artist}/{year} - {title}". Fields: artist title album year genre director
 * studio featured_artists. It is compiled once and expanded for any number of videos.
 *
 * A value is text and never structure: separators (also "\"), control characters and NUL in it become "_".
 * A component that ends up as "." or ".." is refused; another one that would begin with a dot gets "_"
 * instead of it, because scans leave hidden names out. A component is cut to 255 bytes between two
 * characters, the file's own so that the ending still fits. Whether the path stays inside the library in
 * spite of links is decided by the kernel when it is used (sys/root.h).
 *
 * Failures: ERR_INVALID "bad_pattern" (compiling) and "no_value" (expanding: a field that the pattern uses
 * is missing or blank, or nothing is left of it; the message names it), "bad_component". Everything lives
 * in the arena. Any thread.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_PATTERN_H
#define MEDLEY_DOMAIN_ORGANIZE_PATTERN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/video.h"

struct pattern_part {
    const char *literal; /* NULL: a field */
    int field;
};
struct pattern_component {
    VEC(struct pattern_part)
};
struct pattern {
    VEC(struct pattern_component) /* folders, then the file's name */
};
struct err pattern_compile(struct arena *a, const char *text, struct pattern *ret_pattern) MUST_CHECK;

struct pattern_path {
    const char *video; /* "Björk/Jóga.mkv", relative to the library */
    const char *nfo;   /* "Björk/Jóga.nfo" */
};
/* `video` with its relations (featured artists are links). `normalize`: values go through file_name_plain().
 * `ending` with its dot, of the source; NULL or no plain ending: ".mp4". */
struct err pattern_expand(struct arena *a, const struct pattern *pattern, const struct video *video,
                          bool normalize, const char *ending, struct pattern_path *ret_path) MUST_CHECK;

/* How many folders from the library's to the first that has {artist}; 0: none has. */
size_t pattern_artist_depth(const struct pattern *pattern);
/* Those folders alone; the pattern must have some. */
struct err pattern_artist_folder(struct arena *a, const struct pattern *pattern, const struct video *video,
                                 bool normalize, const char **ret_folder) MUST_CHECK;

/* Section 11.3: "Björk - Humúríús" -> "bjork_humurius"; "!!!" -> "". */
const char *file_name_plain(struct arena *a, const char *text);

#endif
