// The frame around every area: rail, top bar, bottom bar on a phone, palette, key map.

import { Menu as MenuIcon, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Link, useLocation, useNavigate, useNavigationType } from "react-router";
import { t } from "../i18n";
import { useHotkeys } from "../lib/hotkeys";
import { usePreference } from "../lib/preferences";
import { Dialog } from "../ui/dialog";
import { areas, isCurrent, type Area } from "./areas";
import { KeyMap } from "./keymap";
import { Palette } from "./palette";
import { TopBar } from "./topbar";

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-8 shrink-0" aria-hidden="true">
      <rect width="32" height="32" rx="9" className="fill-accent-soft" />
      <path d="M7 22V11l6 7 6-9v13" fill="none" className="stroke-accent" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      <circle cx="24" cy="21" r="2.5" className="fill-ink" />
    </svg>
  );
}

function RailLink({ area, small }: { area: Area; small: boolean }) {
  const here = isCurrent(area, useLocation().pathname);
  const label = t(area.word);
  return (
    <Link
      to={area.path} aria-current={here ? "page" : undefined} title={small ? label : undefined} aria-label={small ? label : undefined}
      className={`flex min-h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium ${here ? "bg-accent-soft text-accent" : "text-dim hover:bg-raised hover:text-ink"}`}
    >
      <area.icon size={19} aria-hidden="true" className="shrink-0" />
      {!small && label}
    </Link>
  );
}

function Rail() {
  const [state, setState] = usePreference<"wide" | "small">("rail", "wide");
  const small = state === "small";
  const Toggle = small ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav aria-label={t("nav.label")} className={`scroll-quiet hidden flex-col gap-0.5 overflow-y-auto border-r border-line bg-surface p-3 md:flex ${small ? "w-17" : "w-54"}`}>
      <Link to="/app" className="mb-3 flex min-h-10 items-center gap-3 rounded-lg px-1 text-lg font-semibold tracking-tight" aria-label={t("nav.homeLink")}>
        <Mark />
        {!small && "Medley"}
      </Link>
      {areas.map((area) => <RailLink key={area.path} area={area} small={small} />)}
      <button
        type="button" onClick={() => setState(small ? "wide" : "small")} aria-label={t(small ? "nav.expand" : "nav.collapse")} title={t(small ? "nav.expand" : "nav.collapse")}
        className="mt-auto flex min-h-10 items-center gap-3 rounded-lg px-3 text-sm text-faint hover:bg-raised hover:text-ink"
      >
        <Toggle size={19} aria-hidden="true" />
        {!small && t("nav.collapse")}
      </button>
    </nav>
  );
}

function BottomBar() {
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  const entry = "flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 px-0.5 text-[0.6875rem] font-medium";
  return (
    <nav aria-label={t("nav.label")} className="flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
      {areas.filter((area) => area.phone).map((area) => {
        const here = isCurrent(area, pathname);
        return (
          <Link key={area.path} to={area.path} aria-current={here ? "page" : undefined} className={`${entry} ${here ? "text-accent" : "text-dim"}`}>
            <area.icon size={21} aria-hidden="true" />
            <span className="max-w-full truncate">{t(area.word)}</span>
          </Link>
        );
      })}
      <button type="button" onClick={() => setOpen(true)} className={`${entry} text-dim`}>
        <MenuIcon size={21} aria-hidden="true" />
        {t("nav.more")}
      </button>
      {open && (
        <Dialog title={t("nav.label")} onClose={() => setOpen(false)}>
          <div className="-m-2 grid grid-cols-2 gap-1">{areas.map((area) => <RailLink key={area.path} area={area} small={false} />)}</div>
        </Dialog>
      )}
    </nav>
  );
}

/** Back returns to where the list was; a new place starts at its top. */
function useScrollMemory() {
  const { key, pathname } = useLocation();
  const kind = useNavigationType();
  const positions = useRef(new Map<string, number>());
  const lastPath = useRef(pathname);
  useLayoutEffect(() => {
    const view = document.getElementById("main")!;
    const samePage = lastPath.current === pathname;
    lastPath.current = pathname;
    const wanted = kind === "POP" ? (positions.current.get(key) ?? 0) : 0;
    let frame = 0;
    if (!samePage || kind === "POP") {
      let tries = 20;
      const apply = () => {
        view.scrollTop = wanted;
        if (Math.abs(view.scrollTop - wanted) > 2 && --tries > 0) frame = requestAnimationFrame(apply);
      };
      apply();
    }
    const remember = () => positions.current.set(key, view.scrollTop);
    view.addEventListener("scroll", remember, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      view.removeEventListener("scroll", remember);
    };
  }, [key, pathname, kind]);
}

export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useScrollMemory();
  useHotkeys({
    "/": () => search.current?.focus(),
    "?": () => setOverlay("keys"),
    "mod+k": () => setOverlay((now) => (now === "palette" ? null : "palette")),
    h: () => navigate("/app"),
  });
  useEffect(() => {
    const area = areas.find((one) => isCurrent(one, pathname));
    document.title = area ? `${t(area.word)} · Medley` : "Medley";
  }, [pathname]);
  return (
    <div className="flex h-full">
      <a href="#main" className="sr-only z-50 rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2">{t("nav.skip")}</a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar searchRef={search} openPalette={() => setOverlay("palette")} openKeys={() => setOverlay("keys")} />
        <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-4 pb-8 outline-none md:px-6">{children}</main>
        <BottomBar />
      </div>
      {overlay === "palette" && <Palette close={() => setOverlay(null)} openKeys={() => setOverlay("keys")} />}
      {overlay === "keys" && <KeyMap close={() => setOverlay(null)} />}
    </div>
  );
}
