/* Numbers over movies and shows. */
#include "domain/movies/count.h"

#include "model/item.h"

static void add(struct library_count *c, int64_t status, int64_t count)
{
    c->total += count;
    if (status == UNIDENTIFIED)
        c->unidentified += count;
    else if (status == IDENTIFIED)
        c->identified += count;
    else
        c->enriched += count;
}

struct err library_counts(struct db_conn *conn, struct arena *a, struct library_counts *ret)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT library_id, identification_status, SUM(n) FROM ("
                 " SELECT library_id, identification_status, COUNT(*) AS n FROM movie WHERE deleted_at IS NULL"
                 " AND library_id IS NOT NULL GROUP BY library_id, identification_status UNION ALL"
                 " SELECT library_id, identification_status, COUNT(*) AS n FROM tv_show WHERE deleted_at IS NULL"
                 " AND library_id IS NOT NULL GROUP BY library_id, identification_status) AS counted"
                 " GROUP BY library_id, identification_status ORDER BY library_id",
                 ""));
    while (rows_next(&rows)) {
        int64_t library = rows_int(&rows, 0);
        if (!ret->count || ret->items[ret->count - 1].library_id != library)
            arena_push(a, ret)->library_id = library;
        add(&ret->items[ret->count - 1], rows_int(&rows, 1), rows_int(&rows, 2));
    }
    return rows_end(&rows);
}

struct err completeness_count(struct db_conn *conn, struct completeness_count *ret)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT COUNT(*), SUM(CASE WHEN completeness >= 90 THEN 1 ELSE 0 END),"
                 " SUM(CASE WHEN completeness BETWEEN 60 AND 89 THEN 1 ELSE 0 END), SUM(completeness)"
                 " FROM movie WHERE deleted_at IS NULL AND monitored = 1",
                 ""));
    *ret = (struct completeness_count){0};
    if (rows_next(&rows) && rows_int(&rows, 0) > 0) {
        ret->total = rows_int(&rows, 0);
        ret->enriched = rows_int(&rows, 1);
        ret->partial = rows_int(&rows, 2);
        ret->unenriched = ret->total - ret->enriched - ret->partial;
        ret->average = (rows_int(&rows, 3) + ret->total / 2) / ret->total;
    }
    return rows_end(&rows);
}
