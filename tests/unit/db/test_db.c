/* db/: statements, rows, transactions, errors and migrations, the same on SQLite and PostgreSQL. */
#include "unit.h"

#include "db/fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/fault.h"
#include "db/migrate.h"

#define TAG_TABLE                                                                                  \
    "CREATE TABLE tag (id {id}, name {text} NOT NULL, kind {int}, UNIQUE (name), UNIQUE (kind, "   \
    "id));"

static void make_tags(struct test_db *t)
{
    test_db_script(t, TAG_TABLE);
}

static int64_t tags(struct test_db *t)
{
    return test_db_int(t, "SELECT COUNT(*) FROM tag");
}

/* --- values ----------------------------------------------------------------------------------- */

static void values_of_every_type_survive(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE v (id {id}, i {int}, t {text}, r {real}, b {bool}, e {int},"
                      " z {bytes}, j {json}, n {text})");
    static const char bytes[] = {0, 1, (char)0xff, '\\', 'x', 0};
    const char *text = "na\xc3\xafve \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x8e\xac '\"\\ $1 %";
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(
        db_exec(tx.conn, "INSERT INTO v (i, t, r, b, e, z, j, n) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
                "itrbeztn", INT64_MAX, text, 0.1, 1, 7, bytes, sizeof(bytes), "{\"a\": null}"));
    assert_ok(db_commit(&tx));
    ROWS(rows);
    assert_ok(db_query(db_reader(t->db), &rows, "SELECT i, t, r, b, e, z, j, n FROM v", ""));
    assert_true(rows_next(&rows));
    assert_true(rows_int(&rows, 0) == INT64_MAX);
    assert_string_equal(rows_text(&rows, &t->arena, 1), text);
    assert_true(rows_real(&rows, 2) == 0.1);
    assert_int_equal(rows_bool(&rows, 3), 1);
    assert_int_equal(rows_int(&rows, 4), 7);
    size_t len;
    const char *back = rows_peek(&rows, 5, &len);
    assert_int_equal(len, sizeof(bytes));
    assert_memory_equal(back, bytes, len);
    assert_string_equal(rows_text(&rows, &t->arena, 6), "{\"a\": null}");
    assert_true(rows_is_null(&rows, 7));
    assert_false(rows_next(&rows));
    assert_false(rows_next(&rows));
    assert_ok(rows_end(&rows));
}

static void no_value_is_null_both_ways(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE v (i {int}, t {text}, r {real}, b {bool}, e {int}, z {bytes})");
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO v VALUES ($1, $2, $3, $4, $5, $6)", "itrbez", INT_NONE,
                      NULL, (double)NAN, BOOL_NONE, ENUM_NONE, NULL, (size_t)0));
    assert_ok(db_commit(&tx));
    ROWS(rows);
    assert_ok(db_query(db_reader(t->db), &rows, "SELECT * FROM v", ""));
    assert_true(rows_next(&rows));
    assert_true(rows_int(&rows, 0) == INT_NONE);
    assert_null(rows_text(&rows, &t->arena, 1));
    assert_true(isnan(rows_real(&rows, 2)));
    assert_int_equal(rows_bool(&rows, 3), BOOL_NONE);
    for (int column = 0; column < 6; column++)
        assert_true(rows_is_null(&rows, column));
}

static void parameters_count_by_number_and_not_inside_quotes(struct test_db *t)
{
    ROWS(rows);
    assert_ok(db_query(db_reader(t->db), &rows,
                       "SELECT CAST($2 AS TEXT), '$1 it''s -- $1', CAST($1 AS TEXT) /* $9 */, "
                       "CAST($2 AS TEXT) AS \"$3\" -- $4",
                       "tt", "one", "two"));
    assert_true(rows_next(&rows));
    assert_string_equal(rows_peek(&rows, 0, NULL), "two");
    assert_string_equal(rows_peek(&rows, 1, NULL), "$1 it's -- $1");
    assert_string_equal(rows_peek(&rows, 2, NULL), "one");
    assert_string_equal(rows_peek(&rows, 3, NULL), "two");
}

static void text_sorts_and_matches_bytewise(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE w (t {text});"
                      "INSERT INTO w VALUES ('a'), ('B'), ('b'), ('A'), ('_'), ('\xc3\xa4')");
    char order[32] = "";
    ROWS(rows);
    assert_ok(db_query(db_reader(t->db), &rows, "SELECT t FROM w ORDER BY t", ""));
    while (rows_next(&rows))
        strncat(order, rows_peek(&rows, 0, NULL), 4);
    assert_ok(rows_end(&rows));
    assert_string_equal(order, "AB_ab\xc3\xa4");
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM w WHERE t LIKE 'a%'"), 1);
}

static void lists_of_values_build_statements(struct test_db *t)
{
    make_tags(t);
    struct db_values values = {0};
    BUF(sql);
    buf_puts(&sql, "INSERT INTO tag (name, kind) VALUES ");
    for (int i = 0; i < 300; i++) {
        values_text(&t->arena, &values, arena_printf(&t->arena, "tag %d", i));
        values_int(&t->arena, &values, i);
        buf_printf(&sql, "%s($%d, $%d)", i ? ", " : "", i * 2 + 1, i * 2 + 2);
    }
    int64_t changed = 0;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec_values(tx.conn, sql.data, &values, &changed));
    assert_int_equal(changed, 300);
    assert_ok(db_exec_n(tx.conn, &changed, "DELETE FROM tag WHERE kind >= $1", "i", (int64_t)290));
    assert_int_equal(changed, 10);
    assert_ok(db_commit(&tx));
    assert_int_equal(tags(t), 290);
}

static void same_statement_nests(struct test_db *t)
{
    make_tags(t);
    test_db_script(t, "INSERT INTO tag (name, kind) VALUES ('a', 1), ('b', 2), ('c', 3)");
    const char *sql = "SELECT kind FROM tag WHERE kind > $1 ORDER BY kind";
    int pairs = 0;
    ROWS(outer);
    assert_ok(db_query(db_reader(t->db), &outer, sql, "i", (int64_t)0));
    while (rows_next(&outer)) {
        ROWS(inner);
        assert_ok(db_query(db_reader(t->db), &inner, sql, "i", rows_int(&outer, 0)));
        while (rows_next(&inner))
            pairs++;
        assert_ok(rows_end(&inner));
    }
    assert_ok(rows_end(&outer));
    assert_int_equal(pairs, 3);
}

static void more_texts_than_the_cache_holds_work(struct test_db *t)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 400; i++) {
            char sql[64];
            int64_t value = 0;
            snprintf(sql, sizeof(sql), "SELECT %d + CAST($1 AS INTEGER)", i);
            assert_ok(db_get_int(db_reader(t->db), &value, sql, "i", (int64_t)1));
            assert_int_equal(value, i + 1);
        }
    }
}

/* --- failures --------------------------------------------------------------------------------- */

static struct err try_insert(struct test_db *t, const char *sql, const char *name)
{
    TX(tx);
    TRY(db_begin(t->db, &tx));
    TRY(db_exec(tx.conn, sql, "t", name));
    return db_commit(&tx);
}

static void broken_constraints_say_which(struct test_db *t)
{
    test_db_script(
        t, "CREATE TABLE kind (id {id}, word {text} NOT NULL, lang {text},"
           "   size {int} CHECK (size > 0), UNIQUE (word, lang));"
           "CREATE TABLE item (id {id}, kind_id {int} REFERENCES kind (id), u {text} UNIQUE);"
           "CREATE UNIQUE INDEX kind_lower ON kind (LOWER(lang));"
           "INSERT INTO kind (word, lang) VALUES ('w', 'de');"
           "INSERT INTO item (u) VALUES ('x')");
    struct err e = try_insert(t, "INSERT INTO item (u) VALUES ($1)", "x");
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_string_equal(e.code, "unique_violation");
    assert_string_equal(e.field, "u");
    assert_non_null(e.msg);
    e = try_insert(t, "INSERT INTO kind (word, lang) VALUES ($1, 'de')", "w");
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_true(strcmp(e.field, "word,lang") == 0 || strcmp(e.field, "kind_lower") == 0);
    e = try_insert(t, "INSERT INTO kind (word, lang) VALUES ($1, 'DE')", "v");
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_string_equal(e.field, "kind_lower");
    e = try_insert(t, "INSERT INTO item (kind_id) VALUES (CAST($1 AS INTEGER))", "99");
    assert_int_equal(e.kind, ERR_UNPROCESSABLE);
    assert_string_equal(e.code, "foreign_key_violation");
    e = try_insert(t, "INSERT INTO kind (word, lang) VALUES ($1, 'fr')", NULL);
    assert_string_equal(e.code, "not_null_violation");
    assert_string_equal(e.field, "word");
    e = try_insert(t, "INSERT INTO kind (word, size) VALUES ($1, -1)", "s");
    assert_string_equal(e.code, "check_violation");
    e = try_insert(t, "INSERT INTO nowhere VALUES ($1)", "s");
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_string_equal(e.code, "db_error");
}

static void readers_cannot_write(struct test_db *t)
{
    make_tags(t);
    struct err e = db_exec(db_reader(t->db), "INSERT INTO tag (name) VALUES ($1)", "t", "x");
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_string_equal(e.code, "db_read_only");
    assert_int_equal(tags(t), 0);
}

static void failed_statement_dooms_its_transaction(struct test_db *t)
{
    make_tags(t);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "a"));
    assert_fails(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "a"), ERR_CONFLICT);
    assert_fails(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "b"), ERR_CONFLICT);
    assert_fails(db_commit(&tx), ERR_CONFLICT);
    assert_int_equal(tags(t), 0);
    assert_false(db_in_transaction(db_reader(t->db)));
}

static void savepoint_takes_back_its_part_alone(struct test_db *t)
{
    make_tags(t);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "a"));
    {
        SAVEPOINT(part);
        assert_ok(db_savepoint(tx.conn, &part));
        assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "lost"));
        assert_fails(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "a"),
                     ERR_CONFLICT);
    }
    {
        SAVEPOINT(part);
        assert_ok(db_savepoint(tx.conn, &part));
        assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "b"));
        assert_ok(db_savepoint_keep(&part));
    }
    assert_ok(db_commit(&tx));
    assert_int_equal(tags(t), 2);
}

/* --- transactions ----------------------------------------------------------------------------- */

static void leaving_the_scope_rolls_back(struct test_db *t)
{
    make_tags(t);
    {
        TX(tx);
        assert_ok(db_begin(t->db, &tx));
        assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "a"));
        assert_true(db_reader(t->db) == tx.conn);
        assert_int_equal(tags(t), 1); /* reads inside see its writes */
    }
    assert_int_equal(tags(t), 0);
}

static void note(void *data)
{
    struct buf *order = *(struct buf **)data;
    buf_putc(order, ((char *)data)[sizeof(struct buf *)]);
}

struct note {
    struct buf *order;
    char word;
};

static void after_commit_calls_run_in_order_and_not_after_rollback(struct test_db *t)
{
    make_tags(t);
    BUF(order);
    struct note a = {&order, 'a'}, b = {&order, 'b'}, c = {&order, 'c'}, d = {&order, 'd'};
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    db_after_commit(tx.conn, note, &a);
    {
        SAVEPOINT(part);
        assert_ok(db_savepoint(tx.conn, &part));
        db_after_commit(tx.conn, note, &b);
    }
    SAVEPOINT(kept);
    assert_ok(db_savepoint(tx.conn, &kept));
    db_after_commit(tx.conn, note, &c);
    assert_ok(db_savepoint_keep(&kept));
    db_after_commit(tx.conn, note, &d);
    assert_int_equal(order.len, 0);
    assert_ok(db_commit(&tx));
    assert_string_equal(order.data, "acd");
    assert_ok(db_begin(t->db, &tx));
    db_after_commit(tx.conn, note, &b);
    db_rollback(&tx);
    assert_string_equal(order.data, "acd");
}

static void another_transaction(void *data)
{
    struct test_db *t = data;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "second"));
    assert_ok(db_commit(&tx));
}

static void after_commit_call_may_begin_another(struct test_db *t)
{
    make_tags(t);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "first"));
    db_after_commit(tx.conn, another_transaction, t);
    assert_ok(db_commit(&tx));
    assert_int_equal(tags(t), 2);
}

static void failed_commit_keeps_nothing(struct test_db *t)
{
    make_tags(t);
    BUF(order);
    struct note a = {&order, 'a'};
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "INSERT INTO tag (name) VALUES ($1)", "t", "x"));
    db_after_commit(tx.conn, note, &a);
    db_fault(t->db, 1, "COMMIT");
    assert_fails(db_commit(&tx), ERR_STORAGE);
    assert_int_equal(order.len, 0);
    assert_int_equal(tags(t), 0);
    assert_ok(try_insert(t, "INSERT INTO tag (name) VALUES ($1)", "y"));
}

/* --- torture ---------------------------------------------------------------------------------- */

/* A tag with three items, an event and a counter: all or nothing. */
static struct err write_album(struct test_db *t, const char *name)
{
    TX(tx);
    TRY(db_begin(t->db, &tx));
    ROWS(rows);
    TRY(db_query(tx.conn, &rows, "INSERT INTO album (name) VALUES ($1) RETURNING id", "t", name));
    int64_t id = rows_next(&rows) ? rows_int(&rows, 0) : INT_NONE;
    TRY(rows_end(&rows));
    for (int64_t n = 1; n <= 3; n++)
        TRY(db_exec(tx.conn, "INSERT INTO track (album_id, number) VALUES ($1, $2)", "ii", id, n));
    SAVEPOINT(part);
    TRY(db_savepoint(tx.conn, &part));
    TRY(db_exec(tx.conn, "INSERT INTO event (album_id) VALUES ($1)", "i", id));
    TRY(db_savepoint_keep(&part));
    TRY(db_exec(tx.conn, "UPDATE counter SET albums = albums + 1", ""));
    return db_commit(&tx);
}

static void assert_whole(struct test_db *t)
{
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) * 3 FROM album"),
                     test_db_int(t, "SELECT COUNT(*) FROM track"));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM album"),
                     test_db_int(t, "SELECT albums FROM counter"));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM album"),
                     test_db_int(t, "SELECT COUNT(*) FROM event"));
}

static void nothing_half_written_whichever_statement_fails(struct test_db *t)
{
    test_db_script(
        t, "CREATE TABLE album (id {id}, name {text} NOT NULL);"
           "CREATE TABLE track (id {id}, album_id {int} REFERENCES album (id), number {int});"
           "CREATE TABLE event (id {id}, album_id {int});"
           "CREATE TABLE counter (albums {int}); INSERT INTO counter VALUES (0)");
    int walked = 0;
    for (int64_t n = 1;; n++) {
        db_fault(t->db, n, NULL);
        struct err e = write_album(t, "torture");
        bool struck = !db_fault_pending(t->db);
        db_fault(t->db, 0, NULL);
        assert_int_equal(failed(e), struck);
        assert_whole(t);
        assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM album"), walked + (struck ? 0 : 1));
        if (!struck)
            break;
        /* A clean retry succeeds, on the same connection. */
        assert_ok(write_album(t, "retry"));
        walked++;
    }
    assert_int_equal(walked, 10); /* BEGIN, 4 inserts, savepoint, event, release, update, COMMIT */
}

/* --- shapes ----------------------------------------------------------------------------------- */

struct film {
    int64_t id;
    const char *title;
    int64_t year;
    double score;
    int8_t seen;
    int state;
    int64_t added_at;
    const char *extra;
    struct list genres;
    int64_t computed;
};
static const struct words film_states = WORDS("film_state", "wanted", "here", "gone");
#define COL(name_) .column = #name_
SHAPE(film_shape, "Film", struct film, "A film", F(struct film, T_INT, id, COL(id)),
      F(struct film, T_TEXT, title, COL(title)), F(struct film, T_INT, year, COL(year)),
      F(struct film, T_REAL, score, COL(score)), F(struct film, T_BOOL, seen, COL(seen)),
      F(struct film, T_ENUM, state, COL(state), .words = &film_states),
      F(struct film, T_TIME, added_at, COL(added_at)), F(struct film, T_JSON, extra, COL(extra)),
      F(struct film, T_LIST, genres, .item = T_TEXT), F(struct film, T_INT, computed));
#define FILM_TABLE                                                                                 \
    "CREATE TABLE film (id {id}, title {text} NOT NULL, year {int}, score {real}, seen {bool},"    \
    " state {int} NOT NULL DEFAULT 1, added_at {time}, extra {json})"

static void structs_are_inserted_read_and_updated(struct test_db *t)
{
    test_db_script(t, FILM_TABLE);
    struct film film;
    shape_clear(&film_shape, &film);
    film.title = "Metropolis";
    film.year = 1927;
    film.seen = 0;
    film.computed = 12;
    int64_t id = 0;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_insert(tx.conn, &t->arena, "film", &film_shape, &film, &id));
    struct film back = {0};
    assert_ok(db_get(tx.conn, &t->arena, "film", &film_shape, id, &back));
    assert_int_equal(back.id, id);
    assert_string_equal(back.title, "Metropolis");
    assert_int_equal(back.year, 1927);
    assert_true(isnan(back.score));
    assert_int_equal(back.seen, 0);
    assert_int_equal(back.state, 1); /* the column's default */
    assert_true(back.added_at == TIME_NONE);
    assert_null(back.extra);
    assert_true(back.computed == INT_NONE);

    struct presence which = {0};
    back.score = 8.25;
    back.year = INT_NONE;
    back.title = "not written";
    back.id = id + 5;
    set_present(&which, (size_t)shape_find(&film_shape, "score"));
    set_present(&which, (size_t)shape_find(&film_shape, "year"));
    set_present(&which, (size_t)shape_find(&film_shape, "id"));
    set_present(&which, (size_t)shape_find(&film_shape, "computed"));
    assert_ok(db_update(tx.conn, &t->arena, "film", &film_shape, id, &back, &which));
    assert_ok(db_get(tx.conn, &t->arena, "film", &film_shape, id, &back));
    assert_true(back.score == 8.25);
    assert_true(back.year == INT_NONE);
    assert_string_equal(back.title, "Metropolis");
    assert_ok(db_update(tx.conn, &t->arena, "film", &film_shape, id, &back, &(struct presence){0}));
    assert_fails(db_update(tx.conn, &t->arena, "film", &film_shape, 77, &back, &which),
                 ERR_NOT_FOUND);
    assert_fails(db_get(tx.conn, &t->arena, "film", &film_shape, 77, &back), ERR_NOT_FOUND);
    assert_ok(db_commit(&tx)); /* not found is an answer, not a failure of the transaction */
}

static void ids_are_never_given_twice(struct test_db *t)
{
    test_db_script(t, FILM_TABLE);
    struct film film;
    shape_clear(&film_shape, &film);
    film.title = "x";
    film.id = 500;
    int64_t first = 0, second = 0, third = 0;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_insert(tx.conn, &t->arena, "film", &film_shape, &film, &first));
    film.id = INT_NONE;
    assert_ok(db_insert(tx.conn, &t->arena, "film", &film_shape, &film, &second));
    assert_ok(db_exec(tx.conn, "DELETE FROM film WHERE id = $1", "i", second));
    assert_ok(db_insert(tx.conn, &t->arena, "film", &film_shape, &film, &third));
    assert_ok(db_commit(&tx));
    assert_int_equal(first, 500);
    assert_int_equal(second, 501);
    assert_int_equal(third, 502);
}

static void columns_take_a_prefix(struct test_db *t)
{
    (void)t;
    BUF(sql);
    db_columns(&sql, &film_shape, "f");
    assert_string_equal(sql.data,
                        "f.id, f.title, f.year, f.score, f.seen, f.state, f.added_at, f.extra");
}

/* --- migrations ------------------------------------------------------------------------------- */

static const struct migration migrations[] = {
    {1,                                                  "tags",  .sql = TAG_TABLE                                                              },
    {2,                                                  "words", .sql = "CREATE TABLE word (w {text}); INSERT INTO word VALUES ('kept {text}')",
     .sqlite = "INSERT INTO word VALUES ('sqlite')",
     .postgres = "INSERT INTO word VALUES ('postgres')"},
    {3, "broken",        .sql = "CREATE TABLE half (w {text}); CREATE TABLE tag (again {int})"                                                                                     },
};

static void migrations_run_forward_once_and_whole(struct test_db *t)
{
    assert_ok(db_migrate(t->db, &t->arena, migrations, 1));
    test_db_script(t, "INSERT INTO tag (name) VALUES ('mine')");
    assert_ok(db_migrate(t->db, &t->arena, migrations, 2));
    test_db_reopen(t);
    assert_ok(db_migrate(t->db, &t->arena, migrations, 2));
    assert_int_equal(tags(t), 1);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM word WHERE w IN ('sqlite', 'postgres')"),
                     1);
    assert_fails(db_migrate(t->db, &t->arena, migrations, 3), ERR_STORAGE);
    assert_int_equal(test_db_int(t, "SELECT MAX(version) FROM schema_version"), 2);
    assert_fails(db_exec(db_reader(t->db), "SELECT * FROM half", ""), ERR_STORAGE);
}

static void newer_database_is_refused(struct test_db *t)
{
    assert_ok(db_migrate(t->db, &t->arena, migrations, 2));
    struct err e = db_migrate(t->db, &t->arena, migrations, 1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_string_equal(e.code, "schema_newer");
    assert_non_null(strstr(e.msg, "version 2"));
}

static void migration_that_fails_anywhere_can_be_run_again(struct test_db *t)
{
    for (int64_t n = 1;; n++) {
        db_fault(t->db, n, NULL);
        struct err e = db_migrate(t->db, &t->arena, migrations, 2);
        bool struck = !db_fault_pending(t->db);
        db_fault(t->db, 0, NULL);
        assert_int_equal(failed(e), struck);
        if (!struck)
            break;
        assert_true(n < 40);
    }
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM schema_version"), 2);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM word"), 2);
}

/* --- copies ----------------------------------------------------------------------------------- */

static void backup_is_a_whole_copy(struct test_db *t)
{
    make_tags(t);
    test_db_script(t, "INSERT INTO tag (name) VALUES ('a'), ('b')");
    const char *path = arena_printf(&t->arena, "%s/copy.db", t->folder);
    if (t->driver == DB_POSTGRES) {
        assert_fails(db_backup(t->db, path), ERR_UNSUPPORTED);
        return;
    }
    assert_ok(db_backup(t->db, path));
    assert_fails(db_backup(t->db, path), ERR_STORAGE); /* never over an existing file */
    struct test_db copy = {0};
    assert_ok(db_open(&(struct db_options){.url = path}, &copy.db));
    assert_int_equal(tags(&copy), 2);
    db_close(copy.db);
    remove(path);
}

static void commit_one(struct test_db *t, const char *sql)
{
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, sql, ""));
    assert_ok(db_commit(&tx));
}

static void a_commit_that_changes_something_is_counted(struct test_db *t)
{
    static const char *const quiet[] = {"noise", NULL};
    test_db_script(t, "CREATE TABLE item (id {id}, n {int} NOT NULL UNIQUE);"
                      "CREATE TABLE noise (id {id}, n {int});"
                      "INSERT INTO item (n) VALUES (0); INSERT INTO noise (n) VALUES (0)");
    db_quiet_tables(t->db, quiet);
    static const struct {
        const char *sql;
        bool counts;
    } rows[] = {
        {"INSERT INTO item (n) VALUES (1)", true},
        {"UPDATE item SET n = n + 10", true},
        {"DELETE FROM item WHERE n = 11", true},
        {"INSERT INTO noise (n) VALUES (1)", false},
        {"UPDATE noise SET n = 2 WHERE id IN (SELECT id FROM item)", false},
        {"DELETE FROM noise WHERE id = 7", false},
        {"INSERT INTO noise (n) SELECT n FROM item", false},
        {"WITH x AS (SELECT 1 AS n) INSERT INTO item (n) SELECT n + 500 FROM x", true},
        {"INSERT INTO item (n) VALUES (1) ON CONFLICT (n) DO UPDATE SET n = 9", true},
        {"SELECT COUNT(*) FROM item", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t before = db_generation(t->db);
        assert_int_not_equal(before, 0);
        commit_one(t, rows[i].sql);
        if ((db_generation(t->db) != before) != rows[i].counts)
            fail_msg("%s: %s", rows[i].sql, rows[i].counts ? "not counted" : "counted");
    }
}

static void what_is_rolled_back_is_not_counted(struct test_db *t)
{
    test_db_script(t, "CREATE TABLE item (id {id}, n {int} NOT NULL UNIQUE)");
    uint64_t before = db_generation(t->db);
    {
        TX(tx);
        assert_ok(db_begin(t->db, &tx));
        assert_ok(db_exec(tx.conn, "INSERT INTO item (n) VALUES (1)", ""));
    }
    assert_int_equal(db_generation(t->db), before);
    db_changed_elsewhere(t->db);
    assert_int_not_equal(db_generation(t->db), before);
}

static const struct db_case cases[] = {
    DB_CASE(a_commit_that_changes_something_is_counted),
    DB_CASE(what_is_rolled_back_is_not_counted),
    DB_CASE(values_of_every_type_survive),
    DB_CASE(no_value_is_null_both_ways),
    DB_CASE(parameters_count_by_number_and_not_inside_quotes),
    DB_CASE(text_sorts_and_matches_bytewise),
    DB_CASE(lists_of_values_build_statements),
    DB_CASE(same_statement_nests),
    DB_CASE(more_texts_than_the_cache_holds_work),
    DB_CASE(broken_constraints_say_which),
    DB_CASE(readers_cannot_write),
    DB_CASE(failed_statement_dooms_its_transaction),
    DB_CASE(savepoint_takes_back_its_part_alone),
    DB_CASE(leaving_the_scope_rolls_back),
    DB_CASE(after_commit_calls_run_in_order_and_not_after_rollback),
    DB_CASE(after_commit_call_may_begin_another),
    DB_CASE(failed_commit_keeps_nothing),
    DB_CASE(nothing_half_written_whichever_statement_fails),
    DB_CASE(structs_are_inserted_read_and_updated),
    DB_CASE(ids_are_never_given_twice),
    DB_CASE(columns_take_a_prefix),
    DB_CASE(migrations_run_forward_once_and_whole),
    DB_CASE(newer_database_is_refused),
    DB_CASE(migration_that_fails_anywhere_can_be_run_again),
    DB_CASE(backup_is_a_whole_copy),
};

int main(void)
{
    return db_cases_run("db", cases, sizeof(cases) / sizeof(cases[0]));
}
