/* Whether an outside service answers with what the settings say: the "test" buttons of the settings page. */
#include <string.h>

#include "api/web/web.h"
#include "base/clock.h"
#include "base/ids.h"
#include "providers/discogs.h"
#include "providers/imvdb.h"
#include "providers/musicbrainz.h"
#include "providers/spotify.h"
#include "providers/ytdlp.h"

#define PATIENCE_MS 20000
/* Any track that stays: a question that credentials must be right for. */
#define SPOTIFY_TRACK "4uLU6hMCjMI75M1A2tKUQC"

/* Words that nobody has asked for, so that no kept answer hides a key that is wrong by now. */
static const char *fresh_words(struct arena *a)
{
    char uuid[UUID_TEXT_BYTES];
    return arena_printf(a, "test %.8s", uuid_make(uuid));
}

static struct err ask_imvdb(const struct asker *by, const char **ret_message)
{
    struct imvdb_page page;
    *ret_message = "IMVDb takes the application key";
    return imvdb_search_videos(by, fresh_words(by->arena), "song", 1, 1, &page);
}

static struct err ask_discogs(const struct asker *by, const char **ret_message)
{
    struct discogs_search_page page;
    struct discogs_query query = {.text = fresh_words(by->arena), .type = "master", .page = 1, .per_page = 1};
    *ret_message = "Discogs takes the key and the secret";
    return discogs_search(by, &query, &page);
}

static struct err ask_spotify(const struct asker *by, const char **ret_message)
{
    struct spotify_track track;
    *ret_message = "Spotify takes the credentials";
    struct err e = spotify_track(by, SPOTIFY_TRACK, &track);
    return e.kind == ERR_NOT_FOUND ? OK : e; /* it knew us, but not the track */
}

static struct err ask_musicbrainz(const struct asker *by, const char **ret_message)
{
    struct mb_recordings found = {0};
    *ret_message = "MusicBrainz answers";
    return mb_search_recordings(by, fresh_words(by->arena), 1, &found);
}

static struct err ask_ytdlp(const struct asker *by, const char **ret_message)
{
    struct ytdlp_version version;
    TRY(ytdlp_version(by->core, by->arena, &version));
    *ret_message = version.age_days == INT_NONE
                       ? arena_printf(by->arena, "yt-dlp %s", version.version)
                       : arena_printf(by->arena, "yt-dlp %s, %lld days old", version.version,
                                      (long long)version.age_days);
    return OK;
}

static const struct {
    const char *name;
    struct err (*ask)(const struct asker *by, const char **ret_message);
} services[] = {
    {"imvdb", ask_imvdb},           {"discogs", ask_discogs}, {"spotify", ask_spotify},
    {"musicbrainz", ask_musicbrainz}, {"ytdlp", ask_ytdlp},
};

struct test_reply {
    int8_t ok;
    const char *message;
    const char *setting; /* that is missing or wrong */
    int64_t latency_ms;
};
SHAPE(provider_test_shape, "ProviderTest", struct test_reply, "Whether an outside service answers",
      F(struct test_reply, T_BOOL, ok, .flags = FIELD_REQUIRED),
      F(struct test_reply, T_TEXT, message, .flags = FIELD_REQUIRED),
      F(struct test_reply, T_TEXT, setting, .help = "the setting that is missing"),
      F(struct test_reply, T_INT, latency_ms, .flags = FIELD_REQUIRED));

/* A service that does not answer is an answer. */
static struct err test_provider(struct call *call)
{
    struct asker by = {.core = call->core, .arena = call->arena, .patience_ms = PATIENCE_MS};
    const char *name = call_text(call, "name");
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (strcmp(services[i].name, name) != 0)
            continue;
        int64_t began_us = time_monotonic_us();
        struct test_reply reply = {.ok = 1};
        struct err e = services[i].ask(&by, &reply.message);
        if (failed(e))
            reply = (struct test_reply){0, e.msg, e.kind == ERR_UNCONFIGURED ? e.field : NULL, 0};
        reply.latency_ms = (time_monotonic_us() - began_us) / 1000;
        return call_reply(call, &reply);
    }
    return err_f(call->arena, ERR_NOT_FOUND, "provider_not_found", "No outside service is called %s", name);
}

ROUTES(web_provider_routes,
       {HTTP_POST, "/app/api/providers/{name}/test", "Services", "Asks an outside service something small",
        test_provider, .reply = &provider_test_shape, .flags = ROUTE_BLOCKING});
