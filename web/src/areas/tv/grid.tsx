import { FolderSearch, Tv } from "lucide-react";
import { seriesPage } from "../../api/movies";
import type { Series } from "../../api/types";
import { t } from "../../i18n";
import { ButtonLink } from "../../ui/basics";
import { PosterPage } from "../titles/poster-grid";

export default function TvPage() {
  const add = (look: "plain" | "primary") => <ButtonLink to="/app/scan?kind=tv" look={look} icon={FolderSearch}>{t(look === "plain" ? "scan.short" : "scan.title")}</ButtonLink>;
  return (
    <PosterPage<Series>
      kind="series" base="/app/tv" title={t("nav.tv")} find={t("tv.find")} pageOf={seriesPage} emptyIcon={Tv} emptyTitle={t("tv.empty")}
      emptyText={t("tv.emptyHint")} emptyAction={add("primary")} actions={add("plain")}
    />
  );
}
