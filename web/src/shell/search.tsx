// Search over every kind at once, as one types; results are grouped by kind, titles that begin with the
// typed text first.

import { useQuery } from "@tanstack/react-query";
import { Film, Tv, User } from "lucide-react";
import { foundMovies, foundSeries, posterUrl } from "../api/movies";
import { foundArtists, foundVideos, suggestions, thumbnailUrl } from "../api/videos";
import { t } from "../i18n";
import type { Option } from "../ui/combobox";
import { Picture } from "../ui/picture";

const small = "size-9 shrink-0 rounded-md";

function bestFirst<T>(items: T[], text: string, titleOf: (item: T) => string | null): T[] {
  const wanted = text.toLowerCase();
  const rank = (item: T) => {
    const title = (titleOf(item) ?? "").toLowerCase();
    return title === wanted ? 0 : title.startsWith(wanted) ? 1 : title.includes(wanted) ? 2 : 3;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

export function useSearchOptions(text: string, go: (path: string) => void): { options: Option[]; busy: boolean } {
  const videos = useQuery(foundVideos(text));
  const titles = useQuery(suggestions(text));
  const artists = useQuery(foundArtists(text));
  const movies = useQuery(foundMovies(text));
  const shows = useQuery(foundSeries(text));
  if (!text) return { options: [], busy: false };

  const videoOptions = bestFirst(videos.data?.items ?? [], text, (one) => one.title).map((one) => ({
    id: `video-${one.id}`, group: t("nav.videos"), label: `${one.title ?? t("video.untitled")}${one.artist ? ` – ${one.artist}` : ""}`, hint: one.year,
    picture: <Picture url={one.video_file_path ? thumbnailUrl(one.id, 80) : null} seed={String(one.id)} className={small} iconSize={16} />,
    act: () => go(`/app/videos/${one.id}`),
  }));
  // A partial word finds no whole word yet; the suggestions still lead to it.
  const suggested = videoOptions.length > 0 ? [] : (titles.data?.titles ?? []).map((title) => ({
    id: `title-${title}`, group: t("nav.videos"), label: title, act: () => go(`/app/videos?q=${encodeURIComponent(title)}`),
  }));
  const artistOptions = bestFirst(artists.data?.items ?? [], text, (one) => one.name).map((one) => ({
    id: `artist-${one.id}`, group: t("search.artists"), label: one.name, picture: <User size={18} aria-hidden="true" className="text-faint" />,
    act: () => go(`/app/videos?artist=${encodeURIComponent(one.name)}`),
  }));
  const movieOptions = bestFirst(movies.data?.items ?? [], text, (one) => one.title).map((one) => ({
    id: `movie-${one.id}`, group: t("nav.movies"), label: one.title, hint: one.year,
    picture: <Picture url={one.poster_id ? posterUrl("movies", one.id) : null} seed={one.title} className={small} icon={Film} iconSize={16} />,
    act: () => go(`/app/movies/${one.id}`),
  }));
  const showOptions = bestFirst(shows.data?.items ?? [], text, (one) => one.title).map((one) => ({
    id: `series-${one.id}`, group: t("nav.tv"), label: one.title, hint: one.year, picture: <Tv size={18} aria-hidden="true" className="text-faint" />,
    act: () => go(`/app/tv/${one.id}`),
  }));
  return {
    options: [...videoOptions, ...suggested, ...artistOptions, ...movieOptions, ...showOptions],
    busy: videos.isFetching || artists.isFetching,
  };
}
