import { Film, FolderSearch } from "lucide-react";
import { moviePage } from "../../api/movies";
import type { Movie } from "../../api/types";
import { t } from "../../i18n";
import { ButtonLink } from "../../ui/basics";
import { PosterPage } from "../titles/poster-grid";

export default function MoviesPage() {
  const add = (look: "plain" | "primary") => <ButtonLink to="/app/scan?kind=movie" look={look} icon={FolderSearch}>{t(look === "plain" ? "scan.short" : "scan.title")}</ButtonLink>;
  return (
    <PosterPage<Movie>
      kind="movies" base="/app/movies" title={t("nav.movies")} find={t("movies.find")} pageOf={moviePage} emptyIcon={Film} emptyTitle={t("movies.empty")}
      emptyText={t("movies.emptyHint")} emptyAction={add("primary")} actions={add("plain")}
    />
  );
}
