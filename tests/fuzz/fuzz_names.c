/* Names of files: any bytes, in any folder. Texts that come out are well-formed. */
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "media/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    if (text && (!*text || !utf8_valid(text, strlen(text))))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    SCRATCH(a);
    const char *path = arena_strndup(&a, (const char *)data, size);
    struct movie_name movie;
    struct episode_name episode;
    struct music_name song;
    name_read_movie(&a, path, &movie);
    check(movie.title);
    name_read_music(&a, path, &song);
    check(song.artist);
    check(song.title);
    check(song.album);
    for (size_t i = 0; i < song.featured.count; i++)
        check(song.featured.items[i]);
    if (name_read_episode(&a, path, &episode)) {
        check(episode.show);
        check(episode.title);
        if (episode.last_episode < episode.episode)
            abort();
    }
    name_clean_movie(&a, path);
    name_clean_show(&a, path);
    name_first_year(path);
    name_is_extra(path);
    name_is_video(path);
    return 0;
}
