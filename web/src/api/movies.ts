// Movies, TV and libraries: the same catalogue through its second door, whose replies are enveloped.

import { queryOptions } from "@tanstack/react-query";
import { get, mediaUrl, post, put, type Query } from "./http";
import type { Envelope, Library, LibraryInput, Movie, MovieDetails, Page, Series, SeriesDetails } from "./types";

export type TitleFilter = { search?: string; genre?: string; year?: string; sort: string; order: "asc" | "desc" };
export const titlePageSize = 100;

function listQuery(filter: TitleFilter, page: number): Query {
  return {
    page, limit: titlePageSize, sort: filter.sort, order: filter.order,
    "filter[title][like]": filter.search, "filter[genres][in]": filter.genre, "filter[year][eq]": filter.year,
  };
}

async function listPage<T>(path: string, query: Query, page: number, signal: AbortSignal): Promise<Page<T>> {
  const reply = await get<Envelope<T[]>>(path, query, signal);
  const total = reply.meta.total ?? reply.data.length;
  const size = reply.meta.limit ?? titlePageSize;
  return { items: reply.data, total, page, page_size: size, total_pages: reply.meta.pages ?? Math.max(1, Math.ceil(total / size)) };
}

export const moviePage = (filter: TitleFilter, page: number) =>
  queryOptions({
    queryKey: ["movies", filter, page] as const,
    queryFn: ({ signal }) => listPage<Movie>("/api/v1/movies", listQuery(filter, page), page, signal),
    staleTime: 30_000,
  });

export const seriesPage = (filter: TitleFilter, page: number) =>
  queryOptions({
    queryKey: ["series", filter, page] as const,
    queryFn: ({ signal }) => listPage<Series>("/api/v1/series", listQuery(filter, page), page, signal),
    staleTime: 30_000,
  });

export const recentMovies = (count: number) =>
  queryOptions({
    queryKey: ["movies", "recent", count] as const,
    queryFn: ({ signal }) => listPage<Movie>("/api/v1/movies", { page: 1, limit: count, sort: "created_at", order: "desc" }, 1, signal),
  });

export const foundMovies = (text: string) =>
  queryOptions({
    queryKey: ["movies", "found", text] as const,
    queryFn: ({ signal }) => listPage<Movie>("/api/v1/movies", { limit: 5, "filter[title][like]": text }, 1, signal),
    enabled: text.trim().length >= 2,
    staleTime: 30_000,
  });

export const foundSeries = (text: string) =>
  queryOptions({
    queryKey: ["series", "found", text] as const,
    queryFn: ({ signal }) => listPage<Series>("/api/v1/series", { limit: 5, "filter[title][like]": text }, 1, signal),
    enabled: text.trim().length >= 2,
    staleTime: 30_000,
  });

export const movie = (id: number) =>
  queryOptions({
    queryKey: ["movie", id] as const,
    queryFn: async ({ signal }) => (await get<Envelope<MovieDetails>>(`/api/v1/movies/${id}`, undefined, signal)).data,
  });

export const series = (id: number) =>
  queryOptions({
    queryKey: ["one-series", id] as const,
    queryFn: async ({ signal }) => (await get<Envelope<SeriesDetails>>(`/api/v1/series/${id}`, undefined, signal)).data,
  });

export const libraries = () =>
  queryOptions({
    queryKey: ["libraries"] as const,
    queryFn: async ({ signal }) => (await get<Envelope<Library[]>>("/api/v1/libraries", undefined, signal)).data,
  });

export const updateMovie = async (id: number, change: Record<string, unknown>) =>
  (await put<Envelope<Movie>>(`/api/v1/movies/${id}`, change)).data;

export const addLibrary = async (input: LibraryInput) => (await post<Envelope<Library>>("/api/v1/libraries", input)).data;

export const scanLibrary = async (id: number) =>
  (await post<Envelope<{ job_id: string | number }>>(`/api/v1/libraries/${id}/scan`, {})).data;

export const posterUrl = (kind: "movies" | "series", id: number) => mediaUrl(`/api/v1/${kind}/${id}/poster`);
export const artworkUrl = (address: string) => mediaUrl(address);
