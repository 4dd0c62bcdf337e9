/*
 * text_rank(): how well a row of a full-text table fits, from where its words stand alone.
 *
 * FTS5's own bm25() reads the row's length from another table, 1.6 us for each find, whether it is shown or
 * not; for a word that a tenth of the library has, that is all the time of the search. Where the words stand
 * is known from finding them. So a phrase counts once for each column that has it, by the column's weight;
 * half as much again where the column begins with it ("Love" before "All about love"), and a little for each
 * further time. How rare a word is makes no difference among the finds of that word, and is left out.
 */
#include "db/sqlite.h"

/* Of a column's weight: where it begins with the phrase; for each further time, at most so many. */
#define START_PART   0.5
#define FURTHER_PART 0.05
#define FURTHER_MAX  5

struct ranking {
    const Fts5ExtensionApi *api;
    Fts5Context *context;
    sqlite3_value **weights;
    int weight_count;
};

static double weight_of(const struct ranking *r, int column)
{
    return column < r->weight_count ? sqlite3_value_double(r->weights[column]) : 1;
}

static double rank_phrase(const struct ranking *r, int phrase)
{
    Fts5PhraseIter at;
    int column;
    int place;
    int last = -1;
    int further = 0;
    double weight = 0;
    double sum = 0;
    if (r->api->xPhraseFirst(r->context, phrase, &at, &column, &place) != SQLITE_OK)
        return 0;
    for (; column >= 0; r->api->xPhraseNext(r->context, &at, &column, &place)) {
        if (column != last) {
            weight = weight_of(r, column);
            sum += place == 0 ? weight * (1 + START_PART) : weight;
            last = column;
            further = 0;
        } else if (further++ < FURTHER_MAX) {
            sum += weight * FURTHER_PART;
        }
    }
    return sum;
}

static void text_rank(const Fts5ExtensionApi *api, Fts5Context *context, sqlite3_context *result,
                      int weight_count, sqlite3_value **weights)
{
    struct ranking r = {api, context, weights, weight_count};
    double sum = 0;
    for (int i = 0; i < api->xPhraseCount(context); i++)
        sum += rank_phrase(&r, i);
    sqlite3_result_double(result, -sum);
}

/* SQLite hands out the table of its full-text extension through a bound pointer. */
static fts5_api *find_api(sqlite3 *handle)
{
    fts5_api *api = NULL;
    sqlite3_stmt *question = NULL;
    if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &question, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(question, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(question);
    }
    sqlite3_finalize(question);
    return api;
}

bool sqlite_rank_register(sqlite3 *handle)
{
    fts5_api *api = find_api(handle);
    return api && api->xCreateFunction(api, "text_rank", NULL, text_rank, NULL) == SQLITE_OK;
}
