// What was deleted: brought back, deleted for good, or all of it emptied.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { deleteForGood, emptyTrash, restoreFromTrash, trash, trashPageSize, trashStats } from "../../api/files";
import { registry } from "../../api/settings";
import type { EmptiedTrash, TrashItem } from "../../api/types";
import { t, tCount } from "../../i18n";
import { ago, bytes, dateTime, number } from "../../lib/format";
import { Button, Card, Empty, Failure, IconButton, Skeleton } from "../../ui/basics";
import { Confirm, Dialog } from "../../ui/dialog";
import { say, sayFailure } from "../../ui/toast";
import { FilesFrame } from "./frame";

const dayMs = 86_400_000;

/** When the server will delete it by itself; null when it is not set to. */
function useEnd(): (item: TrashItem) => string | null {
  const { data } = useQuery(registry());
  const value = (key: string) => data?.settings.find((one) => one.key === key)?.value;
  const days = value("trash.retention_days");
  if (value("trash.enabled") !== true || typeof days !== "number") return () => null;
  return (item) => item.deleted_at && new Date(new Date(item.deleted_at).getTime() + days * dayMs).toISOString();
}

function Row({ item, ends, act, busy }: { item: TrashItem; ends: string | null; act: (kind: "restore" | "delete") => void; busy: boolean }) {
  const title = item.title ?? t("video.untitled");
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3 pr-2 pl-4">
      <div className="min-w-0 flex-1 basis-56">
        <Link to={`/app/videos/${item.video_id}`} className="block truncate font-medium hover:text-accent">{title}</Link>
        <p className="truncate text-sm text-dim">{[item.artist, item.file_size === null ? t("trash.noFile") : bytes(item.file_size)].filter(Boolean).join(" · ")}</p>
        {item.trash_path && item.file_size !== null && <p className="truncate font-mono text-xs text-faint" title={item.trash_path}>{item.trash_path}</p>}
      </div>
      <div className="text-sm text-dim tabular-nums sm:text-right">
        <p title={dateTime(item.deleted_at)}>{t("trash.deleted", { when: ago(item.deleted_at) })}</p>
        {ends && <p className="text-faint" title={dateTime(ends)}>{t("trash.ends", { when: ago(ends) })}</p>}
      </div>
      <div className="ml-auto flex items-center gap-1">
        <Button icon={RotateCcw} disabled={busy} onClick={() => act("restore")} aria-label={t("trash.restoreOne", { title })}>{t("video.restore")}</Button>
        <IconButton label={t("trash.deleteOne", { title })} icon={Trash2} disabled={busy} onClick={() => act("delete")} />
      </div>
    </li>
  );
}

export function Pager({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }) {
  if (pages <= 1) return null;
  return (
    <nav aria-label={t("pager.label")} className="mt-4 flex items-center justify-center gap-2 text-sm">
      <IconButton label={t("pager.previous")} icon={ChevronLeft} disabled={page <= 1} onClick={() => go(page - 1)} />
      <span className="tabular-nums">{t("pager.at", { page: number(page), pages: number(pages) })}</span>
      <IconButton label={t("pager.next")} icon={ChevronRight} disabled={page >= pages} onClick={() => go(page + 1)} />
    </nav>
  );
}

export default function TrashPage() {
  const client = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const [asking, setAsking] = useState<TrashItem | "all" | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const page = Math.max(1, Number(parameters.get("page")) || 1);
  const { data, error, refetch } = useQuery({ ...trash(page), placeholderData: (before) => before });
  const stats = useQuery(trashStats());
  const endOf = useEnd();
  const renew = () => ["trash", "videos", "video", "facets", "collections", "collection"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const restore = useMutation({
    mutationFn: restoreFromTrash,
    onSuccess: (_, item) => say(t("trash.restored", { title: item.title ?? t("video.untitled") })), onError: sayFailure, onSettled: renew,
  });
  const remove = useMutation({
    mutationFn: (item: TrashItem) => deleteForGood(item),
    onSuccess: (_, item) => say(t("trash.gone", { title: item.title ?? t("video.untitled") })), onError: sayFailure, onSettled: renew,
  });
  const empty = useMutation({
    mutationFn: emptyTrash,
    onSuccess: (reply: EmptiedTrash) => { setProblems(reply.errors); say(tCount("trash.emptied", reply.deleted_count)); }, onError: sayFailure, onSettled: renew,
  });
  const busy = restore.isPending || remove.isPending || empty.isPending;
  const go = (next: number) => setParameters(next > 1 ? { page: String(next) } : {});
  const content = () => {
    if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
    if (!data) return <div className="grid gap-2">{Array.from({ length: 5 }, (_, row) => <Skeleton key={row} className="h-18 rounded-xl" />)}</div>;
    if (data.total === 0) return <Empty icon={Trash2} title={t("trash.empty")}>{t("trash.emptyHint")}</Empty>;
    return (
      <>
        <Card><ul className="divide-y divide-line">{data.items.map((item) => <Row key={item.video_id} item={item} ends={endOf(item)} busy={busy} act={(kind) => (kind === "restore" ? restore.mutate(item) : setAsking(item))} />)}</ul></Card>
        <Pager page={page} pages={Math.ceil(data.total / trashPageSize)} go={go} />
      </>
    );
  };
  const figure = stats.data && `${tCount("videos.count", stats.data.total_count)} · ${bytes(stats.data.total_size_bytes)}`;
  return (
    <FilesFrame actions={data && data.total > 0 && (
      <>
        <span className="text-sm text-dim tabular-nums">{figure}</span>
        <Button look="danger" icon={Trash2} disabled={busy} onClick={() => setAsking("all")}>{t("trash.emptyNow")}</Button>
      </>
    )}>
      {content()}
      {asking === "all" && <Confirm title={t("trash.emptyTitle")} text={t("trash.emptyText", { what: figure ?? "" })} confirm={t("trash.emptyNow")} danger onConfirm={() => empty.mutate()} onClose={() => setAsking(null)} />}
      {asking && asking !== "all" && (
        <Confirm title={t("trash.deleteTitle", { title: asking.title ?? t("video.untitled") })} text={t(asking.file_size === null ? "trash.deleteTextRow" : "trash.deleteText")} confirm={t("trash.deleteConfirm")} danger
          onConfirm={() => remove.mutate(asking)} onClose={() => setAsking(null)} />
      )}
      {problems.length > 0 && (
        <Dialog title={t("trash.problems")} onClose={() => setProblems([])}>
          <ul className="grid gap-1.5 text-sm">{problems.map((text, index) => <li key={index} className="break-words">{text}</li>)}</ul>
        </Dialog>
      )}
    </FilesFrame>
  );
}
