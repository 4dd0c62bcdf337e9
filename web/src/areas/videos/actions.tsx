// What can be done with one video beyond playing it: ask the services, fetch its file, put it in its place.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Copy, Download, Ellipsis, FileText, FolderInput, Link2, RefreshCw, Sparkles } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/failure";
import { exportNfo, organizeVideo } from "../../api/files";
import { downloadVideo, enrichVideo, fillImvdbAddress, refreshVideo, updateVideo, video as videoQuery } from "../../api/videos";
import type { OrganizeOutcome, Video, VideoEnrichment, VideoUpdate } from "../../api/types";
import { t, tData, type Word } from "../../i18n";
import { Badge, Button, Failure, reason, Skeleton } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { Menu, MenuItem } from "../../ui/menu";
import { say, sayFailure, sayWithLink } from "../../ui/toast";
import { NotConfigured } from "../import/services";

function useRenew(id: number): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of ["videos", "facets", "jobs", "duplicates"]) void client.invalidateQueries({ queryKey: [key] });
    void client.invalidateQueries({ queryKey: ["video", id] });
  };
}

type Row = { name: "title" | "artist" | "album" | "year" | "genre" | "studio"; word: Word; found: string | number | null };

function rowsOf(found: VideoEnrichment): Row[] {
  return [
    { name: "title", word: "field.title", found: found.canonical_title }, { name: "artist", word: "field.artist", found: found.canonical_artist }, { name: "album", word: "field.album", found: found.album },
    { name: "year", word: "field.year", found: found.year }, { name: "genre", word: "field.genre", found: found.classified_genre ?? found.genre }, { name: "studio", word: "field.studio", found: found.label },
  ];
}

function Proposal({ video, found, close }: { video: Video; found: VideoEnrichment; close: () => void }) {
  const client = useQueryClient();
  const renew = useRenew(video.id);
  const rows = rowsOf(found).filter((row) => row.found !== null && row.found !== "" && row.found !== video[row.name]);
  // What is empty is filled; what a person may have written is left unless ticked.
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => new Set(rows.filter((row) => video[row.name] === null || video[row.name] === "").map((row) => row.name)));
  const tick = (name: string, on: boolean) => setTicked((now) => new Set(on ? [...now, name] : [...now].filter((one) => one !== name)));
  const save = useMutation({
    mutationFn: () => updateVideo(video.id, Object.fromEntries(rows.filter((row) => ticked.has(row.name)).map((row) => [row.name, row.found])) as VideoUpdate),
    onSuccess: (saved) => { client.setQueryData(videoQuery(video.id).queryKey, saved); renew(); say(t("enrich.done")); close(); },
  });
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={found.confident_match ? "ok" : "warn"}>{t(found.confident_match ? "enrich.confident" : "enrich.unsure")}</Badge>
        <span className="text-dim tabular-nums">{t("duplicates.sure", { percent: Math.round(found.match_score * 100) })} · {tData("matchMethod", found.match_method)}</span>
        {found.recording_mbid && <a href={`https://musicbrainz.org/recording/${found.recording_mbid}`} target="_blank" rel="noreferrer" className="text-accent underline">MusicBrainz</a>}
      </p>
      {rows.length === 0 ? <p className="flex items-center gap-2"><CircleCheck size={18} aria-hidden="true" className="text-ok" />{t("enrich.same")}</p> : (
        <ul className="divide-y divide-line rounded-xl border border-line">
          {rows.map((row) => (
            <li key={row.name}>
              <label className="flex min-h-12 cursor-pointer items-center gap-3 px-3 py-2 text-sm hover:bg-raised">
                <input type="checkbox" checked={ticked.has(row.name)} onChange={(event) => tick(row.name, event.target.checked)} className="size-4 shrink-0 accent-accent" />
                <span className="w-20 shrink-0 text-faint">{t(row.word)}</span>
                <span className="min-w-0 flex-1 break-words">{video[row.name] ? <><span className="text-dim line-through">{video[row.name]}</span> <span aria-hidden="true" className="text-faint">→</span> </> : null}<b className="font-medium">{row.found}</b></span>
              </label>
            </li>
          ))}
        </ul>
      )}
      {save.error && <p role="alert" className="text-sm text-danger">{reason(save.error)}</p>}
      <div className="flex justify-end gap-2"><Button onClick={close}>{t(rows.length ? "action.cancel" : "action.close")}</Button>{rows.length > 0 && <Button look="primary" disabled={ticked.size === 0 || save.isPending} onClick={() => save.mutate()}>{t("action.apply")}</Button>}</div>
    </div>
  );
}

function EnrichDialog({ video, close }: { video: Video; close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["enrich", video.id], queryFn: () => enrichVideo(video.id, { isrc: video.isrc, title: video.title, artist: video.artist }), retry: false, gcTime: 0, staleTime: Infinity,
  });
  const content = () => {
    if (error) return <Failure error={error} retry={() => void refetch()} />;
    if (!data) return <div className="grid gap-2" role="status" aria-label={t("import.looking")}><p className="text-sm text-dim">{t("import.looking")}</p>{[0, 1, 2, 3].map((row) => <Skeleton key={row} className="h-12" />)}</div>;
    if (data.match_method === "none") return <><p className="text-dim">{t("enrich.nothing")}</p><div className="mt-5 flex justify-end"><Button onClick={close}>{t("action.close")}</Button></div></>;
    return <Proposal video={video} found={data} close={close} />;
  };
  return <Dialog title={t("enrich.title")} onClose={close} wide>{content()}</Dialog>;
}

function Place({ label, path }: { label: string; path: string | null }) {
  return <div className="min-w-0"><dt className="text-xs font-medium text-faint">{label}</dt><dd className="mt-0.5 font-mono text-[0.8125rem] break-all">{path ?? "–"}</dd></div>;
}

function OrganizeDialog({ video, close }: { video: Video; close: () => void }) {
  const renew = useRenew(video.id);
  const plan = useQuery({ queryKey: ["organize", video.id], queryFn: () => organizeVideo(video.id, true), retry: false, gcTime: 0, staleTime: 0 });
  const move = useMutation({
    mutationFn: () => organizeVideo(video.id, false),
    onSuccess: (done: OrganizeOutcome) => { renew(); say(t(done.status === "moved" ? "organize.moved" : "organize.already")); close(); },
  });
  const there = plan.data?.status === "already_organized";
  return (
    <Dialog title={t("organize.title")} onClose={close} wide>
      <div className="grid grid-cols-1 gap-4">
        {plan.error && <p role="alert" className="break-words text-danger">{reason(plan.error)}</p>}
        {!plan.data && !plan.error && <Skeleton className="h-32" />}
        {plan.data && (there
          ? <p className="flex items-center gap-2"><CircleCheck size={18} aria-hidden="true" className="text-ok" />{t("organize.already")}</p>
          : <dl className="grid grid-cols-1 gap-3"><Place label={t("organize.from")} path={plan.data.source_video_path} /><Place label={t("organize.to")} path={plan.data.target_video_path} /><Place label={t("files.nfo")} path={plan.data.target_nfo_path} /></dl>)}
        {move.error && <p role="alert" className="text-sm break-words text-danger">{reason(move.error)}</p>}
        <p className="text-sm text-faint">{t("organize.hint")}</p>
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" icon={FolderInput} disabled={!plan.data || there || move.isPending} onClick={() => move.mutate()}>{t("organize.move")}</Button></div>
      </div>
    </Dialog>
  );
}

function UnsetDialog({ close }: { close: () => void }) {
  return <Dialog title={t("imvdb.fetch")} onClose={close}><NotConfigured service="imvdb" /><div className="mt-4 flex justify-end"><Button onClick={close}>{t("action.close")}</Button></div></Dialog>;
}

export function DownloadButton({ video, look = "plain" }: { video: Video; look?: "plain" | "primary" }) {
  const renew = useRenew(video.id);
  const start = useMutation({ mutationFn: () => downloadVideo(video.id), onSuccess: () => { renew(); sayWithLink(t("video.downloading"), `/app/videos/${video.id}?tab=jobs`, t("tab.jobs")); }, onError: sayFailure });
  return <Button look={look} icon={Download} disabled={start.isPending} onClick={() => start.mutate()}>{t("video.download")}</Button>;
}

export function VideoActions({ video }: { video: Video }) {
  const [open, setOpen] = useState<"enrich" | "organize" | "unset" | null>(null);
  const navigate = useNavigate();
  const renew = useRenew(video.id);
  const close = () => setOpen(null);
  const run = useMutation({ mutationFn: (action: () => Promise<string>) => action(), onSuccess: (text) => { renew(); say(text); }, onError: sayFailure });
  const fetchAddress = async () => {
    try {
      const reply = await fillImvdbAddress(video.id);
      return t(reply.updated > 0 ? "imvdb.fetched" : reply.failed > 0 ? "imvdb.failed" : "imvdb.nothing");
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 503)) throw error;
      setOpen("unset");
      return t("services.notSetUp", { name: "IMVDb" });
    }
  };
  const writeNfo = async () => {
    const reply = await exportNfo([video.id]);
    if (reply.failed_count > 0) throw new Error(t("nfo.failed"));
    return t(reply.exported_count > 0 ? "nfo.written" : "nfo.skipped");
  };
  const item = (icon: React.ReactNode, word: Word, act: () => void, shown = true) => ({ icon, word, act, shown });
  const items = [
    item(<Sparkles size={17} />, "enrich.title", () => setOpen("enrich"), Boolean(video.isrc || (video.title && video.artist))),
    item(<Link2 size={17} />, "imvdb.fetch", () => run.mutate(fetchAddress), Boolean(video.imvdb_video_id)),
    item(<RefreshCw size={17} />, "video.refresh", () => run.mutate(() => refreshVideo(video.id).then(() => t("video.reread"))), Boolean(video.video_file_path)),
    item(<FolderInput size={17} />, "organize.title", () => setOpen("organize"), Boolean(video.video_file_path)),
    item(<FileText size={17} />, "nfo.write", () => run.mutate(writeNfo), Boolean(video.video_file_path ?? video.nfo_file_path)),
    item(<Copy size={17} />, "video.duplicates", () => void navigate(`/app/files/duplicates?video=${video.id}`)),
  ].filter((one) => one.shown);
  return (
    <>
      <Menu label={t("video.more")} align="left" trigger={<><Ellipsis size={17} aria-hidden="true" />{t("bulk.more")}</>} panelClass="w-72 max-md:fixed max-md:inset-x-3 max-md:top-auto max-md:bottom-18 max-md:w-auto max-md:max-w-none"
        triggerClass="inline-flex min-h-10 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 text-sm hover:bg-hover">
        {(shut) => items.map((one) => <MenuItem key={one.word} icon={one.icon} onClick={() => { shut(); one.act(); }}>{t(one.word)}</MenuItem>)}
      </Menu>
      <span className="sr-only" role="status">{run.isPending ? t("loading") : ""}</span>
      {open === "enrich" && <EnrichDialog video={video} close={close} />}
      {open === "organize" && <OrganizeDialog video={video} close={close} />}
      {open === "unset" && <UnsetDialog close={close} />}
    </>
  );
}
