// Backups: made, checked, taken away, and put back with a confirmation that nobody gives by accident.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, CircleCheck, CircleX, Download, Plus, RotateCcw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { backups, backupUrl, createBackup, restoreBackup, verifyBackup } from "../../api/files";
import { job as jobQuery } from "../../api/jobs";
import { registry } from "../../api/settings";
import type { Backup, BackupCheck } from "../../api/types";
import { t, tData } from "../../i18n";
import { ago, bytes, dateTime } from "../../lib/format";
import { cronWords, nextRuns } from "../../lib/cron";
import { Badge, Button, Card, Empty, Failure, IconButton, reason, Skeleton } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { JobCard } from "../activity/job-card";
import { FilesFrame } from "./frame";

/** When backups are made by themselves, and where that is changed. */
function Plan() {
  const { data } = useQuery(registry());
  if (!data) return <Skeleton className="mb-4 h-14 rounded-xl" />;
  const value = (key: string) => data.settings.find((one) => one.key === key)?.value;
  const [enabled, times, kept] = [value("backup.enabled"), value("backup.schedule"), value("backup.retention_count")];
  const next = typeof times === "string" ? nextRuns(times, 1)[0] : undefined;
  return (
    <Card className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 p-4 text-sm">
      <p className="min-w-0 flex-1 basis-64">
        {enabled && typeof times === "string"
          ? <>{cronWords(times) ?? times}{next && <span className="text-dim" title={dateTime(next.toISOString())}> · {t("backups.next", { when: ago(next.toISOString()) })}</span>}</>
          : t("backups.off")}
        {typeof kept === "number" && <span className="text-dim"> · {t("backups.kept", { count: kept })}</span>}
      </p>
      <Link to="/app/settings?q=backup" className="flex min-h-10 items-center text-accent hover:underline">{t("backups.change")}</Link>
    </Card>
  );
}

function CreateDialog({ close, done }: { close: () => void; done: (jobId: string) => void }) {
  const [text, setText] = useState("");
  const create = useMutation({ mutationFn: () => createBackup(text.trim()), onSuccess: (reply) => { close(); done(reply.job_id); } });
  return (
    <Dialog title={t("backups.create")} onClose={close}>
      <form className="grid gap-4" onSubmit={(event) => { event.preventDefault(); create.mutate(); }}>
        <p className="text-sm text-dim">{t("backups.createText")}</p>
        <label className="grid gap-1 text-sm font-medium">{t("backups.description")}<input autoFocus maxLength={500} value={text} onChange={(event) => setText(event.target.value)} className="field font-normal" /></label>
        {create.error && <p role="alert" className="text-sm text-danger">{reason(create.error)}</p>}
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" type="submit" disabled={create.isPending}>{t("backups.createNow")}</Button></div>
      </form>
    </Dialog>
  );
}

function RestoreDialog({ backup, close, done }: { backup: Backup; close: () => void; done: () => void }) {
  const [typed, setTyped] = useState("");
  const word = t("backups.restoreWord");
  const restore = useMutation({
    mutationFn: () => restoreBackup(backup.filename),
    onSuccess: () => { close(); done(); },
  });
  return (
    <Dialog title={t("backups.restoreTitle")} onClose={close}>
      <form className="grid gap-4" onSubmit={(event) => { event.preventDefault(); if (typed.trim().toLowerCase() === word.toLowerCase()) restore.mutate(); }}>
        <p>{t("backups.restoreText", { when: dateTime(backup.created_at) })}</p>
        <ul className="list-disc pl-5 text-sm text-dim"><li>{t("backups.restoreLoss")}</li><li>{t("backups.restoreFiles")}</li><li>{t("backups.restoreRestart")}</li></ul>
        <label className="grid gap-1 text-sm font-medium">{t("backups.restoreType", { word })}
          <input autoFocus autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} className="field font-normal" />
        </label>
        {restore.error && <p role="alert" className="text-sm text-danger">{reason(restore.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button look="danger" icon={RotateCcw} type="submit" disabled={typed.trim().toLowerCase() !== word.toLowerCase() || restore.isPending}>{t("backups.restoreNow")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function CheckResult({ check }: { check: BackupCheck }) {
  return (
    <div role="status" className={`mt-1.5 flex items-start gap-2 text-sm ${check.valid ? "text-ok" : "text-danger"}`}>
      {check.valid ? <CircleCheck size={17} aria-hidden="true" className="mt-0.5 shrink-0" /> : <CircleX size={17} aria-hidden="true" className="mt-0.5 shrink-0" />}
      <span className="min-w-0 break-words">{check.valid ? t("backups.valid") : [t("backups.invalid"), ...check.errors].join(" ")}</span>
    </div>
  );
}

function Row({ backup, restore }: { backup: Backup; restore: () => void }) {
  const verify = useMutation({ mutationFn: () => verifyBackup(backup.filename) });
  const when = dateTime(backup.created_at);
  const download = () => {
    // The address holds the token of the moment, so it is made when it is used.
    const link = document.createElement("a");
    link.href = backupUrl(backup.filename);
    link.download = backup.filename;
    link.click();
  };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3 pr-2 pl-4">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium tabular-nums">{when} <span className="font-normal text-dim">· {ago(backup.created_at)}</span></p>
        <p className="truncate font-mono text-xs text-faint" title={backup.filename}>{backup.filename}</p>
        {verify.data && <CheckResult check={verify.data} />}
        {verify.error && <p role="alert" className="mt-1.5 text-sm text-danger">{reason(verify.error)}</p>}
      </div>
      <div className="flex flex-wrap items-center gap-1.5">{backup.contains.map((part) => <Badge key={part}>{tData("backupPart", part)}</Badge>)}<span className="ml-1 text-sm text-dim tabular-nums">{bytes(backup.size_bytes)}</span></div>
      <div className="ml-auto flex items-center">
        <IconButton label={t("backups.check", { when })} icon={ShieldCheck} disabled={verify.isPending} onClick={() => verify.mutate()} />
        <IconButton label={t("backups.download", { when })} icon={Download} onClick={download} />
        <Button icon={RotateCcw} onClick={restore} aria-label={t("backups.restore", { when })} className="ml-1">{t("backups.restoreShort")}</Button>
      </div>
    </li>
  );
}

export default function BackupsPage() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(backups());
  const [creating, setCreating] = useState(false);
  const [restoring, setRestoring] = useState<Backup | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null });
  const watch = (id: string) => { setJobId(id); void client.invalidateQueries({ queryKey: ["jobs"] }); };
  const create = <Button look="primary" icon={Plus} onClick={() => setCreating(true)}>{t("backups.create")}</Button>;
  const content = () => {
    if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
    if (!data) return <div className="grid gap-2">{[0, 1, 2].map((row) => <Skeleton key={row} className="h-18 rounded-xl" />)}</div>;
    if (data.backups.length === 0) return <Empty icon={Archive} title={t("backups.none")} action={create}>{t("backups.noneHint")}</Empty>;
    return <Card><ul className="divide-y divide-line">{data.backups.map((one) => <Row key={one.filename} backup={one} restore={() => setRestoring(one)} />)}</ul></Card>;
  };
  return (
    <FilesFrame actions={data && data.backups.length > 0 && create}>
      {notice && <p role="status" className="mb-4 rounded-xl border border-warn bg-warn-soft p-4 text-sm">{notice}</p>}
      {job.data && <div className="mb-4"><JobCard job={job.data} /></div>}
      <Plan />
      {content()}
      {creating && <CreateDialog close={() => setCreating(false)} done={watch} />}
      {restoring && (
        <RestoreDialog backup={restoring} close={() => setRestoring(null)} done={() => setNotice(t("backups.restoring"))} />
      )}
    </FilesFrame>
  );
}
