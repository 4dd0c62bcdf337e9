// One music video: what it is, its file, its past, its jobs; edited where it stands, played at the top.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ChevronLeft, ChevronRight, ExternalLink, Play, RotateCcw, SearchX, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError } from "../../api/failure";
import { deleteWithFile, restoreFromTrash } from "../../api/files";
import { deleteVideo, restoreVideo, updateVideo, video as videoQuery, videoPage, videoPageSize, type VideoFilter } from "../../api/videos";
import type { Video, VideoUpdate } from "../../api/types";
import { t, tCount } from "../../i18n";
import { clock } from "../../lib/format";
import { useHotkeys } from "../../lib/hotkeys";
import { resumePoint } from "../../lib/resume";
import { Badge, Button, ButtonLink, Empty, Failure, IconButton, Skeleton } from "../../ui/basics";
import { InlineField } from "../../ui/inline";
import { Raw } from "../../ui/raw";
import { Tabs } from "../../ui/tabs";
import { say, sayFailure } from "../../ui/toast";
import { StatusBadge, VideoPicture } from "./card";
import { DownloadButton, VideoActions } from "./actions";
import { VideoCollections } from "./collections-editor";
import { DeleteDialog } from "./delete-dialog";
import { FilesTab, HistoryTab, JobsTab } from "./detail-tabs";
import { Player } from "./player";
import { TagEditor } from "./tag-editor";

/** In a list that a filter finds, or in one whose order is its own. */
type ListPlace = { filter?: VideoFilter; ids?: number[]; index: number };

/** The videos before and after this one in the list it was opened from. */
function useNeighbours(place: ListPlace | null) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [parameters] = useSearchParams();
  const index = place?.index ?? -1;
  const filter = place?.filter;
  const page = useQuery({ ...videoPage(filter ?? { sort_by: "title", sort_order: "asc" }, Math.floor(Math.max(0, index) / videoPageSize) + 1), enabled: filter !== undefined });
  const total = place?.ids?.length ?? page.data?.total;
  if (!place || total === undefined) return {};
  const idAt = async (at: number) => {
    if (!filter) return place.ids?.[at];
    return (await client.fetchQuery(videoPage(filter, Math.floor(at / videoPageSize) + 1))).items[at % videoPageSize]?.id;
  };
  const go = (by: number) => async () => {
    const target = await idAt(index + by);
    const query = parameters.get("play") ? "?play=1" : "";
    if (target !== undefined) navigate(`/app/videos/${target}${query}`, { state: { ...place, index: index + by }, replace: true });
  };
  return { previous: index > 0 ? go(-1) : undefined, next: index + 1 < total ? go(1) : undefined };
}

type FieldRow = { name: keyof VideoUpdate; kind?: "number" };
const fieldRows: FieldRow[] = [
  { name: "title" }, { name: "artist" }, { name: "album" }, { name: "year", kind: "number" }, { name: "director" }, { name: "genre" }, { name: "studio" }, { name: "isrc" },
  { name: "youtube_id" }, { name: "imvdb_video_id" },
];

function asValue(name: keyof VideoUpdate, kind: FieldRow["kind"], text: string): string | number | null {
  if (name === "title") return text;
  if (text === "") return null;
  if (kind !== "number") return text;
  const value = Number(text);
  if (!Number.isInteger(value)) throw new Error(t("edit.wholeNumber"));
  return value;
}

function Overview({ video }: { video: Video }) {
  const client = useQueryClient();
  const [parameters] = useSearchParams();
  const save = async (change: VideoUpdate) => {
    client.setQueryData(videoQuery(video.id).queryKey, await updateVideo(video.id, change));
    for (const key of ["videos", "facets"]) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <div className="grid gap-8 lg:grid-cols-[2fr_1fr]">
      <section aria-label={t("tab.overview")} className="grid content-start gap-x-6 gap-y-3 sm:grid-cols-2">
        {fieldRows.map(({ name, kind }) => (
          <InlineField
            key={name} label={t(`field.${name}` as "field.title")} name={name} value={video[name] ?? null} {...(kind ? { kind } : {})} startEditing={parameters.get("edit") === name}
            save={async (text) => {
              if (name === "title" && text === "") throw new Error(t("edit.titleNeeded"));
              await save({ [name]: asValue(name, kind, text) });
            }}
          />
        ))}
      </section>
      <section>
        <h2 className="mb-2 text-xs font-medium text-faint">{t("field.tags")}</h2>
        <TagEditor video={video} />
        <h2 className="mt-5 mb-2 text-xs font-medium text-faint">{t("collections.title")}</h2>
        <VideoCollections video={video} />
        {video.artists.length > 0 && (
          <>
            <h2 className="mt-5 mb-2 text-xs font-medium text-faint">{t("search.artists")}</h2>
            <ul className="flex flex-wrap gap-2">
              {video.artists.map((artist) => (
                <li key={`${artist.id}-${artist.role}`}><ButtonLink to={`/app/videos?artist=${encodeURIComponent(artist.name)}`}>{artist.name}{artist.role === "featured" && <span className="text-faint">{t("video.featured")}</span>}</ButtonLink></li>
              ))}
            </ul>
          </>
        )}
        <Elsewhere video={video} />
      </section>
    </div>
  );
}

/** The same video at other places. */
function Elsewhere({ video }: { video: Video }) {
  const links = [
    video.imvdb_url && ["IMVDb", video.imvdb_url], video.youtube_id && ["YouTube", `https://www.youtube.com/watch?v=${video.youtube_id}`], video.vimeo_id && ["Vimeo", `https://vimeo.com/${video.vimeo_id}`],
  ].filter((link): link is [string, string] => Array.isArray(link) && /^https?:/.test(link[1]!));
  if (links.length === 0) return null;
  return (
    <>
      <h2 className="mt-5 mb-1 text-xs font-medium text-faint">{t("video.elsewhere")}</h2>
      <ul className="flex flex-wrap gap-x-4">{links.map(([name, url]) => <li key={name}><a href={url} target="_blank" rel="noreferrer" className="inline-flex min-h-10 items-center gap-1.5 text-sm text-accent hover:underline">{name}<ExternalLink size={14} aria-hidden="true" /></a></li>)}</ul>
    </>
  );
}

function Hero({ video, play, neighbours }: { video: Video; play: () => void; neighbours: ReturnType<typeof useNeighbours> }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const point = resumePoint(video.id);
  const stale = () => ["videos", "facets"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const renew = () => { stale(); void client.invalidateQueries({ queryKey: ["video", video.id] }); };
  const bringBack = (file: string | null = video.video_file_path) => restoreFromTrash({ video_id: video.id, trash_path: file }).catch(() => restoreVideo(video.id)).then(renew, sayFailure);
  const leave = (withFile: boolean) => (withFile ? deleteWithFile : deleteVideo)(video.id).then(() => { renew(); say(tCount("delete.done", 1), () => void bringBack(withFile ? "moved" : null)); navigate("/app/videos"); }, sayFailure);
  const facts = [video.year, video.genre, video.duration === null ? null : clock(video.duration), video.height ? `${video.height}p` : null].filter(Boolean);
  return (
    <div className="relative -mx-4 md:-mx-6">
      <div aria-hidden="true" className="absolute inset-0 overflow-hidden"><div className="size-full opacity-70 blur-3xl light:opacity-40"><VideoPicture video={video} width={320} className="size-full" /></div></div>
      <div aria-hidden="true" className="absolute inset-0 bg-linear-to-b from-bg/40 to-bg" />
      <div className="relative grid gap-6 px-4 pt-4 pb-6 md:grid-cols-[minmax(0,22rem)_1fr] md:px-6 md:pt-8 xl:grid-cols-[minmax(0,30rem)_1fr]">
        <button type="button" onClick={play} disabled={!video.video_file_path} aria-label={t("video.play", { title: video.title ?? t("video.untitled") })} className="group relative overflow-hidden rounded-2xl shadow-float">
          <VideoPicture video={video} width={1000} className="aspect-video" eager />
          {video.video_file_path && (
            <span className="absolute inset-0 grid place-items-center bg-black/20 opacity-0 transition-opacity duration-100 group-hover:opacity-100 group-focus-visible:opacity-100">
              <span className="grid size-16 place-items-center rounded-full bg-black/70 text-white"><Play size={28} fill="currentColor" aria-hidden="true" /></span>
            </span>
          )}
          {point && <span className="absolute inset-x-0 bottom-0 h-1 bg-black/60"><span className="block h-full bg-accent" style={{ width: `${(point.seconds / point.duration) * 100}%` }} /></span>}
        </button>
        <div className="flex min-w-0 flex-col justify-end gap-3">
          <div className="min-w-0">
            <h1 className="text-3xl font-semibold tracking-tight break-words md:text-4xl">{video.title ?? t("video.untitled")}</h1>
            <p className="mt-1 text-lg text-dim">{video.artist ?? t("video.unknownArtist")}</p>
          </div>
          <div className="flex flex-wrap items-center gap-2 text-sm text-dim tabular-nums">
            <span>{facts.join(" · ")}</span>
            <StatusBadge status={video.status} />
            {video.is_deleted && <Badge tone="danger">{t("video.inTrash")}</Badge>}
          </div>
          {video.status_message && <p className="text-sm text-warn">{video.status_message}</p>}
          <div className="flex flex-wrap gap-2">
            {video.is_deleted
              ? <Button look="primary" icon={RotateCcw} onClick={() => void bringBack()}>{t("video.restore")}</Button>
              : (video.video_file_path || !video.youtube_id) && <Button look="primary" icon={Play} onClick={play} disabled={!video.video_file_path}>{point ? t("video.resume", { time: clock(point.seconds) }) : t("action.play")}</Button>}
            {!video.is_deleted && !video.video_file_path && video.youtube_id && <DownloadButton video={video} look="primary" />}
            {!video.is_deleted && <VideoActions video={video} />}
            {!video.is_deleted && <IconButton label={t("action.delete")} icon={Trash2} onClick={() => setAsking(true)} />}
            {(neighbours.previous || neighbours.next) && (
              <span className="ml-auto flex">
                <IconButton label={t("player.previous")} icon={ChevronLeft} disabled={!neighbours.previous} onClick={() => void neighbours.previous?.()} />
                <IconButton label={t("player.next")} icon={ChevronRight} disabled={!neighbours.next} onClick={() => void neighbours.next?.()} />
              </span>
            )}
          </div>
          {!video.video_file_path && <p className="text-sm text-dim">{t(video.youtube_id ? "video.noFileYet" : "video.noFile")}</p>}
          {video.status === "failed" && video.last_download_error && <p className="text-sm break-words text-danger">{video.last_download_error}</p>}
        </div>
      </div>
      {asking && <DeleteDialog count={1} hasFiles={Boolean(video.video_file_path)} close={() => setAsking(false)} confirm={(withFile) => void leave(withFile)} />}
    </div>
  );
}

export default function VideoPage() {
  const id = Number(useParams().id);
  const location = useLocation();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const state = location.state as ListPlace | null;
  const place = state?.filter || state?.ids ? state : null;
  const neighbours = useNeighbours(place);
  const { data: video, error, refetch } = useQuery(videoQuery(id));
  const playing = parameters.get("play") === "1";

  const setPlaying = (on: boolean) => {
    const next = new URLSearchParams(parameters);
    if (on) next.set("play", "1");
    else next.delete("play");
    setParameters(next, { state: location.state as unknown, replace: !on });
  };
  useEffect(() => {
    if (playing) document.getElementById("main")!.scrollTop = 0;
  }, [playing, id]);
  useEffect(() => {
    if (video?.title) document.title = `${video.title} · Medley`;
  }, [video?.title]);
  const edit = () => setParameters((now) => { now.set("edit", "title"); now.delete("tab"); return now; }, { replace: true, state: location.state as unknown });
  useHotkeys(playing ? {} : { " ": () => video?.video_file_path && setPlaying(true), e: edit, n: () => void neighbours.next?.(), p: () => void neighbours.previous?.() });

  if (error instanceof ApiError && error.status === 404) {
    return <Empty icon={SearchX} title={t("video.gone")} action={<ButtonLink to="/app/videos" look="primary">{t("nav.videos")}</ButtonLink>}>{t("error.notFound")}</Empty>;
  }
  if (error && !video) return <Failure error={error} retry={() => void refetch()} />;
  if (!video) return <div className="grid gap-6 pt-8 md:grid-cols-[22rem_1fr]" aria-hidden="true"><Skeleton className="aspect-video rounded-2xl" /><div className="grid content-end gap-3"><Skeleton className="h-10 w-2/3" /><Skeleton className="h-6 w-1/3" /></div></div>;
  return (
    <article>
      {playing && video.video_file_path
        ? <Player key={video.id} video={video} close={() => setPlaying(false)} next={neighbours.next && (() => void neighbours.next!())} previous={neighbours.previous && (() => void neighbours.previous!())} />
        : <Hero video={video} play={() => setPlaying(true)} neighbours={neighbours} />}
      <div className="pt-2"><Button look="quiet" icon={ArrowLeft} onClick={() => (location.key === "default" ? navigate("/app/videos") : navigate(-1))} className="-ml-3">{t("action.back")}</Button></div>
      <Tabs
        label={t("tab.label")}
        tabs={[
          { name: "overview", label: t("tab.overview"), content: () => <Overview key={video.id} video={video} /> },
          { name: "files", label: t("tab.files"), content: () => <FilesTab video={video} /> },
          { name: "history", label: t("tab.history"), content: () => <HistoryTab id={video.id} /> },
          { name: "jobs", label: t("tab.jobs"), content: () => <JobsTab id={video.id} /> },
          { name: "raw", label: t("tab.raw"), content: () => <Raw value={video} /> },
        ]}
      />
    </article>
  );
}
