// What can be done with the files of the library, with the figures that matter.

import { useQuery } from "@tanstack/react-query";
import { Archive, ChevronRight, Copy, FileOutput, FolderSearch, ShieldCheck, Trash2, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { backups, trashStats } from "../../api/files";
import { t, tCount } from "../../i18n";
import { ago, bytes } from "../../lib/format";
import { reason, Skeleton } from "../../ui/basics";
import { FilesFrame } from "./frame";

function Door({ to, icon: Icon, title, text, figure }: { to: string; icon: LucideIcon; title: string; text: string; figure?: ReactNode }) {
  return (
    <li className="min-w-0">
      <Link to={to} className="group flex h-full items-start gap-4 rounded-xl border border-line bg-surface p-4 hover:border-line-strong">
        <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent"><Icon size={20} aria-hidden="true" /></span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{title}</span>
          <span className="mt-0.5 block text-sm text-dim">{text}</span>
          {figure !== undefined && <span className="mt-2 block min-h-5 text-sm tabular-nums">{figure}</span>}
        </span>
        <ChevronRight size={18} aria-hidden="true" className="mt-2.5 shrink-0 text-faint group-hover:text-ink" />
      </Link>
    </li>
  );
}

export default function FilesPage() {
  const stats = useQuery(trashStats());
  const kept = useQuery(backups());
  const newest = kept.data?.backups[0];
  const waiting = <Skeleton className="h-4 w-32" />;
  const trashFigure = stats.data ? (stats.data.total_count ? `${tCount("videos.count", stats.data.total_count)} · ${bytes(stats.data.total_size_bytes)}` : t("trash.empty")) : stats.error ? reason(stats.error) : waiting;
  const backupFigure = kept.data ? (newest ? `${ago(newest.created_at)} · ${bytes(newest.size_bytes)}` : t("backups.none")) : kept.error ? reason(kept.error) : waiting;
  return (
    <FilesFrame>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        <Door to="/app/files/trash" icon={Trash2} title={t("trash.title")} text={t("files.trashText")} figure={trashFigure} />
        <Door to="/app/files/backups" icon={Archive} title={t("backups.title")} text={t("files.backupsText")} figure={backupFigure} />
        <Door to="/app/files/duplicates" icon={Copy} title={t("duplicates.title")} text={t("files.duplicatesText")} />
        <Door to="/app/files/check" icon={ShieldCheck} title={t("verify.title")} text={t("files.verifyText")} />
        <Door to="/app/files/exports" icon={FileOutput} title={t("exports.title")} text={t("files.exportsText")} />
        <Door to="/app/scan" icon={FolderSearch} title={t("scan.title")} text={t("files.scanText")} />
      </ul>
    </FilesFrame>
  );
}
