// Every setting with its meaning, its origin and what a change needs; and the way back from a change.

import { useQuery } from "@tanstack/react-query";
import { History, SearchX, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { registry } from "../../api/settings";
import type { Setting } from "../../api/types";
import { readable, t, tData } from "../../i18n";
import { Button, Card, Empty, Failure, IconButton, PageHead, Skeleton } from "../../ui/basics";
import { AccessKeys } from "./access-keys";
import { HistoryDialog } from "./history";
import { SettingRow } from "./row";
import { Services } from "./services";
import { ThisBrowser } from "./this-browser";

const anchor = (group: string) => `group-${group.replaceAll(/\W+/g, "-")}`;

function groupsOf(settings: Setting[], text: string): [string, Setting[]][] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Setting[]>();
  for (const one of settings) {
    const haystack = `${one.key} ${readable(one.key)} ${one.help} ${one.environment} ${tData("group", one.group)}`.toLowerCase();
    if (!words.every((word) => haystack.includes(word))) continue;
    const group = one.key.includes(".") ? one.group : "library";
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups];
}

export default function SettingsPage() {
  const { data, error, refetch } = useQuery(registry());
  const [parameters, setParameters] = useSearchParams();
  const [showHistory, setShowHistory] = useState(false);
  const text = parameters.get("q") ?? "";
  const groups = useMemo(() => groupsOf(data?.settings ?? [], text), [data, text]);
  const find = (value: string) => setParameters(value ? { q: value } : {}, { replace: true });
  const jump = (id: string) => (event: React.MouseEvent) => {
    event.preventDefault();
    document.getElementById(id)?.scrollIntoView({ block: "start" });
  };
  const sections = [...(text ? [] : [["this-browser", t("browser.title")], ["access-keys", t("apiKeys.title")], ["services", t("services.title")]]), ...groups.map(([group]) => [anchor(group), tData("group", group)])] as [string, string][];
  return (
    <>
      <PageHead title={t("nav.settings")}><Button icon={History} onClick={() => setShowHistory(true)}>{t("history.title")}</Button></PageHead>
      <div className="flex gap-8">
        <nav aria-label={t("settings.groups")} className="scroll-quiet sticky top-4 hidden max-h-[calc(100dvh-6rem)] w-48 shrink-0 self-start overflow-y-auto lg:block">
          <ul className="grid gap-0.5">
            {sections.map(([id, name]) => <li key={id}><a href={`#${id}`} onClick={jump(id)} className="flex min-h-9 items-center rounded-lg px-3 text-sm text-dim hover:bg-raised hover:text-ink">{name}</a></li>)}
          </ul>
        </nav>
        <div className="min-w-0 max-w-4xl flex-1">
          <div className="sticky top-0 z-10 -mx-1 -mt-2 bg-bg px-1 pt-2 pb-3">
            <div className="relative">
              <input type="text" role="searchbox" aria-label={t("settings.find")} placeholder={t("settings.find")} value={text} onChange={(event) => find(event.target.value)} className="field pr-11" />
              {text && <IconButton label={t("action.clear")} icon={X} onClick={() => find("")} className="absolute! top-0 right-0" />}
            </div>
          </div>
          {error && !data && <Failure error={error} retry={() => void refetch()} />}
          {!data && !error && <div className="grid gap-3">{Array.from({ length: 6 }, (_, row) => <Skeleton key={row} className="h-20 rounded-xl" />)}</div>}
          {!text && data && <><ThisBrowser /><AccessKeys /><Services /></>}
          {groups.map(([group, settings]) => (
            <section key={group} id={anchor(group)} aria-labelledby={`${anchor(group)}-title`} className="mb-8 scroll-mt-16">
              <h2 id={`${anchor(group)}-title`} className="mb-2 text-lg font-semibold">{tData("group", group)}</h2>
              <Card className="divide-y divide-line">{settings.map((one) => <SettingRow key={one.key} setting={one} />)}</Card>
            </section>
          ))}
          {data && groups.length === 0 && <Empty icon={SearchX} title={t("settings.nothing")} action={<Button onClick={() => find("")}>{t("action.clear")}</Button>} />}
        </div>
      </div>
      {showHistory && <HistoryDialog close={() => setShowHistory(false)} />}
    </>
  );
}
