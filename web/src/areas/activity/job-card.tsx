// One job: what it does, how far it is, how fast, what it said, and what can be done about it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, CircleAlert, CircleCheck, CircleDashed, CirclePause, CircleX, LoaderCircle, RotateCw, X, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { cancelJob, jobLog, submitJob } from "../../api/jobs";
import { live } from "../../api/live";
import { video as videoQuery } from "../../api/videos";
import type { Job, JobStatus } from "../../api/types";
import { t, tData, type Word } from "../../i18n";
import { ago, dateTime, number, span } from "../../lib/format";
import { Badge, Bar, Button, Card, type Tone } from "../../ui/basics";
import { useSeen } from "../../lib/seen";
import { Facts } from "../../ui/facts";
import { say, sayFailure } from "../../ui/toast";

const looks: Record<JobStatus, { icon: LucideIcon; tone: Tone; color: string }> = {
  running: { icon: LoaderCircle, tone: "accent", color: "text-accent" },
  pending: { icon: CircleDashed, tone: "neutral", color: "text-faint" },
  waiting: { icon: CirclePause, tone: "neutral", color: "text-faint" },
  completed: { icon: CircleCheck, tone: "ok", color: "text-ok" },
  failed: { icon: CircleX, tone: "danger", color: "text-danger" },
  timeout: { icon: CircleAlert, tone: "danger", color: "text-danger" },
  cancelled: { icon: CircleX, tone: "neutral", color: "text-faint" },
};

/** Common failures said for people, with the place where each is mended. */
const remedies: { when: RegExp; word: Word; to?: string; action?: Word }[] = [
  { when: /no space left|disk full|ENOSPC/i, word: "mend.space" },
  { when: /permission denied|EACCES|read-only/i, word: "mend.permission" },
  { when: /not configured|api key|unauthori[sz]ed|app_key/i, word: "mend.configure", to: "/app/settings", action: "nav.settings" },
  { when: /not found|no such file|does not exist|ENOENT|offline/i, word: "mend.missing", to: "/app/scan", action: "scan.title" },
  { when: /timed? ?out|timeout|unreachable|connect/i, word: "mend.network" },
];

export const isActive = (job: Job) => job.status === "running" || job.status === "pending" || job.status === "waiting";

export function jobName(job: Job): string {
  return tData("jobType", job.type);
}

function jobSubject(job: Job): string {
  const { directory, name, playlist_name, url, description } = job.metadata as Record<string, unknown>;
  const subject = directory ?? name ?? playlist_name ?? url ?? description;
  return typeof subject === "string" ? subject : "";
}

/** The video's title is asked for when the card is looked at. */
function AboutVideo({ id }: { id: number }) {
  const [ref, seen] = useSeen<HTMLParagraphElement>();
  const { data } = useQuery({ ...videoQuery(id), enabled: seen, staleTime: Infinity, retry: false });
  return <p ref={ref} className="min-h-5 truncate text-sm text-dim">{data && <Link to={`/app/videos/${id}`} className="hover:text-accent">{[data.artist, data.title].filter(Boolean).join(" – ")}</Link>}</p>;
}

/** What the job is about: a folder, a name, or a video. */
function Subject({ job }: { job: Job }) {
  const text = jobSubject(job);
  if (text) return <p className="truncate text-sm text-dim" title={text}>{text}</p>;
  const id = job.metadata?.video_id;
  return typeof id === "number" ? <AboutVideo id={id} /> : null;
}

/** Items a second over the last samples, and what that means for the rest. */
function pace(job: Job): string {
  const news = live.forJob(job.id);
  const [first, last] = [news?.samples[0], news?.samples.at(-1)];
  const parts: string[] = [];
  const seconds = first && last ? (last.atMs - first.atMs) / 1000 : 0;
  const rate = first && last && seconds > 0.5 ? (last.done - first.done) / seconds : 0;
  if (news?.speedMiB) parts.push(t("jobs.speed", { value: number(news.speedMiB, 1) }));
  else if (rate > 0) parts.push(t("jobs.rate", { value: number(rate, rate < 10 ? 1 : 0) }));
  const left = news?.etaSeconds ?? (rate > 0 && job.total_items > 0 ? (job.total_items - job.processed_items) / rate : null);
  parts.push(left === null ? t("jobs.leftUnknown") : t("jobs.left", { time: span(left) }));
  return parts.join(" · ");
}

export function took(job: Job): string {
  if (!job.started_at || !job.completed_at) return "";
  return t("jobs.took", { time: span((new Date(job.completed_at).getTime() - new Date(job.started_at).getTime()) / 1000) });
}

function resultRows(result: Record<string, unknown>): [string, string][] {
  return Object.entries(result).flatMap(([name, value]): [string, string][] => {
    if (value === null || typeof value === "object" || value === 0) return [];
    const text = typeof value === "number" ? (name.endsWith("_seconds") ? span(value) : number(value, 1)) : typeof value === "boolean" ? t(value ? "yes" : "no") : String(value);
    return [[tData("result", name), text]];
  });
}

/** The counts of a finished job, most telling first: "Imported 40 · Skipped 2". */
function summary(job: Job): string {
  const counts = ["imported", "new_files_found", "updated", "moved", "returned", "missing", "skipped", "broken", "failed"] as const;
  return counts.flatMap((name) => {
    const value = job.result?.[name];
    return typeof value === "number" && (value > 0 || name === "imported") ? [`${t(`result.${name}`)} ${number(value)}`] : [];
  }).join(" · ");
}

type Trouble = { name?: string; title?: string; error?: string; track_id?: string; path?: string; reason?: string };

function troubles(result: Record<string, unknown> | null): Trouble[] {
  const lists = Object.values(result ?? {}).filter((value): value is unknown[] => Array.isArray(value));
  const all = lists.flat().filter((one): one is Trouble => typeof one === "object" && one !== null && ("error" in one || "reason" in one));
  // One file may be told in two lists.
  return [...new Map(all.map((one) => [JSON.stringify([one.track_id ?? one.path ?? one.name, one.error ?? one.reason]), one])).values()];
}

function Details({ job }: { job: Job }) {
  const log = useQuery({ ...jobLog(job.id), refetchInterval: job.status === "running" ? 2000 : false });
  const lines = log.data?.length ? log.data : (live.forJob(job.id)?.steps ?? []).map((step) => step.text);
  const failed = troubles(job.result);
  return (
    <div className="grid gap-5 border-t border-line px-4 py-4">
      <Facts rows={[
        [t("jobs.started"), job.started_at && dateTime(job.started_at)], [t("jobs.finished"), job.completed_at && dateTime(job.completed_at)],
        ...(job.result ? resultRows(job.result) : []), [t("jobs.id"), <code key="id" className="font-mono text-xs break-all">{job.id}</code>],
      ]} />
      {failed.length > 0 && (
        <section>
          <h4 className="mb-1 text-sm font-semibold">{t("jobs.troubles")}</h4>
          <ul className="grid gap-1 text-sm">
            {failed.map((one, index) => <li key={index} className="break-words"><span className="font-mono text-xs" title={one.track_id ?? one.path}>{one.name ?? one.title ?? one.path ?? one.track_id}</span> <span className="text-dim">{one.error ?? one.reason}</span></li>)}
          </ul>
        </section>
      )}
      <section>
        <h4 className="mb-1 text-sm font-semibold">{t("jobs.log")}</h4>
        {lines.length > 0
          ? <pre tabIndex={0} aria-label={t("jobs.log")} className="scroll-quiet max-h-56 overflow-auto rounded-lg bg-bg p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap text-dim">{lines.slice(-200).join("\n")}</pre>
          : <p className="text-sm text-faint">{t("jobs.noLog")}</p>}
      </section>
    </div>
  );
}

export function JobCard({ job, startOpen = false }: { job: Job; startOpen?: boolean }) {
  const [open, setOpen] = useState(startOpen);
  const client = useQueryClient();
  const renew = () => ["jobs", "job", "video"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onSuccess: () => { renew(); say(t("jobs.cancelled")); }, onError: sayFailure });
  const retry = useMutation({ mutationFn: () => submitJob(job.type, job.metadata), onSuccess: () => { renew(); say(t("jobs.startedAgain")); }, onError: sayFailure });
  const look = looks[job.status] ?? looks.pending;
  const failed = job.status === "failed" || job.status === "timeout";
  const remedy = failed && job.error ? remedies.find((one) => one.when.test(job.error!)) : undefined;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 p-4 pb-3">
        <look.icon size={20} aria-hidden="true" className={`shrink-0 ${look.color} ${job.status === "running" ? "animate-spin [animation-duration:2s]" : ""}`} />
        <div className="min-w-0 flex-1 basis-40">
          <div className="flex flex-wrap items-center gap-2">
            <h3 className="font-medium">{jobName(job)}</h3>
            <Badge tone={look.tone}>{tData("jobStatus", job.status)}</Badge>
          </div>
          <Subject job={job} />
        </div>
        <div className="flex items-center gap-1">
          {isActive(job) && <Button icon={X} onClick={() => cancel.mutate()} disabled={cancel.isPending}>{t("action.cancel")}</Button>}
          {(failed || job.status === "cancelled") && <Button icon={RotateCw} onClick={() => retry.mutate()} disabled={retry.isPending}>{t("action.retry")}</Button>}
          <button type="button" aria-expanded={open} aria-label={t("jobs.details", { name: jobName(job) })} onClick={() => setOpen(!open)} className="grid size-10 place-items-center rounded-lg text-dim hover:bg-raised">
            <ChevronDown size={18} aria-hidden="true" className={`transition-transform duration-100 ${open ? "rotate-180" : ""}`} />
          </button>
        </div>
      </div>
      {isActive(job) ? (
        <div className="grid gap-1.5 px-4 pb-4">
          <Bar value={job.status === "running" && job.total_items === 0 ? null : job.progress} label={t("jobs.progressOf", { name: jobName(job) })} />
          <div className="flex flex-wrap justify-between gap-x-4 text-sm text-dim tabular-nums">
            <span className="min-w-0 truncate">{job.current_step}</span>
            <span className="text-faint">{job.total_items > 0 && `${number(job.processed_items)} / ${number(job.total_items)} · `}{job.status === "running" ? pace(job) : ago(job.created_at)}</span>
          </div>
        </div>
      ) : (
        <div className="px-4 pb-4 pl-12 text-sm text-dim">
          {failed && job.error && <p className="mb-1 break-words text-danger">{remedy ? t(remedy.word) : job.error}</p>}
          {remedy && <p className="mb-1 text-xs break-words text-faint">{job.error}</p>}
          <p className="tabular-nums">{[summary(job), ago(job.completed_at ?? job.created_at), took(job)].filter(Boolean).join(" · ")}{remedy?.to && <> · <Link to={remedy.to} className="text-accent underline">{t(remedy.action!)}</Link></>}</p>
        </div>
      )}
      {open && <Details job={job} />}
    </Card>
  );
}
