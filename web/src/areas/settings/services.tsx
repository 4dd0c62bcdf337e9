// The outside services: whether each has what it needs, which setting is missing when it has not, and a
// test that really asks the service.

import { useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, PlugZap, RotateCw } from "lucide-react";
import { useSearchParams } from "react-router";
import { registry, serviceHealth, testProvider } from "../../api/settings";
import { t } from "../../i18n";
import { number } from "../../lib/format";
import { Badge, Button, Card, IconButton, reason, Skeleton } from "../../ui/basics";

type Service = { name: string; title: string; keys?: string; needs?: string[]; health?: boolean };

const services: Service[] = [
  { name: "imvdb", title: "IMVDb", keys: "https://imvdb.com/developers/api", needs: ["apis.imvdb.auth.app_key"] },
  { name: "discogs", title: "Discogs", keys: "https://www.discogs.com/settings/developers", needs: ["apis.discogs.auth.api_key", "apis.discogs.auth.api_secret"] },
  { name: "spotify", title: "Spotify", keys: "https://developer.spotify.com/dashboard", needs: ["apis.spotify.auth.client_id", "apis.spotify.auth.client_secret"] },
  { name: "musicbrainz", title: "MusicBrainz", needs: [] },
  { name: "ytdlp", title: "YouTube (yt-dlp)", needs: [] },
  { name: "plex", title: "Plex", keys: "https://support.plex.tv/articles/204059436-finding-an-authentication-token-x-plex-token/", health: true },
  { name: "soulseek", title: "Soulseek (slskd)", keys: "https://github.com/slskd/slskd/blob/master/docs/config.md", health: true },
];

/** What a service lacks, as settings or as names of the environment; null while nobody knows. */
function useNeeds(): { missing: (string[] | null)[]; errors: unknown[]; again: (index: number) => void; busy: boolean[] } {
  const settings = useQuery(registry());
  const asked = services.filter((one) => one.health);
  const checks = useQueries({ queries: asked.map((one) => serviceHealth(one.name)) });
  const checkOf = (one: Service) => checks[asked.indexOf(one)];
  const unset = (key: string) => {
    const row = settings.data?.settings.find((known) => known.key === key);
    return row !== undefined && (row.value === null || row.value === "");
  };
  return {
    missing: services.map((one) => (one.health ? (checkOf(one)?.data?.missing ?? null) : settings.data ? (one.needs ?? []).filter(unset) : null)),
    errors: services.map((one) => checkOf(one)?.error ?? null),
    again: (index) => void checkOf(services[index]!)?.refetch(),
    busy: services.map((one) => checkOf(one)?.isFetching ?? false),
  };
}

function TestButton({ service, ready }: { service: Service; ready: boolean }) {
  const test = useMutation({ mutationFn: () => testProvider(service.name) });
  return (
    <>
      <Button icon={PlugZap} disabled={!ready || test.isPending} aria-label={t("services.test", { name: service.title })} onClick={() => test.mutate()}>{t(test.isPending ? "services.testing" : "services.testShort")}</Button>
      {(test.data || test.error) && (
        <p role="status" className={`flex w-full items-start gap-2 pr-2 pb-1 pl-8 text-sm ${test.data?.ok ? "text-ok" : "text-danger"}`}>
          {test.data?.ok ? <CircleCheck size={16} aria-hidden="true" className="mt-0.5 shrink-0" /> : <CircleX size={16} aria-hidden="true" className="mt-0.5 shrink-0" />}
          <span className="min-w-0 break-words">{test.data ? test.data.message : reason(test.error)}{test.data && test.data.latency_ms > 0 && <span className="text-dim tabular-nums"> · {number(test.data.latency_ms)} ms</span>}</span>
        </p>
      )}
    </>
  );
}

export function Services() {
  const { missing, errors, again, busy } = useNeeds();
  const [, setParameters] = useSearchParams();
  return (
    <section id="services" aria-labelledby="services-title" className="mb-8 scroll-mt-16">
      <h2 id="services-title" className="mb-2 text-lg font-semibold">{t("services.title")}</h2>
      <Card className="divide-y divide-line">
        {services.map((service, index) => {
          const [lacks, error] = [missing[index], errors[index]];
          const ready = lacks?.length === 0;
          const find = (key: string) => setParameters({ q: service.health ? key.toLowerCase().replaceAll("_", " ") : key });
          return (
            <div key={service.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 pr-2 pl-4">
              {ready ? <CircleCheck size={19} aria-hidden="true" className="text-ok" /> : <CircleDashed size={19} aria-hidden="true" className="text-faint" />}
              <div className="min-w-0 flex-1 basis-28">
                <div className="flex flex-wrap items-center gap-2"><span className="font-medium">{service.title}</span>{lacks ? <Badge tone={ready ? "ok" : "neutral"}>{t(service.needs?.length === 0 ? "services.noKey" : ready ? "services.ready" : "services.missing")}</Badge> : !error && <Skeleton className="h-5 w-20" />}</div>
                {error ? <p className="text-sm text-dim">{reason(error)}</p> : null}
                {lacks && lacks.length > 0 && (
                  <p className="text-sm text-dim">
                    {t("services.needs")} {lacks.map((key) => <button key={key} type="button" onClick={() => find(key)} className="mr-2 min-h-8 font-mono text-xs break-all text-accent underline">{key}</button>)}
                  </p>
                )}
              </div>
              {lacks && !ready && service.keys && <a href={service.keys} target="_blank" rel="noreferrer" className="ml-auto flex min-h-10 items-center px-2 text-sm text-accent underline">{t("services.getKey")}</a>}
              {service.health
                ? <IconButton label={t("services.check", { name: service.title })} icon={RotateCw} disabled={busy[index]} onClick={() => again(index)} />
                : <TestButton service={service} ready={ready} />}
            </div>
          );
        })}
      </Card>
    </section>
  );
}
