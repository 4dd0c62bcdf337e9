// Files of music videos: trash, duplicates, verification, organising, exports, backups.

import { queryOptions } from "@tanstack/react-query";
import { get, post, remove, withQuery } from "./http";
import { accessTokenNow } from "./session";
import type {
  BackupCheck, BackupList, BackupStarted, Duplicates, EmptiedTrash, Job, NfoExport, OrganizeOutcome, PlaylistExport, PlaylistInput, RepairReport, ResolveOutcome,
  RestoreStarted, TrashItem, TrashList, TrashStats, VerifyReport,
} from "./types";

export const trashPageSize = 50;

export const trash = (page: number) =>
  queryOptions({ queryKey: ["trash", page] as const, queryFn: ({ signal }) => get<TrashList>("/files/trash", { page, page_size: trashPageSize }, signal) });
export const trashStats = () =>
  queryOptions({ queryKey: ["trash", "stats"] as const, queryFn: ({ signal }) => get<TrashStats>("/files/trash/stats", undefined, signal) });
export const emptyTrash = () => post<EmptiedTrash>("/files/trash/empty");

/** A video with a file comes back with it; one without only as a row. */
export const restoreFromTrash = (item: Partial<TrashItem> & Pick<TrashItem, "video_id" | "trash_path">) =>
  item.trash_path && item.file_size !== null ? post<unknown>(`/files/videos/${item.video_id}/restore`, {}) : post<unknown>(`/videos/${item.video_id}/restore`);
export const deleteForGood = (item: Pick<TrashItem, "video_id" | "trash_path">) =>
  item.trash_path ? remove<unknown>(`/files/videos/${item.video_id}?hard_delete=true`) : remove<unknown>(`/videos/${item.video_id}/permanent`);
/** The file goes to the trash with its row. */
export const deleteWithFile = (id: number) => remove<unknown>(`/files/videos/${id}`);

export const duplicates = (id: number) =>
  queryOptions({ queryKey: ["duplicates", id] as const, queryFn: ({ signal }) => get<Duplicates>(`/files/videos/${id}/duplicates`, { method: "all" }, signal) });
export const resolveDuplicates = (keep: number, others: number[]) =>
  post<ResolveOutcome>("/files/duplicates/resolve", { keep_video_id: keep, remove_video_ids: others, hard_delete: false });

export const verifyLibrary = (orphans: boolean) => get<VerifyReport>("/files/library/verify", { scan_orphans: orphans });
export const repairLibrary = (missing: boolean, nfos: boolean) =>
  post<RepairReport>("/files/library/repair", { repair_missing_files: missing, repair_broken_nfos: nfos });

export const organizeVideo = (id: number, dryRun: boolean) => post<OrganizeOutcome>(`/files/videos/${id}/organize`, { dry_run: dryRun });

export const exportNfo = (ids: number[]) => post<NfoExport>("/exports/nfo", { video_ids: ids, overwrite_existing: true });
export const exportAllNfo = (incremental: boolean, includeDeleted: boolean) => post<Job>("/exports/nfo/all", { incremental, include_deleted: includeDeleted });
export const exportPlaylist = (input: PlaylistInput) => post<PlaylistExport>("/exports/playlist", input);

export const backups = () =>
  queryOptions({ queryKey: ["backups"] as const, queryFn: ({ signal }) => get<BackupList>("/backup", undefined, signal) });
export const createBackup = (description: string) => post<BackupStarted>("/backup", description ? { description } : {});
export const verifyBackup = (filename: string) => get<BackupCheck>(`/backup/${encodeURIComponent(filename)}/verify`);
export const restoreBackup = (filename: string) => post<RestoreStarted>(`/app/api/backups/${encodeURIComponent(filename)}/restore`);
/** A link cannot send headers, so its address carries the token. */
export const backupUrl = (filename: string) => withQuery(`/backup/${encodeURIComponent(filename)}`, { access_token: accessTokenNow() });
