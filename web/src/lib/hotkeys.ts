// Keys that work anywhere on the page. They stay quiet while someone types or a dialog is open.

import { useEffect, useRef } from "react";

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    (target as HTMLInputElement).type !== "checkbox";
}

/** "mod+k" is Ctrl or Cmd; a plain name is the key's value. */
export function useHotkeys(keys: Hotkeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const withModifier = event.ctrlKey || event.metaKey;
      if (event.altKey || event.defaultPrevented) return;
      const action = latest.current[withModifier ? `mod+${event.key.toLowerCase()}` : event.key];
      if (!action) return;
      if (!withModifier && (isTyping(event.target) || document.querySelector("dialog[open]"))) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
