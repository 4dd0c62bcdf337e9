// Everyone the library knows: for now the artists of the music videos, each leading to their videos.

import { Users } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";
import { artistPage } from "../../api/videos";
import type { Artist } from "../../api/types";
import { t, tCount } from "../../i18n";
import { useAddress } from "../../lib/address";
import { number } from "../../lib/format";
import { useSettled } from "../../lib/latest";
import { useListKeys } from "../../lib/list-keys";
import { usePagedList } from "../../lib/paged";
import { useWidth, useWindow } from "../../lib/windowing";
import { Button, ButtonLink, Empty, Failure, PageHead, Skeleton } from "../../ui/basics";
import { Combobox } from "../../ui/combobox";
import { hueOf } from "../../ui/picture";

const rowHeight = 64;
const pageSize = 100;
const videosOf = (name: string) => `/app/videos?artist=${encodeURIComponent(name)}`;

const initials = (name: string) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();

function Person({ artist, index, total, reachable }: { artist: Artist | undefined; index: number; total: number; reachable: boolean }) {
  const place = { role: "listitem", "aria-setsize": total, "aria-posinset": index + 1 };
  if (!artist) return <div {...place} data-index={index} tabIndex={reachable ? 0 : -1} aria-label={t("loading")} className="flex h-14 items-center gap-3 px-2"><Skeleton className="size-10 rounded-full" /><Skeleton className="h-4 w-40" /></div>;
  return (
    <div {...place} className="min-w-0">
      <Link to={videosOf(artist.name)} data-index={index} tabIndex={reachable ? 0 : -1} className="flex h-14 items-center gap-3 rounded-xl px-2 hover:bg-surface">
        <span aria-hidden="true" className="grid size-10 shrink-0 place-items-center rounded-full text-sm font-semibold text-white" style={{ backgroundColor: `oklch(0.42 0.07 ${hueOf(artist.name)})` }}>{initials(artist.name)}</span>
        <span className="min-w-0"><span className="block truncate font-medium">{artist.name}</span>{artist.video_count !== null && <span className="block text-sm text-dim">{tCount("videos.count", artist.video_count)}</span>}</span>
      </Link>
    </div>
  );
}

export default function PeoplePage() {
  const [parameters, setAddress] = useAddress();
  const [text, setText] = useState(parameters.get("q") ?? "");
  const settled = useSettled(text.trim(), 200);
  useEffect(() => {
    if (settled !== (parameters.get("q") ?? "")) setAddress(new URLSearchParams(settled ? { q: settled } : {}), { replace: true });
  }, [settled]);

  const [widthRef, width] = useWidth();
  const perRow = Math.max(1, Math.floor(width / 260));
  const [count, setCount] = useState(0);
  const view = useWindow(Math.ceil(count / perRow), rowHeight, rowHeight);
  const pageOf = useCallback((page: number) => artistPage(settled, page), [settled]);
  const list = usePagedList<Artist>(pageOf, pageSize, view.first * perRow, Math.max(1, view.end * perRow), settled);
  const total = list.total ?? 0;
  useEffect(() => setCount(total), [total]);
  const keys = useListKeys({
    count: total, perRow, root: widthRef, reveal: (index) => view.reveal(Math.floor(index / perRow)),
    path: (index) => { const one = list.item(index); return one ? videosOf(one.name) : null; }, state: () => null,
  });

  const loading = list.total === null;
  const rows = loading ? [0, 1, 2, 3] : Array.from({ length: Math.max(0, view.end - view.first) }, (_, step) => view.first + step);
  const content = () => {
    if (list.error && loading) return <Failure error={list.error} retry={list.refetch} />;
    if (list.total === 0 && settled) return <Empty icon={Users} title={t("search.nothing", { text: settled })} action={<Button onClick={() => setText("")}>{t("filter.clear")}</Button>} />;
    if (list.total === 0) return <Empty icon={Users} title={t("people.empty")} action={<ButtonLink to="/app/scan" look="primary">{t("scan.title")}</ButtonLink>}>{t("people.emptyHint")}</Empty>;
    return (
      <div ref={view.ref} role="list" aria-label={t("nav.people")} aria-busy={loading} className="relative" style={{ height: loading ? rowHeight * 4 : view.height }} onKeyDown={keys.onKeyDown} onFocus={keys.onFocus}>
        {width > 0 && rows.map((row) => (
          <div key={row} role="presentation" className="absolute inset-x-0 grid gap-x-2" style={{ transform: `translateY(${row * rowHeight}px)`, gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))` }}>
            {Array.from({ length: loading ? perRow : Math.min(perRow, total - row * perRow) }, (_, column) => {
              const index = row * perRow + column;
              return <Person key={column} artist={list.item(index)} index={index} total={total} reachable={index === Math.min(keys.cursor, Math.max(0, total - 1))} />;
            })}
          </div>
        ))}
      </div>
    );
  };
  return (
    <>
      <PageHead title={t("nav.people")} note={list.total ? number(list.total) : undefined} />
      <div className="sticky top-0 z-20 -mx-1 flex h-16 items-center bg-bg px-1">
        <Combobox label={t("people.find")} placeholder={t("people.find")} value={text} onChange={setText} options={[]} className="min-w-0 flex-1 sm:max-w-sm" />
      </div>
      <div ref={widthRef}>
        <p className="sr-only" role="status">{loading ? t("loading") : tCount("people.count", total)}</p>
        {content()}
      </div>
    </>
  );
}
