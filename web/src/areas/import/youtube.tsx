// Which clip at YouTube becomes the file: those that a service names, those that a search finds, or an
// address of one's own.

import { useQueries, useQuery } from "@tanstack/react-query";
import { Search, SquarePlay } from "lucide-react";
import { useId, useState } from "react";
import { youtubeFacts, youtubeSearch } from "../../api/imports";
import { t } from "../../i18n";
import { clock, number } from "../../lib/format";
import { Badge, Button, reason, Skeleton } from "../../ui/basics";

/** The id in an address, or the id itself. */
export function youtubeId(text: string): string | null {
  const trimmed = text.trim();
  return /(?:[?&]v=|youtu\.be\/|\/shorts\/|\/embed\/|\/live\/)([\w-]{11})(?![\w-])/.exec(trimmed)?.[1] ?? (/^[\w-]{11}$/.test(trimmed) ? trimmed : null);
}

type Clip = { id: string; title: string | null; channel: string | null; duration: number | null; views: number | null; gone: boolean; official: boolean; waiting: boolean };

function ClipRow({ clip, chosen, choose, group }: { clip: Clip; chosen: boolean; choose: () => void; group: string }) {
  const facts = [clip.channel, clip.duration === null ? null : clock(clip.duration), clip.views === null ? null : t("youtube.views", { count: number(clip.views) })].filter(Boolean).join(" · ");
  return (
    <label className={`flex min-h-14 cursor-pointer items-center gap-3 px-4 py-2.5 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent ${chosen ? "bg-accent-soft" : clip.gone ? "" : "hover:bg-raised"}`}>
      <input type="radio" name={group} checked={chosen} disabled={clip.gone} onChange={choose} className="size-4 shrink-0 accent-accent" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2"><span className={`min-w-0 truncate font-medium ${clip.gone ? "text-dim line-through" : ""}`}>{clip.title ?? clip.id}</span>{clip.official && <Badge tone="accent">{t("youtube.named")}</Badge>}{clip.gone && <Badge tone="warn">{t("youtube.gone")}</Badge>}</span>
        {clip.waiting ? <Skeleton className="mt-1 h-4 w-48" /> : <span className="block truncate text-sm text-dim tabular-nums">{facts || clip.id}</span>}
      </span>
      {!clip.gone && <a href={`https://www.youtube.com/watch?v=${clip.id}`} target="_blank" rel="noreferrer" className="flex min-h-10 shrink-0 items-center px-1 text-sm text-accent hover:underline">{t("youtube.look")}</a>}
    </label>
  );
}

type ChoiceProps = { artist: string; title: string; named: string[]; chosen: string | null; choose: (id: string | null) => void };

export function YoutubeChoice({ artist, title, named, chosen, choose }: ChoiceProps) {
  const group = useId();
  const [searching, setSearching] = useState(named.length === 0);
  const [own, setOwn] = useState("");
  const facts = useQueries({ queries: named.map((id) => youtubeFacts(id)) });
  const search = useQuery({ ...youtubeSearch(artist, title), enabled: searching && artist !== "" && title !== "" });
  const ownId = youtubeId(own);
  const clips: Clip[] = [
    ...named.map((id, index) => {
      const known = facts[index]?.data;
      return { id, title: known?.title ?? null, channel: known?.channel ?? known?.error ?? null, duration: known?.duration ?? null, views: known?.view_count ?? null, gone: known?.available === false, official: true, waiting: facts[index]?.isPending ?? false };
    }),
    ...(search.data?.results ?? []).filter((one) => !named.includes(one.id)).map((one) => ({
      id: one.id, title: one.title, channel: (one.extra.channel as string | null) ?? null, duration: (one.extra.duration as number | null) ?? null, views: (one.extra.view_count as number | null) ?? null, gone: false, official: false, waiting: false,
    })),
  ];
  const failed = search.error ? reason(search.error) : search.data?.skipped[0]?.reason;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 flex items-center gap-2 font-semibold"><SquarePlay size={19} aria-hidden="true" className="text-accent" />{t("youtube.title")}</legend>
      <div className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {clips.map((clip) => <ClipRow key={clip.id} clip={clip} group={group} chosen={chosen === clip.id} choose={() => choose(clip.id)} />)}
        {search.isFetching && [0, 1, 2].map((row) => <div key={row} className="px-4 py-3"><Skeleton className="h-4 w-2/3" /><Skeleton className="mt-2 h-4 w-1/3" /></div>)}
        <div className="flex flex-wrap items-center gap-3 px-4 py-2.5">
          <input type="radio" name={group} aria-label={t("youtube.own")} checked={ownId !== null && chosen === ownId && !clips.some((clip) => clip.id === ownId)} disabled={ownId === null} onChange={() => choose(ownId)} className="size-4 shrink-0 accent-accent" />
          <input type="text" aria-label={t("youtube.own")} placeholder={t("youtube.own")} value={own} aria-invalid={own !== "" && ownId === null} onChange={(event) => { setOwn(event.target.value); const id = youtubeId(event.target.value); if (id) choose(id); }} className="field min-w-0 flex-1 text-sm" />
        </div>
        <label className={`flex min-h-12 cursor-pointer items-center gap-3 px-4 py-2.5 ${chosen === null ? "bg-accent-soft" : "hover:bg-raised"}`}>
          <input type="radio" name={group} checked={chosen === null} onChange={() => choose(null)} className="size-4 shrink-0 accent-accent" />
          <span className="text-sm">{t("youtube.none")}</span>
        </label>
      </div>
      {failed && <p role="alert" className="mt-2 text-sm break-words text-danger">{failed}</p>}
      {!searching && <Button look="quiet" icon={Search} onClick={() => setSearching(true)} className="mt-2 -ml-2">{t("youtube.search")}</Button>}
    </fieldset>
  );
}
