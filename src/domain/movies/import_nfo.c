/* NFO records as movies, shows and episodes. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "domain/movies/import.h"

static bool is_named(const struct nfo_rating *rating, const char *a, const char *b)
{
    return rating->name && (strcasecmp(rating->name, a) == 0 || strcasecmp(rating->name, b) == 0);
}

static double of_ten(const struct nfo_rating *rating)
{
    double max = rating->max > 0 ? rating->max : 10;
    double value = rating->value * 10 / max;
    return value >= 0 && value <= 10 ? value : (double)NAN;
}

static int64_t of_hundred(const struct nfo_rating *rating)
{
    double value = of_ten(rating);
    return isnan(value) ? INT_NONE : (int64_t)lround(value * 10);
}

struct ratings {
    double tmdb, imdb, tvdb;
    int64_t tmdb_votes, imdb_votes, tvdb_votes;
    int64_t tomatoes, metacritic;
};

static struct ratings read_ratings(const struct nfo_record *r)
{
    struct ratings out = {NAN, NAN, NAN, INT_NONE, INT_NONE, INT_NONE, INT_NONE, INT_NONE};
    for (size_t i = 0; i < r->ratings.count; i++) {
        const struct nfo_rating *rating = &r->ratings.items[i];
        if (is_named(rating, "imdb", "imdb")) {
            out.imdb = of_ten(rating);
            out.imdb_votes = import_number(rating->votes);
        } else if (is_named(rating, "tvdb", "thetvdb")) {
            out.tvdb = of_ten(rating);
            out.tvdb_votes = import_number(rating->votes);
        } else if (is_named(rating, "tomatometerallcritics", "rottentomatoes")) {
            out.tomatoes = of_hundred(rating);
        } else if (is_named(rating, "metacritic", "metacritic")) {
            out.metacritic = of_hundred(rating);
        } else if (is_named(rating, "themoviedb", "tmdb") || isnan(out.tmdb)) {
            /* A rating without a known name is Kodi's default, which TMDb's scraper writes. */
            out.tmdb = of_ten(rating);
            out.tmdb_votes = import_number(rating->votes);
        }
    }
    return out;
}

static double user_rating(const struct nfo_record *r)
{
    return r->user_rating > 0 && r->user_rating <= 10 ? r->user_rating : (double)NAN;
}

static int64_t year_of(const struct nfo_record *r, const char *date)
{
    if (r->year > 0)
        return r->year;
    return date ? (date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 + date[3] - '0' : INT_NONE;
}

void movie_from_nfo(struct arena *a, const struct nfo_record *r, struct movie *m)
{
    struct ratings ratings = read_ratings(r);
    shape_clear(&movie_shape, m);
    m->title = r->title;
    m->original_title = r->original_title;
    m->sort_title = r->sort_title;
    m->plot = r->plot;
    m->outline = r->outline;
    m->tagline = r->tagline;
    m->content_rating = r->content_rating;
    m->release_date = import_date(a, r->premiered);
    m->year = year_of(r, m->release_date);
    m->runtime = r->runtime_min > 0 ? r->runtime_min : INT_NONE;
    m->user_rating = user_rating(r);
    m->tmdb_rating = ratings.tmdb;
    m->tmdb_votes = ratings.tmdb_votes;
    m->imdb_rating = ratings.imdb;
    m->imdb_votes = ratings.imdb_votes;
    m->rotten_tomatoes_score = ratings.tomatoes;
    m->metacritic_score = ratings.metacritic;
    m->tmdb_id = import_id(r->ids.tmdb);
    m->imdb_id = r->ids.imdb;
    m->tvdb_id = import_id(r->ids.tvdb);
    m->genres = import_texts(&r->genres);
    m->directors = import_texts(&r->directors);
    m->writers = import_texts(&r->credits);
    m->studios = import_texts(&r->studios);
    m->countries = import_texts(&r->countries);
    m->tags = import_texts(&r->tags);
}

void show_from_nfo(struct arena *a, const struct nfo_record *r, struct show *s)
{
    struct ratings ratings = read_ratings(r);
    shape_clear(&show_shape, s);
    s->title = r->title;
    s->original_title = r->original_title;
    s->sort_title = r->sort_title;
    s->plot = r->plot;
    s->outline = r->outline;
    s->tagline = r->tagline;
    s->content_rating = r->content_rating;
    s->status = r->status;
    s->first_aired = import_date(a, r->premiered ? r->premiered : r->aired);
    s->year = year_of(r, s->first_aired);
    s->user_rating = user_rating(r);
    s->tmdb_rating = ratings.tmdb;
    s->tmdb_votes = ratings.tmdb_votes;
    s->imdb_rating = ratings.imdb;
    s->imdb_votes = ratings.imdb_votes;
    s->tvdb_rating = ratings.tvdb;
    s->tmdb_id = import_id(r->ids.tmdb);
    s->imdb_id = r->ids.imdb;
    s->tvdb_id = import_id(r->ids.tvdb);
    s->genres = import_texts(&r->genres);
    s->directors = import_texts(&r->directors);
    s->writers = import_texts(&r->credits);
    s->studios = import_texts(&r->studios);
    s->countries = import_texts(&r->countries);
    s->tags = import_texts(&r->tags);
}

void episode_from_nfo(struct arena *a, const struct nfo_record *r, struct episode *e)
{
    struct ratings ratings = read_ratings(r);
    shape_clear(&episode_shape, e);
    e->title = r->title;
    e->plot = r->plot;
    e->air_date = import_date(a, r->aired ? r->aired : r->premiered);
    e->runtime = r->runtime_min > 0 ? r->runtime_min : INT_NONE;
    e->user_rating = user_rating(r);
    e->tmdb_rating = ratings.tmdb;
    e->tmdb_votes = ratings.tmdb_votes;
    e->tvdb_rating = ratings.tvdb;
    e->tvdb_votes = ratings.tvdb_votes;
    e->tmdb_id = import_id(r->ids.tmdb);
    e->tvdb_id = import_id(r->ids.tvdb);
    e->imdb_id = r->ids.imdb;
}
