// Bringing a folder in: what it holds, which folder, exactly what will happen, and watching it happen.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Film, FolderOpen, FolderSearch, Music2, Play, Tv, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError } from "../../api/failure";
import { previewScan, startScan } from "../../api/jobs";
import { addLibrary, libraries, scanLibrary } from "../../api/movies";
import { registry } from "../../api/settings";
import type { Library, ScanMode, ScanPreview, ScanRequest } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { useAddress } from "../../lib/address";
import { ago, number } from "../../lib/format";
import { BackLink, Badge, Button, ButtonLink, Card, PageHead, reason } from "../../ui/basics";
import { Steps } from "../../ui/steps";
import { JobCard } from "../activity/job-card";
import { useScanJob } from "./scan-job";

type Kind = "video" | "movie" | "tv";
const kinds: { kind: Kind; icon: LucideIcon; title: Word; text: Word; result: string; area: Word }[] = [
  { kind: "video", icon: Music2, title: "nav.videos", text: "scan.videoText", result: "/app/videos", area: "nav.videos" },
  { kind: "movie", icon: Film, title: "nav.movies", text: "scan.movieText", result: "/app/movies", area: "nav.movies" },
  { kind: "tv", icon: Tv, title: "nav.tv", text: "scan.tvText", result: "/app/tv", area: "nav.tv" },
];
const steps: Word[] = ["scan.stepKind", "scan.stepPreview", "scan.stepRun"];

function KindChoice({ kind, setKind }: { kind: Kind; setKind: (kind: Kind) => void }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{t("scan.what")}</legend>
      <div className="grid gap-3 sm:grid-cols-3">
        {kinds.map((one) => (
          <label key={one.kind} className={`flex cursor-pointer gap-3 rounded-xl border p-4 has-focus-visible:outline-2 has-focus-visible:outline-accent ${kind === one.kind ? "border-accent bg-accent-soft" : "border-line bg-surface hover:border-line-strong"}`}>
            <input type="radio" name="kind" checked={kind === one.kind} onChange={() => setKind(one.kind)} className="sr-only" />
            <one.icon size={22} aria-hidden="true" className={`mt-0.5 shrink-0 ${kind === one.kind ? "text-accent" : "text-faint"}`} />
            <span><span className="block font-medium">{t(one.title)}</span><span className="mt-0.5 block text-sm text-dim">{t(one.text)}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function ModeChoice({ mode, setMode }: { mode: ScanMode; setMode: (mode: ScanMode) => void }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{t("scan.mode")}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {(["full", "discovery"] as const).map((one) => (
          <label key={one} className="flex cursor-pointer gap-3 rounded-lg p-2 hover:bg-raised">
            <input type="radio" name="mode" checked={mode === one} onChange={() => setMode(one)} className="mt-1 size-4 accent-accent" />
            <span><span className="block text-sm font-medium">{t(`scan.${one}`)}</span><span className="block text-sm text-dim">{t(`scan.${one}Text`)}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function PreviewTable({ preview }: { preview: ScanPreview }) {
  const tiles: [string, number][] = [[t("scan.willImport"), preview.would_import], [t("scan.willSkip"), preview.would_skip], [t("scan.nfoFiles"), preview.total_nfo_files]];
  if (preview.videos_without_nfo) tiles.push([t("scan.withoutNfo"), preview.videos_without_nfo]);
  return (
    <div className="grid gap-4">
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(7rem,1fr))] gap-3">
        {tiles.map(([name, value], index) => (
          <Card key={name} className="flex flex-col-reverse p-4"><dt className="text-sm text-dim">{name}</dt><dd className={`text-2xl font-semibold tabular-nums ${index === 0 ? "text-accent" : ""}`}>{number(value)}</dd></Card>
        ))}
      </dl>
      {preview.items.length > 0 && (
        <div className="scroll-quiet max-h-[50dvh] overflow-auto rounded-xl border border-line" tabIndex={0} role="region" aria-label={t("scan.stepPreview")}>
          <table className="w-full text-left text-sm">
            <thead className="sticky top-0 bg-raised text-xs text-dim">
              <tr><th className="px-4 py-2.5 font-semibold">{t("field.title")}</th><th className="px-4 py-2.5 font-semibold">{t("field.artist")}</th><th className="px-4 py-2.5 font-semibold max-md:hidden">{t("field.album")}</th><th className="px-4 py-2.5 font-semibold max-sm:hidden">{t("field.year")}</th><th className="px-4 py-2.5 font-semibold">{t("scan.what2")}</th></tr>
            </thead>
            <tbody className="divide-y divide-line">
              {preview.items.map((item) => (
                <tr key={item.nfo_path}>
                  <td className="max-w-60 px-4 py-2.5"><div className="truncate font-medium" title={item.nfo_path}>{item.title}</div></td>
                  <td className="max-w-44 truncate px-4 py-2.5 text-dim">{item.artist}</td><td className="max-w-44 truncate px-4 py-2.5 text-dim max-md:hidden">{item.album ?? "–"}</td>
                  <td className="px-4 py-2.5 text-dim tabular-nums max-sm:hidden">{item.year ?? "–"}</td>
                  <td className="px-4 py-2.5">{item.already_exists ? <Badge>{t("scan.known")}</Badge> : <Badge tone="ok">{t("scan.new")}</Badge>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {preview.would_import + preview.would_skip > preview.items.length && <p className="text-sm text-faint">{t("scan.first", { count: number(preview.items.length) })}</p>}
      {preview.would_import === 0 && <p className="text-sm text-dim">{t(preview.would_skip > 0 ? "scan.nothingNew" : "scan.nothingFound")}</p>}
    </div>
  );
}

function KnownLibraries({ list, kind, scan, busy }: { list: Library[]; kind: Kind; scan: (library: Library) => void; busy: boolean }) {
  const fitting = list.filter((one) => one.type === kind);
  if (fitting.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 text-sm font-medium">{t("scan.again")}</h2>
      <ul className="grid gap-2">
        {fitting.map((one) => (
          <li key={one.id}>
            <Card className="flex flex-wrap items-center gap-3 p-3 pl-4">
              <FolderOpen size={18} aria-hidden="true" className="text-faint" />
              <div className="min-w-0 flex-1 basis-40"><div className="font-medium">{one.name}</div><div className="truncate text-sm text-dim">{one.path}</div></div>
              <span className="text-sm text-faint">{tCount("titles.count", one.stats?.total ?? 0)} · {ago(one.stats?.lastScan ?? null)}</span>
              <Button icon={FolderSearch} disabled={busy} onClick={() => scan(one)}>{t("scan.short")}</Button>
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Progress({ jobId, kind, again }: { jobId: string; kind: Kind; again: () => void }) {
  const job = useScanJob(jobId);
  const { result, area } = kinds.find((one) => one.kind === kind)!;
  const done = job?.status === "completed";
  return (
    <div className="grid gap-5" role="status">
      {job ? <JobCard job={job} startOpen={false} /> : <Card className="p-4 text-dim">{t("scan.starting")}</Card>}
      {done && (
        <div className="flex flex-wrap items-center gap-3">
          <p className="font-medium text-ok">{t("scan.done")}</p>
          <ButtonLink to={result} look="primary">{t("scan.show", { area: t(area) })}</ButtonLink>
          <Button onClick={again}>{t("scan.another")}</Button>
        </div>
      )}
      {!done && <p className="text-sm text-dim">{t("scan.leave")}</p>}
    </div>
  );
}

export default function ScanPage() {
  const [parameters, setAddress] = useAddress();
  const setParameters = (next: Record<string, string>, options?: { replace: boolean }) => setAddress(new URLSearchParams(next), options);
  const client = useQueryClient();
  const kind = kinds.find((one) => one.kind === parameters.get("kind"))?.kind ?? "video";
  const jobId = parameters.get("job");
  const [folder, setFolder] = useState("");
  const [name, setName] = useState("");
  const [mode, setMode] = useState<ScanMode>("full");
  const [recursive, setRecursive] = useState(true);
  const [skipExisting, setSkipExisting] = useState(true);
  const settings = useQuery(registry());
  const known = useQuery(libraries());
  const usual = settings.data?.settings.find((one) => one.key === "library_dir")?.value;
  useEffect(() => {
    if (kind === "video" && typeof usual === "string") setFolder((now) => now || usual);
  }, [usual, kind]);

  const request: ScanRequest = { directory: folder.trim(), mode, recursive, skip_existing: skipExisting, update_file_paths: true };
  const show = (id: string | number) => setParameters({ kind, job: String(id) });
  const preview = useMutation({ mutationFn: () => previewScan(request) });
  const start = useMutation({ mutationFn: () => startScan(request), onSuccess: (reply) => show(reply.job_id) });
  const scanKnown = useMutation({ mutationFn: (library: Library) => scanLibrary(library.id), onSuccess: (reply) => show(reply.job_id) });
  const addAndScan = useMutation({
    mutationFn: async () => {
      const library = await addLibrary({ name: name.trim() || folder.trim().split("/").filter(Boolean).at(-1) || kind, path: folder.trim(), type: kind === "tv" ? "tv" : "movie" });
      void client.invalidateQueries({ queryKey: ["libraries"] });
      return scanLibrary(library.id);
    },
    onSuccess: (reply) => show(reply.job_id),
  });
  const failure = preview.error ?? start.error ?? scanKnown.error ?? addAndScan.error;
  const folderProblem = failure instanceof ApiError && (failure.fields.path ?? failure.fields.directory ?? (failure.status === 400 ? failure.message : ""));
  const busy = preview.isPending || start.isPending || scanKnown.isPending || addAndScan.isPending;
  const at = jobId ? 2 : preview.data ? 1 : 0;
  const restart = () => { preview.reset(); start.reset(); setParameters({ kind }); };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (kind === "video") preview.mutate();
    else addAndScan.mutate();
  };

  return (
    <div className="mx-auto max-w-4xl">
      <BackLink to="/app/import">{t("nav.import")}</BackLink>
      <PageHead title={t("scan.title")} />
      <Steps steps={steps} at={at} />
      {at === 0 && (
        <form onSubmit={submit} className="grid gap-6">
          <KindChoice kind={kind} setKind={(next) => { setFolder(""); setParameters({ kind: next }, { replace: true }); }} />
          {kind !== "video" && known.data && <KnownLibraries list={known.data} kind={kind} busy={busy} scan={(library) => scanKnown.mutate(library)} />}
          <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
            <div>
              <label htmlFor="folder" className="mb-1 block text-sm font-medium">{t("scan.folder")}</label>
              <input id="folder" name="folder" required spellCheck={false} autoComplete="off" value={folder} onChange={(event) => setFolder(event.target.value)} placeholder="/media/…" aria-invalid={Boolean(folderProblem)} aria-describedby="folder-hint" className="field font-mono text-sm" />
              <p id="folder-hint" className={`mt-1 text-xs ${folderProblem ? "text-danger" : "text-faint"}`} role={folderProblem ? "alert" : undefined}>{folderProblem || t("scan.folderHint")}</p>
            </div>
            {kind !== "video" && (
              <div>
                <label htmlFor="name" className="mb-1 block text-sm font-medium">{t("scan.name")}</label>
                <input id="name" name="name" maxLength={255} value={name} onChange={(event) => setName(event.target.value)} placeholder={t(kind === "tv" ? "nav.tv" : "nav.movies")} className="field" />
              </div>
            )}
          </div>
          {kind === "video" && (
            <>
              <ModeChoice mode={mode} setMode={setMode} />
              <div className="flex flex-wrap gap-x-6">
                <label className="flex min-h-10 items-center gap-2.5 text-sm"><input type="checkbox" checked={recursive} onChange={(event) => setRecursive(event.target.checked)} className="size-4 accent-accent" />{t("scan.recursive")}</label>
                <label className="flex min-h-10 items-center gap-2.5 text-sm"><input type="checkbox" checked={skipExisting} onChange={(event) => setSkipExisting(event.target.checked)} className="size-4 accent-accent" />{t("scan.skipExisting")}</label>
              </div>
            </>
          )}
          {failure && !folderProblem && <p role="alert" className="text-sm text-danger">{reason(failure)}</p>}
          <div className="flex justify-end"><Button look="primary" type="submit" icon={kind === "video" ? FolderSearch : Play} disabled={busy || !folder.trim()}>{t(kind === "video" ? "scan.preview" : "scan.addAndStart")}</Button></div>
        </form>
      )}
      {at === 1 && preview.data && (
        <div className="grid gap-5">
          <p className="text-dim"><code className="font-mono text-sm break-all text-ink">{preview.data.directory}</code> · {t(`scan.${mode}`)}</p>
          <PreviewTable preview={preview.data} />
          {start.error && <p role="alert" className="text-sm text-danger">{reason(start.error)}</p>}
          <div className="foot flex justify-between gap-2">
            <Button icon={ArrowLeft} onClick={restart}>{t("action.back")}</Button>
            <Button look="primary" icon={Play} disabled={busy} onClick={() => start.mutate()}>{preview.data.would_import > 0 ? tCount("scan.start", preview.data.would_import) : t("scan.startAnyway")}</Button>
          </div>
        </div>
      )}
      {at === 2 && jobId && <Progress jobId={jobId} kind={kind} again={restart} />}
    </div>
  );
}
