// The ways in: from the outside services and from a folder.

import { ChevronRight, Disc3, FolderSearch, ListMusic, Search, type LucideIcon } from "lucide-react";
import { Link } from "react-router";
import { t, type Word } from "../../i18n";
import { PageHead } from "../../ui/basics";
import { NotConfigured, useMissing, type Service } from "./services";

const ways: { to: string; icon: LucideIcon; title: Word; text: Word; needs?: Service }[] = [
  { to: "/app/import/search", icon: Search, title: "import.search", text: "import.searchText" },
  { to: "/app/import/artist", icon: Disc3, title: "import.artist", text: "import.artistText", needs: "imvdb" },
  { to: "/app/import/playlist", icon: ListMusic, title: "import.playlist", text: "import.playlistText", needs: "spotify" },
  { to: "/app/scan", icon: FolderSearch, title: "scan.title", text: "import.folderText" },
];

export default function ImportPage() {
  const missing = useMissing();
  const unset = (["imvdb", "spotify", "discogs"] as const).filter((service) => missing(service).length > 0);
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={t("nav.import")} />
      <p className="mb-5 max-w-2xl text-dim">{t("import.intro")}</p>
      <ul className="grid gap-3 sm:grid-cols-2">
        {ways.map((way) => (
          <li key={way.to} className="min-w-0">
            <Link to={way.to} className="group flex h-full items-start gap-4 rounded-xl border border-line bg-surface p-5 hover:border-line-strong">
              <span className="grid size-11 shrink-0 place-items-center rounded-xl bg-accent-soft text-accent"><way.icon size={22} aria-hidden="true" /></span>
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{t(way.title)}</span>
                <span className="mt-0.5 block text-sm text-dim">{t(way.text)}</span>
                {way.needs && missing(way.needs).length > 0 && <span className="mt-1.5 block text-sm text-warn">{t("import.needsKey")}</span>}
              </span>
              <ChevronRight size={18} aria-hidden="true" className="mt-3 shrink-0 text-faint group-hover:text-ink" />
            </Link>
          </li>
        ))}
      </ul>
      {unset.length > 0 && (
        <section aria-labelledby="services-unset" className="mt-8">
          <h2 id="services-unset" className="mb-2 font-semibold">{t("import.services")}</h2>
          <div className="grid gap-2">{unset.map((service) => <NotConfigured key={service} service={service} />)}</div>
        </section>
      )}
    </div>
  );
}
