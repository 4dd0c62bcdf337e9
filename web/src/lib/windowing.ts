// Windowing over rows of one height: only the rows near the view exist, the container has the full
// height, so the scroll bar tells the truth and any position is one multiplication away.

import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

export const mainScroller = () => document.getElementById("main")!;

export type Window = { first: number; end: number; height: number; ref: RefObject<HTMLDivElement | null>; reveal: (row: number, place?: "nearest" | "start") => void };

const rowsBeyondView = 3;

function rangeIn(view: HTMLElement, list: HTMLElement, rows: number, rowHeight: number) {
  const above = view.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(above / rowHeight) - rowsBeyondView);
  const end = Math.min(rows, Math.ceil((above + view.clientHeight) / rowHeight) + rowsBeyondView);
  return { first: Math.min(first, Math.max(0, rows - 1)), end: Math.max(0, end) };
}

/** `headroom` is what a sticky bar covers at the top of the view. */
export function useWindow(rows: number, rowHeight: number, headroom = 0): Window {
  const ref = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, end: Math.min(rows, 12) });

  const measure = useCallback(() => {
    const list = ref.current;
    if (!list) return;
    const next = rangeIn(mainScroller(), list, rows, rowHeight);
    setRange((now) => (now.first === next.first && now.end === next.end ? now : next));
  }, [rows, rowHeight]);

  useLayoutEffect(measure, [measure]);
  useEffect(() => {
    const view = mainScroller();
    let frame = 0;
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        measure();
      });
    };
    view.addEventListener("scroll", soon, { passive: true });
    const observer = new ResizeObserver(soon);
    observer.observe(view);
    return () => {
      cancelAnimationFrame(frame);
      view.removeEventListener("scroll", soon);
      observer.disconnect();
    };
  }, [measure]);

  const reveal = useCallback((row: number, place: "nearest" | "start" = "nearest") => {
    const [view, list] = [mainScroller(), ref.current];
    if (!list) return;
    const top = list.getBoundingClientRect().top - view.getBoundingClientRect().top + view.scrollTop + row * rowHeight;
    const hiddenAbove = top < view.scrollTop + headroom;
    const hiddenBelow = top + rowHeight > view.scrollTop + view.clientHeight;
    if (place === "start" || hiddenAbove) view.scrollTop = top - headroom;
    else if (hiddenBelow) view.scrollTop = top + rowHeight - view.clientHeight;
    measure();
  }, [rowHeight, headroom, measure]);

  return { first: range.first, end: Math.min(range.end, rows), height: rows * rowHeight, ref, reveal };
}

/** The inner width of an element, known before the first paint. */
export function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current!;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
