/* What PUT and PATCH of movies take (contract 6.3). */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "api/metarr/metarr.h"

struct movie_body {
    const char *title, *original_title, *sort_title, *tagline, *plot, *outline, *content_rating, *mpaa_rating;
    int64_t year, runtime, tmdb_id, tvdb_id;
    const char *release_date, *imdb_id;
    double user_rating, rating;
    struct list genres, directors, writers, studios, countries, tags;
    int8_t monitored;
    int identification_status;
    int8_t locked[LOCK_COUNT];
    int8_t rating_locked, mpaa_rating_locked, logo_locked;
};

#define B(kind_, member_, ...) F(struct movie_body, kind_, member_, ##__VA_ARGS__)
#define TEXT(member_, max_)    B(T_TEXT, member_, .flags = FIELD_NULLABLE, MAX_VALUE(max_))
#define LIST(member_)          B(T_LIST, member_, .item = T_TEXT, MAX_VALUE(1000))
#define LOCK(name_, lock_)     FN(name_ "_locked", struct movie_body, T_BOOL, locked[lock_])
SHAPE(metarr_movie_body_shape, "MetarrMovieUpdate", struct movie_body, "Fields of a movie to change",
      B(T_TEXT, title, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, BETWEEN(1, 500)), TEXT(original_title, 500),
      TEXT(sort_title, 500), TEXT(tagline, 500), TEXT(plot, 20000), TEXT(outline, 20000), TEXT(content_rating, 50),
      TEXT(mpaa_rating, 50), B(T_INT, year, .flags = FIELD_NULLABLE, BETWEEN(1870, 2100)),
      B(T_INT, runtime, .flags = FIELD_NULLABLE, BETWEEN(0, 5000)),
      B(T_INT, tmdb_id, .flags = FIELD_NULLABLE, MIN_VALUE(1)), B(T_INT, tvdb_id, .flags = FIELD_NULLABLE, MIN_VALUE(1)),
      TEXT(release_date, 40), TEXT(imdb_id, 40), B(T_REAL, user_rating, .flags = FIELD_NULLABLE, BETWEEN(0, 10)),
      B(T_REAL, rating, .flags = FIELD_NULLABLE, BETWEEN(0, 10)), LIST(genres), LIST(directors), LIST(writers),
      LIST(studios), LIST(countries), LIST(tags), B(T_BOOL, monitored, .flags = FIELD_REQUIRED),
      B(T_ENUM, identification_status, .flags = FIELD_REQUIRED, .words = &identification_words),
      LOCK("title", LOCK_TITLE), LOCK("original_title", LOCK_ORIGINAL_TITLE), LOCK("sort_title", LOCK_SORT_TITLE),
      LOCK("year", LOCK_YEAR), LOCK("plot", LOCK_PLOT), LOCK("outline", LOCK_OUTLINE), LOCK("tagline", LOCK_TAGLINE),
      LOCK("content_rating", LOCK_CONTENT_RATING), LOCK("release_date", LOCK_RELEASE_DATE),
      LOCK("user_rating", LOCK_USER_RATING), LOCK("genres", LOCK_GENRES), LOCK("directors", LOCK_DIRECTORS),
      LOCK("writers", LOCK_WRITERS), LOCK("studios", LOCK_STUDIOS), LOCK("countries", LOCK_COUNTRIES),
      LOCK("tags", LOCK_TAGS), LOCK("actors_order", LOCK_ACTORS_ORDER), LOCK("poster", LOCK_POSTER),
      LOCK("fanart", LOCK_FANART), LOCK("clearlogo", LOCK_CLEARLOGO), LOCK("clearart", LOCK_CLEARART),
      LOCK("banner", LOCK_BANNER), LOCK("thumb", LOCK_THUMB), LOCK("discart", LOCK_DISCART),
      LOCK("keyart", LOCK_KEYART), LOCK("landscape", LOCK_LANDSCAPE), LOCK("trailer", LOCK_TRAILER),
      B(T_BOOL, rating_locked), B(T_BOOL, mpaa_rating_locked), B(T_BOOL, logo_locked));

struct reading {
    struct call *call;
    const struct movie_body *body;
    const struct presence *present;
    struct movie *values;
    struct item_change *change;
};

static bool has(const struct reading *r, const char *name)
{
    return shape_has(&metarr_movie_body_shape, r->present, name);
}

static void rule(const struct reading *r, const char *field, const char *text)
{
    mistake_rule(r->call->arena, &r->call->mistakes, "body", field, text);
}

static const char *trimmed(struct arena *a, const char *text)
{
    if (!text)
        return NULL;
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len ? arena_strndup(a, text, len) : NULL; /* empty means null */
}

static bool is_date(const char *text)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const char form[] = "dddd-dd-dd";
    if (strlen(text) != 10)
        return false;
    for (size_t i = 0; i < 10; i++) {
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != '-')
            return false;
    }
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int day = (text[8] - '0') * 10 + text[9] - '0';
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] && (leap || month != 2 || day < 29);
}

static bool is_imdb(const char *text)
{
    size_t len = strlen(text);
    return strncmp(text, "tt", 2) == 0 && len >= 9 && len <= 12 && strspn(text + 2, "0123456789") == len - 2;
}

static void take(const struct reading *r, enum movie_field field)
{
    set_present(&r->change->which, field);
}

/* Fields that have the same name here and there. */
static void take_plain(const struct reading *r)
{
    for (size_t i = 0; i < metarr_movie_body_shape.count; i++) {
        const struct field *from = &metarr_movie_body_shape.fields[i];
        int index = shape_find(&movie_shape, from->name);
        if (index < 0 || !is_present(r->present, i) || (movie_shape.fields[index].flags & FIELD_READONLY))
            continue;
        const struct field *to = &movie_shape.fields[index];
        memcpy(field_at(to, r->values), field_at(from, r->body), field_type_size(from->type, NULL));
        if (from->type == T_TEXT) {
            const char **text = field_at(to, r->values);
            *text = trimmed(r->call->arena, *text);
        }
        set_present(&r->change->which, (size_t)index);
    }
}

/* Other names of the same thing count when the first name is not there. */
static void take_aliases(const struct reading *r)
{
    if (has(r, "mpaa_rating") && !has(r, "content_rating")) {
        r->values->content_rating = trimmed(r->call->arena, r->body->mpaa_rating);
        take(r, MOVIE_FIELD_content_rating);
    }
    if (has(r, "rating") && !has(r, "user_rating")) {
        r->values->user_rating = r->body->rating;
        take(r, MOVIE_FIELD_user_rating);
    }
}

static void take_lock(const struct reading *r, const char *name, enum item_lock lock, int8_t wanted)
{
    if (!has(r, name) || wanted == BOOL_NONE)
        return;
    r->change->named_locks |= INT64_C(1) << lock;
    r->values->locks &= ~(INT64_C(1) << lock);
    r->values->locks |= (int64_t)(wanted == 1) << lock;
}

static void take_locks(const struct reading *r)
{
    r->values->locks = 0;
    take_lock(r, "rating_locked", LOCK_USER_RATING, r->body->rating_locked);
    take_lock(r, "mpaa_rating_locked", LOCK_CONTENT_RATING, r->body->mpaa_rating_locked);
    take_lock(r, "logo_locked", LOCK_CLEARLOGO, r->body->logo_locked);
    for (int lock = 0; lock < LOCK_COUNT; lock++)
        take_lock(r, arena_printf(r->call->arena, "%s_locked", words_name(&item_lock_words, lock)),
                  (enum item_lock)lock, r->body->locked[lock]);
}

static void check(const struct reading *r)
{
    if (r->values->release_date && !is_date(r->values->release_date))
        rule(r, "release_date", "must be a date, YYYY-MM-DD");
    if (r->values->imdb_id && !is_imdb(r->values->imdb_id))
        rule(r, "imdb_id", "must be tt and 7 to 10 digits");
}

struct err metarr_movie_change(struct call *call, const struct movie_body *body, const struct presence *present,
                               struct movie *ret_values, struct item_change *ret_change)
{
    struct reading r = {call, body, present, ret_values, ret_change};
    movie_clear(ret_values);
    *ret_change = (struct item_change){.values = ret_values, .how = ITEM_BY_USER, .source = "user"};
    take_plain(&r);
    take_aliases(&r);
    take_locks(&r);
    check(&r);
    if (call->mistakes.count)
        return call_invalid(call);
    bool nothing = !ret_change->which.bits[0] && !ret_change->which.bits[1] && !ret_change->named_locks;
    return nothing ? err_make(ERR_INVALID, "MISSING_REQUIRED", "No fields to update") : OK;
}
