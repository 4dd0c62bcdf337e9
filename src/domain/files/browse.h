/* What a folder holds, and what a file is by its name. Records live in the caller's arena. Any thread. */
#ifndef MEDLEY_DOMAIN_FILES_BROWSE_H
#define MEDLEY_DOMAIN_FILES_BROWSE_H

#include "domain/files/place.h"

struct entry {
    const char *name;
    const char *path; /* as clients spell it */
    bool is_folder;
    int64_t size;        /* INT_NONE for folders */
    int64_t modified_at;
};
struct entry_list {
    VEC(struct entry)
};

/* Folders first, then by name without regard to case. Without hidden entries, links that lead nowhere or
 * out, and names that are not UTF-8. A folder that is missing has no entries; a link that leads out is
 * ERR_INVALID. */
struct err files_list(const struct roots *roots, struct arena *a, const struct place *place,
                      struct entry_list *ret_list) MUST_CHECK;

/* ".mkv" with its dot; "" when there is none. Points into `name`. */
const char *name_ending(const char *name);
/* Video, audio, picture, stream list or subtitle, by its ending. */
bool name_is_media(const char *name);

#endif
