/* Matching songs with records of IMVDb and Discogs. */
#include "domain/intake/song_match.h"

#include <string.h>

#include "domain/catalog/text.h"
#include "domain/intake/identify.h"
#include "domain/intake/similarity.h"
#include "domain/intake/song.h"
#include "providers/discogs.h"

#define ALIKE_MIN       0.8
#define SEARCH_SIZE     25
#define CERTAIN_SCORE   95.0
#define PAGES_MAX       3
#define PAGE_SIZE       50
#define MASTERS_MAX     20
#define TEXT_RESULTS_MAX 5

/* --- IMVDb ------------------------------------------------------------------------------------------------------ */

static const char *plain_artist(struct arena *a, const char *artist)
{
    return text_plain(a, text_without_featured(a, artist ? artist : ""));
}

const struct imvdb_video *imvdb_best_match(struct arena *a, const struct list *videos, const char *artist,
                                           const char *title)
{
    const struct imvdb_video *items = videos->items;
    const struct imvdb_video *best = NULL;
    const char *by = plain_artist(a, artist);
    const char *song = text_song_title(a, title, true);
    double most = ALIKE_MIN;
    for (size_t i = 0; i < videos->count; i++) {
        const char *its_artist = plain_artist(a, imvdb_first_artist(&items[i]));
        const char *its_title = text_song_title(a, items[i].song_title ? items[i].song_title : "", true);
        if (strcmp(its_artist, by) == 0 && strcmp(its_title, song) == 0)
            return &items[i];
        double ratio = block_ratio(arena_printf(a, "%s %s", its_artist, its_title), arena_printf(a, "%s %s", by, song));
        if (ratio > most) {
            most = ratio;
            best = &items[i];
        }
    }
    return best;
}

struct err imvdb_find_song(const struct asker *by, const char *artist, const char *title, bool first,
                           struct imvdb_video *ret_video, bool *ret_found)
{
    struct imvdb_page page;
    TRY(imvdb_search_videos(by, artist, title, 1, SEARCH_SIZE, &page));
    const struct imvdb_video *best = imvdb_best_match(by->arena, &page.results, artist, title);
    if (!best && first && page.results.count)
        best = page.results.items;
    *ret_found = best != NULL;
    return best ? imvdb_video(by, best->id, ret_video) : OK;
}

/* --- Discogs ---------------------------------------------------------------------------------------------------- */

static double track_score(struct arena *a, const struct discogs_record *master, const char *song)
{
    const struct discogs_track *tracks = master->tracklist.items;
    double best = 0;
    for (size_t i = 0; i < master->tracklist.count; i++) {
        double score = token_sort_ratio(song, text_song_title(a, tracks[i].title, true));
        best = score > best ? score : best;
    }
    return best;
}

/* Better than what there is: taken. A master that cannot be had is passed over. */
static struct err try_master(const struct asker *by, int64_t id, const char *song, struct album_match *best)
{
    struct discogs_record master;
    struct err e = discogs_master(by, id, &master);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    double score = track_score(by->arena, &master, song);
    if (score < CONFIDENT_SCORE || score <= best->score)
        return OK;
    const char *const *genres = master.genres.items;
    *best = (struct album_match){
        .album = master.title,
        .genre = master.genres.count ? genres[0] : NULL,
        .year = master.year,
        .score = score,
    };
    struct discogs_record release;
    if (master.main_release > 0 && !failed(discogs_release(by, master.main_release, &release)) && release.labels.count)
        best->label = ((const struct discogs_label *)release.labels.items)[0].name;
    return OK;
}

/* The artist's number at Discogs, as IMVDb knows it; INT_NONE when it does not, or cannot be asked. */
static struct err discogs_number(const struct asker *by, const char *artist, int64_t *ret_id)
{
    struct imvdb_page page;
    *ret_id = INT_NONE;
    struct err e = imvdb_search_entities(by, artist, 1, SEARCH_SIZE, &page);
    if (failed(e))
        return e.kind == ERR_CANCELLED ? e : OK;
    if (page.results.count)
        *ret_id = ((const struct imvdb_entity *)page.results.items)[0].discogs_id;
    return OK;
}

static struct err look_at_artist(const struct asker *by, int64_t artist_id, const char *song, struct album_match *best)
{
    int masters = 0;
    for (int64_t number = 1; number <= PAGES_MAX; number++) {
        struct discogs_artist_releases page;
        struct err e = discogs_releases_of(by, artist_id, number, PAGE_SIZE, "year", "asc", &page);
        if (e.kind == ERR_NOT_FOUND)
            return OK;
        TRY(e);
        const struct discogs_artist_release *releases = page.releases.items;
        for (size_t i = 0; i < page.releases.count; i++) {
            if (strcmp(releases[i].type, "master") != 0)
                continue;
            if (masters++ >= MASTERS_MAX || best->score >= CERTAIN_SCORE)
                return OK;
            TRY(try_master(by, releases[i].id, song, best));
        }
        if (number >= page.pagination->pages)
            break;
    }
    return OK;
}

static struct err look_by_text(const struct asker *by, const char *artist, const char *song, struct album_match *best)
{
    struct discogs_search_page page;
    int looked = 0;
    TRY(discogs_search_song(by, artist, song, "master", 1, PAGE_SIZE, &page));
    const struct discogs_result *results = page.results.items;
    for (size_t i = 0; i < page.results.count && looked < TEXT_RESULTS_MAX && best->score < CERTAIN_SCORE; i++) {
        if (strcmp(results[i].type, "master") != 0)
            continue;
        looked++;
        TRY(try_master(by, results[i].id, song, best));
    }
    return OK;
}

struct err discogs_find_album(const struct asker *by, const char *artist, const char *title,
                              struct album_match *ret_match)
{
    struct album_match best = {.year = INT_NONE};
    int64_t artist_id;
    const char *song = text_song_title(by->arena, title, true);
    TRY(discogs_ready(by));
    TRY(discogs_number(by, artist, &artist_id));
    if (artist_id != INT_NONE && artist_id > 0)
        TRY(look_at_artist(by, artist_id, song, &best));
    if (best.score < CONFIDENT_SCORE)
        TRY(look_by_text(by, artist, song, &best));
    *ret_match = best;
    return OK;
}
