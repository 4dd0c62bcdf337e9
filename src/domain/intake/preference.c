/* Which releases are wanted. */
#include "domain/intake/preference.h"

#include <string.h>

SHAPE(preference_shape, "ArtistPreference", struct preference, "Whether a release is wanted",
      F(struct preference, T_TEXT, artist_id, .column = "artist_id", .flags = FIELD_REQUIRED),
      F(struct preference, T_TEXT, release_id, .column = "release_id", .flags = FIELD_REQUIRED),
      F(struct preference, T_BOOL, selected, .column = "selected", .flags = FIELD_REQUIRED));

struct err preferences_list(struct db_conn *conn, struct arena *a, struct preferences *ret)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT artist_id, release_id, selected FROM artist_preference"
                 " ORDER BY artist_id, release_id",
                 ""));
    while (rows_next(&rows))
        rows_fill(&rows, a, &preference_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

/* Without the white space around it; NULL when nothing is left. */
static const char *trimmed(struct arena *a, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len ? arena_strndup(a, text, len) : NULL;
}

struct err preferences_put(struct db_conn *tx, struct arena *a, const struct preference *items, size_t count)
{
    if (!count)
        return db_exec(tx, "DELETE FROM artist_preference", "");
    /* Backwards, so that of two about the same release the first one stays. */
    for (size_t i = count; i-- > 0;) {
        const char *artist = trimmed(a, items[i].artist_id);
        const char *release_id = trimmed(a, items[i].release_id);
        if (!artist || !release_id)
            return err_make(ERR_INVALID, "blank_id", "artist_id and release_id must not be empty");
        TRY(db_exec(tx,
                    "INSERT INTO artist_preference (artist_id, release_id, selected) VALUES ($1, $2, $3)"
                    " ON CONFLICT (artist_id, release_id) DO UPDATE SET selected = excluded.selected",
                    "ttb", artist, release_id, items[i].selected));
    }
    return OK;
}
