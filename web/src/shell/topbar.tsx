// Search over everything, the job tray, and the account menu.

import { useQuery } from "@tanstack/react-query";
import { Activity, CircleUser, Command, KeyRound, Keyboard, Languages, LogOut, Moon, Sun, WifiOff } from "lucide-react";
import { useState, useSyncExternalStore, type RefObject } from "react";
import { Link, useNavigate } from "react-router";
import { jobs } from "../api/jobs";
import { live } from "../api/live";
import { logout, username } from "../api/session";
import { currentLanguage, languages, setLanguage, t, tCount, type Language } from "../i18n";
import { useSettled } from "../lib/latest";
import { toggleTheme, usePreference, type Theme } from "../lib/preferences";
import { Bar, IconButton, Key } from "../ui/basics";
import { Combobox } from "../ui/combobox";
import { Menu, MenuItem } from "../ui/menu";
import { ChangePassword } from "./password";
import { useSearchOptions } from "./search";

function GlobalSearch({ inputRef }: { inputRef: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useState("");
  const settled = useSettled(text.trim(), 150);
  const navigate = useNavigate();
  const go = (path: string) => {
    setText("");
    inputRef.current?.blur();
    navigate(path);
  };
  const { options, busy } = useSearchOptions(settled, go);
  const nothing = settled !== "" && !busy && options.length === 0;
  return (
    <Combobox
      inputRef={inputRef} label={t("search.everything")} placeholder={t("search.everything")} value={text} onChange={setText} options={options}
      onSubmit={(value) => value.trim() && go(`/app/videos?q=${encodeURIComponent(value.trim())}`)}
      note={nothing ? t("search.nothing", { text: settled }) : undefined}
      trailing={<span className="hidden md:inline"><Key>/</Key></span>} className="min-w-0 max-w-xl flex-1"
    />
  );
}

function JobTray() {
  const { data } = useQuery(jobs());
  const running = (data?.jobs ?? []).filter((job) => job.status === "running");
  const queued = (data?.jobs ?? []).filter((job) => job.status === "pending").length;
  const newest = running.at(-1);
  const count = running.length + queued;
  return (
    <Link
      to="/app/activity" aria-label={tCount("tray.jobs", count)} title={tCount("tray.jobs", count)}
      className={`flex min-h-10 items-center gap-2.5 rounded-lg px-2.5 text-sm hover:bg-raised ${count ? "text-ink" : "text-dim"}`}
    >
      <Activity size={19} aria-hidden="true" className={count ? "text-accent" : ""} />
      {count > 0 && <span className="tabular-nums">{count}</span>}
      {newest && <span className="hidden w-20 md:block"><Bar value={newest.total_items > 0 ? newest.progress : null} label={t("tray.progress")} /></span>}
    </Link>
  );
}

function Account({ openKeys }: { openKeys: () => void }) {
  const [theme] = usePreference<Theme>("theme", "dark");
  const [changing, setChanging] = useState(false);
  const other = (Object.keys(languages) as Language[]).find((one) => one !== currentLanguage())!;
  return (
    <>
      <Menu label={t("account.label")} trigger={<CircleUser size={21} aria-hidden="true" />} triggerClass="grid size-10 place-items-center rounded-lg text-dim hover:bg-raised hover:text-ink">
        {(close) => (
          <>
            <div className="px-3 py-2 text-sm text-dim">{t("account.signedInAs")} <b className="font-semibold text-ink">{username()}</b></div>
            <MenuItem icon={theme === "dark" ? <Sun size={17} /> : <Moon size={17} />} onClick={toggleTheme}>{t(theme === "dark" ? "account.light" : "account.dark")}</MenuItem>
            <MenuItem icon={<Languages size={17} />} onClick={() => { close(); void setLanguage(other); }}>{languages[other]}</MenuItem>
            <MenuItem icon={<Keyboard size={17} />} onClick={() => { close(); openKeys(); }}>{t("keys.title")}</MenuItem>
            <MenuItem icon={<KeyRound size={17} />} onClick={() => { close(); setChanging(true); }}>{t("password.change")}</MenuItem>
            <div className="my-1 border-t border-line" />
            <MenuItem icon={<LogOut size={17} />} onClick={() => void logout()}>{t("account.signOut")}</MenuItem>
          </>
        )}
      </Menu>
      {changing && <ChangePassword close={() => setChanging(false)} />}
    </>
  );
}

export function TopBar({ searchRef, openPalette, openKeys }: { searchRef: RefObject<HTMLInputElement | null>; openPalette: () => void; openKeys: () => void }) {
  const connection = useSyncExternalStore(live.subscribe, live.current);
  return (
    <header className="z-30 flex items-center gap-1.5 border-b border-line bg-surface px-3 py-2 md:gap-2 md:px-6">
      <GlobalSearch inputRef={searchRef} />
      <div className="ml-auto flex items-center gap-0.5">
        <span role="status" className={connection === "reconnecting" ? "flex items-center gap-1.5 px-2 text-sm text-warn" : "sr-only"}>
          {connection === "reconnecting" && <><WifiOff size={16} aria-hidden="true" /><span className="hidden sm:inline">{t("live.reconnecting")}</span></>}
        </span>
        <IconButton label={t("palette.open")} icon={Command} onClick={openPalette} className="hidden! md:inline-grid!" />
        <JobTray />
        <Account openKeys={openKeys} />
      </div>
    </header>
  );
}
