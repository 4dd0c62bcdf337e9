// Small choices remembered in this browser: theme, view, collapsed rail. Components follow them.

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

export function readPreference(name: string, fallback: string): string {
  return localStorage.getItem(`medley.${name}`) ?? fallback;
}

export function writePreference(name: string, value: string): void {
  localStorage.setItem(`medley.${name}`, value);
  for (const listener of listeners) listener();
}

export function usePreference<T extends string>(name: string, fallback: T): [T, (value: T) => void] {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readPreference(name, fallback) as T,
  );
  return [value, (next) => writePreference(name, next)];
}

export type Theme = "dark" | "light";

export function applyTheme(): void {
  const theme = readPreference("theme", "dark");
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", theme === "light" ? "#f5f6f7" : "#0e1113");
}

export function toggleTheme(): void {
  writePreference("theme", readPreference("theme", "dark") === "dark" ? "light" : "dark");
  applyTheme();
}
