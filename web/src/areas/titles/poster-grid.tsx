// A grid of posters for movies and TV, with the same windowing, keys and letters as the video library.

import { useQueryClient } from "@tanstack/react-query";
import { ArrowDownWideNarrow, ArrowUpNarrowWide, SearchX, type LucideIcon } from "lucide-react";
import { memo, useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { posterUrl, titlePageSize, type TitleFilter } from "../../api/movies";
import type { Movie, Series } from "../../api/types";
import { t, tCount } from "../../i18n";
import { useAddress } from "../../lib/address";
import { number } from "../../lib/format";
import { useSettled } from "../../lib/latest";
import { useListKeys } from "../../lib/list-keys";
import { usePagedList, type PageOf } from "../../lib/paged";
import { mainScroller, useWidth, useWindow } from "../../lib/windowing";
import { Button, Empty, Failure, IconButton, PageHead, Skeleton } from "../../ui/basics";
import { Combobox } from "../../ui/combobox";
import { findLetter, Letters } from "../../ui/letters";
import { Picture } from "../../ui/picture";

export type TitleItem = Movie | Series;
type Kind = "movies" | "series";
const sorts = ["title", "year", "rating", "created_at"] as const;
const gap = 16;
const captionHeight = 54;
const barHeight = 64;

export function Poster({ kind, item, className }: { kind: Kind; item: Pick<TitleItem, "id" | "title" | "poster_id">; className: string }) {
  return <Picture url={item.poster_id === null ? null : posterUrl(kind, item.id)} seed={item.title} className={className} />;
}

type CardProps = { item: TitleItem | undefined; kind: Kind; base: string; index: number; total: number; reachable: boolean };

const TitleCard = memo(function TitleCard({ item, kind, base, index, total, reachable }: CardProps) {
  const place = { role: "listitem", "aria-setsize": total, "aria-posinset": index + 1 };
  if (!item) return <div {...place} data-index={index} tabIndex={reachable ? 0 : -1} aria-label={t("loading")}><Skeleton className="aspect-2/3 rounded-xl" /><Skeleton className="mt-2.5 h-4 w-3/4" /></div>;
  return (
    <div {...place} className="min-w-0">
      <Link to={`${base}/${item.id}`} data-index={index} tabIndex={reachable ? 0 : -1} className="group block rounded-xl">
        <div className="relative overflow-hidden rounded-xl">
          <Poster kind={kind} item={item} className="aspect-2/3" />
          {item.poster_id === null && <span aria-hidden="true" className="absolute inset-x-3 bottom-3 line-clamp-3 text-sm font-semibold text-white/85">{item.title}</span>}
          <span aria-hidden="true" className="absolute inset-0 bg-black/30 opacity-0 transition-opacity duration-100 group-hover:opacity-100" />
        </div>
        <div className="mt-2 truncate text-sm font-medium">{item.title}</div>
        <div className="truncate text-sm text-dim tabular-nums">{[item.year, item.rating && `★ ${number(item.rating, 1)}`].filter(Boolean).join(" · ")}</div>
      </Link>
    </div>
  );
});

export type PosterPageProps<T extends TitleItem> = {
  kind: Kind; base: string; title: string; find: string; pageOf: (filter: TitleFilter, page: number) => ReturnType<PageOf<T>>;
  emptyIcon: LucideIcon; emptyTitle: string; emptyText: string; emptyAction: ReactNode; actions?: ReactNode;
};

export function PosterPage<T extends TitleItem>(props: PosterPageProps<T>) {
  const [parameters, setAddress] = useAddress();
  const [text, setText] = useState(parameters.get("q") ?? "");
  const settled = useSettled(text.trim(), 200);
  const sort = sorts.find((one) => one === parameters.get("sort")) ?? "title";
  const order = parameters.get("order") === "desc" ? "desc" : "asc";
  const genre = parameters.get("genre") ?? undefined;
  const filter: TitleFilter = { sort, order, ...(settled ? { search: settled } : {}), ...(genre ? { genre } : {}) };
  const identity = JSON.stringify(filter);

  const change = (part: Record<string, string>) => {
    const next = new URLSearchParams(parameters);
    for (const [name, value] of Object.entries(part)) value ? next.set(name, value) : next.delete(name);
    setAddress(next, { replace: true });
  };
  useEffect(() => {
    if (settled !== (parameters.get("q") ?? "")) change({ q: settled });
  }, [settled]);

  const [widthRef, width] = useWidth();
  const perRow = Math.max(2, Math.floor((width + gap) / (width < 640 ? 130 : 184)));
  const cardWidth = (width - gap * (perRow - 1)) / perRow;
  const rowHeight = Math.round(cardWidth * 1.5) + captionHeight + gap;
  const [count, setCount] = useState(0);
  const view = useWindow(Math.ceil(count / perRow), rowHeight, barHeight);
  const pageOf = useCallback((page: number) => props.pageOf(filter, page), [identity]);
  const list = usePagedList<T>(pageOf, titlePageSize, view.first * perRow, Math.max(1, view.end * perRow), identity);
  const total = list.total ?? 0;
  useEffect(() => setCount(total), [total]);

  const keys = useListKeys({
    count: total, perRow, root: widthRef, reveal: (index) => view.reveal(Math.floor(index / perRow)),
    path: (index) => { const one = list.item(index); return one ? `${props.base}/${one.id}` : null; }, state: () => null,
  });
  const lastIdentity = useRef(identity);
  useEffect(() => {
    if (lastIdentity.current === identity) return;
    lastIdentity.current = identity;
    mainScroller().scrollTop = 0;
    keys.setCursor(0);
  }, [identity]);

  const client = useQueryClient();
  const jump = async (letter: string) => {
    const index = await findLetter(client, pageOf, titlePageSize, total, (item: T) => item.sort_title ?? item.title, letter, order);
    view.reveal(Math.floor(index / perRow), "start");
    keys.setCursor(index);
  };
  const loading = list.total === null;
  const rows = loading ? [0, 1] : Array.from({ length: Math.max(0, view.end - view.first) }, (_, step) => view.first + step);
  const clear = () => { setText(""); change({ q: "", genre: "" }); };

  const content = () => {
    if (list.error && loading) return <Failure error={list.error} retry={list.refetch} />;
    if (list.total === 0) {
      return settled || genre
        ? <Empty icon={SearchX} title={t("videos.nothingFound")} action={<Button onClick={clear}>{t("filter.clear")}</Button>}>{t("videos.nothingFoundHint")}</Empty>
        : <Empty icon={props.emptyIcon} title={props.emptyTitle} action={props.emptyAction}>{props.emptyText}</Empty>;
    }
    return (
      <div ref={view.ref} role="list" aria-label={props.title} aria-busy={loading} className="relative" style={{ height: loading ? rowHeight * 2 : view.height }} onKeyDown={keys.onKeyDown} onFocus={keys.onFocus}>
        {width > 0 && rows.map((row) => (
          <div key={row} role="presentation" className="absolute inset-x-0 grid" style={{ transform: `translateY(${row * rowHeight}px)`, gap, gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))` }}>
            {Array.from({ length: loading ? perRow : Math.min(perRow, total - row * perRow) }, (_, column) => {
              const index = row * perRow + column;
              return <TitleCard key={column} item={list.item(index)} kind={props.kind} base={props.base} index={index} total={total} reachable={index === Math.min(keys.cursor, Math.max(0, total - 1))} />;
            })}
          </div>
        ))}
      </div>
    );
  };
  return (
    <>
      <PageHead title={props.title} note={list.total ? number(list.total) : undefined}>{props.actions}</PageHead>
      <div className="sticky top-0 z-20 -mx-1 flex h-16 items-center gap-2 bg-bg px-1">
        <Combobox label={props.find} placeholder={props.find} value={text} onChange={setText} options={[]} className="min-w-0 flex-1 sm:max-w-sm" />
        {genre && <Button look="quiet" onClick={() => change({ genre: "" })}>{genre} ×</Button>}
        <span className="ml-auto flex">
          <select aria-label={t("sort.by")} value={sort} onChange={(event) => change({ sort: event.target.value })} className="field w-auto! text-sm">
            {sorts.map((one) => <option key={one} value={one}>{t(`sort.${one}`)}</option>)}
          </select>
          <IconButton label={t(order === "asc" ? "sort.ascending" : "sort.descending")} icon={order === "asc" ? ArrowUpNarrowWide : ArrowDownWideNarrow} onClick={() => change({ order: order === "asc" ? "desc" : "asc" })} />
        </span>
      </div>
      <div className="flex gap-1">
        <div ref={widthRef} className="min-w-0 flex-1">
          <p className="sr-only" role="status">{loading ? t("loading") : tCount("titles.count", total)}</p>
          {content()}
        </div>
        {sort === "title" && total > 60 && <Letters onJump={(letter) => void jump(letter)} descending={order === "desc"} />}
      </div>
    </>
  );
}
