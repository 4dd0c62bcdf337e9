/*
 * import: videos by their addresses at YouTube, or by numbers and words at IMVDb (document 000, section 3.2).
 */
#include <string.h>

#include "domain/intake/song_match.h"
#include "providers/imvdb.h"
#include "providers/ytdlp.h"
#include "work/kinds.h"
#include "work/songs.h"

#define SEARCH_SIZE 5

static const struct words source_words = WORDS("ImportLinksSource", "youtube", "imvdb");
enum { FROM_YOUTUBE, FROM_IMVDB };

struct link_args {
    int source;
    struct list urls;
    struct list video_ids;
    struct list search_queries;
};
SHAPE(link_args_shape, "ImportArgs", struct link_args, "Imports addresses or finds",
      F(struct link_args, T_ENUM, source, .words = &source_words, .flags = FIELD_REQUIRED),
      F(struct link_args, T_LIST, urls, .item = T_TEXT, .help = "youtube: addresses or ids"),
      F(struct link_args, T_LIST, video_ids, .item = T_INT, .help = "imvdb"),
      F(struct link_args, T_LIST, search_queries, .item = T_TEXT, .help = "imvdb: the first find"));

struct link {
    const char *url;   /* at YouTube */
    const char *query; /* at IMVDb */
    int64_t imvdb_id;
    struct song *song; /* once it is known */
};

static struct err first_find(const struct asker *by, const char *query, int64_t *ret_id)
{
    struct imvdb_page page;
    TRY(imvdb_search_videos(by, query, "", 1, SEARCH_SIZE, &page));
    if (!page.results.count)
        return err_f(by->arena, ERR_NOT_FOUND, "upstream_not_found", "IMVDb finds nothing for %s", query);
    *ret_id = ((const struct imvdb_video *)page.results.items)[0].id;
    return OK;
}

static struct err describe_imvdb(const struct asker *by, const struct link *link, struct song *ret)
{
    struct imvdb_video video;
    int64_t id = link->imvdb_id;
    if (link->query)
        TRY(first_find(by, link->query, &id));
    TRY(imvdb_video(by, id, &video));
    song_from_imvdb(by->arena, &video, ret);
    return OK;
}

static struct err describe(struct song_step *step)
{
    const struct link *link = step->item;
    struct asker by = job_asker(step->list->run, step->arena);
    struct ytdlp_video video;
    if (!link->url)
        return describe_imvdb(&by, link, link->song);
    TRY(ytdlp_info(by.core, by.arena, link->url, &video));
    song_from_youtube(by.arena, &video, link->song);
    return OK;
}

static struct err store(struct song_step *step, struct db_conn *tx, enum song_outcome *ret_outcome)
{
    const struct song_policy *policy = step->context;
    const struct link *link = step->item;
    const struct song *song = link->song;
    int64_t id;
    bool created;
    (void)ret_outcome;
    TRY(song_lock(tx, step->arena, song->artist, song->title));
    TRY(song_find_by_ids(tx, &(struct song_ids){.imvdb_video_id = song->imvdb_video_id, .youtube_id = song->youtube_id},
                         &id));
    TRY(song_store(tx, step->arena, song, policy, id, &id, &created));
    step->picture_of = created ? id : INT_NONE;
    step->picture_url = song->thumbnail_url;
    step->picture_trust = link->url ? NULL : "providers.imvdb.base_url";
    return OK;
}

static void write_result(const struct song_list *list, const struct link_args *args)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "imported", list->done);
    jw_kv_int(&w, "failed", list->failed);
    jw_kv_int(&w, "total", list->total);
    jw_kv_text(&w, "source", words_name(&source_words, args->source));
    song_list_failures(list, &w, "failed_items");
    jw_end(&w);
    job_result(list->run, out.data);
}

static struct link link_at(const struct link_args *args, int64_t i)
{
    const char *const *urls = args->urls.items;
    const int64_t *ids = args->video_ids.items;
    const char *const *queries = args->search_queries.items;
    size_t at = (size_t)i;
    if (args->source == FROM_YOUTUBE)
        return (struct link){.url = urls[at], .imvdb_id = INT_NONE};
    if (at < args->video_ids.count)
        return (struct link){.imvdb_id = ids[at]};
    return (struct link){.query = queries[at - args->video_ids.count], .imvdb_id = INT_NONE};
}

static const char *name_of(struct arena *a, const struct link *link)
{
    return link->url ? link->url : link->query ? link->query : provider_number(a, link->imvdb_id);
}

static struct err import_links(struct job_run *run)
{
    static const struct song_verbs verbs = {.prepare = describe, .store = store, .doing = "Importing"};
    const struct link_args *args = run->args;
    struct song_policy policy = job_song_policy(run, run->arena, VIDEO_DISCOVERED, "Imported");
    struct song_list list;
    struct song song;
    struct err e = OK;
    song_list_resume(&list, run);
    list.total = (int64_t)(args->source == FROM_YOUTUBE ? args->urls.count
                                                        : args->video_ids.count + args->search_queries.count);
    if (list.total == 0)
        return err_f(run->arena, ERR_INVALID, "bad_job_args", "Missing required parameter: %s",
                     args->source == FROM_YOUTUBE ? "urls" : "video_ids");
    while (!failed(e) && list.next < list.total) {
        struct link link = link_at(args, list.next);
        const char *name = name_of(run->arena, &link);
        song_clear(&song);
        link.song = &song;
        e = song_list_step(&list, &verbs, &link, &policy, name, name);
    }
    write_result(&list, args);
    return e;
}

const struct job_kind import_kind = {
    .name = "import",
    .args = &link_args_shape,
    .run = import_links,
    .help = "Imports addresses at YouTube, or numbers and finds at IMVDb",
};
