// Which outside services are set up, as the settings say; and what to say where one is not.

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Link } from "react-router";
import { ApiError } from "../../api/failure";
import { registry } from "../../api/settings";
import { t } from "../../i18n";
import { Failure } from "../../ui/basics";

export type Service = "imvdb" | "discogs" | "spotify";

export const serviceNames: Record<string, string> = { imvdb: "IMVDb", discogs: "Discogs", discogs_master: "Discogs", discogs_release: "Discogs", spotify: "Spotify", youtube: "YouTube", musicbrainz: "MusicBrainz" };
const keysOf: Record<Service, string[]> = {
  imvdb: ["apis.imvdb.auth.app_key"],
  discogs: ["apis.discogs.auth.api_key", "apis.discogs.auth.api_secret"],
  spotify: ["apis.spotify.auth.client_id", "apis.spotify.auth.client_secret"],
};

/** The settings that a service lacks; none while nobody knows. */
export function useMissing(): (service: Service) => string[] {
  const { data } = useQuery(registry());
  return (service) => {
    if (!data) return [];
    const empty = (key: string) => {
      const row = data.settings.find((one) => one.key === key);
      return row !== undefined && (row.value === null || row.value === "");
    };
    return keysOf[service].filter(empty);
  };
}

export const isService = (name: string): name is Service => name in keysOf;

/** "IMVDb is not set up. It needs ...", each setting a link to its place. */
export function NotConfigured({ service }: { service: Service }) {
  return (
    <div role="note" className="flex items-start gap-3 rounded-xl border border-line bg-surface p-4 text-sm">
      <KeyRound size={18} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium">{t("services.notSetUp", { name: serviceNames[service]! })}</p>
        <p className="mt-0.5 text-dim">{t("services.needs")} {keysOf[service].map((key) => <Link key={key} to={`/app/settings?q=${encodeURIComponent(key)}`} className="mr-2 inline-flex min-h-8 items-center font-mono text-xs break-all text-accent underline">{key}</Link>)}</p>
      </div>
    </div>
  );
}

/** A failure of a service: the setting that is missing, else the server's own words. */
export function ServiceFailure({ error, service, retry }: { error: unknown; service: Service; retry: () => void }) {
  const missing = useMissing()(service);
  const unset = error instanceof ApiError && error.status === 503 && (missing.length > 0 || /not configured/i.test(error.message));
  return unset ? <NotConfigured service={service} /> : <Failure error={error} retry={retry} />;
}
