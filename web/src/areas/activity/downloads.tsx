// Everything that is being fetched, was fetched or could not be, and what can be fetched next.

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Coffee, ScrollText } from "lucide-react";
import { jobs } from "../../api/jobs";
import type { Job } from "../../api/types";
import { t } from "../../i18n";
import { ButtonLink, Empty, Failure, PageHead } from "../../ui/basics";
import { Tabs } from "../../ui/tabs";
import { isActive } from "./job-card";
import { JobList, newestFirst } from "./job-list";

const kinds = new Set(["import_download", "download_youtube"]);

export default function DownloadsPage() {
  const { data, error, refetch } = useQuery(jobs());
  const list = data?.jobs.filter((job) => kinds.has(job.type));
  const only = (fits: (job: Job) => boolean) => list?.filter(fits).sort(newestFirst);
  const active = list?.filter(isActive).sort((a, b) => Number(b.status === "running") - Number(a.status === "running"));
  const failed = only((job) => job.status === "failed" || job.status === "timeout");
  const finished = only((job) => job.status === "completed" || job.status === "cancelled");
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const idle = (
    <Empty icon={Coffee} title={t("downloads.idle")} action={<span className="flex flex-wrap justify-center gap-2"><ButtonLink to="/app/import/search" look="primary">{t("import.search")}</ButtonLink><ButtonLink to="/app/videos?status=discovered">{t("downloads.without")}</ButtonLink></span>}>
      {t("downloads.idleHint")}
    </Empty>
  );
  return (
    <>
      <PageHead title={t("nav.downloads")} />
      <Tabs
        label={t("nav.downloads")}
        tabs={[
          { name: "now", label: t("activity.now"), count: active?.length, content: () => <JobList list={active} empty={idle} /> },
          { name: "finished", label: t("activity.finished"), content: () => <JobList list={finished} empty={<Empty icon={ScrollText} title={t("activity.nothingFinished")} />} /> },
          { name: "failed", label: t("activity.failed"), count: failed?.length, content: () => <JobList list={failed} empty={<Empty icon={CircleCheck} title={t("activity.nothingFailed")} />} /> },
        ]}
      />
    </>
  );
}
