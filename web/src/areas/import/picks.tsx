// A list of songs of which some are imported: ticked, looked up at the services one after the other, put
// right by hand. Playlists and discographies share it.

import { Check, CircleAlert, CircleHelp, LoaderCircle, Pencil, Search, SquarePlay } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Found } from "../../api/types";
import { t, tCount } from "../../i18n";
import { number } from "../../lib/format";
import { Badge, Bar, Button, Card, IconButton, reason } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { draftFound, problemsOf, type Draft } from "./draft";
import { DraftFields } from "./draft-fields";
import { youtubeId } from "./youtube";

export type Pick = {
  key: string; draft: Draft; note: string | null; known: boolean; knownId: number | null; chosen: boolean;
  state: "idle" | "looking" | "found" | "none" | "failed"; problem: string | null; found: Found | null; youtube: string | null;
};
export type PickStart = { key: string; draft: Draft; note: string | null; known: boolean; knownId: number | null };

const lookUpsAtATime = 2;

export type Picks = {
  list: Pick[]; chosen: Pick[]; toggle: (key: string, on: boolean) => void; toggleAll: (on: boolean) => void; change: (key: string, part: Partial<Pick>) => void;
  lookUp: (keys: string[]) => void; stop: () => void; progress: { done: number; of: number } | null;
};

/** `start` may grow: what is there already keeps its state. */
export function usePicks(start: PickStart[], ask: (pick: Pick) => Promise<Found>): Picks {
  const [list, setList] = useState<Pick[]>([]);
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const run = useRef(0);
  useEffect(() => {
    setList((now) => {
      const before = new Map(now.map((pick) => [pick.key, pick]));
      return start.map((one) => before.get(one.key) ?? { ...one, chosen: !one.known, state: "idle", problem: null, found: null, youtube: null });
    });
  }, [start]);
  useEffect(() => () => { run.current += 1; }, []);

  const change = (key: string, part: Partial<Pick>) => setList((now) => now.map((pick) => (pick.key === key ? { ...pick, ...part } : pick)));
  const one = async (pick: Pick) => {
    change(pick.key, { state: "looking", problem: null });
    try {
      const found = await ask(pick);
      const matched = found.musicbrainz.match_method !== "none" || found.youtube_ids.length > 0 || Boolean(found.directors);
      const draft = draftFound(found);
      // Where a service knows nothing, what was there stays.
      for (const name of Object.keys(draft) as (keyof Draft)[]) if (!draft[name]) draft[name] = pick.draft[name];
      change(pick.key, { state: matched ? "found" : "none", found, draft, youtube: found.youtube_ids[0] ?? null, ...(found.already_exists ? { known: true, knownId: found.existing_video_id } : {}) });
    } catch (error) {
      change(pick.key, { state: "failed", problem: reason(error) });
    }
  };
  const lookUp = (keys: string[]) => {
    const mine = ++run.current;
    const waiting = list.filter((pick) => keys.includes(pick.key));
    const of = waiting.length;
    let done = 0;
    setProgress({ done, of });
    const worker = async () => {
      for (let pick = waiting.shift(); pick && run.current === mine; pick = waiting.shift()) {
        await one(pick);
        if (run.current === mine) setProgress({ done: ++done, of });
      }
    };
    void Promise.all(Array.from({ length: lookUpsAtATime }, worker)).then(() => run.current === mine && setProgress(null));
  };
  return {
    list, chosen: list.filter((pick) => pick.chosen), change, lookUp, progress,
    toggle: (key, on) => change(key, { chosen: on }),
    toggleAll: (on) => setList((now) => now.map((pick) => ({ ...pick, chosen: on && !pick.known }))),
    stop: () => { run.current += 1; setProgress(null); },
  };
}

function EditDialog({ pick, close, save }: { pick: Pick; close: () => void; save: (part: Partial<Pick>) => void }) {
  const [draft, setDraft] = useState(pick.draft);
  const [clip, setClip] = useState(pick.youtube ?? "");
  const [shown, setShown] = useState(false);
  const problems = problemsOf(draft);
  const clipId = youtubeId(clip);
  const badClip = clip.trim() !== "" && clipId === null;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (Object.keys(problems).length > 0 || badClip) return;
    save({ draft, youtube: clipId });
    close();
  };
  return (
    <Dialog title={t("import.edit")} onClose={close} wide>
      <form onSubmit={submit} className="grid gap-4">
        <DraftFields draft={draft} problems={shown ? problems : {}} change={setDraft} />
        <label className="grid gap-1 text-sm font-medium">{t("import.youtube")}
          <input value={clip} list="known-clips" aria-invalid={badClip} placeholder="https://www.youtube.com/watch?v=…" onChange={(event) => setClip(event.target.value)} className="field font-normal" />
          <datalist id="known-clips">{pick.found?.youtube_ids.map((id) => <option key={id} value={id} />)}</datalist>
          {badClip && shown && <span role="alert" className="text-xs font-normal text-danger">{t("youtube.bad")}</span>}
        </label>
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" type="submit">{t("action.apply")}</Button></div>
      </form>
    </Dialog>
  );
}

function State({ pick }: { pick: Pick }) {
  if (pick.state === "looking") return <span className="flex items-center gap-1.5 text-dim"><LoaderCircle size={15} aria-hidden="true" className="animate-spin" />{t("import.looking")}</span>;
  if (pick.state === "failed") return <span className="flex items-center gap-1.5 text-danger"><CircleAlert size={15} aria-hidden="true" className="shrink-0" /><span className="min-w-0 truncate" title={pick.problem ?? ""}>{pick.problem}</span></span>;
  if (pick.state === "none") return <span className="flex items-center gap-1.5 text-warn"><CircleHelp size={15} aria-hidden="true" />{t("import.noMatch")}</span>;
  if (pick.state !== "found" && !pick.youtube) return null;
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-ok">
      <Check size={15} aria-hidden="true" className="shrink-0" />
      <span className="min-w-0 truncate text-dim">{[pick.draft.director, pick.draft.genre].filter(Boolean).join(" · ") || t("import.matched")}</span>
      {pick.youtube && <><SquarePlay size={16} aria-hidden="true" className="shrink-0 text-accent" /><span className="sr-only">{t("import.hasClip")}</span></>}
    </span>
  );
}

function Row({ pick, picks, edit }: { pick: Pick; picks: Picks; edit: () => void }) {
  const title = pick.draft.title;
  return (
    <li className="flex items-center gap-2 py-2 pr-2 pl-3">
      <label className="grid size-10 shrink-0 cursor-pointer place-items-center"><input type="checkbox" aria-label={t("select.one", { title })} checked={pick.chosen} onChange={(event) => picks.toggle(pick.key, event.target.checked)} className="size-4.5 accent-accent" /></label>
      <div className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] sm:items-center">
        <div className="min-w-0">
          <div className="flex items-center gap-2">
            <span className={`min-w-0 truncate font-medium ${pick.chosen ? "" : "text-dim"}`} title={title}>{title}</span>
            {pick.known && (pick.knownId ? <Link to={`/app/videos/${pick.knownId}`} className="shrink-0"><Badge>{t("scan.known")}</Badge></Link> : <Badge>{t("scan.known")}</Badge>)}
          </div>
          <div className="truncate text-sm text-dim tabular-nums">{[pick.draft.artist, pick.draft.year, pick.draft.album, pick.note].filter(Boolean).join(" · ")}</div>
        </div>
        <div className="min-h-5 min-w-0 text-sm"><State pick={pick} /></div>
      </div>
      <IconButton label={t("import.lookUpOne", { title })} icon={Search} disabled={pick.state === "looking"} onClick={() => picks.lookUp([pick.key])} className="max-sm:hidden" />
      <IconButton label={t("import.editOne", { title })} icon={Pencil} onClick={edit} />
    </li>
  );
}

export function PickList({ picks, label }: { picks: Picks; label: string }) {
  const [editing, setEditing] = useState<string | null>(null);
  const open = picks.list.filter((pick) => !pick.known);
  const all = open.length > 0 && open.every((pick) => pick.chosen);
  const toLookUp = picks.chosen.filter((pick) => pick.state !== "found").map((pick) => pick.key);
  const edited = picks.list.find((pick) => pick.key === editing);
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2 pr-3 pl-3">
        <label className="flex min-h-10 cursor-pointer items-center gap-2 text-sm"><span className="grid size-10 place-items-center"><input type="checkbox" checked={all} onChange={(event) => picks.toggleAll(event.target.checked)} className="size-4.5 accent-accent" /></span>{t("import.allNew")}</label>
        <span className="text-sm text-dim tabular-nums" role="status">{tCount("select.count", picks.chosen.length)}</span>
        <span className="ml-auto flex items-center gap-3">
          {picks.progress
            ? <><span className="w-24"><Bar value={picks.progress.done / Math.max(1, picks.progress.of)} label={t("import.lookingUp")} /></span><span className="text-sm text-dim tabular-nums">{number(picks.progress.done)} / {number(picks.progress.of)}</span><Button look="quiet" onClick={picks.stop}>{t("action.stop")}</Button></>
            : <Button icon={Search} disabled={toLookUp.length === 0} onClick={() => picks.lookUp(toLookUp)}>{t("import.lookUp")}</Button>}
        </span>
      </div>
      <ul aria-label={label} className="divide-y divide-line">{picks.list.map((pick) => <Row key={pick.key} pick={pick} picks={picks} edit={() => setEditing(pick.key)} />)}</ul>
      {edited && <EditDialog key={edited.key} pick={edited} close={() => setEditing(null)} save={(part) => picks.change(edited.key, { ...part, chosen: true })} />}
    </Card>
  );
}

/** The foot of such a list: how many, whether they are fetched at once, and the button. */
export function ImportFoot({ picks, download, setDownload, start, busy, error }: { picks: Picks; download: boolean; setDownload: (on: boolean) => void; start: () => void; busy: boolean; error: unknown }) {
  const clips = picks.chosen.filter((pick) => pick.youtube).length;
  return (
    <div className="foot grid gap-2">
      {error !== null && <p role="alert" className="text-sm text-danger">{reason(error)}</p>}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <label className={`flex min-h-10 items-center gap-2.5 text-sm ${clips ? "" : "opacity-60"}`}><input type="checkbox" checked={download && clips > 0} disabled={clips === 0} onChange={(event) => setDownload(event.target.checked)} className="size-4 accent-accent" />{clips ? tCount("import.downloadClips", clips) : t("import.noClips")}</label>
        <Button look="primary" disabled={busy || picks.chosen.length === 0} onClick={start} className="ml-auto">{tCount("scan.start", picks.chosen.length)}</Button>
      </div>
    </div>
  );
}
