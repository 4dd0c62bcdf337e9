// What can be done with several videos at once. Each is changed by its own call, a few at a time, so one
// failure does not stop the rest and the count told at the end is true.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Tag as TagIcon, Trash2, X } from "lucide-react";
import { useState } from "react";
import { addTags, deleteVideo, restoreVideo, setVideoStatus, tagsLike } from "../../api/videos";
import type { VideoStatus } from "../../api/types";
import { t, tCount, tData } from "../../i18n";
import { useSettled } from "../../lib/latest";
import { Button, IconButton } from "../../ui/basics";
import { Combobox } from "../../ui/combobox";
import { Confirm } from "../../ui/dialog";
import { Menu, MenuItem } from "../../ui/menu";
import { say, sayFailure } from "../../ui/toast";

const atATime = 6;
const settable: VideoStatus[] = ["discovered", "imported", "organized", "archived"];

async function forEach(ids: number[], action: (id: number) => Promise<unknown>): Promise<{ done: number[]; failure: unknown }> {
  const waiting = [...ids];
  const done: number[] = [];
  let failure: unknown = null;
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await action(id);
        done.push(id);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return { done, failure };
}

function TagPicker({ onPick }: { onPick: (name: string) => void }) {
  const [text, setText] = useState("");
  const { data } = useQuery(tagsLike(useSettled(text.trim(), 150)));
  const options = (data?.items ?? []).map((tag) => ({ id: tag.name, label: tag.name, hint: tag.usage_count, act: () => onPick(tag.name) }));
  return (
    <Combobox inline autoFocus icon={TagIcon} label={t("tags.add")} placeholder={t("tags.add")} value={text} onChange={setText} options={options}
      onSubmit={(value) => value.trim() && onPick(value.trim())} className="-m-1.5 max-h-80" />
  );
}

export function BulkBar({ ids, clear }: { ids: number[]; clear: () => void }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const refresh = () => ["videos", "video", "facets", "tags"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));

  const run = async (action: (id: number) => Promise<unknown>, tell: (done: number[]) => void) => {
    setBusy(true);
    const { done, failure } = await forEach(ids, action);
    setBusy(false);
    refresh();
    if (done.length) tell(done);
    if (failure) sayFailure(failure);
    else clear();
  };
  const restore = (done: number[]) => void forEach(done, restoreVideo).then(refresh);

  return (
    <div data-bulk role="region" aria-label={t("select.label")} className="animate-rise fixed inset-x-3 bottom-18 z-30 mx-auto flex max-w-2xl flex-wrap items-center gap-2 rounded-2xl border border-line-strong bg-raised p-2 shadow-float md:bottom-5">
      <IconButton label={t("select.clear")} icon={X} onClick={clear} />
      <span className="mr-auto text-sm font-medium tabular-nums" role="status">{tCount("select.count", ids.length)}</span>
      <Menu label={t("tags.add")} trigger={t("field.tags")} panelClass="w-72 bottom-full mb-1.5 top-auto!" triggerClass="min-h-10 rounded-lg px-3 text-sm hover:bg-hover">
        {(close) => <TagPicker onPick={(name) => { close(); void run((id) => addTags(id, [name]), (done) => say(tCount("select.tagged", done.length, { name }))); }} />}
      </Menu>
      <Menu label={t("select.setStatus")} trigger={t("field.status")} panelClass="w-48 bottom-full mb-1.5 top-auto!" triggerClass="min-h-10 rounded-lg px-3 text-sm hover:bg-hover">
        {(close) => settable.map((status) => (
          <MenuItem key={status} onClick={() => { close(); void run((id) => setVideoStatus(id, status), (done) => say(tCount("select.changed", done.length))); }}>{tData("status", status)}</MenuItem>
        ))}
      </Menu>
      <Button look="danger" icon={Trash2} disabled={busy} onClick={() => setAsking(true)}>{t("action.delete")}</Button>
      {asking && (
        <Confirm
          title={tCount("delete.title", ids.length)} text={t("delete.text")} confirm={t("action.delete")} danger onClose={() => setAsking(false)}
          onConfirm={() => void run(deleteVideo, (done) => say(tCount("delete.done", done.length), () => restore(done)))}
        />
      )}
    </div>
  );
}
