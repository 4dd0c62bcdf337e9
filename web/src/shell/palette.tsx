// Ctrl-K: everything one can go to or do, found by typing a few letters.

import { useQuery } from "@tanstack/react-query";
import { Archive, FolderSearch, Keyboard, Languages, Layers, LogOut, Play, SunMoon, Trash2, Upload } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { runSchedule, schedules } from "../api/jobs";
import { logout } from "../api/session";
import { currentLanguage, setLanguage, t } from "../i18n";
import { useSettled } from "../lib/latest";
import { toggleTheme } from "../lib/preferences";
import { Combobox, type Option } from "../ui/combobox";
import { Dialog } from "../ui/dialog";
import { say, sayFailure } from "../ui/toast";
import { areas } from "./areas";
import { useSearchOptions } from "./search";

type Command = { label: string; icon: typeof Play; act: () => void };

export function Palette({ close, openKeys }: { close: () => void; openKeys: () => void }) {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const plans = useQuery(schedules());
  const settled = useSettled(text.trim(), 120);
  const found = useSearchOptions(settled, (path) => { close(); navigate(path); });

  const go = (path: string) => () => { close(); navigate(path); };
  const run = (id: number, name: string) => () => {
    close();
    runSchedule(id).then(() => say(t("schedule.started", { name })), sayFailure);
  };
  const commands: Command[] = [
    { label: t("scan.title"), icon: FolderSearch, act: go("/app/scan") },
    { label: t("import.search"), icon: Upload, act: go("/app/import/search") },
    { label: t("import.artist"), icon: Upload, act: go("/app/import/artist") },
    { label: t("import.playlist"), icon: Upload, act: go("/app/import/playlist") },
    { label: t("collections.title"), icon: Layers, act: go("/app/videos/collections") },
    { label: t("trash.title"), icon: Trash2, act: go("/app/files/trash") },
    { label: t("backups.title"), icon: Archive, act: go("/app/files/backups") },
    ...(plans.data?.tasks ?? []).map((plan) => ({ label: t("palette.runSchedule", { name: plan.name }), icon: Play, act: run(plan.id, plan.name) })),
    { label: t("palette.theme"), icon: SunMoon, act: () => { close(); toggleTheme(); } },
    { label: currentLanguage() === "en" ? "Deutsch" : "English", icon: Languages, act: () => { close(); void setLanguage(currentLanguage() === "en" ? "de" : "en"); } },
    { label: t("keys.title"), icon: Keyboard, act: openKeys },
    { label: t("account.signOut"), icon: LogOut, act: () => { close(); void logout(); } },
  ];
  const fits = (label: string) => text.toLowerCase().split(/\s+/).every((part) => label.toLowerCase().includes(part));
  const options: Option[] = [
    ...areas.filter((area) => fits(t(area.word))).map((area) => ({
      id: area.path, group: t("palette.goTo"), label: t(area.word), picture: <area.icon size={18} className="text-faint" aria-hidden="true" />, act: go(area.path),
    })),
    ...commands.filter((command) => fits(command.label)).map((command) => ({
      id: command.label, group: t("palette.do"), label: command.label, picture: <command.icon size={18} className="text-faint" aria-hidden="true" />, act: command.act,
    })),
    ...found.options,
  ];
  return (
    <Dialog title={t("palette.title")} onClose={close} bare wide>
      <Combobox
        inline autoFocus firstByDefault label={t("palette.title")} placeholder={t("palette.placeholder")} value={text} onChange={setText} options={options}
        note={options.length === 0 ? t("search.nothing", { text }) : undefined} className="max-h-[60dvh]"
      />
    </Dialog>
  );
}
