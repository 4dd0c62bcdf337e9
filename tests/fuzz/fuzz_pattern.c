/* Path patterns: whatever pattern and values are, what comes out are plain names below the library. The input
 * is a pattern, a line break, and the values. */
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "domain/organize/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const char *path)
{
    if (*path == '/' || !utf8_valid(path, strlen(path)))
        abort();
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 0 || len > 255 || path[0] == '.' || memchr(path, '\\', len) || memchr(path, '\n', len))
            abort();
        path += len + (path[len] == '/');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    const char *text = utf8_repair(&a, arena_strndup(&a, (const char *)data, size), strnlen((const char *)data, size));
    const char *values = strchr(text, '\n');
    struct pattern pattern;
    struct pattern_path path;
    struct video video;
    values = values ? values + 1 : "x";
    if (failed(pattern_compile(&a, arena_strndup(&a, text, strcspn(text, "\n")), &pattern)))
        return 0;
    video_clear(&video);
    video.title = video.artist = video.album = video.genre = video.director = video.studio = values;
    video.year = 1999;
    for (int normalize = 0; normalize < 2; normalize++) {
        if (failed(pattern_expand(&a, &pattern, &video, normalize, strrchr(values, '.'), &path)))
            continue;
        check_names(path.video);
        check_names(path.nfo);
    }
    return 0;
}
