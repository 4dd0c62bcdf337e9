/* Choosing among MusicBrainz's recordings and releases. */
#include "domain/intake/identify.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "domain/catalog/text.h"
#include "domain/intake/genre.h"
#include "domain/intake/similarity.h"
#include "domain/intake/song.h"
#include "providers/musicbrainz.h"

#define SEARCH_LIMIT  10
#define TITLE_WEIGHT  0.7
#define ARTIST_WEIGHT 0.3
#define TAG_VOTES_MIN 2
#define ISRC_LENGTH   12

/* --- recordings ------------------------------------------------------------------------------------------------- */

static bool is_official(const struct mb_recording *r)
{
    const struct mb_release *releases = r->releases.items;
    for (size_t i = 0; i < r->releases.count; i++) {
        if (releases[i].status && strcasecmp(releases[i].status, "Official") == 0)
            return true;
    }
    return r->releases.count == 0;
}

static bool is_studio(const struct mb_recording *r)
{
    bool live = r->disambiguation && strcasestr(r->disambiguation, "live");
    return r->video != 1 && !live && is_official(r);
}

struct candidates {
    VEC(const struct mb_recording *)
};

/* Those of a studio; all when there are none. */
static struct candidates studio_first(struct arena *a, const struct mb_recordings *found, bool or_all)
{
    const struct mb_recording *items = found->items.items;
    struct candidates kept = {0};
    for (size_t i = 0; i < found->items.count; i++) {
        if (is_studio(&items[i]))
            *arena_push(a, &kept) = &items[i];
    }
    for (size_t i = 0; or_all && !kept.count && i < found->items.count; i++)
        *arena_push(a, &kept) = &items[i];
    return kept;
}

static const char *date_or_last(const char *date)
{
    return date && *date ? date : "~"; /* after every digit */
}

static const struct mb_recording *earliest(const struct candidates *c)
{
    const struct mb_recording *best = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct mb_recording *r = c->items[i];
        if (!best || strcmp(date_or_last(r->first_release_date), date_or_last(best->first_release_date)) < 0)
            best = r;
    }
    return best;
}

/* --- releases --------------------------------------------------------------------------------------------------- */

static bool is_collected(const char *type)
{
    static const char *const words[] = {"Compilation", "Live", "Remix", "DJ-mix"};
    for (size_t i = 0; type && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(type, words[i]) == 0)
            return true;
    }
    return false;
}

static bool is_collection(const struct mb_release_group *group)
{
    const char *const *types = group ? group->secondary_types.items : NULL;
    bool found = group && is_collected(group->primary_type);
    for (size_t i = 0; group && i < group->secondary_types.count; i++)
        found = found || is_collected(types[i]);
    return found;
}

/* "2004-05-11: Somewhere": recordings of an evening are named after it. */
static bool holds_date(const char *title)
{
    if (!strpbrk(title, "-./"))
        return false;
    for (const char *p = title; *p; p++) {
        bool starts = p == title || !isdigit((unsigned char)p[-1]);
        long year = starts && strspn(p, "0123456789") == 4 ? strtol(p, NULL, 10) : 0;
        if (year >= 1950 && year <= 2029)
            return true;
    }
    return false;
}

static bool is_live_title(const char *title)
{
    static const char *const words[] = {"live at", "live in", "live from", ": live", "(live)", "[live]"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasestr(title, words[i]))
            return true;
    }
    return holds_date(title);
}

static int release_score(const struct mb_release *r)
{
    static const struct {
        const char *type;
        int score;
    } types[] = {{"Album", 50}, {"EP", 20}, {"Single", 10}};
    int score = r->status && strcasecmp(r->status, "Official") == 0 ? 100 : 0;
    const char *type = r->group ? r->group->primary_type : NULL;
    for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcasecmp(type, types[i].type) == 0)
            score += types[i].score;
    }
    return score;
}

static const struct mb_release *choose_release(const struct mb_recording *recording)
{
    const struct mb_release *releases = recording->releases.items;
    const struct mb_release *best = NULL;
    for (size_t i = 0; i < recording->releases.count; i++) {
        const struct mb_release *r = &releases[i];
        if (is_live_title(r->title) || is_collection(r->group))
            continue;
        int better = best ? release_score(r) - release_score(best) : 1;
        if (better > 0 || (better == 0 && strcmp(date_or_last(r->date), date_or_last(best->date)) < 0))
            best = r;
    }
    return best ? best : recording->releases.count ? releases : NULL;
}

static bool is_on_an_album(const struct mb_recording *recording)
{
    const struct mb_release *releases = recording->releases.items;
    for (size_t i = 0; i < recording->releases.count; i++) {
        const struct mb_release_group *group = releases[i].group;
        if (group && group->primary_type && strcasecmp(group->primary_type, "Album") == 0 && !is_collection(group))
            return true;
    }
    return false;
}

/* --- a match ---------------------------------------------------------------------------------------------------- */

void recording_match_clear(struct recording_match *match)
{
    *match = (struct recording_match){.year = INT_NONE, .match_method = "none"};
}

static int by_votes(const void *a, const void *b)
{
    const struct mb_tag *left = a;
    const struct mb_tag *right = b;
    return left->count != right->count ? (left->count < right->count ? 1 : -1) : strcmp(left->name, right->name);
}

static void take_genres(struct arena *a, const struct mb_recording *recording, struct recording_match *match)
{
    const struct mb_tag *given = recording->tags.items;
    struct mb_tag *tags = arena_array(a, struct mb_tag, recording->tags.count + 1);
    const char **names = arena_array(a, const char *, recording->tags.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < recording->tags.count; i++) {
        if (given[i].count >= TAG_VOTES_MIN && *given[i].name)
            tags[count++] = given[i];
    }
    qsort(tags, count, sizeof(tags[0]), by_votes);
    for (size_t i = 0; i < count; i++)
        names[i] = tags[i].name;
    match->all_genres = (struct list){names, count};
    match->genre = count ? names[0] : NULL;
    match->classified_genre = genre_vote(names, count);
}

/* Its own question to the service; a release without a label is fine. */
static struct err take_label(const struct asker *by, const char *release_id, struct recording_match *match)
{
    struct mb_release release;
    struct err e = mb_release(by, release_id, &release);
    if (failed(e))
        return e.kind == ERR_CANCELLED ? e : OK;
    const struct mb_label_info *labels = release.labels.items;
    for (size_t i = 0; i < release.labels.count && !match->label; i++) {
        if (labels[i].label)
            match->label = labels[i].label->name;
    }
    return OK;
}

static struct err describe(const struct asker *by, const struct mb_recording *recording, double score,
                           const char *method, struct recording_match *ret)
{
    const struct mb_release *release = choose_release(recording);
    recording_match_clear(ret);
    ret->recording_mbid = recording->id;
    ret->canonical_title = recording->title;
    ret->canonical_artist = mb_first_credit(recording);
    ret->match_score = score;
    ret->match_method = method;
    ret->confident_match = score >= CONFIDENT_SCORE;
    take_genres(by->arena, recording, ret);
    if (!release)
        return OK;
    ret->release_mbid = release->id;
    ret->album = *release->title ? release->title : NULL;
    ret->year = year_of(release->date);
    ret->release_type = release->group ? release->group->primary_type : NULL;
    return *release->id ? take_label(by, release->id, ret) : OK;
}

/* --- searching -------------------------------------------------------------------------------------------------- */

/* Letters and digits in upper case, or NULL when it is no ISRC. */
static const char *plain_isrc(struct arena *a, const char *isrc)
{
    char *out = arena_strdup(a, isrc ? isrc : "");
    size_t len = 0;
    for (const char *p = out; *p; p++) {
        if (isalnum((unsigned char)*p))
            out[len++] = (char)toupper((unsigned char)*p);
        else if (*p != '-' && *p != ' ')
            return NULL;
    }
    out[len] = 0;
    return len == ISRC_LENGTH ? out : NULL;
}

static struct err by_isrc(const struct asker *by, const char *isrc, struct recording_match *ret)
{
    struct mb_recordings found;
    const char *query = arena_printf(by->arena, "isrc:%s", isrc);
    TRY(mb_search_recordings(by, query, SEARCH_LIMIT, &found));
    struct candidates kept = studio_first(by->arena, &found, true);
    const struct mb_recording *best = earliest(&kept);
    return best ? describe(by, best, 100, "isrc_search", ret) : OK;
}

static double score_of(struct arena *a, const struct mb_recording *r, const char *title, const char *artist)
{
    double by_title = token_sort_ratio(title, text_song_title(a, r->title, true));
    const char *credit = text_plain(a, mb_credit_text(a, r));
    if (!*credit)
        return by_title;
    /* Guests belong to the credit there, and often not here. */
    double whole = token_sort_ratio(artist, credit);
    double first = token_sort_ratio(artist, text_plain(a, mb_first_credit(r)));
    return TITLE_WEIGHT * by_title + ARTIST_WEIGHT * fmax(whole, first);
}

static struct candidates best_scored(struct arena *a, const struct candidates *c, const char *title,
                                     const char *artist, double *ret_score)
{
    struct candidates best = {0};
    *ret_score = 0;
    for (size_t i = 0; i < c->count; i++) {
        double score = score_of(a, c->items[i], title, artist);
        if (score > *ret_score + 1e-9) {
            best.count = 0;
            *ret_score = score;
        }
        if (score >= *ret_score - 1e-9)
            *arena_push(a, &best) = c->items[i];
    }
    return best;
}

static struct candidates prefer_albums(struct arena *a, const struct candidates *c)
{
    struct candidates kept = {0};
    for (size_t i = 0; i < c->count; i++) {
        if (is_on_an_album(c->items[i]))
            *arena_push(a, &kept) = c->items[i];
    }
    return kept.count ? kept : *c;
}

static struct err by_text(const struct asker *by, const char *title, const char *artist, struct recording_match *ret)
{
    struct arena *a = by->arena;
    struct mb_recordings found;
    double score;
    const char *wanted = text_song_title(a, title, true);
    const char *query = arena_printf(
        a, "recording:\"%s\" AND artist:\"%s\" AND NOT comment:(live OR concert OR \"live at\")",
        mb_quote(a, wanted), mb_quote(a, artist));
    TRY(mb_search_recordings(by, query, SEARCH_LIMIT, &found));
    struct candidates studio = studio_first(a, &found, false);
    struct candidates best = best_scored(a, &studio, wanted, text_plain(a, artist), &score);
    if (!best.count || score < CONFIDENT_SCORE)
        return OK;
    best = prefer_albums(a, &best);
    return describe(by, earliest(&best), score, "search", ret);
}

struct err identify_recording(const struct asker *by, const struct recording_query *query,
                              struct recording_match *ret_match)
{
    const char *isrc = plain_isrc(by->arena, query->isrc);
    recording_match_clear(ret_match);
    if (isrc)
        TRY(by_isrc(by, isrc, ret_match));
    if (ret_match->confident_match == 1 || !query->title || !query->artist || !*query->title || !*query->artist)
        return OK;
    return by_text(by, query->title, query->artist, ret_match);
}
