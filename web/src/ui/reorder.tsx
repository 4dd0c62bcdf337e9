// A list whose rows people put in another order: dragged by the handle with mouse or finger, or picked up
// with Space and moved with the arrows. While a row is on its way nothing in the document moves, rows are
// only drawn elsewhere; the new order is told once, when the row is put down.

import { GripVertical } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { mainScroller } from "../lib/windowing";

export type Announcements = { handle: (at: number) => string; lifted: (at: number) => string; moved: (at: number) => string; dropped: (at: number) => string; putBack: () => string };
type Travel = { from: number; to: number; offset: number; by: "pointer" | "keys" };
type ReorderProps<T> = {
  items: T[]; label: string; rowHeight: number; keyOf: (item: T) => string | number; words: (item: T) => Announcements; row: (item: T, index: number) => ReactNode;
  move: (from: number, to: number) => void;
};

const scrollZonePixels = 64;
const scrollStepPixels = 14;

export function Reorder<T>({ items, label, rowHeight, keyOf, words, row, move }: ReorderProps<T>) {
  const [travel, setTravel] = useState<Travel | null>(null);
  const [news, setNews] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const start = useRef({ y: 0, scroll: 0 });
  const focusAfter = useRef<string | number | null>(null);

  useEffect(() => {
    if (focusAfter.current === null) return;
    const index = items.findIndex((item) => keyOf(item) === focusAfter.current);
    focusAfter.current = null;
    list.current?.querySelector<HTMLElement>(`[data-handle="${index}"]`)?.focus();
  }, [items, keyOf]);

  const within = (index: number) => Math.max(0, Math.min(items.length - 1, index));
  const putDown = () => {
    if (!travel) return;
    const item = items[travel.from]!;
    setNews(words(item).dropped(travel.to));
    focusAfter.current = keyOf(item);
    setTravel(null);
    if (travel.to !== travel.from) move(travel.from, travel.to);
  };
  const putBack = () => {
    if (!travel) return;
    setNews(words(items[travel.from]!).putBack());
    setTravel(null);
  };
  const onPointerMove = (event: React.PointerEvent) => {
    if (travel?.by !== "pointer") return;
    const view = mainScroller();
    const { top, bottom } = view.getBoundingClientRect();
    if (event.clientY < top + scrollZonePixels) view.scrollTop -= scrollStepPixels;
    if (event.clientY > bottom - scrollZonePixels) view.scrollTop += scrollStepPixels;
    const offset = event.clientY - start.current.y + view.scrollTop - start.current.scroll;
    setTravel({ ...travel, offset, to: within(travel.from + Math.round(offset / rowHeight)) });
  };
  const onKeyDown = (index: number) => (event: React.KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const toggles = event.key === " " || event.key === "Enter";
    if (!toggles && !(travel && (step || event.key === "Escape"))) return;
    event.preventDefault();
    event.stopPropagation();
    if (travel && toggles) return putDown();
    if (travel && event.key === "Escape") return putBack();
    if (!travel) {
      setTravel({ from: index, to: index, offset: 0, by: "keys" });
      return setNews(words(items[index]!).lifted(index));
    }
    const to = within(travel.to + step!);
    setTravel({ ...travel, to, offset: (to - travel.from) * rowHeight });
    setNews(words(items[travel.from]!).moved(to));
  };

  const shiftOf = (index: number): number => {
    if (!travel) return 0;
    if (index === travel.from) return travel.offset;
    if (travel.from < index && index <= travel.to) return -rowHeight;
    if (travel.to <= index && index < travel.from) return rowHeight;
    return 0;
  };
  return (
    <>
      <ol ref={list} aria-label={label} className="relative" onPointerMove={onPointerMove} onPointerUp={putDown} onPointerCancel={putBack}>
        {items.map((item, index) => {
          const travelling = travel?.from === index;
          return (
            <li
              key={keyOf(item)} style={{ height: rowHeight, transform: `translateY(${shiftOf(index)}px)` }}
              className={`flex items-center gap-1 border-b border-line ${travel && !(travelling && travel.by === "pointer") ? "transition-transform duration-100" : ""} ${travelling ? "relative z-10 rounded-lg border-transparent bg-raised shadow-float" : ""}`}
            >
              <button
                type="button" data-handle={index} aria-label={words(item).handle(index)} aria-pressed={travelling} onKeyDown={onKeyDown(index)} onBlur={() => travel?.by === "keys" && putBack()}
                onPointerDown={(event) => {
                  if (event.button !== 0) return;
                  event.currentTarget.setPointerCapture(event.pointerId);
                  start.current = { y: event.clientY, scroll: mainScroller().scrollTop };
                  setTravel({ from: index, to: index, offset: 0, by: "pointer" });
                }}
                className={`grid h-full w-10 shrink-0 touch-none place-items-center rounded-lg text-faint hover:text-ink ${travelling ? "cursor-grabbing" : "cursor-grab"}`}
              >
                <GripVertical size={18} aria-hidden="true" />
              </button>
              {row(item, index)}
            </li>
          );
        })}
      </ol>
      <p className="sr-only" role="status" aria-live="assertive">{news}</p>
    </>
  );
}
