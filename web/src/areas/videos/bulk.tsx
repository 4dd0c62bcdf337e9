// What can be done with several videos at once: one call for all of them, and for each that did not work
// its reason. Those stay selected, so that trying again is one click.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleDot, Download, Ellipsis, FolderInput, FolderPlus, ListMusic, PencilLine, Tag as TagIcon, Trash2, X, type LucideIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { allFound, bulkCollection, bulkDelete, bulkDownload, bulkStatus, bulkTags } from "../../api/bulk";
import { restoreFromTrash } from "../../api/files";
import { submitJob } from "../../api/jobs";
import { restoreVideo, tagsLike, type VideoFilter } from "../../api/videos";
import type { BulkOutcome, VideoStatus } from "../../api/types";
import { t, tCount, tData } from "../../i18n";
import { useHotkeys } from "../../lib/hotkeys";
import { useSettled } from "../../lib/latest";
import { Button, IconButton } from "../../ui/basics";
import { Combobox } from "../../ui/combobox";
import { Menu, MenuItem } from "../../ui/menu";
import { say, sayFailure, sayWithLink } from "../../ui/toast";
import { CollectionPicker } from "../collections/picker";
import { ChangeDialog } from "./bulk-change";
import { DeleteDialog } from "./delete-dialog";
import { OutcomeDialog, type Outcome } from "./bulk-outcome";

const settable: VideoStatus[] = ["discovered", "imported", "organized", "missing", "archived"];
const restoresAtATime = 6;

export type BulkSelection = { ids: number[]; total: number; filter: VideoFilter; clear: () => void; replace: (ids: number[]) => void };

/** Panels open upwards; on a phone they take the whole width, because the bar does. */
const panel = "bottom-full mb-1.5 top-auto! max-md:fixed max-md:inset-x-3 max-md:bottom-44 max-md:w-auto max-md:max-w-none";
const trigger = "flex min-h-10 min-w-10 items-center justify-center gap-2 rounded-lg px-2.5 text-sm hover:bg-hover";

function Trigger({ icon: Icon, text }: { icon: LucideIcon; text: string }) {
  return <><Icon size={17} aria-hidden="true" /><span className="max-lg:hidden">{text}</span></>;
}

function TagPicker({ pick }: { pick: (names: string[], replace: boolean) => void }) {
  const [text, setText] = useState("");
  const [replace, setReplace] = useState(false);
  const { data } = useQuery(tagsLike(useSettled(text.trim(), 150)));
  const options = (data?.items ?? []).map((tag) => ({ id: tag.name, label: tag.name, hint: tag.usage_count, act: () => pick([tag.name], replace) }));
  return (
    <>
      <Combobox inline autoFocus icon={TagIcon} label={t("tags.add")} placeholder={t("tags.add")} value={text} onChange={setText} options={options}
        onSubmit={(value) => value.trim() && pick([value.trim()], replace)} className="-mx-1.5 -mt-1.5 max-h-72" />
      <label className="flex min-h-10 items-center gap-2.5 border-t border-line px-2 pt-1.5 text-sm">
        <input type="checkbox" checked={replace} onChange={(event) => setReplace(event.target.checked)} className="size-4 accent-accent" />{t("bulk.replaceTags")}
      </label>
    </>
  );
}

async function bringBack(ids: number[], withFiles: boolean): Promise<void> {
  const waiting = [...ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      // A video that had no file has nothing to fetch out of the trash.
      if (withFiles) await restoreFromTrash({ video_id: id, trash_path: "?" }).catch(() => restoreVideo(id!));
      else await restoreVideo(id);
    }
  };
  await Promise.all(Array.from({ length: restoresAtATime }, worker));
}

/** All videos that the filter finds; long lists are read page by page, which can be stopped. */
function AllFound({ selection }: { selection: BulkSelection }) {
  const [count, setCount] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  if (selection.ids.length >= selection.total) return null;
  if (count !== null) {
    return <button type="button" onClick={() => stop.current?.abort()} className="min-h-10 rounded-lg px-2 text-sm text-accent tabular-nums hover:bg-hover">{t("bulk.gathering", { count, total: selection.total })}</button>;
  }
  const gather = async () => {
    stop.current = new AbortController();
    setCount(0);
    try {
      selection.replace(await allFound(selection.filter, setCount, stop.current.signal));
    } catch (error) {
      if (!stop.current.signal.aborted) sayFailure(error);
    }
    setCount(null);
  };
  return <button type="button" onClick={() => void gather()} className="min-h-10 rounded-lg px-2 text-sm font-medium text-accent hover:bg-hover">{tCount("bulk.all", selection.total)}</button>;
}

export function BulkBar({ selection }: { selection: BulkSelection }) {
  const { ids, clear, replace } = selection;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"delete" | "change" | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useHotkeys(ids.length > 0 ? { Escape: clear } : {});
  const refresh = () => ["videos", "video", "facets", "tags", "collections", "collection", "trash"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));

  /** Tells what worked; what did not stays selected and is shown with its reasons. */
  const after = (title: string, result: BulkOutcome, undo?: () => void) => {
    refresh();
    if (result.success_count > 0) say(title, undo);
    if (result.failed_count > 0 || result.file_errors.length > 0) setOutcome({ title, result });
    replace(result.failed_ids);
  };
  const work = useMutation({ mutationFn: (action: () => Promise<void>) => action(), onError: (error) => { refresh(); sayFailure(error); } });
  const run = (action: () => Promise<void>) => work.mutate(action);

  const tag = (names: string[], over: boolean) => run(async () => {
    const result = await bulkTags(ids, names, over);
    after(tCount("select.tagged", result.success_count, { name: names.join(", ") }), result);
  });
  const collect = (id: number, name: string) => run(async () => {
    const result = await bulkCollection(ids, id);
    after(tCount("bulk.collected", result.success_count, { name }), result);
  });
  const setStatus = (status: VideoStatus) => run(async () => {
    const result = await bulkStatus(ids, status);
    after(tCount("select.changed", result.success_count), result);
  });
  const discard = (withFiles: boolean) => run(async () => {
    const result = await bulkDelete(ids, withFiles);
    after(tCount("delete.done", result.success_count), result, () => void bringBack(result.success_ids, withFiles).then(refresh, (error) => { refresh(); sayFailure(error); }));
  });
  const organize = () => run(async () => {
    await submitJob("file_organize", { video_ids: ids });
    sayWithLink(tCount("bulk.organizing", ids.length), "/app/activity", t("nav.activity"));
    clear();
  });
  const download = () => run(async () => {
    const { submitted, skipped, details } = await bulkDownload(ids);
    refresh();
    if (submitted > 0) sayWithLink(tCount("bulk.downloading", submitted), "/app/activity", t("nav.activity"));
    const missed = details?.skipped_videos ?? [];
    if (skipped > 0) {
      const errors = Object.fromEntries(missed.map((one) => [String(one.video_id), one.reason]));
      setOutcome({ title: tCount("bulk.downloading", submitted), result: { success_ids: [], failed_ids: missed.map((one) => one.video_id), errors, file_errors: [], total: ids.length, success_count: submitted, failed_count: skipped } });
    }
    replace(missed.map((one) => one.video_id));
  });

  const dialogs = (
    <>
      {asking === "delete" && <DeleteDialog count={ids.length} close={() => setAsking(null)} confirm={discard} />}
      {asking === "change" && <ChangeDialog ids={ids} close={() => setAsking(null)} done={(result) => after(tCount("select.changed", result.success_count), result)} />}
      {outcome && <OutcomeDialog outcome={outcome} close={() => setOutcome(null)} />}
    </>
  );
  if (ids.length === 0) return dialogs;
  return (
    <>
      <div data-bulk role="region" aria-label={t("select.label")} aria-busy={work.isPending} className="animate-rise fixed inset-x-3 bottom-18 z-30 mx-auto flex max-w-4xl flex-wrap items-center gap-x-1 gap-y-1 rounded-2xl border border-line-strong bg-raised p-2 shadow-float md:bottom-5 md:gap-x-2">
        <div className="mr-auto flex items-center gap-1 max-md:w-full">
          <IconButton label={t("select.clear")} icon={X} onClick={clear} />
          <span className="text-sm font-medium whitespace-nowrap tabular-nums" role="status">{tCount("select.count", ids.length)}</span>
          <span className="max-md:ml-auto"><AllFound selection={selection} /></span>
        </div>
        <Menu label={t("bulk.tags")} trigger={<Trigger icon={TagIcon} text={t("field.tags")} />} panelClass={`w-72 ${panel}`} triggerClass={trigger}>
          {(close) => <TagPicker pick={(names, over) => { close(); tag(names, over); }} />}
        </Menu>
        <Menu label={t("bulk.toCollection")} trigger={<Trigger icon={FolderPlus} text={t("collections.one")} />} panelClass={`w-72 ${panel}`} triggerClass={trigger}>
          {(close) => <CollectionPicker pick={(id, name) => { close(); collect(id, name); }} />}
        </Menu>
        <Menu label={t("select.setStatus")} trigger={<Trigger icon={CircleDot} text={t("field.status")} />} panelClass={`w-48 ${panel}`} triggerClass={trigger}>
          {(close) => settable.map((status) => <MenuItem key={status} onClick={() => { close(); setStatus(status); }}>{tData("status", status)}</MenuItem>)}
        </Menu>
        <Menu label={t("bulk.more")} trigger={<Trigger icon={Ellipsis} text={t("bulk.more")} />} panelClass={`w-64 ${panel}`} triggerClass={trigger}>
          {(close) => (
            <>
              <MenuItem icon={<PencilLine size={17} />} onClick={() => { close(); setAsking("change"); }}>{t("bulk.change")}</MenuItem>
              <MenuItem icon={<FolderInput size={17} />} onClick={() => { close(); organize(); }}>{t("bulk.organize")}</MenuItem>
              <MenuItem icon={<Download size={17} />} onClick={() => { close(); download(); }}>{t("bulk.download")}</MenuItem>
              <MenuItem icon={<ListMusic size={17} />} onClick={() => { close(); navigate("/app/files/exports", { state: { videos: ids } }); }}>{t("bulk.playlist")}</MenuItem>
            </>
          )}
        </Menu>
        <Button look="danger" icon={Trash2} disabled={work.isPending} onClick={() => setAsking("delete")} className="max-md:ml-auto">{t("action.delete")}</Button>
      </div>
      {dialogs}
    </>
  );
}
