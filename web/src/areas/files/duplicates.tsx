// Music videos that are there twice: looked for by a job over the whole library, or for one video, then
// compared and settled one after the other.

import { useMutation, useQuery } from "@tanstack/react-query";
import { Copy, CopyCheck, Search } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { duplicates } from "../../api/files";
import { job as jobQuery, submitJob } from "../../api/jobs";
import type { DuplicateGroup, Job } from "../../api/types";
import { t, tCount } from "../../i18n";
import { ago } from "../../lib/format";
import { BackLink, Button, Empty, Failure, reason, Skeleton } from "../../ui/basics";
import { isActive, JobCard } from "../activity/job-card";
import { Compare, type Likeness } from "./compare";
import { FilesFrame } from "./frame";

/** The server reports at most so many groups at a time. */
const groupsReported = 50;
const lowestConfidence = 0.7;

function groupsOf(job: Job): Likeness[] {
  const groups = (job.result?.duplicate_groups ?? []) as DuplicateGroup[];
  return groups.map((group) => ({
    ids: [group.primary_video_id, ...group.duplicates.map((one) => one.video_id)], confidence: Math.max(...group.duplicates.map((one) => one.confidence)), match: group.duplicates[0]?.match_type ?? "metadata",
  }));
}

function Groups({ groups }: { groups: Likeness[] }) {
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const keyOf = (group: Likeness) => group.ids.join("-");
  const left = groups.filter((group) => !done.has(keyOf(group)));
  if (left.length === 0) return <Empty icon={CopyCheck} title={t(groups.length > 0 ? "duplicates.allDone" : "duplicates.nothing")} />;
  return (
    <>
      <p role="status" className="mb-4 text-sm text-dim">{tCount("duplicates.groups", left.length)}{groups.length >= groupsReported && ` ${t("duplicates.more")}`}</p>
      <ul className="grid gap-10">{left.map((group) => <li key={keyOf(group)} className="min-w-0"><Compare group={group} done={() => setDone(new Set([...done, keyOf(group)]))} /></li>)}</ul>
    </>
  );
}

function OfOne({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(duplicates(id));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-96 rounded-xl" />;
  const found = data.duplicates;
  return (
    <>
      <BackLink to={`/app/videos/${id}`}>{t("duplicates.backToVideo")}</BackLink>
      <div className="pt-6"><Groups groups={found.length ? [{ ids: [id, ...found.map((one) => one.video_id)], confidence: found[0]!.confidence, match: found[0]!.match_type }] : []} /></div>
    </>
  );
}

function OfAll() {
  const [parameters, setParameters] = useSearchParams();
  const id = parameters.get("job");
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  const start = useMutation({
    mutationFn: () => submitJob("file_duplicate_resolve", { scan_all: true, strategy: "report_only", dry_run: true, min_confidence: lowestConfidence }),
    onSuccess: (made) => setParameters({ job: made.id }, { replace: true }),
  });
  const button = <Button look="primary" icon={Search} disabled={start.isPending || (job.data && isActive(job.data))} onClick={() => start.mutate()}>{t(id ? "duplicates.again" : "duplicates.start")}</Button>;
  const content = () => {
    if (start.error) return <p role="alert" className="mb-4 text-sm text-danger">{reason(start.error)}</p>;
    if (!id) return <Empty icon={Copy} title={t("duplicates.intro")} action={button}>{t("duplicates.introText")}</Empty>;
    if (job.error && !job.data) return <Failure error={job.error} retry={() => void job.refetch()} />;
    if (!job.data) return <Skeleton className="h-28 rounded-xl" />;
    if (job.data.status !== "completed") return <JobCard job={job.data} />;
    return <><p className="-mt-2 mb-2 text-sm text-faint">{t("verify.at", { when: ago(job.data.completed_at) })}</p><Groups key={id} groups={groupsOf(job.data)} /></>;
  };
  return <FilesFrame actions={id && button}>{content()}</FilesFrame>;
}

export default function DuplicatesPage() {
  const [parameters] = useSearchParams();
  const id = Number(parameters.get("video"));
  return id > 0 ? <FilesFrame><OfOne id={id} /></FilesFrame> : <OfAll />;
}
