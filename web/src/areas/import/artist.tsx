// The videos of an artist: found by name at IMVDb, those that are here already marked, chosen, imported.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ChevronRight, Disc3, Search, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { artistVideosPage, importArtist, lookUpVideo, searchArtist } from "../../api/imports";
import type { ArtistFound, ArtistVideos, VideoFound } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { number } from "../../lib/format";
import { BackLink, Button, Card, Empty, PageHead, Skeleton } from "../../ui/basics";
import { Steps } from "../../ui/steps";
import { Chain } from "./chain";
import { batchMetadataOf, emptyDraft } from "./draft";
import { ImportFoot, PickList, usePicks, type Pick } from "./picks";
import { NotConfigured, ServiceFailure, useMissing } from "./services";

const steps: Word[] = ["import.stepArtist", "import.stepChoose", "import.stepRun"];

function ArtistRow({ one, open }: { one: ArtistFound; open: () => void }) {
  return (
    <li>
      <button type="button" onClick={open} className="flex min-h-16 w-full items-center gap-4 px-4 py-3 text-left hover:bg-raised">
        <span className="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent"><Disc3 size={20} aria-hidden="true" /></span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{one.name ?? one.slug ?? t("video.unknownArtist")}</span>
          <span className="block truncate text-sm text-dim tabular-nums">{[tCount("videos.count", one.artist_video_count), one.sample_tracks.join(", ")].filter(Boolean).join(" · ")}</span>
        </span>
        <ChevronRight size={18} aria-hidden="true" className="shrink-0 text-faint" />
      </button>
    </li>
  );
}

function FindStep({ open }: { open: (one: ArtistFound) => void }) {
  const [parameters, setParameters] = useSearchParams();
  const name = parameters.get("q") ?? "";
  const [text, setText] = useState(name);
  const missing = useMissing()("imvdb");
  const search = useQuery(searchArtist(name));
  return (
    <div className="grid grid-cols-1 gap-5">
      {missing.length > 0 && !search.error && <NotConfigured service="imvdb" />}
      <form onSubmit={(event) => { event.preventDefault(); setParameters({ q: text.trim() }); }} className="grid items-end gap-3 sm:grid-cols-[1fr_auto]">
        <label className="grid gap-1 text-sm font-medium">{t("field.artist")}<input name="artist" required maxLength={200} autoFocus={!name} value={text} onChange={(event) => setText(event.target.value)} className="field font-normal" /></label>
        <Button look="primary" type="submit" icon={Search} disabled={!text.trim()}>{t("import.find")}</Button>
      </form>
      {search.isFetching && !search.data && <div className="grid gap-2" role="status" aria-label={t("import.searching")}>{[0, 1, 2].map((row) => <Skeleton key={row} className="h-16 rounded-xl" />)}</div>}
      {search.error && <ServiceFailure error={search.error} service="imvdb" retry={() => void search.refetch()} />}
      {search.data && (search.data.results.length > 0
        ? <Card className="overflow-hidden"><ul aria-label={t("search.artists")} className="divide-y divide-line">{search.data.results.map((one) => <ArtistRow key={one.id} one={one} open={() => open(one)} />)}</ul></Card>
        : <Empty icon={SearchX} title={t("import.noArtist")}>{t("import.nothingHint")}</Empty>)}
    </div>
  );
}

function Choose({ id, started }: { id: number; started: (jobId: string) => void }) {
  const client = useQueryClient();
  const [download, setDownload] = useState(true);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["add", "artist-videos", id], queryFn: ({ pageParam }) => artistVideosPage(id, pageParam), initialPageParam: 1,
    getNextPageParam: (last: ArtistVideos) => (last.has_more ? last.current_page + 1 : undefined), staleTime: 5 * 60_000, retry: false,
  });
  const first = data?.pages[0];
  const name = first?.entity_name ?? "";
  const videos = useMemo(() => new Map((data?.pages ?? []).flatMap((page) => page.videos).map((video) => [String(video.id), video])), [data]);
  const start = useMemo(() => [...videos].map(([key, video]) => ({
    key, note: video.version_name, known: video.already_exists, knownId: video.existing_video_id,
    draft: { ...emptyDraft, title: video.song_title ?? "", artist: name, year: video.year === null ? "" : String(video.year) },
  })), [videos, name]);
  const ask = (pick: Pick) => lookUpVideo({ imvdb_id: Number(pick.key), artist: pick.draft.artist, track_title: pick.draft.title, year: videos.get(pick.key)?.year ?? null, thumbnail_url: videos.get(pick.key)?.thumbnail_url ?? null });
  const picks = usePicks(start, ask);
  const chosen = useMutation({
    mutationFn: () => importArtist({
      entity_id: id, entity_name: name || null, auto_download: download,
      videos: picks.chosen.map((pick) => {
        const video = videos.get(pick.key)!;
        return {
          imvdb_id: video.id, metadata: batchMetadataOf(pick.draft, null), imvdb_url: (pick.found as VideoFound | null)?.imvdb_url ?? video.url, youtube_id: pick.youtube,
          youtube_url: pick.youtube && `https://www.youtube.com/watch?v=${pick.youtube}`, thumbnail_url: pick.found?.thumbnail_url ?? video.thumbnail_url,
        };
      }),
    }),
    onSuccess: (reply) => { void client.invalidateQueries({ queryKey: ["jobs"] }); started(reply.job_id); },
  });
  if (error && !data) return <ServiceFailure error={error} service="imvdb" retry={() => void refetch()} />;
  if (!first) return <div className="grid gap-2" role="status" aria-label={t("loading")}>{Array.from({ length: 8 }, (_, row) => <Skeleton key={row} className="h-14 rounded-lg" />)}</div>;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="text-lg font-semibold">{name}</h2>
        <p className="text-sm text-dim tabular-nums">{tCount("videos.count", first.total_videos)} · {t("import.newAndKnown", { fresh: number(first.new_count), known: number(first.existing_count) })}</p>
      </div>
      {videos.size === 0 ? <Empty icon={Disc3} title={t("import.noVideos")} /> : <PickList picks={picks} label={t("nav.videos")} />}
      {hasNextPage && <div className="flex justify-center"><Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("action.showMore")}</Button></div>}
      {videos.size > 0 && <ImportFoot picks={picks} download={download} setDownload={setDownload} start={() => chosen.mutate()} busy={chosen.isPending} error={chosen.error} />}
    </div>
  );
}

export default function ArtistPage() {
  const [parameters, setParameters] = useSearchParams();
  const [id, jobId, q] = [Number(parameters.get("artist")), parameters.get("job"), parameters.get("q") ?? ""];
  const at = jobId ? 2 : id > 0 ? 1 : 0;
  return (
    <div className="mx-auto max-w-4xl">
      <BackLink to="/app/import">{t("nav.import")}</BackLink>
      <PageHead title={t("import.artist")} />
      <Steps steps={steps} at={at} />
      {at === 0 && <FindStep open={(one) => setParameters({ q, artist: String(one.id) })} />}
      {at === 1 && <><div className="-mt-2 mb-3"><Button look="quiet" icon={ArrowLeft} onClick={() => setParameters({ q })} className="-ml-3">{t("import.otherArtist")}</Button></div><Choose key={id} id={id} started={(job) => setParameters({ job })} /></>}
      {at === 2 && <Chain id={jobId!} again={() => setParameters({})} />}
    </div>
  );
}
