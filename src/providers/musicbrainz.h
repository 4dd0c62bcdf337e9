/*
 * MusicBrainz: recordings, their releases, labels and tags. Needs no key; one question a second, and a
 * User-Agent that says whom to write to (setting http.contact). providers/provider.h has the failures.
 */
#ifndef MEDLEY_PROVIDERS_MUSICBRAINZ_H
#define MEDLEY_PROVIDERS_MUSICBRAINZ_H

#include "base/desc.h"
#include "providers/provider.h"

struct mb_release_group {
    const char *id, *title, *primary_type;
    struct list secondary_types; /* text */
};
struct mb_label {
    const char *id, *name;
};
struct mb_label_info {
    const char *catalog_number;
    struct mb_label *label;
};
struct mb_release {
    const char *id, *title, *status, *date, *country;
    struct mb_release_group *group; /* NULL unknown */
    struct list labels;             /* struct mb_label_info; only of mb_release() */
};
struct mb_credit {
    const char *name, *joinphrase;
};
struct mb_tag {
    const char *name;
    int64_t count;
};
struct mb_recording {
    const char *id, *title, *disambiguation, *first_release_date;
    int64_t score, length_ms;
    int8_t video;
    struct list credits;  /* struct mb_credit */
    struct list releases; /* struct mb_release */
    struct list tags;     /* struct mb_tag */
};
struct mb_recordings {
    struct list items; /* struct mb_recording */
    int64_t count;     /* all that there are */
};

/* `query` in the search language; mb_quote() makes data safe in it. */
struct err mb_search_recordings(const struct asker *by, const char *query, int64_t limit,
                                struct mb_recordings *ret) MUST_CHECK;
/* With its labels. */
struct err mb_release(const struct asker *by, const char *id, struct mb_release *ret_release) MUST_CHECK;

/* Signs of the search language with a backslash before them. */
const char *mb_quote(struct arena *a, const char *text);
/* The name of the first one who is credited; NULL when nobody is. */
const char *mb_first_credit(const struct mb_recording *recording);
/* All of them, joined as MusicBrainz joins them: "Queen & David Bowie". */
const char *mb_credit_text(struct arena *a, const struct mb_recording *recording);

#endif
