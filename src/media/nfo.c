/* Reads NFO files with libxml2, by a table of elements. */
#include "media/nfo.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/fold.h"
#include "media/nfo_text.h"

/* Roots and repeated values per file; a season in one file has fewer than 100 episodes. */
#define RECORDS_MAX 1000
#define ITEMS_MAX   2000
/* The XML is put into this element, so that several roots make one document. */
#define WRAPPER "medley-nfo"

/* -- texts and numbers ------------------------------------------------------------------------ */

struct nfo_record nfo_record_make(enum nfo_kind kind)
{
    return (struct nfo_record){.kind = kind,
                               .year = -1,
                               .runtime_min = -1,
                               .season = -1,
                               .episode = -1,
                               .display_season = -1,
                               .display_episode = -1,
                               .user_rating = -1};
}

const char *nfo_last(const struct nfo_texts *texts)
{
    return texts->count ? texts->items[texts->count - 1] : NULL;
}

void nfo_texts_add(struct arena *a, struct nfo_texts *texts, const char *text)
{
    if (!text || texts->count >= ITEMS_MAX)
        return;
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], text) == 0)
            return;
    *arena_push(a, texts) = text;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Trimmed copy, NULL when nothing is left. */
static const char *trimmed(struct arena *a, const char *text, size_t len)
{
    while (len && is_space(text[len - 1]))
        len--;
    while (len && is_space(*text))
        text++, len--;
    return len ? arena_strndup(a, text, len) : NULL;
}

static const char *content_of(struct arena *a, const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    const char *text = content ? trimmed(a, (const char *)content, strlen((char *)content)) : NULL;
    xmlFree(content);
    return text;
}

static const char *attribute_of(struct arena *a, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    const char *text = value ? trimmed(a, (const char *)value, strlen((char *)value)) : NULL;
    xmlFree(value);
    return text;
}

static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

static const char *child_text(struct arena *a, const xmlNode *node, const char *name)
{
    const char *text = NULL, *next;
    for (const xmlNode *child = node->children; child; child = child->next)
        if (is_element(child, name) && (next = content_of(a, child)))
            text = next;
    return text;
}

static bool all_digits(const char *text, size_t min, size_t max)
{
    size_t len = strspn(text, "0123456789");
    return text[len] == 0 && len >= min && len <= max;
}

/* The whole text is a whole number; else false. */
static bool whole_number(const char *text, int64_t *ret_value)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    if (!all_digits(digits, 1, 15))
        return false;
    *ret_value = strtoll(text, NULL, 10);
    return true;
}

/* The number at the start: "136 min"; separators inside are skipped: "1,234 votes". */
static int64_t leading_number(const char *text)
{
    int64_t value = 0;
    int digits = 0;
    for (; digits < 15; text++) {
        if (*text >= '0' && *text <= '9')
            value = value * 10 + (*text - '0'), digits++;
        else if (*text != ',' || !digits)
            break;
    }
    return digits ? value : -1;
}

static double real_number(const char *text, double fallback)
{
    char *end;
    if (!text)
        return fallback;
    double value = strtod(text, &end);
    return end != text && isfinite(value) && value >= 0 ? value : fallback;
}

/* -- ids -------------------------------------------------------------------------------------- */

static bool is_imdb_id(const char *text)
{
    return strncmp(text, "tt", 2) == 0 && all_digits(text + 2, 5, 12);
}

/* Where an id of this provider belongs, or NULL for a provider or a text that is unknown. */
static const char **id_slot(struct nfo_ids *ids, const char *provider, const char *id)
{
    if (!strcasecmp(provider, "imdb"))
        return is_imdb_id(id) ? &ids->imdb : NULL;
    if (!strncasecmp(provider, "musicbrainz", 11))
        return strlen(id) == 36 ? &ids->musicbrainz : NULL;
    if (!all_digits(id, 1, 12))
        return NULL;
    if (!strcasecmp(provider, "tmdb") || !strcasecmp(provider, "themoviedb"))
        return &ids->tmdb;
    return !strcasecmp(provider, "tvdb") || !strcasecmp(provider, "thetvdb") ? &ids->tvdb : NULL;
}

/* Sets an id that is not set yet; the callers come in order of trust. */
static void offer_id(struct nfo_record *record, const char *provider, const char *id)
{
    const char **slot = id ? id_slot(&record->ids, provider, id) : NULL;
    if (slot && !*slot)
        *slot = id;
    else if (slot && strcmp(*slot, id) != 0)
        record->ids_disagree = true;
}

static void read_ids(struct arena *a, const xmlNode *root, struct nfo_record *record)
{
    static const char *const named[][2] = {
        {"tmdbid",              "tmdb"       },
        {"imdbid",              "imdb"       },
        {"imdb_id",             "imdb"       },
        {"tvdbid",              "tvdb"       },
        {"musicbrainzartistid", "musicbrainz"}
    };
    for (const xmlNode *node = root->children; node; node = node->next) {
        const char *type = is_element(node, "uniqueid") ? attribute_of(a, node, "type") : NULL;
        if (type)
            offer_id(record, type, content_of(a, node));
    }
    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
        offer_id(record, named[i][1], child_text(a, root, named[i][0]));
    const char *id = child_text(a, root, "id");
    const struct nfo_ids *ids = &record->ids;
    if (id && is_imdb_id(id))
        offer_id(record, "imdb", id);
    else if (id && !ids->tmdb && !ids->imdb && !ids->tvdb) /* digits: whose? */
        offer_id(record,
                 record->kind == NFO_TVSHOW || record->kind == NFO_EPISODE ? "tvdb" : "tmdb", id);
}

/* -- addresses beside the XML ------------------------------------------------------------------ */

/* Where each provider writes its number. `kind` NFO_NONE: the address does not tell. */
static const struct address {
    const char *site;
    const char *before;
    const char *provider;
    enum nfo_kind kind;
} addresses[] = {
    {"themoviedb.org", "/movie/",    "tmdb", NFO_MOVIE },
    {"themoviedb.org", "/tv/",       "tmdb", NFO_TVSHOW},
    {"imdb.com",       "/title/",    "imdb", NFO_NONE  },
    {"thetvdb.com",    "/series/",   "tvdb", NFO_TVSHOW},
    {"thetvdb.com",    "?id=",       "tvdb", NFO_TVSHOW},
    {"thetvdb.com",    "&id=",       "tvdb", NFO_TVSHOW},
    {"thetvdb.com",    "&seriesid=", "tvdb", NFO_TVSHOW},
};

static void read_address(struct arena *a, const char *line, size_t len,
                         struct nfo_document *document)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        const struct address *row = &addresses[i];
        const char *site = memmem(line, len, row->site, strlen(row->site));
        const char *before =
            site ? memmem(site, len - (size_t)(site - line), row->before, strlen(row->before))
                 : NULL;
        if (!before)
            continue;
        const char *start = before + strlen(row->before), *end = start;
        while (end < line + len && isalnum((unsigned char)*end))
            end++;
        const char *id = arena_strndup(a, start, (size_t)(end - start));
        const char **slot = id_slot(&document->url_ids, row->provider, id);
        if (!slot || *slot)
            continue;
        *slot = id;
        if (row->kind)
            document->url_kind = row->kind;
    }
}

/* One address per line. */
static void read_addresses(struct arena *a, const char *text, size_t len,
                           struct nfo_document *document)
{
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t line_len = newline ? (size_t)(newline - (text + at)) : len - at;
        read_address(a, text + at, line_len, document);
        at += line_len + 1;
    }
}

static void fill_missing_ids(struct nfo_ids *to, const struct nfo_ids *from)
{
    to->tmdb = to->tmdb ? to->tmdb : from->tmdb;
    to->imdb = to->imdb ? to->imdb : from->imdb;
    to->tvdb = to->tvdb ? to->tvdb : from->tvdb;
}

/* -- elements --------------------------------------------------------------------------------- */

enum slot_type { SLOT_TEXT, SLOT_SECOND, SLOT_NUMBER, SLOT_MINUTES, SLOT_LIST, SLOT_SPLIT };

/* TEXT: the last wins. SECOND: only while nothing is there. MINUTES: the number at the start. LIST:
 * every one. SPLIT: every one, and Kodi's " / " inside them separates, except for music videos,
 * whose document takes the text as it is. */
#define KIND(k)   (1u << (k))
#define ANY       (~0u)
#define SCREEN    (KIND(NFO_MOVIE) | KIND(NFO_TVSHOW) | KIND(NFO_EPISODE))
#define NAMED     (KIND(NFO_ARTIST) | KIND(NFO_MOVIESET))
#define AT(field) offsetof(struct nfo_record, field)

static const struct element {
    const char *name;
    unsigned kinds;
    enum slot_type type;
    size_t offset;
} elements[] = {
    {"title",          ~KIND(NFO_ARTIST),    SLOT_TEXT,    AT(title)          },
    {"name",           NAMED,                SLOT_TEXT,    AT(title)          },
    {"originaltitle",  SCREEN,               SLOT_TEXT,    AT(original_title) },
    {"sorttitle",      ANY,                  SLOT_TEXT,    AT(sort_title)     },
    {"showtitle",      SCREEN,               SLOT_TEXT,    AT(show_title)     },
    {"artist",         KIND(NFO_MUSICVIDEO), SLOT_TEXT,    AT(artist)         },
    {"artist",         KIND(NFO_MUSICVIDEO), SLOT_LIST,    AT(artists)        },
    {"album",          KIND(NFO_MUSICVIDEO), SLOT_TEXT,    AT(album)          },
    {"plot",           ANY,                  SLOT_TEXT,    AT(plot)           },
    {"overview",       KIND(NFO_MOVIESET),   SLOT_TEXT,    AT(plot)           },
    {"outline",        SCREEN,               SLOT_TEXT,    AT(outline)        },
    {"tagline",        SCREEN,               SLOT_TEXT,    AT(tagline)        },
    {"mpaa",           SCREEN,               SLOT_TEXT,    AT(content_rating) },
    {"certification",  SCREEN,               SLOT_SECOND,  AT(content_rating) },
    {"premiered",      ANY,                  SLOT_TEXT,    AT(premiered)      },
    {"releasedate",    SCREEN,               SLOT_SECOND,  AT(premiered)      },
    {"aired",          SCREEN,               SLOT_TEXT,    AT(aired)          },
    {"status",         SCREEN,               SLOT_TEXT,    AT(status)         },
    {"biography",      KIND(NFO_ARTIST),     SLOT_TEXT,    AT(biography)      },
    {"year",           ANY,                  SLOT_NUMBER,  AT(year)           },
    {"runtime",        ANY,                  SLOT_MINUTES, AT(runtime_min)    },
    {"season",         KIND(NFO_EPISODE),    SLOT_NUMBER,  AT(season)         },
    {"episode",        KIND(NFO_EPISODE),    SLOT_NUMBER,  AT(episode)        },
    {"displayseason",  KIND(NFO_EPISODE),    SLOT_NUMBER,  AT(display_season) },
    {"displayepisode", KIND(NFO_EPISODE),    SLOT_NUMBER,  AT(display_episode)},
    {"genre",          ANY,                  SLOT_SPLIT,   AT(genres)         },
    {"studio",         ANY,                  SLOT_SPLIT,   AT(studios)        },
    {"country",        ANY,                  SLOT_SPLIT,   AT(countries)      },
    {"director",       ANY,                  SLOT_SPLIT,   AT(directors)      },
    {"credits",        ANY,                  SLOT_SPLIT,   AT(credits)        },
    {"tag",            ANY,                  SLOT_LIST,    AT(tags)           },
};

static void add_split(struct arena *a, struct nfo_texts *texts, const char *text)
{
    for (const char *end; (end = strstr(text, " / ")); text = end + 3)
        nfo_texts_add(a, texts, trimmed(a, text, (size_t)(end - text)));
    nfo_texts_add(a, texts, trimmed(a, text, strlen(text)));
}

static void put(struct arena *a, struct nfo_record *record, const struct element *element,
                const char *text)
{
    void *slot = (char *)record + element->offset;
    switch (element->type) {
    case SLOT_TEXT:
        *(const char **)slot = text;
        break;
    case SLOT_SECOND:
        if (!*(const char **)slot)
            *(const char **)slot = text;
        break;
    case SLOT_NUMBER:
        whole_number(text, slot);
        break;
    case SLOT_MINUTES:
        *(int64_t *)slot = leading_number(text);
        break;
    case SLOT_SPLIT:
        if (record->kind != NFO_MUSICVIDEO) {
            add_split(a, slot, text);
            break;
        }
        /* fall through */
    case SLOT_LIST:
        nfo_texts_add(a, slot, text);
    }
}

static void read_plain_element(struct arena *a, const xmlNode *node, struct nfo_record *record)
{
    const char *text = NULL;
    for (size_t i = 0; i < sizeof(elements) / sizeof(*elements); i++) {
        const struct element *element = &elements[i];
        if (!(element->kinds & KIND(record->kind)) || !is_element(node, element->name))
            continue;
        if (!text && !(text = content_of(a, node)))
            return;
        put(a, record, element, text);
    }
}

static void read_actor(struct arena *a, const xmlNode *node, struct nfo_record *record)
{
    const char *name = child_text(a, node, "name"), *order = child_text(a, node, "order");
    if (!name || record->actors.count >= ITEMS_MAX)
        return;
    struct nfo_actor *actor = arena_push(a, &record->actors);
    actor->name = name;
    actor->role = child_text(a, node, "role");
    actor->thumb = child_text(a, node, "thumb");
    actor->order = -1;
    if (order)
        whole_number(order, &actor->order);
}

/* <set>Name</set> of old, <set><name/><overview/></set> today. */
static void read_set(struct arena *a, const xmlNode *node, struct nfo_record *record)
{
    const char *name = child_text(a, node, "name"), *overview = child_text(a, node, "overview");
    if (!name && !xmlFirstElementChild((xmlNode *)node))
        name = content_of(a, node);
    record->set_name = name ? name : record->set_name;
    record->set_overview = overview ? overview : record->set_overview;
}

static void add_rating(struct arena *a, struct nfo_record *record, const char *name,
                       const char *value, const char *votes, double max, bool is_default)
{
    double number = real_number(value, -1);
    if (number < 0 || record->ratings.count >= ITEMS_MAX)
        return;
    struct nfo_rating *rating = arena_push(a, &record->ratings);
    *rating = (struct nfo_rating){.name = name ? name : "default",
                                  .value = number,
                                  .max = max > 0 ? max : 10,
                                  .votes = votes ? leading_number(votes) : -1,
                                  .is_default = is_default};
}

static void read_ratings(struct arena *a, const xmlNode *node, struct nfo_record *record)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (!is_element(child, "rating"))
            continue;
        const char *is_default = attribute_of(a, child, "default");
        add_rating(a, record, attribute_of(a, child, "name"), child_text(a, child, "value"),
                   child_text(a, child, "votes"), real_number(attribute_of(a, child, "max"), 10),
                   is_default && !strcasecmp(is_default, "true"));
    }
}

static void read_element(struct arena *a, const xmlNode *root, const xmlNode *node,
                         struct nfo_record *record)
{
    if (is_element(node, "actor"))
        read_actor(a, node, record);
    else if (is_element(node, "set") && (KIND(record->kind) & SCREEN))
        read_set(a, node, record);
    else if (is_element(node, "ratings"))
        read_ratings(a, node, record);
    else if (is_element(node, "rating") && !record->ratings.count) /* with <votes> beside it */
        add_rating(a, record, NULL, content_of(a, node), child_text(a, root, "votes"), 10, false);
    else if (is_element(node, "userrating"))
        record->user_rating = real_number(content_of(a, node), record->user_rating);
    else
        read_plain_element(a, node, record);
}

static enum nfo_kind kind_of(const xmlNode *node)
{
    static const struct {
        const char *name;
        enum nfo_kind kind;
    } roots[] = {
        {"musicvideo",     NFO_MUSICVIDEO},
        {"artist",         NFO_ARTIST    },
        {"movie",          NFO_MOVIE     },
        {"tvshow",         NFO_TVSHOW    },
        {"episodedetails", NFO_EPISODE   },
        {"set",            NFO_MOVIESET  },
        {"movieset",       NFO_MOVIESET  }
    };
    for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++)
        if (is_element(node, roots[i].name))
            return roots[i].kind;
    return NFO_NONE;
}

/* Document 000: a year that is a number but impossible fails the file. Document 004 is silent, so
 * there the year is just left out. */
static void check_year(struct nfo_record *record)
{
    if (record->year == -1 || (record->year >= NFO_YEAR_MIN && record->year <= NFO_YEAR_MAX))
        return;
    if (record->kind == NFO_MUSICVIDEO)
        record->problem = "The year is not between 1900 and 2100";
    record->year = -1;
}

static void read_root(struct arena *a, const xmlNode *root, struct nfo_document *document)
{
    enum nfo_kind kind = kind_of(root);
    if (kind == NFO_NONE || document->count >= RECORDS_MAX)
        return;
    struct nfo_record *record = arena_push(a, document);
    *record = nfo_record_make(kind);
    for (const xmlNode *node = root->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            read_element(a, root, node, record);
    read_ids(a, root, record);
    check_year(record);
}

/* -- documents -------------------------------------------------------------------------------- */

static void start_parser(void)
{
    xmlInitParser();
}

static void read_xml(struct arena *a, const char *xml, size_t len, struct nfo_document *document)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_parser);
    char *wrapped = arena_printf(a, "<" WRAPPER ">%.*s</" WRAPPER ">", (int)len, xml);
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    CHECK(parser != NULL);
    xmlDocPtr tree = xmlCtxtReadMemory(parser, wrapped, (int)strlen(wrapped), NULL, "UTF-8",
                                       XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR |
                                           XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    document->damaged = !parser->wellFormed;
    const xmlNode *top = tree ? xmlDocGetRootElement(tree) : NULL;
    for (const xmlNode *node = top ? top->children : NULL; node; node = node->next)
        read_root(a, node, document);
    xmlFreeDoc(tree);
    xmlFreeParserCtxt(parser);
}

static bool declares_types(const char *text)
{
    return strcasestr(text, "<!DOCTYPE") || strcasestr(text, "<!ENTITY");
}

struct err nfo_read(struct arena *a, const void *data, size_t len,
                    struct nfo_document *ret_document)
{
    struct nfo_document document = {0};
    if (len > NFO_BYTES_MAX)
        return err_make(ERR_TOO_LARGE, "nfo_too_large", "The NFO file is larger than 1 MiB");
    char *text = nfo_decode(a, data, len, &len);
    if (declares_types(text))
        return err_make(ERR_UNPROCESSABLE, "nfo_doctype",
                        "The NFO file declares a document type or entities");
    const char *first = strchr(text, '<'), *last = strrchr(text, '>');
    if (first && last && first < last) {
        read_addresses(a, text, (size_t)(first - text), &document);
        read_addresses(a, last + 1, len - (size_t)(last + 1 - text), &document);
        read_xml(a, first, (size_t)(last + 1 - first), &document);
    } else {
        read_addresses(a, text, len, &document);
    }
    const struct nfo_ids *ids = &document.url_ids;
    if (!document.count && !ids->tmdb && !ids->imdb && !ids->tvdb)
        return err_make(ERR_UNPROCESSABLE, "not_nfo",
                        "Neither a known root element nor a provider's address");
    if (document.count == 1)
        fill_missing_ids(&document.items[0].ids, ids);
    *ret_document = document;
    return OK;
}
