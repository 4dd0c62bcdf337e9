/* Answers of outside services: whatever they say, reading it is safe, and what was read can be shown. */
#include <stdlib.h>

#include "base/buf.h"
#include "domain/intake/song.h"
#include "json/decode.h"
#include "json/encode.h"
#include "json/take.h"
#include "providers/discogs.h"
#include "providers/imvdb.h"
#include "providers/spotify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Taken, shown, and taken again: nothing changes any more. */
static void *go_round(struct arena *a, const struct shape *shape, const json_t *json)
{
    struct mistakes mistakes = {0};
    void *first = arena_alloc(a, shape->size);
    void *second = arena_alloc(a, shape->size);
    BUF(shown);
    BUF(again);
    shape_take(a, shape, json, first);
    struct jw w = jw_to(&shown);
    shape_encode(&w, shape, first);
    json_t *read = json_read(a, shown.data, shown.len, "body", &mistakes);
    if (!read)
        abort();
    shape_take(a, shape, read, second);
    w = jw_to(&again);
    shape_encode(&w, shape, second);
    if (shown.len != again.len || memcmp(shown.data, again.data, shown.len) != 0)
        abort();
    return first;
}

static void describe(struct arena *a, const json_t *json)
{
    struct song song;
    struct imvdb_video *video = go_round(a, &imvdb_video_shape, json);
    struct discogs_record *master = go_round(a, &discogs_master_shape, json);
    struct spotify_track *track = go_round(a, &spotify_track_shape, json);
    go_round(a, &imvdb_video_page_shape, json);
    go_round(a, &imvdb_entity_shape, json);
    go_round(a, &discogs_search_shape, json);
    go_round(a, &discogs_release_shape, json);
    go_round(a, &discogs_artist_releases_shape, json);
    song_from_imvdb(a, video, &song);
    song_from_discogs(a, master, &song);
    song_from_spotify(a, track, NULL, NULL, 0, &song);
    song_take_metadata(a, json, &song);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    struct mistakes mistakes = {0};
    const char *text = arena_strndup(&a, (const char *)data, size);
    const json_t *json = json_read(&a, text, size, "upstream", &mistakes);
    if (json)
        describe(&a, json);
    spotify_playlist_id(&a, text);
    youtube_id_of(&a, text);
    return 0;
}
