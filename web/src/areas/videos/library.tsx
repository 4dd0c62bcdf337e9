// The music video library: any number of videos in a grid or a table, found by text and facets, moved
// through by scroll bar, letters or keys.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDownWideNarrow, ArrowUpNarrowWide, FolderSearch, Import, Layers, LayoutGrid, Music2, Rows3, SearchX, SlidersHorizontal, X } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { suggestions, videoPage, videoPageSize } from "../../api/videos";
import type { Video } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { number } from "../../lib/format";
import { useSettled } from "../../lib/latest";
import { usePagedList } from "../../lib/paged";
import { usePreference } from "../../lib/preferences";
import { mainScroller, useWidth, useWindow } from "../../lib/windowing";
import { Button, ButtonLink, Empty, Failure, IconButton, PageHead } from "../../ui/basics";
import { Combobox } from "../../ui/combobox";
import { Dialog } from "../../ui/dialog";
import { Letters, findLetter } from "../../ui/letters";
import { useListKeys } from "../../lib/list-keys";
import { BulkBar } from "./bulk";
import { columns, tableGrid, VideoCard, VideoRow, type Column } from "./card";
import { FacetPanel, valueLabel } from "./facets";
import { sorts, useFilters, type Filters, type SortName } from "./filter";

const gap = 16;
const captionHeight = 58;
const rowHeightTable = 56;
const barHeight = 64;

function FilterText({ filters }: { filters: Filters }) {
  const [text, setText] = useState(filters.text);
  const settled = useSettled(text, 200);
  const { data } = useQuery(suggestions(settled.trim()));
  const sent = useRef(filters.text);

  useEffect(() => {
    if (settled.trim() === sent.current) return;
    sent.current = settled.trim();
    filters.setText(sent.current);
  }, [settled]);
  useEffect(() => {
    if (filters.text === sent.current) return;
    sent.current = filters.text;
    setText(filters.text);
  }, [filters.text]);

  const take = (words: string) => () => setText(words);
  const group = (name: Word, list: string[] | undefined) =>
    (list ?? []).slice(0, 4).map((words) => ({ id: `${name}-${words}`, group: t(name), label: words, act: take(words) }));
  const options = text.trim().length < 2 ? [] : [
    ...group("search.titles", data?.titles), ...group("search.artists", data?.artists), ...group("search.albums", data?.albums),
  ];
  return (
    <Combobox
      label={t("videos.filter")} placeholder={t("videos.filter")} value={text} onChange={setText} options={options} className="min-w-0 flex-1 sm:max-w-sm"
      trailing={text ? <IconButton label={t("action.clear")} icon={X} onClick={() => setText("")} className="-mr-2 size-9!" /> : undefined}
    />
  );
}

function Chips({ filters }: { filters: Filters }) {
  if (filters.active.length === 0) return null;
  return (
    <ul aria-label={t("filter.active")} className="flex flex-wrap items-center gap-2 pb-3">
      {filters.active.map(({ name, value }) => (
        <li key={`${name}-${value}`}>
          <button type="button" onClick={() => filters.toggle(name, value)} aria-label={t("filter.remove", { value: valueLabel(name, value) })}
            className="flex min-h-9 items-center gap-1.5 rounded-full border border-line bg-accent-soft pr-2.5 pl-3.5 text-sm text-accent hover:border-accent max-md:min-h-10">
            {valueLabel(name, value)} <X size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
      <li><Button look="quiet" onClick={filters.clear}>{t("filter.clear")}</Button></li>
    </ul>
  );
}

function SortChoice({ filters }: { filters: Filters }) {
  const { sort_by: sort, sort_order: order } = filters.filter;
  return (
    <div className="flex items-center">
      <select aria-label={t("sort.by")} value={sort} onChange={(event) => filters.setSort(event.target.value as SortName, order)} className="field w-auto! text-sm">
        {sorts.map((name) => <option key={name} value={name}>{t(`sort.${name}`)}</option>)}
      </select>
      <IconButton label={t(order === "asc" ? "sort.ascending" : "sort.descending")} icon={order === "asc" ? ArrowUpNarrowWide : ArrowDownWideNarrow}
        onClick={() => filters.setSort(sort as SortName, order === "asc" ? "desc" : "asc")} />
    </div>
  );
}

function TableHead({ shown, filters, total }: { shown: readonly Column[]; filters: Filters; total: number }) {
  const heads = [{ name: "title", sort: "title" } as const, ...shown];
  const { sort_by: sort, sort_order: order } = filters.filter;
  return (
    <div role="rowgroup" className="sticky top-16 z-10 border-b border-line bg-bg">
      <div role="row" aria-rowindex={1} className="grid h-9 items-center gap-3 px-2 text-xs font-semibold text-faint" style={{ gridTemplateColumns: tableGrid(shown) }}>
        <span role="columnheader" aria-label={t("select.label")} />
        <span role="columnheader" aria-label={t("field.picture")} />
        {heads.map((head) => {
          const here = head.sort === sort;
          return (
            <span key={head.name} role="columnheader" aria-sort={here ? (order === "asc" ? "ascending" : "descending") : undefined}>
              {head.sort
                ? <button type="button" className={`min-h-8 hover:text-ink ${here ? "text-accent" : ""}`} onClick={() => filters.setSort(head.sort!, here && order === "asc" ? "desc" : "asc")}>{t(`field.${head.name}`)}{here ? (order === "asc" ? " ↑" : " ↓") : ""}</button>
                : t(`field.${head.name}`)}
            </span>
          );
        })}
      </div>
      <span className="sr-only">{tCount("videos.count", total)}</span>
    </div>
  );
}

type Selection = { ids: ReadonlySet<number>; select: (video: Video, index: number, range: boolean) => void; clear: () => void; replace: (ids: number[]) => void };

function useSelection(itemAt: (index: number) => Video | undefined): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const anchor = useRef(0);
  const lookUp = useRef(itemAt);
  lookUp.current = itemAt;
  const select = useCallback((video: Video, index: number, range: boolean) => {
    const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
    setIds((now) => {
      const next = new Set(now);
      if (range) {
        for (let at = from; at <= to; at += 1) {
          const one = lookUp.current(at);
          if (one) next.add(one.id);
        }
      } else if (!next.delete(video.id)) next.add(video.id);
      return next;
    });
    anchor.current = index;
  }, []);
  return { ids, select, clear: useCallback(() => setIds(new Set()), []), replace: (next) => setIds(new Set(next)) };
}

function Listing({ filters, view }: { filters: Filters; view: "grid" | "table" }) {
  const [widthRef, width] = useWidth();
  const client = useQueryClient();
  const { filter, identity } = filters;
  const perRow = view === "table" ? 1 : Math.max(2, Math.floor((width + gap) / (width < 640 ? 170 : 232)));
  const cardWidth = (width - gap * (perRow - 1)) / perRow;
  const rowHeight = view === "table" ? rowHeightTable : Math.round((cardWidth * 9) / 16) + captionHeight + gap;
  const shownColumns = useMemo(() => columns.filter((column) => width >= column.from), [width]);

  const [count, setCount] = useState(0);
  const pageOf = useCallback((page: number) => videoPage(filter, page), [identity]);
  const rows = Math.ceil(count / perRow);
  const window_ = useWindow(rows, rowHeight, view === "table" ? barHeight + 36 : barHeight);
  const list = usePagedList<Video>(pageOf, videoPageSize, window_.first * perRow, Math.max(1, window_.end * perRow), identity);
  const total = list.total ?? 0;
  useEffect(() => setCount(total), [total]);

  const selection = useSelection(list.item);
  const keys = useListKeys({
    count: total, perRow, root: widthRef, reveal: (index) => window_.reveal(Math.floor(index / perRow)),
    path: (index) => { const one = list.item(index); return one ? `/app/videos/${one.id}` : null; },
    state: (index) => ({ filter, index }),
    select: (index, range) => { const one = list.item(index); if (one) selection.select(one, index, range); },
    selectAll: () => selection.replace(Array.from({ length: total }, (_, index) => list.item(index)?.id).filter((id) => id !== undefined)),
    escape: selection.clear,
  });

  // Another filter is another list: it starts at its top with nothing selected.
  const lastIdentity = useRef(identity);
  useEffect(() => {
    if (lastIdentity.current === identity) return;
    lastIdentity.current = identity;
    mainScroller().scrollTop = 0;
    selection.clear();
    keys.setCursor(0);
  }, [identity]);

  const loading = list.total === null;
  const rowsShown = loading ? Array.from({ length: 4 }, (_, row) => row) : Array.from({ length: Math.max(0, window_.end - window_.first) }, (_, step) => window_.first + step);
  const itemProps = (index: number) => {
    const video = list.item(index);
    return {
      video, index, total, chosen: video ? selection.ids.has(video.id) : false, selecting: selection.ids.size > 0,
      reachable: index === Math.min(keys.cursor, Math.max(0, total - 1)), linkState: keys.stateOf(index), onSelect: selection.select,
    };
  };
  const byLetter = filter.sort_by === "title" || filter.sort_by === "artist";
  const jump = async (letter: string) => {
    const field = filter.sort_by as "title" | "artist";
    const index = await findLetter(client, pageOf, videoPageSize, total, (video) => video[field], letter, filter.sort_order);
    window_.reveal(Math.floor(index / perRow), "start");
    keys.setCursor(index);
  };
  const body = (
    <div ref={window_.ref} role={view === "table" ? "rowgroup" : "list"} aria-label={view === "table" ? undefined : t("nav.videos")} aria-busy={loading} className="relative"
      style={{ height: loading ? rowHeight * 4 : window_.height }} onKeyDown={keys.onKeyDown} onFocus={keys.onFocus}>
      {width > 0 && rowsShown.map((row) => (
        <div key={row} role="presentation" className="absolute inset-x-0" style={{ transform: `translateY(${row * rowHeight}px)`, height: rowHeight }}>
          {view === "table"
            ? <VideoRow {...itemProps(row)} shown={shownColumns} />
            : (
              <div role="presentation" className="grid" style={{ gap, gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))` }}>
                {Array.from({ length: loading ? perRow : Math.min(perRow, total - row * perRow) }, (_, column) => (
                  <VideoCard key={column} {...itemProps(row * perRow + column)} width={cardWidth * Math.min(2, window.devicePixelRatio)} />
                ))}
              </div>
            )}
        </div>
      ))}
    </div>
  );
  const content = () => {
    if (list.error && loading) return <Failure error={list.error} retry={list.refetch} />;
    if (list.total === 0) return <NothingHere filters={filters} />;
    if (view === "grid") return body;
    return <div role="table" aria-label={t("nav.videos")} aria-rowcount={total + 1}><TableHead shown={shownColumns} filters={filters} total={total} />{body}</div>;
  };
  return (
    <div className="flex gap-1">
      <div ref={widthRef} className="min-w-0 flex-1">
        <p className="sr-only" role="status">{loading ? t("loading") : tCount("videos.count", total)}</p>
        {content()}
      </div>
      {byLetter && total > 60 && <Letters onJump={(letter) => void jump(letter)} descending={filter.sort_order === "desc"} />}
      <BulkBar selection={{ ids: [...selection.ids], total, filter, clear: selection.clear, replace: selection.replace }} />
    </div>
  );
}

function NothingHere({ filters }: { filters: Filters }) {
  if (filters.active.length > 0 || filters.text) {
    return <Empty icon={SearchX} title={t("videos.nothingFound")} action={<Button onClick={filters.clear}>{t("filter.clear")}</Button>}>{t("videos.nothingFoundHint")}</Empty>;
  }
  return <Empty icon={Music2} title={t("videos.empty")} action={<ButtonLink to="/app/scan" look="primary" icon={FolderSearch}>{t("scan.title")}</ButtonLink>}>{t("videos.emptyHint")}</Empty>;
}

export default function VideosPage() {
  const filters = useFilters();
  const [view, setView] = usePreference<"grid" | "table">("videos.view", "grid");
  const [open, setOpen] = useState(false);
  const { data } = useQuery({ ...videoPage(filters.filter, 1), placeholderData: (before) => before });
  return (
    <>
      <PageHead title={t("nav.videos")} note={data ? number(data.total) : undefined}>
        <ButtonLink to="/app/videos/collections" icon={Layers}><span className="max-sm:sr-only">{t("collections.title")}</span></ButtonLink>
        <ButtonLink to="/app/import" icon={Import}><span className="max-sm:sr-only">{t("nav.import")}</span></ButtonLink>
      </PageHead>
      <div className="flex gap-6">
        <aside aria-label={t("filter.label")} className="scroll-quiet sticky top-0 hidden max-h-[calc(100dvh-4.5rem)] w-56 shrink-0 self-start overflow-x-hidden overflow-y-auto px-2 pb-6 lg:block">
          <FacetPanel filters={filters} />
        </aside>
        <div className="min-w-0 flex-1">
          <div className="sticky top-0 z-20 -mx-1 flex h-16 items-center gap-2 bg-bg px-1">
            <FilterText filters={filters} />
            <Button icon={SlidersHorizontal} onClick={() => setOpen(true)} className="lg:hidden" aria-label={t("filter.label")}>
              <span className="hidden sm:inline">{t("filter.label")}</span>
              {filters.active.length > 0 && <span className="text-accent tabular-nums">{filters.active.length}</span>}
            </Button>
            <span className="ml-auto hidden sm:block"><SortChoice filters={filters} /></span>
            <span role="group" aria-label={t("view.label")} className="flex">
              <IconButton label={t("view.grid")} icon={LayoutGrid} pressed={view === "grid"} onClick={() => setView("grid")} />
              <IconButton label={t("view.table")} icon={Rows3} pressed={view === "table"} onClick={() => setView("table")} />
            </span>
          </div>
          <Chips filters={filters} />
          <Listing key={view} filters={filters} view={view} />
        </div>
      </div>
      {open && (
        <Dialog title={t("filter.label")} onClose={() => setOpen(false)}>
          <div className="mb-2 sm:hidden"><SortChoice filters={filters} /></div>
          <FacetPanel filters={filters} />
          <div className="sticky -bottom-5 -mx-5 -mb-5 border-t border-line bg-surface p-3"><Button look="primary" className="w-full" onClick={() => setOpen(false)}>{data ? tCount("filter.show", data.total) : t("action.close")}</Button></div>
        </Dialog>
      )}
    </>
  );
}
