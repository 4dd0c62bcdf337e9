// One import as it goes on: the first job and those that follow it, each as its forerunner names it.

import { useQuery } from "@tanstack/react-query";
import { job as jobQuery } from "../../api/jobs";
import type { Job } from "../../api/types";
import { t } from "../../i18n";
import { Button, ButtonLink, Failure, Skeleton } from "../../ui/basics";
import { JobCard } from "../activity/job-card";

const followers = ["download_job_id", "post_process_job_id", "organize_job_id", "nfo_job_id"];

function nextOf(job: Job | undefined): string | null {
  const id = followers.map((name) => job?.result?.[name]).find((value) => typeof value === "string");
  return typeof id === "string" ? id : null;
}

function Link_({ id, ended }: { id: string; ended: (job: Job) => React.ReactNode }) {
  const { data, error, refetch } = useQuery(jobQuery(id));
  const next = nextOf(data);
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-24 rounded-xl" />;
  return (
    <>
      <li className="min-w-0"><JobCard job={data} /></li>
      {next ? <Link_ id={next} ended={ended} /> : ["completed", "failed", "timeout", "cancelled"].includes(data.status) && ended(data)}
    </>
  );
}

export function Chain({ id, again }: { id: string; again: () => void }) {
  const first = useQuery(jobQuery(id)).data;
  const result = first?.result ?? {};
  const videoId = typeof result.video_id === "number" ? result.video_id : null;
  const ended = (job: Job) => (
    <li className="flex flex-wrap items-center gap-3">
      {job.status === "completed" && <p className="font-medium text-ok">{result.skipped === true ? t("import.wasKnown") : t("scan.done")}</p>}
      {videoId !== null ? <ButtonLink to={`/app/videos/${videoId}`} look="primary">{t("import.openVideo")}</ButtonLink> : <ButtonLink to="/app/videos?sort=created_at&order=desc" look="primary">{t("import.openNew")}</ButtonLink>}
      <Button onClick={again}>{t("import.another")}</Button>
    </li>
  );
  return (
    <div className="grid grid-cols-1 gap-4" role="status">
      <ol className="grid gap-3"><Link_ id={id} ended={ended} /></ol>
      <p className="text-sm text-dim">{t("import.leave")}</p>
    </div>
  );
}
