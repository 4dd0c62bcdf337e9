// What runs by itself: when it ran, when it runs next; add, change, pause, run now, delete.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Play, Plus, Trash2, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { ApiError } from "../../api/failure";
import { addSchedule, deleteSchedule, runSchedule, schedules, updateSchedule } from "../../api/jobs";
import type { Schedule, ScheduleInput } from "../../api/types";
import { t, tData } from "../../i18n";
import { cronWords, nextRuns } from "../../lib/cron";
import { ago, dateTime } from "../../lib/format";
import { Badge, Button, Card, Empty, Failure, IconButton, reason, Skeleton } from "../../ui/basics";
import { Confirm, Dialog } from "../../ui/dialog";
import { Switch } from "../../ui/switch";
import { say, sayFailure, sayWithLink } from "../../ui/toast";

/** Kinds that need to be told nothing. */
const kinds = ["library_scan", "backup", "trash_cleanup", "export_nfo", "metadata_refresh", "sync_decade_tags"];
const presets = [["hourly", "0 * * * *"], ["daily", "0 3 * * *"], ["weekly", "0 3 * * 0"], ["monthly", "0 3 1 * *"]] as const;
const runsShown = 3;
/** Where the builtin ones are changed. */
const settingsOf: Record<string, string> = { backup: "backup", trash_cleanup: "trash", export_nfo: "nfo_export", prune: "jobs.prune" };

/** The times in words and the next moments, as they are typed. */
function Preview({ cron }: { cron: string }) {
  const words = cronWords(cron);
  if (!words) return <p className="text-sm text-warn">{t("cron.never")}</p>;
  return (
    <div className="rounded-lg bg-raised p-3 text-sm">
      <p className="font-medium">{words}</p>
      <ol aria-label={t("schedule.nextRuns")} className="mt-1 grid gap-0.5 text-dim tabular-nums">{nextRuns(cron, runsShown).map((at) => <li key={at.getTime()}>{dateTime(at.toISOString())} <span className="text-faint">· {ago(at.toISOString())}</span></li>)}</ol>
    </div>
  );
}

function ScheduleForm({ schedule, close }: { schedule: Schedule | null; close: () => void }) {
  const client = useQueryClient();
  const [input, setInput] = useState<ScheduleInput>({
    name: schedule?.name ?? "", job_type: schedule?.job_type ?? kinds[0]!, cron_expression: schedule?.cron_expression ?? presets[1][1], enabled: schedule?.enabled ?? true,
  });
  const save = useMutation({
    mutationFn: () => (schedule ? updateSchedule(schedule.id, { name: input.name, cron_expression: input.cron_expression }) : addSchedule(input)),
    onSuccess: () => { void client.invalidateQueries({ queryKey: ["schedules"] }); close(); },
  });
  const change = (part: Partial<ScheduleInput>) => { save.reset(); setInput({ ...input, ...part }); };
  const preset = presets.find(([, cron]) => cron === input.cron_expression)?.[0] ?? "custom";
  const cronProblem = save.error instanceof ApiError && (save.error.fields.cron_expression ?? (/cron/i.test(save.error.message) ? save.error.message : undefined));
  const nameProblem = save.error instanceof ApiError && (save.error.fields.name ?? (save.error.status === 409 ? save.error.message : undefined));
  return (
    <Dialog title={t(schedule ? "schedule.edit" : "schedule.add")} onClose={close}>
      <form className="grid grid-cols-1 gap-4" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <label className="grid gap-1 text-sm font-medium">{t("schedule.name")}
          <input name="name" required maxLength={200} autoFocus value={input.name} aria-invalid={Boolean(nameProblem)} onChange={(event) => change({ name: event.target.value })} className="field font-normal" />
          {nameProblem && <span role="alert" className="text-xs font-normal text-danger">{nameProblem}</span>}
        </label>
        <label className="grid gap-1 text-sm font-medium">{t("schedule.what")}
          <select disabled={schedule !== null} value={input.job_type} onChange={(event) => change({ job_type: event.target.value })} className="field font-normal">
            {[...new Set([...kinds, input.job_type])].map((kind) => <option key={kind} value={kind}>{tData("jobType", kind)}</option>)}
          </select>
        </label>
        <label className="grid gap-1 text-sm font-medium">{t("schedule.when")}
          <select value={preset} onChange={(event) => change({ cron_expression: presets.find(([name]) => name === event.target.value)?.[1] ?? "" })} className="field font-normal">
            {presets.map(([name]) => <option key={name} value={name}>{t(`schedule.${name}`)}</option>)}
            <option value="custom">{t("schedule.custom")}</option>
          </select>
        </label>
        <label className="grid gap-1 text-sm font-medium">{t("schedule.cron")}
          <input name="cron" required spellCheck={false} value={input.cron_expression} aria-invalid={Boolean(cronProblem)} onChange={(event) => change({ cron_expression: event.target.value })} className="field font-mono font-normal" aria-describedby="cron-hint" />
          <span id="cron-hint" className="text-xs font-normal text-faint">{t("schedule.cronHint")}</span>
        </label>
        <div role="status" className="min-h-24"><Preview cron={input.cron_expression} /></div>
        {save.error && !nameProblem && <p role="alert" className="text-sm text-danger">{reason(save.error)}</p>}
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" type="submit" disabled={save.isPending}>{t("action.save")}</Button></div>
      </form>
    </Dialog>
  );
}

function ScheduleRow({ schedule, edit }: { schedule: Schedule; edit: () => void }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const renew = () => ["schedules", "jobs"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const act = (action: Promise<unknown>, tell?: () => void) => void action.then(() => { renew(); tell?.(); }, sayFailure);
  // One that follows settings is changed there; people know it by what it does.
  const name = schedule.builtin ? tData("jobType", schedule.job_type) : schedule.name;
  return (
    <Card className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
      {!schedule.builtin && <Switch label={t("schedule.on", { name })} checked={schedule.enabled} onChange={(enabled) => act(updateSchedule(schedule.id, { enabled }))} />}
      <div className="min-w-0 flex-1 basis-52">
        <div className="flex flex-wrap items-center gap-2"><h3 className="font-medium break-words">{name}</h3>{schedule.last_status && <Badge tone={schedule.last_status === "failed" ? "danger" : schedule.last_status === "success" ? "ok" : "neutral"}>{tData("scheduleStatus", schedule.last_status)}</Badge>}</div>
        <p className="text-sm text-dim">{schedule.builtin ? <Link to={`/app/settings?q=${settingsOf[schedule.job_type] ?? "schedule"}`} className="text-accent underline">{t("schedule.builtin")}</Link> : tData("jobType", schedule.job_type)} · <span title={schedule.cron_expression}>{cronWords(schedule.cron_expression) ?? <code className="font-mono text-xs">{schedule.cron_expression}</code>}</span></p>
        {schedule.last_error && <p className="text-sm break-words text-danger">{schedule.last_error}</p>}
      </div>
      <dl className="grid grid-cols-[auto_auto] gap-x-3 text-sm tabular-nums">
        <dt className="text-faint">{t("schedule.next")}</dt><dd title={dateTime(schedule.next_run_at)}>{schedule.enabled ? ago(schedule.next_run_at) : t("schedule.paused")}</dd>
        <dt className="text-faint">{t("schedule.last")}</dt><dd title={dateTime(schedule.last_run_at)}>{ago(schedule.last_run_at)}</dd>
      </dl>
      <div className="flex">
        <IconButton label={t("schedule.run", { name })} icon={Play} onClick={() => act(runSchedule(schedule.id), () => sayWithLink(t("schedule.started", { name }), "/app/activity", t("activity.now")))} />
        {!schedule.builtin && <IconButton label={t("schedule.editOne", { name })} icon={Pencil} onClick={edit} />}
        {!schedule.builtin && <IconButton label={t("schedule.delete", { name })} icon={Trash2} onClick={() => setAsking(true)} />}
      </div>
      {asking && <Confirm title={t("schedule.deleteTitle")} text={t("schedule.deleteText", { name })} confirm={t("action.delete")} danger onClose={() => setAsking(false)} onConfirm={() => act(deleteSchedule(schedule.id), () => say(t("schedule.deleted", { name })))} />}
    </Card>
  );
}

export function Schedules({ icon }: { icon: LucideIcon }) {
  const { data, error, refetch } = useQuery(schedules());
  const [editing, setEditing] = useState<Schedule | "new" | null>(null);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-32 rounded-xl" />;
  const add = <Button look="primary" icon={Plus} onClick={() => setEditing("new")}>{t("schedule.add")}</Button>;
  return (
    <>
      {data.tasks.length === 0
        ? <Empty icon={icon} title={t("schedule.empty")} action={add}>{t("schedule.emptyHint")}</Empty>
        : <><ul className="grid gap-3">{data.tasks.map((one) => <li key={one.id} className="min-w-0"><ScheduleRow schedule={one} edit={() => setEditing(one)} /></li>)}</ul><div className="mt-4">{add}</div></>}
      {editing && <ScheduleForm schedule={editing === "new" ? null : editing} close={() => setEditing(null)} />}
    </>
  );
}
