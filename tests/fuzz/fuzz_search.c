/* Search expressions: whatever somebody types, FTS5 must take what we make of it. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalog/search_query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sqlite3_stmt *statement(void)
{
    static sqlite3 *db;
    static sqlite3_stmt *found;
    if (found)
        return found;
    if (sqlite3_open(":memory:", &db) ||
        sqlite3_exec(db,
                     "CREATE VIRTUAL TABLE t USING fts5 (title, artist, album, director, genre, studio, tags,"
                     " tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2');"
                     "INSERT INTO t VALUES ('one two', 'three', '', '', 'rock', '', '90s')",
                     NULL, NULL, NULL) ||
        sqlite3_prepare_v2(db, "SELECT rowid FROM t WHERE t MATCH ?", -1, &found, NULL))
        abort();
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    BUF(fts);
    BUF(words);
    struct search_node *tree = search_parse(&a, arena_strndup(&a, (const char *)data, size));
    if (!tree)
        return 0;
    search_to_fts5(&fts, tree);
    search_to_tsquery(&words, tree);
    sqlite3_stmt *s = statement();
    sqlite3_bind_text(s, 1, fts.data, (int)fts.len, SQLITE_STATIC);
    int code = sqlite3_step(s);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        abort();
    sqlite3_reset(s);
    return 0;
}
