/* Asking MusicBrainz. */
#include "providers/musicbrainz.h"

#include <string.h>

#include "base/buf.h"
#include "json/take.h"
#include "providers/services.h"

static const struct provider musicbrainz = {&musicbrainz_service, "MusicBrainz"};

/* --- shapes ---------------------------------------------------------------------------------------------------- */

#define MANY(name_, type_, member_, shape_)                                                         \
    FN(name_, struct type_, T_LIST, member_, .item = T_OBJECT, .shape = &(shape_))
SHAPE(mb_group_shape, "MbReleaseGroup", struct mb_release_group, "A release group",
             F(struct mb_release_group, T_TEXT, id), F(struct mb_release_group, T_TEXT, title),
             FN("primary-type", struct mb_release_group, T_TEXT, primary_type),
             FN("secondary-types", struct mb_release_group, T_LIST, secondary_types, .item = T_TEXT));
SHAPE(mb_label_shape, "MbLabel", struct mb_label, "A label", F(struct mb_label, T_TEXT, id),
             F(struct mb_label, T_TEXT, name));
SHAPE(mb_label_info_shape, "MbLabelInfo", struct mb_label_info, "A label of a release",
             FN("catalog-number", struct mb_label_info, T_TEXT, catalog_number),
             F(struct mb_label_info, T_OBJECT, label, .shape = &mb_label_shape));
SHAPE(mb_release_shape, "MbRelease", struct mb_release, "A release",
             F(struct mb_release, T_TEXT, id, .fallback = ""), F(struct mb_release, T_TEXT, title, .fallback = ""),
             F(struct mb_release, T_TEXT, status), F(struct mb_release, T_TEXT, date),
             F(struct mb_release, T_TEXT, country),
             FN("release-group", struct mb_release, T_OBJECT, group, .shape = &mb_group_shape),
             MANY("label-info", mb_release, labels, mb_label_info_shape));
SHAPE(mb_credit_shape, "MbCredit", struct mb_credit, "Who is credited",
             F(struct mb_credit, T_TEXT, name, .fallback = ""),
             F(struct mb_credit, T_TEXT, joinphrase, .fallback = ""));
SHAPE(mb_tag_shape, "MbTag", struct mb_tag, "A tag", F(struct mb_tag, T_TEXT, name, .fallback = ""),
             F(struct mb_tag, T_INT, count, .fallback = "0"));
SHAPE(mb_recording_shape, "MbRecording", struct mb_recording, "A recording",
             F(struct mb_recording, T_TEXT, id, .fallback = ""), F(struct mb_recording, T_TEXT, title, .fallback = ""),
             F(struct mb_recording, T_TEXT, disambiguation),
             FN("first-release-date", struct mb_recording, T_TEXT, first_release_date),
             F(struct mb_recording, T_INT, score, .fallback = "0"),
             FN("length", struct mb_recording, T_INT, length_ms), F(struct mb_recording, T_BOOL, video),
             MANY("artist-credit", mb_recording, credits, mb_credit_shape),
             MANY("releases", mb_recording, releases, mb_release_shape),
             MANY("tags", mb_recording, tags, mb_tag_shape));
SHAPE(mb_recordings_shape, "MbRecordings", struct mb_recordings, "Recordings that were found",
             MANY("recordings", mb_recordings, items, mb_recording_shape),
             F(struct mb_recordings, T_INT, count, .fallback = "0"));

/* --- asking ---------------------------------------------------------------------------------------------------- */

struct err mb_search_recordings(const struct asker *by, const char *query, int64_t limit, struct mb_recordings *ret)
{
    json_t *json;
    TRY(provider_get(by, &musicbrainz,
                     provider_url(by, &musicbrainz, "/recording", "query", query, "fmt", "json", "limit",
                                  provider_number(by->arena, limit), "offset", "0", NULL),
                     NULL, &json));
    shape_take(by->arena, &mb_recordings_shape, json, ret);
    return OK;
}

struct err mb_release(const struct asker *by, const char *id, struct mb_release *ret_release)
{
    json_t *json;
    const char *path = arena_printf(by->arena, "/release/%s", provider_segment(by->arena, id));
    TRY(provider_get(by, &musicbrainz, provider_url(by, &musicbrainz, path, "fmt", "json", "inc", "labels", NULL),
                     NULL, &json));
    shape_take(by->arena, &mb_release_shape, json, ret_release);
    return OK;
}

/* --- words ----------------------------------------------------------------------------------------------------- */

const char *mb_quote(struct arena *a, const char *text)
{
    BUF(out);
    for (; *text; text++) {
        if (strchr("+-&|!(){}[]^\"~*?:\\/", *text))
            buf_putc(&out, '\\');
        buf_putc(&out, *text);
    }
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

const char *mb_first_credit(const struct mb_recording *recording)
{
    const struct mb_credit *credits = recording->credits.items;
    return recording->credits.count && *credits[0].name ? credits[0].name : NULL;
}

const char *mb_credit_text(struct arena *a, const struct mb_recording *recording)
{
    const struct mb_credit *credits = recording->credits.items;
    BUF(out);
    for (size_t i = 0; i < recording->credits.count; i++)
        buf_printf(&out, "%s%s", credits[i].name, credits[i].joinphrase);
    return arena_strndup(a, out.data ? out.data : "", out.len);
}
