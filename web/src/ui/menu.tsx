// A button with a panel under it that closes on Escape, on a click elsewhere and when focus leaves.

import { useEffect, useRef, useState, type ReactNode } from "react";

type MenuProps = { label: string; trigger: ReactNode; children: (close: () => void) => ReactNode; align?: "left" | "right"; triggerClass?: string; panelClass?: string };

export function Menu({ label, trigger, children, align = "right", triggerClass = "", panelClass = "w-64" }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);

  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
    button.current?.focus();
  };
  return (
    <div ref={root} className="relative" onKeyDown={onKeyDown}>
      <button ref={button} type="button" aria-label={label} aria-expanded={open} title={label} onClick={() => setOpen(!open)} className={triggerClass}>{trigger}</button>
      {open && (
        <div className={`animate-rise absolute top-full z-40 mt-1.5 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-surface p-1.5 shadow-float ${align === "right" ? "right-0" : "left-0"} ${panelClass}`}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

export function MenuItem({ children, onClick, icon }: { children: ReactNode; onClick: () => void; icon?: ReactNode }) {
  return (
    <button type="button" onClick={onClick} className="flex min-h-10 w-full items-center gap-3 rounded-lg px-3 text-left text-sm hover:bg-raised">
      {icon && <span className="text-faint">{icon}</span>}
      {children}
    </button>
  );
}
