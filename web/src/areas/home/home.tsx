// Where one starts: what was being watched, what is new, what is at work; or, at the very first, what to do.

import { useQueries, useQuery } from "@tanstack/react-query";
import { ArrowRight, Film, FolderSearch, Music2, Play, Settings, Tv, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { jobs } from "../../api/jobs";
import { recentMovies, seriesPage } from "../../api/movies";
import { username } from "../../api/session";
import { recentVideos, video as videoQuery } from "../../api/videos";
import type { Movie, Video } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { clock } from "../../lib/format";
import { resumePoints } from "../../lib/resume";
import { Failure, PageHead, Skeleton } from "../../ui/basics";
import { isActive, JobCard } from "../activity/job-card";
import { Poster } from "../titles/poster-grid";
import { VideoPicture } from "../videos/card";

function Shelf({ title, to, children, wide = true }: { title: string; to?: string; children: ReactNode; wide?: boolean }) {
  return (
    <section className="mb-8">
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold">{title}</h2>
        {to && <Link to={to} className="flex min-h-10 items-center gap-1.5 rounded-lg px-2 text-sm text-accent hover:underline">{t("action.showAll")} <ArrowRight size={15} aria-hidden="true" /></Link>}
      </div>
      <ul className={`scroll-quiet -mx-4 grid snap-x scroll-px-4 md:scroll-px-6 grid-flow-col gap-4 overflow-x-auto px-4 pb-2 md:-mx-6 md:px-6 ${wide ? "auto-cols-[13rem] md:auto-cols-[15rem]" : "auto-cols-[8.5rem] md:auto-cols-[10rem]"}`}>{children}</ul>
    </section>
  );
}

function VideoTile({ video, progress }: { video: Video; progress?: { seconds: number; duration: number } }) {
  return (
    <li className="min-w-0 snap-start">
      <Link to={`/app/videos/${video.id}${progress ? "?play=1" : ""}`} className="group block rounded-xl">
        <div className="relative overflow-hidden rounded-xl">
          <VideoPicture video={video} width={480} className="aspect-video" eager />
          <span aria-hidden="true" className="absolute inset-0 grid place-items-center bg-black/35 text-white opacity-0 transition-opacity duration-100 group-hover:opacity-100">{progress && <Play size={30} fill="currentColor" />}</span>
          {progress
            ? <span className="absolute inset-x-0 bottom-0 h-1 bg-black/60"><span className="block h-full bg-accent" style={{ width: `${(progress.seconds / progress.duration) * 100}%` }} /></span>
            : video.duration !== null && <span className="absolute right-1.5 bottom-1.5 rounded-md bg-black/75 px-1.5 py-0.5 text-xs text-white tabular-nums">{clock(video.duration)}</span>}
        </div>
        <div className="mt-2 truncate text-sm font-medium">{video.title ?? t("video.untitled")}</div>
        <div className="truncate text-sm text-dim">{progress ? t("home.left", { time: clock(progress.duration - progress.seconds) }) : (video.artist ?? t("video.unknownArtist"))}</div>
      </Link>
    </li>
  );
}

const MovieTile = ({ movie }: { movie: Movie }) => (
  <li className="min-w-0 snap-start">
    <Link to={`/app/movies/${movie.id}`} className="block rounded-xl">
      <Poster kind="movies" item={movie} className="aspect-2/3 rounded-xl" />
      <div className="mt-2 truncate text-sm font-medium">{movie.title}</div>
      <div className="text-sm text-dim tabular-nums">{movie.year}</div>
    </Link>
  </li>
);

function ContinueWatching() {
  const [points] = useState(() => resumePoints().slice(0, 8));
  const found = useQueries({ queries: points.map((point) => videoQuery(point.id)) });
  const tiles = points.flatMap((point, index) => {
    const video = found[index]?.data;
    return video && !video.is_deleted ? [<VideoTile key={point.id} video={video} progress={point} />] : [];
  });
  return tiles.length > 0 ? <Shelf title={t("home.continue")}>{tiles}</Shelf> : null;
}

const firstSteps: { icon: LucideIcon; title: Word; text: Word; to: string }[] = [
  { icon: Music2, title: "first.videos", text: "first.videosText", to: "/app/scan" },
  { icon: Film, title: "first.movies", text: "first.moviesText", to: "/app/scan?kind=movie" },
  { icon: Tv, title: "first.tv", text: "first.tvText", to: "/app/scan?kind=tv" },
  { icon: Settings, title: "first.settings", text: "first.settingsText", to: "/app/settings" },
];

function FirstSteps() {
  return (
    <section aria-labelledby="first-title" className="mx-auto max-w-3xl py-6">
      <div className="mb-8 text-center">
        <span className="mx-auto mb-4 grid size-16 place-items-center rounded-2xl bg-accent-soft text-accent"><FolderSearch size={30} aria-hidden="true" /></span>
        <h2 id="first-title" className="text-xl font-semibold">{t("first.title")}</h2>
        <p className="mx-auto mt-2 max-w-md text-dim">{t("first.text")}</p>
      </div>
      <ul className="grid gap-3 sm:grid-cols-2">
        {firstSteps.map((step) => (
          <li key={step.title}>
            <Link to={step.to} className="flex h-full gap-4 rounded-xl border border-line bg-surface p-5 hover:border-accent">
              <step.icon size={24} aria-hidden="true" className="mt-0.5 shrink-0 text-accent" />
              <span><span className="block font-medium">{t(step.title)}</span><span className="mt-1 block text-sm text-dim">{t(step.text)}</span></span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function HomePage() {
  const videos = useQuery(recentVideos(12));
  const movies = useQuery(recentMovies(14));
  const shows = useQuery(seriesPage({ sort: "title", order: "asc" }, 1));
  const work = useQuery(jobs());
  const active = (work.data?.jobs ?? []).filter(isActive).slice(0, 3);
  const nothing = videos.data?.total === 0 && (movies.data?.total ?? 0) === 0 && (shows.data?.total ?? 0) === 0 && !movies.isPending && !shows.isPending;
  if (videos.error && !videos.data) return <Failure error={videos.error} retry={() => void videos.refetch()} />;
  const counts = [videos.data?.total && tCount("videos.count", videos.data.total), movies.data?.total && tCount("movies.count", movies.data.total), shows.data?.total && tCount("tv.count", shows.data.total)].filter(Boolean);
  return (
    <>
      <PageHead title={t("home.hello", { name: username() })} note={counts.join(" · ")} />
      {active.length > 0 && (
        <section aria-label={t("activity.now")} className="mb-8 grid gap-3">{active.map((job) => <JobCard key={job.id} job={job} />)}</section>
      )}
      {nothing && <FirstSteps />}
      <ContinueWatching />
      {!videos.data && <div className="grid grid-cols-2 gap-4 md:grid-cols-4" aria-hidden="true">{[0, 1, 2, 3].map((one) => <Skeleton key={one} className="aspect-video rounded-xl" />)}</div>}
      {videos.data && videos.data.total > 0 && (
        <Shelf title={t("home.newVideos")} to="/app/videos?sort=created_at&order=desc">{videos.data.items.map((one) => <VideoTile key={one.id} video={one} />)}</Shelf>
      )}
      {movies.data && movies.data.total > 0 && (
        <Shelf title={t("home.newMovies")} to="/app/movies?sort=created_at&order=desc" wide={false}>{movies.data.items.map((one) => <MovieTile key={one.id} movie={one} />)}</Shelf>
      )}
    </>
  );
}
