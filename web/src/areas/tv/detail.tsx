// One show: its seasons, each a list of episodes.

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, SearchX } from "lucide-react";
import { useNavigate, useParams } from "react-router";
import { ApiError } from "../../api/failure";
import { series as seriesQuery } from "../../api/movies";
import type { Season, SeriesDetails } from "../../api/types";
import { t, tCount, tData } from "../../i18n";
import { bytes, date, minutes, number } from "../../lib/format";
import { Badge, Button, ButtonLink, Card, Empty, Failure, Skeleton } from "../../ui/basics";
import { Facts } from "../../ui/facts";
import { CopyButton, Raw } from "../../ui/raw";
import { Tabs } from "../../ui/tabs";
import { TitleHero } from "../titles/hero";

function SeasonList({ season, open }: { season: Season; open: boolean }) {
  const name = season.title ?? (season.season_number === 0 ? t("tv.specials") : t("tv.season", { number: season.season_number }));
  return (
    <Card>
      <details open={open} className="group">
        <summary className="flex min-h-14 list-none items-center gap-3 px-4">
          <span className="text-faint transition-transform duration-100 group-open:rotate-90" aria-hidden="true">›</span>
          <h2 className="font-semibold">{name}</h2>
          <span className="ml-auto text-sm text-dim">{tCount("tv.episodes", season.episodes.length)}</span>
        </summary>
        <ol className="divide-y divide-line border-t border-line">
          {season.episodes.map((episode) => (
            <li key={episode.id} className="flex gap-4 px-4 py-3">
              <span className="w-7 shrink-0 pt-0.5 text-right text-faint tabular-nums">{episode.episode_number}</span>
              <div className="min-w-0 flex-1">
                <div className="flex flex-wrap items-baseline gap-x-3">
                  <span className="font-medium">{episode.title ?? t("tv.episode", { number: episode.episode_number })}</span>
                  <span className="text-sm text-faint tabular-nums">{[episode.air_date && date(episode.air_date), episode.runtime && minutes(episode.runtime), episode.file_size && bytes(episode.file_size)].filter(Boolean).join(" · ")}</span>
                </div>
                {episode.plot && <p className="mt-0.5 line-clamp-2 text-sm text-dim">{episode.plot}</p>}
                {!episode.file_path && <Badge tone="warn">{t("tv.noFile")}</Badge>}
              </div>
              {episode.file_path && <CopyButton text={episode.file_path} />}
            </li>
          ))}
        </ol>
      </details>
    </Card>
  );
}

function Overview({ series }: { series: SeriesDetails }) {
  return (
    <div className="grid gap-8 lg:grid-cols-[2fr_1fr]">
      <div className="grid content-start gap-3">
        {series.seasons.map((season, index) => <SeasonList key={season.id} season={season} open={index === 0} />)}
        {series.seasons.length === 0 && <p className="text-dim">{t("tv.noSeasons")}</p>}
      </div>
      <div className="grid content-start gap-6">
        {series.plot && <p className="text-dim">{series.plot}</p>}
        <Facts title={t("title.details")} rows={[
          [t("field.status"), series.status && tData("seriesStatus", series.status)], [t("field.studios"), series.studio], [t("field.genres"), series.genres.join(", ")],
          [t("field.content_rating"), series.content_rating], [t("files.path"), <code key="path" className="font-mono text-xs break-all">{series.directory_path}</code>],
        ]} />
      </div>
    </div>
  );
}

export default function SeriesPage() {
  const id = Number(useParams().id);
  const navigate = useNavigate();
  const { data: series, error, refetch } = useQuery(seriesQuery(id));
  if (error instanceof ApiError && error.status === 404) return <Empty icon={SearchX} title={t("video.gone")} action={<ButtonLink to="/app/tv" look="primary">{t("nav.tv")}</ButtonLink>}>{t("error.notFound")}</Empty>;
  if (error && !series) return <Failure error={error} retry={() => void refetch()} />;
  if (!series) return <div className="grid gap-4 pt-10" aria-hidden="true"><Skeleton className="h-10 w-1/2" /><Skeleton className="h-64" /></div>;
  return (
    <article>
      <TitleHero kind="series" item={series} facts={[series.year, tCount("tv.seasons", series.season_count), tCount("tv.episodes", series.episode_count), series.genres.join(", "), series.rating && `★ ${number(series.rating, 1)}`]} />
      <Button look="quiet" icon={ArrowLeft} onClick={() => navigate(-1)} className="-ml-3">{t("action.back")}</Button>
      <Tabs label={t("tab.label")} tabs={[
        { name: "overview", label: t("tab.episodes"), content: () => <Overview series={series} /> },
        { name: "raw", label: t("tab.raw"), content: () => <Raw value={series} /> },
      ]} />
    </article>
  );
}
