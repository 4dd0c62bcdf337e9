// The outside services: whether each has what it needs, and which setting is missing when it has not.

import { useQueries } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, RotateCw } from "lucide-react";
import { useSearchParams } from "react-router";
import { serviceHealth } from "../../api/settings";
import { t } from "../../i18n";
import { Badge, Card, IconButton, reason, Skeleton } from "../../ui/basics";

const services = [
  { name: "spotify", title: "Spotify", keys: "https://developer.spotify.com/dashboard" },
  { name: "plex", title: "Plex", keys: "https://support.plex.tv/articles/204059436-finding-an-authentication-token-x-plex-token/" },
  { name: "soulseek", title: "Soulseek (slskd)", keys: "https://github.com/slskd/slskd/blob/master/docs/config.md" },
] as const;

export function Services() {
  const checks = useQueries({ queries: services.map((one) => serviceHealth(one.name)) });
  const [, setParameters] = useSearchParams();
  return (
    <section id="services" aria-labelledby="services-title" className="mb-8 scroll-mt-16">
      <h2 id="services-title" className="mb-2 text-lg font-semibold">{t("services.title")}</h2>
      <Card className="divide-y divide-line">
        {services.map((service, index) => {
          const { data, error, isFetching, refetch } = checks[index]!;
          const ready = data?.status === "ok";
          const missing = data?.missing ?? [];
          return (
            <div key={service.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 pr-2 pl-4">
              {ready ? <CircleCheck size={19} aria-hidden="true" className="text-ok" /> : <CircleDashed size={19} aria-hidden="true" className="text-faint" />}
              <div className="min-w-0 flex-1 basis-48">
                <div className="flex flex-wrap items-center gap-2"><span className="font-medium">{service.title}</span>{data ? <Badge tone={ready ? "ok" : "neutral"}>{t(ready ? "services.ready" : "services.missing")}</Badge> : !error && <Skeleton className="h-5 w-20" />}</div>
                {error && <p className="text-sm text-dim">{reason(error)}</p>}
                {missing.length > 0 && (
                  <p className="text-sm text-dim">
                    {t("services.needs")} {missing.map((key) => <button key={key} type="button" onClick={() => setParameters({ q: key.toLowerCase().replaceAll("_", " ") })} className="mr-2 min-h-8 font-mono text-xs text-accent underline">{key}</button>)}
                  </p>
                )}
              </div>
              {!ready && data && <a href={service.keys} target="_blank" rel="noreferrer" className="flex min-h-10 items-center px-2 text-sm text-accent underline">{t("services.getKey")}</a>}
              <IconButton label={t("services.check", { name: service.title })} icon={RotateCw} disabled={isFetching} onClick={() => void refetch()} />
            </div>
          );
        })}
      </Card>
    </section>
  );
}
