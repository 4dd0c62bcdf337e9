/* Reads names of episodes: seasons and numbers, dates, absolute numbers. */
#include <string.h>

#include "media/names_text.h"

#define EPISODES_PER_FILE_MAX 20

int64_t name_season_of_folder(const char *folder)
{
    static const char *const words[] = {"season", "series", "staffel", "saison", "stagione", "s"};
    static const char *const specials[] = {"specials", "special", "extras"};
    const char *end;
    int64_t number;
    for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++)
        if ((end = name_after(folder, specials[i])) && !*end)
            return 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (!(end = name_after(folder, words[i])))
            continue;
        end += strspn(end, " ._-");
        end = name_number(end, 1, 4, &number);
        if (end && !name_alnum(*end))
            return number;
    }
    return -1;
}

static bool starts_word(const char *text, const char *at)
{
    return at == text || !name_alnum(at[-1]);
}

/* After an episode number: "E03", "-E03", "-03", "x03": further episodes in the same file. */
static const char *read_more_episodes(const char *at, char marker, struct episode_name *name)
{
    for (int i = 0; i < EPISODES_PER_FILE_MAX; i++) {
        const char *next = at;
        int64_t number;
        if (*next == '-' || *next == '+' || *next == '&')
            next++;
        bool marked = name_lower(*next) == marker;
        if (!marked && next == at)
            break;
        next = name_number(next + marked, marked ? 1 : 2, 4, &number);
        /* "-1080p" and "-720p" are no episodes, and neither is anything far away or backwards */
        if (!next || (name_alnum(*next) && name_lower(*next) != marker) ||
            number <= name->last_episode || number > name->last_episode + EPISODES_PER_FILE_MAX)
            break;
        name->last_episode = number;
        at = next;
    }
    return at;
}

/* S01E02, s1.e2, S01 E02 */
static const char *read_coded(const char *at, struct episode_name *name)
{
    int64_t season, episode;
    if (name_lower(*at) != 's')
        return NULL;
    const char *c = name_number(at + 1, 1, 4, &season);
    if (!c)
        return NULL;
    c += strspn(c, " ._-");
    const char *number = name_after(c, "ep");
    if (!number)
        number = name_after(c, "e");
    c = number ? name_number(number, 1, 4, &episode) : NULL;
    if (!c)
        return NULL;
    name->season = season;
    name->episode = name->last_episode = episode;
    return read_more_episodes(c, 'e', name);
}

/* 1x02, 01x02x03; never 1920x1080 */
static const char *read_crossed(const char *at, struct episode_name *name)
{
    int64_t season, episode;
    const char *c = name_number(at, 1, 2, &season);
    if (!c || name_lower(*c) != 'x')
        return NULL;
    c = name_number(c + 1, 2, 3, &episode);
    if (!c || (name_alnum(*c) && name_lower(*c) != 'x'))
        return NULL;
    name->season = season;
    name->episode = name->last_episode = episode;
    return read_more_episodes(c, 'x', name);
}

/* Season 1 Episode 2 */
static const char *read_worded(const char *at, struct episode_name *name)
{
    int64_t season, episode;
    const char *c = name_after(at, "season");
    if (!c)
        return NULL;
    c += strspn(c, " ._-");
    if (!(c = name_number(c, 1, 4, &season)))
        return NULL;
    c += strspn(c, " ._-,");
    if (!(c = name_after(c, "episode")))
        return NULL;
    c += strspn(c, " ._-");
    if (!(c = name_number(c, 1, 4, &episode)))
        return NULL;
    name->season = season;
    name->episode = name->last_episode = episode;
    return c;
}

static bool is_day(int64_t year, int64_t month, int64_t day)
{
    return name_is_year(year) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* 2024-01-31, 2024.01.31, 31.01.2024 */
static const char *read_date(struct arena *a, const char *at, struct episode_name *name)
{
    int64_t first, second, third;
    const char *c = name_number(at, 2, 4, &first);
    if (!c || !strchr("-._ ", *c) || !*c)
        return NULL;
    char separator = *c;
    if (!(c = name_number(c + 1, 2, 2, &second)) || *c != separator)
        return NULL;
    if (!(c = name_number(c + 1, 2, 4, &third)))
        return NULL;
    if (is_day(third, second, first)) {
        int64_t year = third;
        third = first;
        first = year;
    }
    if (!is_day(first, second, third))
        return NULL;
    name->air_date = arena_printf(a, "%04lld-%02lld-%02lld", (long long)first, (long long)second,
                                  (long long)third);
    return c;
}

/* " - 012", " - 12v2": anime without seasons. Also "Episode 5", "Ep05", "E05". */
static const char *read_absolute(const char *text, const char *at, struct episode_name *name)
{
    static const char *const words[] = {"episode", "ep", "e"};
    int64_t number;
    const char *c = NULL;
    if (at >= text + 3 && strncmp(at - 3, " - ", 3) == 0)
        c = name_number(at, 2, 4, &number);
    for (size_t i = 0; !c && i < sizeof(words) / sizeof(*words); i++) {
        const char *after = name_after(at, words[i]);
        if (after)
            c = name_number(after + strspn(after, " ._-"), 1, 4, &number);
    }
    if (c && name_lower(*c) == 'v' && name_digit(c[1]))
        c += 2;
    if (!c || name_alnum(*c) || name_is_year(number))
        return NULL;
    name->absolute = number;
    return c;
}

/* "02 - Title", "02. Title", "02": only inside a season's folder. */
static const char *read_leading(const char *text, struct episode_name *name)
{
    int64_t number;
    const char *c = name_number(text, 1, 3, &number);
    if (!c || (*c && !strchr(" ._-", *c)))
        return NULL;
    name->episode = name->last_episode = number;
    return c;
}

enum pass { PASS_CODED, PASS_CROSSED, PASS_WORDED, PASS_DATE, PASS_ABSOLUTE, PASS_COUNT };

/* The first match of the surest pattern. `ret_start` is where it begins. */
static const char *find_number(struct arena *a, const char *text, struct episode_name *name,
                               const char **ret_start)
{
    for (int pass = 0; pass < PASS_COUNT; pass++) {
        for (const char *c = text; *c; c++) {
            const char *end = NULL;
            if (!starts_word(text, c))
                continue;
            switch (pass) {
            case PASS_CODED:
                end = read_coded(c, name);
                break;
            case PASS_CROSSED:
                end = read_crossed(c, name);
                break;
            case PASS_WORDED:
                end = read_worded(c, name);
                break;
            case PASS_DATE:
                end = read_date(a, c, name);
                break;
            default:
                end = read_absolute(text, c, name);
            }
            if (end) {
                *ret_start = c;
                return end;
            }
        }
    }
    return NULL;
}

static void read_show(struct arena *a, const char *text, struct episode_name *name)
{
    char *copy = arena_strdup(a, text);
    size_t rest_at;
    name_take_tags(a, copy, &name->ids, NULL);
    name_title_and_year(a, copy, &name->show, &name->show_year, &rest_at);
}

static const char *title_after(struct arena *a, const char *rest)
{
    char *text = arena_strndup(a, rest, name_release_at(rest, 0, true));
    struct name_ids ids = {0};
    name_take_tags(a, text, &ids, NULL);
    char *bracket = strchr(text, '[');
    if (bracket)
        *bracket = 0;
    char *title = name_tidy(a, text, strlen(text));
    name_open_up(title);
    title = name_tidy(a, title, strlen(title));
    return *title ? title : NULL;
}

/* A number without a season gets the folder's season. */
static void apply_folder_season(int64_t season, struct episode_name *name)
{
    if (name->episode != -1 || name->absolute == -1 || season == -1)
        return;
    name->season = season;
    name->episode = name->last_episode = name->absolute;
    name->absolute = -1;
}

bool name_read_episode(struct arena *a, const char *path, struct episode_name *ret_name)
{
    struct name_path parts;
    struct episode_name name = {
        .show_year = -1, .season = -1, .episode = -1, .last_episode = -1, .absolute = -1};
    name_split_path(a, path, &parts);
    size_t count = parts.folders.count;
    int64_t season = count ? name_season_of_folder(parts.folders.items[count - 1]) : -1;
    const char *start = parts.stem, *end = find_number(a, parts.stem, &name, &start);
    if (!end && season != -1 && (end = read_leading(parts.stem, &name))) {
        start = parts.stem;
        name.season = season;
    }
    if (!end)
        return false;
    apply_folder_season(season, &name);
    if (count && name_season_of_folder(parts.folders.items[0]) == -1)
        read_show(a, parts.folders.items[0], &name);
    else
        read_show(a, arena_strndup(a, parts.stem, (size_t)(start - parts.stem)), &name);
    name.title = title_after(a, end);
    *ret_name = name;
    return true;
}
