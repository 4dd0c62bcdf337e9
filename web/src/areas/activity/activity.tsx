// Everything that works, waits, worked or failed, what happens by schedule, and the log of events.

import { useQuery } from "@tanstack/react-query";
import { CalendarClock, CircleCheck, Coffee, ScrollText } from "lucide-react";
import { activity, jobs } from "../../api/jobs";
import { readable, t, tData } from "../../i18n";
import { ago, dateTime } from "../../lib/format";
import { Badge, ButtonLink, Empty, Failure, PageHead, Skeleton } from "../../ui/basics";
import { Tabs } from "../../ui/tabs";
import { isActive } from "./job-card";
import { JobList, newestFirst } from "./job-list";
import { Schedules } from "./schedules";

function Events() {
  const { data, error, refetch } = useQuery(activity(100));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-40" />;
  if (data.items.length === 0) return <Empty icon={ScrollText} title={t("events.empty")} />;
  const text = (details: Record<string, unknown> | undefined) =>
    Object.entries(details ?? {}).filter(([, value]) => typeof value !== "object").map(([name, value]) => `${readable(name)}: ${String(value)}`).join(" · ");
  return (
    <ul className="divide-y divide-line">
      {data.items.map((item, index) => (
        <li key={index} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5 text-sm">
          <time dateTime={item.timestamp} title={dateTime(item.timestamp)} className="w-32 shrink-0 text-faint tabular-nums">{ago(item.timestamp)}</time>
          <span className="font-medium">{readable(item.type)}</span>
          <Badge tone={/fail|block|error/.test(item.status) ? "danger" : "neutral"}>{readable(item.status)}</Badge>
          <span className="min-w-0 text-dim break-words">{text(item.details)}</span>
        </li>
      ))}
    </ul>
  );
}

const order = ["running", "pending", "waiting"];

export default function ActivityPage() {
  const { data, error, refetch } = useQuery(jobs());
  const list = data?.jobs;
  const active = list?.filter(isActive).sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const failed = list?.filter((job) => job.status === "failed" || job.status === "timeout").sort(newestFirst);
  const finished = list?.filter((job) => job.status === "completed" || job.status === "cancelled").sort(newestFirst);
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <PageHead title={t("nav.activity")} />
      <Tabs
        label={t("nav.activity")}
        tabs={[
          { name: "now", label: t("activity.now"), count: active?.length, content: () => <JobList list={active} empty={<Empty icon={Coffee} title={t("activity.idle")} action={<ButtonLink to="/app/scan">{t("scan.title")}</ButtonLink>}>{t("activity.idleHint")}</Empty>} /> },
          { name: "finished", label: t("activity.finished"), content: () => <JobList list={finished} empty={<Empty icon={ScrollText} title={t("activity.nothingFinished")} />} /> },
          { name: "failed", label: t("activity.failed"), count: failed?.length, content: () => <JobList list={failed} empty={<Empty icon={CircleCheck} title={t("activity.nothingFailed")} />} /> },
          { name: "schedules", label: t("activity.schedules"), content: () => <Schedules icon={CalendarClock} /> },
          { name: "events", label: t("activity.events"), content: () => <Events /> },
        ]}
      />
      <span className="sr-only" role="status">{active?.length ? `${tData("jobType", active[0]!.type)}: ${Math.round(active[0]!.progress * 10) * 10} %` : ""}</span>
    </>
  );
}
