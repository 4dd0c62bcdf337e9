// Tabs whose choice lives in the address, so Back and links work.

import { useSearchParams } from "react-router";
import { useEffect, useRef, type ReactNode } from "react";

export type Tab = { name: string; label: string; count?: number | undefined; content: () => ReactNode };

export function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const [parameters, setParameters] = useSearchParams();
  const chosen = tabs.find((tab) => tab.name === parameters.get("tab")) ?? tabs[0]!;
  const strip = useRef<HTMLDivElement>(null);
  // On a narrow screen the strip scrolls; the chosen tab is brought into it without moving the page.
  useEffect(() => {
    const [list, tab] = [strip.current!, document.getElementById(`tab-${chosen.name}`)!];
    list.scrollLeft = tab.offsetLeft - list.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
  }, [chosen.name]);
  const choose = (name: string) =>
    setParameters((now) => {
      now.set("tab", name);
      return now;
    }, { replace: true, preventScrollReset: true, state: window.history.state?.usr });
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(chosen) + step + tabs.length) % tabs.length]!;
    choose(next.name);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return (
    <>
      <div ref={strip} role="tablist" aria-label={label} className="scroll-quiet flex gap-1 overflow-x-auto border-b border-line" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.name} id={`tab-${tab.name}`} type="button" role="tab" aria-selected={tab === chosen} aria-controls="tab-panel" tabIndex={tab === chosen ? 0 : -1}
            onClick={() => choose(tab.name)}
            className={`-mb-px min-h-11 shrink-0 border-b-2 px-3.5 text-sm font-medium ${tab === chosen ? "border-accent text-ink" : "border-transparent text-dim hover:text-ink"}`}
          >
            {tab.label}
            {tab.count ? <span className="ml-1.5 text-faint tabular-nums">{tab.count}</span> : null}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen.name}`} className="py-5">{chosen.content()}</div>
    </>
  );
}
