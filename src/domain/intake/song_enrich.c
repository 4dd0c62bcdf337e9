/* Asking MusicBrainz and IMVDb about one song. */
#include "domain/intake/song_enrich.h"

#include <string.h>

#include "domain/intake/genre.h"
#include "domain/intake/song.h"
#include "domain/intake/song_match.h"

static const char *non_blank(const char *text)
{
    return text && *text ? text : NULL;
}

static const char *either(const char *first, const char *second)
{
    return non_blank(first) ? first : non_blank(second);
}

/* Failures count as "nothing known"; only the wish to stop is passed on. */
static struct err forgive(struct err e)
{
    return e.kind == ERR_CANCELLED ? e : OK;
}

static struct err ask_musicbrainz(const struct asker *by, const struct song_question *q, struct recording_match *ret)
{
    struct recording_query query = {.isrc = q->isrc, .title = q->title, .artist = q->artist};
    recording_match_clear(ret);
    struct err e = identify_recording(by, &query, ret);
    if (failed(e))
        recording_match_clear(ret);
    return forgive(e);
}

static void take_clip(struct arena *a, const struct imvdb_video *video, struct clip_facts *ret)
{
    const char *const *ids = imvdb_youtube_ids(a, video);
    size_t count = 0;
    while (ids[count])
        count++;
    *ret = (struct clip_facts){
        .imvdb_id = video->id,
        .imvdb_url = non_blank(video->url),
        .year = video->year,
        .directors = imvdb_director_names(a, video),
        .featured_artists = imvdb_featured_names(a, video),
        .youtube_ids = {(void *)(uintptr_t)ids, count},
        .thumbnail_url = imvdb_picture(video),
        .match_found = 1,
    };
}

static struct err ask_imvdb(const struct asker *by, const struct song_question *q, const struct song_facts *facts,
                            struct clip_facts *ret)
{
    struct imvdb_video video;
    bool found = true;
    struct err e = q->imvdb_id != INT_NONE
                       ? imvdb_video(by, q->imvdb_id, &video)
                       : imvdb_find_song(by, facts->artist, facts->title, true, &video, &found);
    if (!failed(e) && found)
        take_clip(by->arena, &video, ret);
    return forgive(e);
}

static const char *bucket_of(const struct song_question *q, const struct recording_match *r)
{
    return r->classified_genre ? r->classified_genre : genre_vote(q->artist_genres, q->artist_genre_count);
}

static struct err find_existing(const struct asker *by, const struct song_question *q, const struct song_facts *f,
                                int64_t *ret_id)
{
    const char *const *youtube = f->clip.youtube_ids.items;
    struct song_ids ids = {
        .isrc = q->isrc,
        .mb_recording_id = f->recording.recording_mbid,
        .imvdb_video_id = provider_number(by->arena, f->clip.imvdb_id),
        .youtube_id = f->clip.youtube_ids.count ? youtube[0] : NULL,
    };
    if (q->imvdb_id != INT_NONE) /* the question is about that very video */
        ids = (struct song_ids){.imvdb_video_id = provider_number(by->arena, q->imvdb_id)};
    return song_find_by_ids(db_reader(by->core->db), &ids, ret_id);
}

struct err song_enrich(const struct asker *by, const struct song_question *q, struct song_facts *ret)
{
    struct song_facts f = {.clip = {.imvdb_id = INT_NONE, .year = INT_NONE}, .existing_video_id = INT_NONE};
    TRY(ask_musicbrainz(by, q, &f.recording));
    f.title = either(f.recording.canonical_title, q->title);
    f.artist = either(f.recording.canonical_artist, q->artist);
    f.album = either(f.recording.album, q->album);
    f.label = f.recording.label;
    f.genre = bucket_of(q, &f.recording);
    TRY(ask_imvdb(by, q, &f, &f.clip));
    f.year = f.recording.year != INT_NONE ? f.recording.year : q->year != INT_NONE ? q->year : f.clip.year;
    if (!f.clip.thumbnail_url)
        f.clip.thumbnail_url = q->thumbnail_url;
    TRY(forgive(find_existing(by, q, &f, &f.existing_video_id)));
    *ret = f;
    return OK;
}
