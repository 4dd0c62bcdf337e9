// Short messages at the bottom. One with an undo stays for ten seconds, others for five.

import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Link } from "react-router";
import { t } from "../i18n";
import { IconButton, reason } from "./basics";

type Toast = { id: number; text: string; tone: "plain" | "danger"; undo?: () => void; link?: { to: string; label: string } };

let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number) {
  change(toasts.filter((toast) => toast.id !== id));
}

export function say(text: string, undo?: () => void): void {
  const id = ++lastId;
  change([...toasts.slice(-2), { id, text, tone: "plain", ...(undo ? { undo } : {}) }]);
  setTimeout(() => dismiss(id), undo ? 10_000 : 5_000);
}

/** With the place where it can be followed. */
export function sayWithLink(text: string, to: string, label: string): void {
  const id = ++lastId;
  change([...toasts.slice(-2), { id, text, tone: "plain", link: { to, label } }]);
  setTimeout(() => dismiss(id), 8_000);
}

export function sayFailure(error: unknown): void {
  const id = ++lastId;
  change([...toasts.slice(-2), { id, text: reason(error), tone: "danger" }]);
  setTimeout(() => dismiss(id), 8_000);
}

export function Toasts() {
  const list = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => toasts);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-20 z-50 [body:has([data-bulk])_&]:bottom-40 md:[body:has([data-bulk])_&]:bottom-24 flex flex-col items-center gap-2 px-4 md:bottom-6">
      {list.map((toast) => (
        <div key={toast.id} className={`animate-rise pointer-events-auto flex max-w-full items-center gap-2 rounded-xl border py-1 pr-1 pl-4 text-sm shadow-float ${toast.tone === "danger" ? "border-danger bg-danger-soft text-ink" : "border-line bg-raised"}`}>
          <span className="min-w-0 py-2 break-words">{toast.text}</span>
          {toast.undo && (
            <button type="button" className="min-h-10 rounded-lg px-3 font-semibold text-accent hover:bg-hover" onClick={() => { toast.undo!(); dismiss(toast.id); }}>
              {t("action.undo")}
            </button>
          )}
          {toast.link && <Link to={toast.link.to} onClick={() => dismiss(toast.id)} className="flex min-h-10 items-center rounded-lg px-3 font-semibold whitespace-nowrap text-accent hover:bg-hover">{toast.link.label}</Link>}
          <IconButton label={t("action.close")} icon={X} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}
