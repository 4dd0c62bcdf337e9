/* People (contract 8.10): what the web client of document 003 shows beside the document. */
#include <stdlib.h>
#include <string.h>

#include "api/haas/catalog.h"
#include "domain/movies/credit.h"
#include "domain/movies/person.h"
#include "json/encode.h"

static const struct words genders = WORDS("PersonGender", "Unknown", "Female", "Male", "NonBinary");

struct person_view {
    int64_t id;
    const char *biography;
    int64_t birthday;
    int64_t deathday;
    int gender;
    const char *name;
    const char *place_of_birth;
    double popularity;
    const char *profile;
    int64_t created_at;
    int64_t updated_at;
};
#define PV(name_, kind_, member_, ...) FN(name_, struct person_view, kind_, member_, __VA_ARGS__)
#define MUST .flags = FIELD_REQUIRED
SHAPE(haas_person_shape, "PersonMetadata", struct person_view, "A person", PV("id", T_INT, id, MUST),
      PV("biography", T_TEXT, biography), PV("birthday", T_TIME, birthday), PV("deathday", T_TIME, deathday),
      PV("gender", T_ENUM, gender, .words = &genders, .flags = FIELD_REQUIRED | FIELD_NUMBER),
      PV("name", T_TEXT, name, MUST), PV("placeOfBirth", T_TEXT, place_of_birth),
      PV("popularity", T_REAL, popularity, MUST), PV("profilePath", T_TEXT, profile),
      PV("createdAt", T_TIME, created_at, MUST), PV("updatedAt", T_TIME, updated_at, MUST));

static struct person_view view_of(const struct person *p)
{
    return (struct person_view){
        .id = haas_media_id(p->tmdb_id, p->id),
        .biography = p->biography,
        .birthday = haas_date(p->birthday),
        .deathday = haas_date(p->deathday),
        .gender = p->gender > 0 && p->gender < (int64_t)genders.count ? (int)p->gender : GENDER_UNKNOWN,
        .name = p->name,
        .place_of_birth = p->place_of_birth,
        .popularity = or_zero(p->popularity),
        .profile = p->profile_path,
        .created_at = p->created_at,
        .updated_at = p->updated_at,
    };
}

static struct err find(struct db_conn *conn, struct arena *a, int64_t media_id, struct person *ret)
{
    struct person person;
    if (media_id < OWN_ID_BASE)
        return person_get_tmdb(conn, a, media_id, ret);
    TRY(person_get(conn, a, media_id - OWN_ID_BASE, &person));
    if (person.tmdb_id != INT_NONE)
        return err_make(ERR_NOT_FOUND, "person_not_found", "Person not found");
    *ret = person;
    return OK;
}

/* --- list and get --------------------------------------------------------------------------------------- */

struct people_query {
    int64_t skip;
    int64_t take;
    const char *query;
};
SHAPE(haas_people_query_shape, "PeopleQuery", struct people_query, "A part of the people",
      F(struct people_query, T_INT, skip, .fallback = "0", MIN_VALUE(0)),
      F(struct people_query, T_INT, take, .fallback = "100", .help = "1 to 1000"),
      F(struct people_query, T_TEXT, query, .help = "Part of the name"));

struct people_page {
    struct list items;
    int64_t total;
    int64_t skip;
    int64_t take;
    int8_t has_more;
};
SHAPE(haas_people_page_shape, "PersonPage", struct people_page, "A part of the people, most popular first",
      F(struct people_page, T_LIST, items, .item = T_OBJECT, .shape = &haas_person_shape, .flags = FIELD_EMPTY_LIST),
      FN("totalCount", struct people_page, T_INT, total, MUST), F(struct people_page, T_INT, skip, MUST),
      F(struct people_page, T_INT, take, MUST), FN("hasMore", struct people_page, T_BOOL, has_more, MUST));

static struct err list(struct call *call)
{
    const struct people_query *query = call->query;
    int64_t take = query->take < 1 ? 1 : query->take > 1000 ? 1000 : query->take;
    struct person_list people = {0};
    int64_t total;
    TRY(persons_list(call_db(call), call->arena, query->query, false, query->skip, take, &people, &total));
    struct person_view *views = arena_array(call->arena, struct person_view, people.count + 1);
    for (size_t i = 0; i < people.count; i++)
        views[i] = view_of(&people.items[i]);
    struct people_page page = {{views, people.count}, total, query->skip, take,
                               query->skip + (int64_t)people.count < total};
    return call_reply(call, &page);
}

static struct err get(struct call *call)
{
    struct person person;
    TRY(find(call_db(call), call->arena, call_id(call, "id"), &person));
    struct person_view view = view_of(&person);
    return call_reply(call, &view);
}

/* --- credits -------------------------------------------------------------------------------------------- */

struct id_list {
    VEC(int64_t)
};

/* Each item once: somebody may have several jobs in one. Credits come ordered by item. */
static void collect(struct arena *a, const struct credit_list *credits, enum item_type type, struct id_list *ret)
{
    for (size_t i = 0; i < credits->count; i++) {
        const struct credit *c = &credits->items[i];
        bool again = ret->count && ret->items[ret->count - 1] == c->item_id;
        if (c->item_type == (int64_t)type && !again)
            *arena_push(a, ret) = c->item_id;
    }
}

static int newest_movie_first(const void *left, const void *right)
{
    const struct movie *l = left;
    const struct movie *r = right;
    int order = strcmp(or_empty(r->release_date), or_empty(l->release_date));
    return order ? order : strcmp(l->title, r->title);
}

static int best_show_first(const void *left, const void *right)
{
    const struct show *l = left;
    const struct show *r = right;
    double l_vote = or_zero(l->rating);
    double r_vote = or_zero(r->rating);
    if (l_vote != r_vote)
        return l_vote > r_vote ? -1 : 1;
    return strcmp(l->title, r->title);
}

/* One by one, because haas_write_shows() takes them in the order of their numbers. */
static struct err write_shows_by_vote(struct jw *w, const struct catalog *c, struct arena *a, struct show_list *shows)
{
    if (shows->count)
        qsort(shows->items, shows->count, sizeof(shows->items[0]), best_show_first);
    for (size_t i = 0; i < shows->count; i++)
        TRY(haas_write_shows(w, c, a, &shows->items[i], 1));
    return OK;
}

static struct err credits(struct call *call)
{
    struct credit_list all = {0};
    struct id_list movie_ids = {0};
    struct id_list show_ids = {0};
    struct movie_list movies = {0};
    struct show_list shows = {0};
    struct catalog c;
    struct person person;
    struct err e = find(call_db(call), call->arena, call_id(call, "id"), &person);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    if (!failed(e))
        TRY(credits_of_person(call_db(call), call->arena, person.id, &all));
    collect(call->arena, &all, ITEM_MOVIE, &movie_ids);
    collect(call->arena, &all, ITEM_SHOW, &show_ids);
    TRY(movies_by_ids(call_db(call), call->arena, movie_ids.items, movie_ids.count, &movies));
    TRY(shows_by_ids(call_db(call), call->arena, show_ids.items, show_ids.count, &shows));
    if (movies.count)
        qsort(movies.items, movies.count, sizeof(movies.items[0]), newest_movie_first);
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "movies");
    jw_array(w);
    TRY(haas_write_movies(w, &c, call->arena, movies.items, movies.count));
    jw_end(w);
    jw_key(w, "tvShows");
    jw_array(w);
    TRY(write_shows_by_vote(w, &c, call->arena, &shows));
    jw_end(w);
    jw_end(w);
    return OK;
}

#define TAG "People"
ROUTES(haas_people_routes,
       {HTTP_GET, "/api/metadata/people", TAG, "People, most popular first", list, .query = &haas_people_query_shape,
        .reply = &haas_people_page_shape, .flags = ROUTE_PREFIX_ONLY | ROUTE_REMEMBER},
       {HTTP_GET, "/api/metadata/people/{id:int}", TAG, "One person", get, .reply = &haas_person_shape,
        .flags = ROUTE_PREFIX_ONLY | ROUTE_REMEMBER},
       {HTTP_GET, "/api/metadata/people/{id:int}/credits", TAG, "Movies and shows of a person", credits,
        .flags = ROUTE_PREFIX_ONLY | ROUTE_ANY_JSON | ROUTE_BLOCKING | ROUTE_REMEMBER});
