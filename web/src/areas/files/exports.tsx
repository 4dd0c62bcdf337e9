// What is written for other programs: NFO files beside the videos, and playlists.

import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, FileText, ListMusic } from "lucide-react";
import { useId, useState } from "react";
import { useLocation } from "react-router";
import { collectionPage, collectionVideos } from "../../api/collections";
import { ApiError } from "../../api/failure";
import { exportAllNfo, exportPlaylist } from "../../api/files";
import { job as jobQuery } from "../../api/jobs";
import type { PlaylistExport, PlaylistFormat } from "../../api/types";
import { t, tCount } from "../../i18n";
import { Button, Card, reason } from "../../ui/basics";
import { CopyButton } from "../../ui/raw";
import { queries } from "../../queries";
import { JobCard } from "../activity/job-card";
import { FilesFrame } from "./frame";

const check = "flex min-h-10 items-center gap-2.5 text-sm";
const extensions: Record<PlaylistFormat, string> = { m3u: "m3u8", csv: "csv", json: "json" };

function NfoFiles() {
  const [incremental, setIncremental] = useState(true);
  const [deleted, setDeleted] = useState(false);
  const start = useMutation({ mutationFn: () => exportAllNfo(incremental, deleted) });
  const job = useQuery({ ...jobQuery(start.data?.id ?? ""), enabled: start.data !== undefined });
  return (
    <Card className="p-5">
      <h2 className="flex items-center gap-2.5 text-lg font-semibold"><FileText size={20} aria-hidden="true" className="text-accent" />{t("exports.nfo")}</h2>
      <p className="mt-1 text-sm text-dim">{t("exports.nfoText")}</p>
      <div className="my-3">
        <label className={check}><input type="checkbox" checked={incremental} onChange={(event) => setIncremental(event.target.checked)} className="size-4 accent-accent" />{t("exports.incremental")}</label>
        <label className={check}><input type="checkbox" checked={deleted} onChange={(event) => setDeleted(event.target.checked)} className="size-4 accent-accent" />{t("exports.deleted")}</label>
      </div>
      {start.error && <p role="alert" className="mb-3 text-sm text-danger">{reason(start.error)}</p>}
      <Button look="primary" disabled={start.isPending} onClick={() => start.mutate()}>{t("exports.nfoStart")}</Button>
      {job.data && <div className="mt-4"><JobCard key={job.data.id} job={job.data} /></div>}
    </Card>
  );
}

type Given = { videos?: number[]; name?: string } | null;

function safeName(text: string): string {
  return text.trim().replaceAll(/[/\\:*?"<>|\p{Cc}]+/gu, " ").replaceAll(/\s+/g, " ").trim();
}

function Written({ done }: { done: PlaylistExport }) {
  return (
    <div role="status" className="flex items-start gap-2.5 rounded-lg bg-ok-soft p-3 text-sm">
      <CircleCheck size={18} aria-hidden="true" className="mt-0.5 shrink-0 text-ok" />
      <div className="min-w-0 flex-1"><p>{tCount("exports.written", done.total_tracks)}</p><code className="font-mono text-xs break-all text-dim">{done.file_path}</code></div>
      <CopyButton text={done.file_path} />
    </div>
  );
}

function Playlist({ given }: { given: Given }) {
  const id = useId();
  const [name, setName] = useState(given?.name ?? "");
  const [format, setFormat] = useState<PlaylistFormat>("m3u");
  const [path, setPath] = useState<string | null>(null);
  const [source, setSource] = useState(given?.videos ? "given" : "all");
  const collections = useQuery(collectionPage("", 1));
  const usual = name.trim() ? `playlists/${safeName(name)}.${extensions[format]}` : "";
  const write = useMutation({
    mutationFn: async () => {
      const chosen = source === "given" ? given?.videos : source === "all" ? undefined : (await queries.fetchQuery(collectionVideos(Number(source)))).map((video) => video.id);
      return exportPlaylist({ name: name.trim(), format, output_path: (path ?? usual).trim(), include_deleted: false, ...(chosen ? { video_ids: chosen } : {}) });
    },
  });
  const problemOf = (field: string) => (write.error instanceof ApiError ? write.error.fields[field] : undefined);
  // A path that the server does not take is answered with a plain reason.
  const pathProblem = problemOf("output_path") ?? (write.error instanceof ApiError && write.error.status === 400 ? write.error.message : undefined);
  const other = write.error && !pathProblem && !problemOf("name") ? reason(write.error) : null;
  return (
    <Card className="p-5">
      <h2 className="flex items-center gap-2.5 text-lg font-semibold"><ListMusic size={20} aria-hidden="true" className="text-accent" />{t("exports.playlist")}</h2>
      <p className="mt-1 text-sm text-dim">{t("exports.playlistText")}</p>
      <form className="mt-4 grid gap-4 sm:grid-cols-2" onSubmit={(event) => { event.preventDefault(); write.mutate(); }}>
        <div>
          <label htmlFor={`${id}-name`} className="mb-1 block text-sm font-medium">{t("exports.name")}</label>
          <input id={`${id}-name`} name="name" required maxLength={200} value={name} aria-invalid={Boolean(problemOf("name"))} onChange={(event) => { setName(event.target.value); write.reset(); }} className="field" />
          {problemOf("name") && <p role="alert" className="mt-1 text-xs text-danger">{problemOf("name")}</p>}
        </div>
        <label className="block text-sm font-medium"><span className="mb-1 block">{t("exports.what")}</span>
          <select value={source} onChange={(event) => setSource(event.target.value)} className="field font-normal">
            {given?.videos && <option value="given">{tCount("exports.given", given.videos.length)}</option>}
            <option value="all">{t("exports.all")}</option>
            {collections.data?.items.map((one) => <option key={one.id} value={one.id}>{t("exports.collection", { name: one.name })}</option>)}
          </select>
        </label>
        <fieldset>
          <legend className="mb-1 text-sm font-medium">{t("exports.format")}</legend>
          <div className="flex gap-2">
            {(["m3u", "csv", "json"] as const).map((one) => (
              <label key={one} className={`flex min-h-10 flex-1 cursor-pointer items-center justify-center rounded-lg border px-3 text-sm uppercase has-focus-visible:outline-2 has-focus-visible:outline-accent ${format === one ? "border-accent bg-accent-soft font-semibold text-accent" : "border-line-strong hover:bg-raised"}`}>
                <input type="radio" name="format" checked={format === one} onChange={() => { setFormat(one); setPath(null); }} className="sr-only" />{one}
              </label>
            ))}
          </div>
          <p className="mt-1 text-xs text-faint">{t(`exports.${format}Hint`)}</p>
        </fieldset>
        <div>
          <label htmlFor={`${id}-path`} className="mb-1 block text-sm font-medium">{t("exports.where")}</label>
          <input id={`${id}-path`} name="output_path" required spellCheck={false} value={path ?? usual} aria-invalid={Boolean(pathProblem)} aria-describedby={`${id}-path-hint`} onChange={(event) => { setPath(event.target.value); write.reset(); }} className="field font-mono text-sm" />
          <p id={`${id}-path-hint`} role={pathProblem ? "alert" : undefined} className={`mt-1 text-xs ${pathProblem ? "text-danger" : "text-faint"}`}>{pathProblem ?? t("exports.whereHint")}</p>
        </div>
        <div className="grid gap-3 sm:col-span-2">
          {other && <p role="alert" className="text-sm text-danger">{other}</p>}
          {write.data && <Written done={write.data} />}
          <div><Button look="primary" type="submit" disabled={!name.trim() || write.isPending}>{t("exports.playlistStart")}</Button></div>
        </div>
      </form>
    </Card>
  );
}

export default function ExportsPage() {
  const given = useLocation().state as Given;
  return <FilesFrame><div className="grid gap-4"><Playlist given={given} /><NfoFiles /></div></FilesFrame>;
}
