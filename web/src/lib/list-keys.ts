// Arrow keys in a list or grid. One item at a time can be reached with Tab; the keys move which one.

import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { useNavigate } from "react-router";
import { isTyping } from "./hotkeys";

type ListKeysOptions = {
  count: number;
  perRow: number;
  root: RefObject<HTMLElement | null>;
  reveal: (index: number) => void;
  path: (index: number) => string | null;
  state: (index: number) => unknown;
  select?: (index: number, range: boolean) => void;
  selectAll?: () => void;
  escape?: () => void;
};

const rowsPerPage = 4;

export function useListKeys(options: ListKeysOptions) {
  const [cursor, setCursor] = useState(0);
  const wantsFocus = useRef(false);
  const navigate = useNavigate();
  const latest = useRef(options);
  latest.current = options;
  const states = useRef(new Map<number, unknown>());

  // The item may only come into being after the list has scrolled to it.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const item = options.root.current?.querySelector<HTMLElement>(`[data-index="${cursor}"]`);
    if (!item) return;
    item.focus({ preventScroll: true });
    if (document.activeElement === item && item.tagName === "A") wantsFocus.current = false;
  });

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(options.count - 1, index));
    wantsFocus.current = true;
    setCursor(next);
    options.reveal(next);
  };
  const open = (index: number, query: string) => {
    const path = options.path(index);
    if (path) navigate(path + query, { state: options.state(index) });
  };
  const steps: Record<string, number> = {
    ArrowRight: 1, ArrowLeft: -1, ArrowDown: options.perRow, ArrowUp: -options.perRow,
    PageDown: options.perRow * rowsPerPage, PageUp: -options.perRow * rowsPerPage, Home: -Infinity, End: Infinity,
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "a" || !options.selectAll) return;
      event.preventDefault();
      return options.selectAll();
    }
    const step = steps[event.key];
    const actions: Record<string, (() => void) | undefined> = {
      " ": () => open(cursor, "?play=1"),
      e: () => open(cursor, "?edit=title"),
      x: options.select && (() => options.select!(cursor, false)),
      X: options.select && (() => options.select!(cursor, true)),
      Escape: options.escape,
    };
    const stepped = () => {
      const target = Math.max(0, Math.min(options.count - 1, cursor + step!));
      if (event.shiftKey && Number.isFinite(step)) options.select?.(target, true);
      moveTo(target);
    };
    const action = step !== undefined ? stepped : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const onFocus = useCallback((event: React.FocusEvent) => {
    const index = Number((event.target as HTMLElement).dataset.index ?? NaN);
    if (Number.isInteger(index)) setCursor(index);
  }, []);

  /** The same object for the same place, so that unchanged cards need not be drawn again. */
  const stateOf = (index: number) => {
    let state = states.current.get(index);
    if (!state) states.current.set(index, (state = latest.current.state(index)));
    return state;
  };
  useEffect(() => states.current.clear(), [JSON.stringify(options.state(0))]);
  return { cursor, setCursor, onKeyDown, onFocus, stateOf };
}
