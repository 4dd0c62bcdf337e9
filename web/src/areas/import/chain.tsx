// One import as it goes on: the first job and those that follow it, each as its forerunner names it.

import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { job as jobQuery } from "../../api/jobs";
import type { Job } from "../../api/types";
import { t } from "../../i18n";
import { Button, ButtonLink, Card, Failure, Skeleton } from "../../ui/basics";
import { JobCard, jobName, took } from "../activity/job-card";

const followers = ["download_job_id", "post_process_job_id", "organize_job_id", "nfo_job_id"];

function nextOf(job: Job | undefined): string | null {
  const id = followers.map((name) => job?.result?.[name]).find((value) => typeof value === "string");
  return typeof id === "string" ? id : null;
}

/** A step that is over takes one line, so that what is going on stays in view. */
function Finished({ job }: { job: Job }) {
  return (
    <Card className="flex min-h-12 flex-wrap items-center gap-x-3 px-4 py-2">
      <CircleCheck size={18} aria-hidden="true" className="shrink-0 text-ok" />
      <h3 className="text-sm font-medium">{jobName(job)}</h3>
      <span className="ml-auto text-sm text-dim tabular-nums">{took(job)}</span>
    </Card>
  );
}

function Step({ id, ended }: { id: string; ended: (job: Job) => React.ReactNode }) {
  const { data, error, refetch } = useQuery(jobQuery(id));
  const next = nextOf(data);
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-24 rounded-xl" />;
  return (
    <>
      <li className="min-w-0">{data.status === "completed" ? <Finished job={data} /> : <JobCard job={data} />}</li>
      {next ? <Step id={next} ended={ended} /> : ["completed", "failed", "timeout", "cancelled"].includes(data.status) && ended(data)}
    </>
  );
}

export function Chain({ id, again }: { id: string; again: () => void }) {
  const first = useQuery(jobQuery(id)).data;
  const result = first?.result ?? {};
  const videoId = typeof result.video_id === "number" ? result.video_id : null;
  const ended = (job: Job) => (
    <li className="flex flex-wrap items-center gap-3 pt-2">
      {job.status === "completed" && <p className="font-medium text-ok">{result.skipped === true ? t("import.wasKnown") : t("scan.done")}</p>}
      {videoId !== null ? <ButtonLink to={`/app/videos/${videoId}`} look="primary">{t("import.openVideo")}</ButtonLink> : <ButtonLink to="/app/videos?sort=created_at&order=desc" look="primary">{t("import.openNew")}</ButtonLink>}
      <Button onClick={again}>{t("import.another")}</Button>
    </li>
  );
  return (
    <div className="grid grid-cols-1 gap-4" role="status">
      <ol className="grid grid-cols-1 gap-2"><Step id={id} ended={ended} /></ol>
      <p className="text-sm text-dim">{t("import.leave")}</p>
    </div>
  );
}
