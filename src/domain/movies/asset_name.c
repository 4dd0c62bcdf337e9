/* What names of pictures say. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "domain/movies/asset.h"

struct alias {
    const char *word;
    enum asset_type type;
};
/* Longer words before those they end with. */
static const struct alias aliases[] = {
    {"poster", ASSET_POSTER},       {"folder", ASSET_POSTER},     {"cover", ASSET_POSTER},
    {"fanart", ASSET_FANART},       {"backdrop", ASSET_FANART},   {"background", ASSET_FANART},
    {"banner", ASSET_BANNER},       {"clearlogo", ASSET_CLEARLOGO}, {"logo", ASSET_CLEARLOGO},
    {"clearart", ASSET_CLEARART},   {"discart", ASSET_DISCART},   {"cdart", ASSET_DISCART},
    {"disc", ASSET_DISCART},        {"landscape", ASSET_LANDSCAPE}, {"keyart", ASSET_KEYART},
    {"thumb", ASSET_THUMB},
};

static bool is_picture(const char *ending)
{
    return ending && (strcasecmp(ending, ".jpg") == 0 || strcasecmp(ending, ".jpeg") == 0 ||
                      strcasecmp(ending, ".png") == 0 || strcasecmp(ending, ".webp") == 0 ||
                      strcasecmp(ending, ".tbn") == 0);
}

/* "season02", "season-specials", "season00": the number, else -1. */
static int64_t season_of(const char *base)
{
    if (strncasecmp(base, "season", 6) != 0)
        return -1;
    base += 6;
    if (strcasecmp(base, "-specials") == 0)
        return 0;
    int64_t number = 0;
    if (!*base || strlen(base) > 3)
        return -1;
    for (; isdigit((unsigned char)*base); base++)
        number = number * 10 + (*base - '0');
    return *base ? -1 : number;
}

/* Cuts "fanart3" to "fanart"; the number, 0 when there is none. */
static int64_t take_number(char *stem)
{
    size_t len = strlen(stem);
    size_t digits = 0;
    int64_t number = 0;
    while (digits < 2 && digits < len && isdigit((unsigned char)stem[len - digits - 1]))
        digits++;
    for (size_t i = len - digits; i < len; i++)
        number = number * 10 + (stem[i] - '0');
    if (digits && number >= 1 && number <= 99) {
        stem[len - digits] = 0;
        return number;
    }
    return 0;
}

static bool take_alias(struct arena *a, const char *stem, struct asset *asset)
{
    size_t len = strlen(stem);
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        size_t n = strlen(aliases[i].word);
        if (len < n || strcasecmp(stem + len - n, aliases[i].word) != 0)
            continue;
        if (len > n && (len < n + 2 || (stem[len - n - 1] != '-' && stem[len - n - 1] != '.')))
            continue;
        asset->type = (int)aliases[i].type;
        asset->base = arena_strndup(a, stem, len > n ? len - n - 1 : 0);
        return true;
    }
    return false;
}

/* Pictures in "extrafanart" belong to the folder above. */
static bool in_extras(struct arena *a, struct asset *asset)
{
    const char *slash = strrchr(asset->folder, '/');
    const char *last = slash ? slash + 1 : asset->folder;
    if (strcasecmp(last, "extrafanart") == 0 || strcasecmp(last, "extrafanarts") == 0)
        asset->type = ASSET_FANART;
    else if (strcasecmp(last, "extrathumbs") == 0)
        asset->type = ASSET_THUMB;
    else
        return false;
    asset->folder = slash ? arena_strndup(a, asset->folder, (size_t)(slash - asset->folder)) : "";
    asset->base = "";
    asset->number = 99;
    return true;
}

bool asset_name_read(struct arena *a, const char *path, struct asset *ret_asset)
{
    struct asset asset = *ret_asset;
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    if (!is_picture(dot) || (slash && dot < slash))
        return false;
    asset.path = path;
    asset.name = arena_strdup(a, slash ? slash + 1 : path);
    asset.folder = slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
    asset.season_number = INT_NONE;
    asset.number = 0;
    if (!in_extras(a, &asset)) {
        char *stem = arena_strndup(a, asset.name, strlen(asset.name) - strlen(dot));
        asset.number = take_number(stem);
        if (!take_alias(a, stem, &asset))
            return false;
        int64_t season = season_of(asset.base);
        if (season >= 0) {
            asset.season_number = season;
            asset.base = "";
        }
    }
    *ret_asset = asset;
    return true;
}
