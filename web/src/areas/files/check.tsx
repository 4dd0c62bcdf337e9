// The library compared with the disk: what is missing, what belongs to nobody, what mends it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CloudOff, ShieldCheck, Wrench } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { repairLibrary, verifyLibrary } from "../../api/files";
import type { VerifyIssue, VerifyReport } from "../../api/types";
import { t, tCount, tData, type Word } from "../../i18n";
import { ago, number } from "../../lib/format";
import { Button, ButtonLink, Card, Empty, Failure, Skeleton } from "../../ui/basics";
import { say, sayFailure } from "../../ui/toast";
import { FilesFrame } from "./frame";

type Checked = { report: VerifyReport; at: string };
const shownAtFirst = 20;
const shownMore = 200;

/** What each kind of finding means and what can be done about it. */
const known: Record<string, { text: Word; repair?: "missing" | "nfos"; action?: Word; to?: string }> = {
  missing_file: { text: "verify.missingText", repair: "missing", action: "verify.repairMissing" },
  broken_nfo: { text: "verify.nfoText", repair: "nfos", action: "verify.repairNfo" },
  orphaned_file: { text: "verify.orphanText", action: "scan.title", to: "/app/scan" },
  orphaned_thumbnail: { text: "verify.thumbnailText" },
  path_mismatch: { text: "verify.mismatchText" },
};
const isOffline = (issue: VerifyIssue) => issue.issue_type.includes("offline");

function IssueList({ issues }: { issues: VerifyIssue[] }) {
  const [count, setCount] = useState(shownAtFirst);
  return (
    <>
      <ul className="divide-y divide-line border-t border-line">
        {issues.slice(0, count).map((issue, index) => (
          <li key={index} className="px-4 py-2.5 text-sm">
            {issue.path && <code className="font-mono text-[0.8125rem] break-all">{issue.path}</code>}
            <p className="text-dim">{issue.message}{issue.video_id !== null && <> · <Link to={`/app/videos/${issue.video_id}?tab=files`} className="text-accent underline">{t("verify.openVideo")}</Link></>}</p>
          </li>
        ))}
      </ul>
      {issues.length > count && <div className="border-t border-line p-2"><Button look="quiet" onClick={() => setCount(count + shownMore)}>{t("verify.more", { count: number(issues.length - count) })}</Button></div>}
    </>
  );
}

function Group({ type, issues, repair, busy }: { type: string; issues: VerifyIssue[]; repair: (what: "missing" | "nfos") => void; busy: boolean }) {
  const about = known[type];
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-3 p-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-medium">{tData("verifyIssue", type)} <span className="text-dim tabular-nums">{number(issues.length)}</span></h2>
          {about && <p className="mt-0.5 text-sm text-dim">{t(about.text)}</p>}
        </div>
        {about?.repair && <Button icon={Wrench} disabled={busy} onClick={() => repair(about.repair!)}>{t(about.action!)}</Button>}
        {about?.to && <ButtonLink to={about.to}>{t(about.action!)}</ButtonLink>}
      </div>
      <IssueList issues={issues} />
    </Card>
  );
}

function Offline({ issues }: { issues: VerifyIssue[] }) {
  return (
    <section role="alert" className="flex gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <CloudOff size={20} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
      <div className="min-w-0">
        <h2 className="font-medium">{t("verify.offline")}</h2>
        <p className="mt-0.5 text-sm text-dim">{t("verify.offlineText")}</p>
        <ul className="mt-2 grid gap-1 text-sm">{issues.map((issue, index) => <li key={index} className="min-w-0 break-words">{issue.path && <code className="font-mono text-[0.8125rem] break-all">{issue.path}</code>} <span className="text-dim">{issue.message}</span></li>)}</ul>
      </div>
    </section>
  );
}

function Report({ checked: { report, at }, repair, busy }: { checked: Checked; repair: (what: "missing" | "nfos") => void; busy: boolean }) {
  const offline = report.issues.filter(isOffline);
  const groups = new Map<string, VerifyIssue[]>();
  for (const issue of report.issues) if (!isOffline(issue)) groups.set(issue.issue_type, [...(groups.get(issue.issue_type) ?? []), issue]);
  const tiles: [string, number, boolean][] = [
    [t("verify.videosChecked"), report.videos_checked, false], [t("verify.filesScanned"), report.files_scanned, false], [t("verifyIssue.missing_file"), report.missing_files, true],
    [t("verifyIssue.broken_nfo"), report.broken_nfos, true], [t("verifyIssue.orphaned_file"), report.orphaned_files, true],
  ];
  return (
    <div className="grid gap-4">
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3">
        {tiles.map(([name, value, bad]) => <Card key={name} className="flex flex-col-reverse justify-end p-4"><dt className="text-sm text-dim">{name}</dt><dd className={`text-2xl font-semibold tabular-nums ${bad && value > 0 ? "text-warn" : ""}`}>{number(value)}</dd></Card>)}
      </dl>
      <p className="text-sm text-faint">{t("verify.at", { when: ago(at) })}</p>
      {offline.length > 0 && <Offline issues={offline} />}
      {report.total_issues === 0 && <p className="flex items-center gap-2 rounded-xl border border-line bg-surface p-4"><CircleCheck size={19} aria-hidden="true" className="text-ok" />{t("verify.allWell")}</p>}
      {[...groups].map(([type, issues]) => <Group key={type} type={type} issues={issues} repair={repair} busy={busy} />)}
    </div>
  );
}

function Working(): ReactNode {
  return <div className="grid gap-4" role="status" aria-label={t("verify.working")}><p className="text-dim">{t("verify.working")}</p><div className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3">{[0, 1, 2, 3, 4].map((tile) => <Skeleton key={tile} className="h-21 rounded-xl" />)}</div><Skeleton className="h-40 rounded-xl" /></div>;
}

export default function CheckPage() {
  const client = useQueryClient();
  const [orphans, setOrphans] = useState(true);
  // The report stays while the page is left and come back to; only the button asks for a new one.
  const { data } = useQuery<Checked | null>({ queryKey: ["verify"], queryFn: () => null, enabled: false, gcTime: Infinity });
  const check = useMutation({
    mutationFn: async () => ({ report: await verifyLibrary(orphans), at: new Date().toISOString() }),
    onSuccess: (checked) => { client.setQueryData(["verify"], checked); },
  });
  const repair = useMutation({
    mutationFn: (what: "missing" | "nfos") => repairLibrary(what === "missing", what === "nfos"),
    onSuccess: (reply) => {
      say(tCount("verify.repaired", reply.total_repaired));
      for (const key of ["videos", "video", "facets"]) void client.invalidateQueries({ queryKey: [key] });
      check.mutate();
    },
    onError: sayFailure,
  });
  const busy = check.isPending || repair.isPending;
  const start = <Button look="primary" icon={ShieldCheck} disabled={busy} onClick={() => check.mutate()}>{t(data ? "verify.again" : "verify.start")}</Button>;
  return (
    <FilesFrame actions={data && start}>
      <label className="mb-4 flex min-h-10 items-center gap-2.5 text-sm"><input type="checkbox" checked={orphans} onChange={(event) => setOrphans(event.target.checked)} className="size-4 accent-accent" />{t("verify.orphans")}</label>
      {check.error && !check.isPending && <Failure error={check.error} retry={() => check.mutate()} />}
      {check.isPending ? <Working /> : data ? <Report checked={data} repair={(what) => repair.mutate(what)} busy={busy} /> : !check.error && <Empty icon={ShieldCheck} title={t("verify.intro")} action={start}>{t("verify.introText")}</Empty>}
    </FilesFrame>
  );
}
