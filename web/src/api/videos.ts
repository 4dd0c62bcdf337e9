// Music videos: list, one, tags, search.

import { queryOptions } from "@tanstack/react-query";
import { get, mediaUrl, patch, post, remove } from "./http";
import type { Artist, Facets, Job, Page, SavedSearch, StatusHistory, Suggestions, Tag, Video, VideoEnrichment, VideoStatus, VideoUpdate } from "./types";

export type VideoFilter = {
  search?: string; genre?: string[]; year?: string[]; tag_name?: string[]; director?: string; status?: string; artist?: string;
  sort_by: string; sort_order: "asc" | "desc";
};

/** The largest page the server gives; also the unit in which the list is cached. */
export const videoPageSize = 100;

export const videoPage = (filter: VideoFilter, page: number) =>
  queryOptions({
    queryKey: ["videos", filter, page] as const,
    queryFn: ({ signal }) => get<Page<Video>>("/videos", { ...filter, page, page_size: videoPageSize }, signal),
    staleTime: 30_000,
  });

export const recentVideos = (count: number) =>
  queryOptions({
    queryKey: ["videos", "recent", count] as const,
    queryFn: ({ signal }) => get<Page<Video>>("/videos", { sort_by: "created_at", sort_order: "desc", page_size: count }, signal),
  });

export const video = (id: number) =>
  queryOptions({
    queryKey: ["video", id] as const,
    queryFn: ({ signal }) => get<Video>(`/videos/${id}`, { include_deleted: true }, signal),
  });

export const videoHistory = (id: number) =>
  queryOptions({
    queryKey: ["video", id, "history"] as const,
    queryFn: ({ signal }) => get<StatusHistory[]>(`/videos/${id}/status-history`, undefined, signal),
  });

export const videoJobs = (id: number) =>
  queryOptions({
    queryKey: ["video", id, "jobs"] as const,
    queryFn: ({ signal }) => get<Job[]>(`/videos/${id}/jobs`, { include_completed: true }, signal),
  });

export const facets = () =>
  queryOptions({
    queryKey: ["facets"] as const,
    queryFn: ({ signal }) => get<Facets>("/search/facets", undefined, signal),
    staleTime: 30_000,
  });

export const suggestions = (text: string) =>
  queryOptions({
    queryKey: ["suggestions", text] as const,
    queryFn: ({ signal }) => get<Suggestions>("/search/suggestions", { q: text, limit: 5 }, signal),
    enabled: text.trim().length >= 2,
    staleTime: 30_000,
  });

export const foundVideos = (text: string) =>
  queryOptions({
    queryKey: ["videos", "found", text] as const,
    queryFn: ({ signal }) => get<Page<Video>>("/search", { q: text, page_size: 5 }, signal),
    enabled: text.trim().length >= 1,
    staleTime: 30_000,
  });

export const foundArtists = (text: string) =>
  queryOptions({
    queryKey: ["artists", text] as const,
    queryFn: ({ signal }) => get<Page<Artist>>("/artists", { name: text, page_size: 5 }, signal),
    enabled: text.trim().length >= 2,
    staleTime: 30_000,
  });

export const artistPage = (name: string, page: number) =>
  queryOptions({
    queryKey: ["artists", "page", name, page] as const,
    queryFn: ({ signal }) => get<Page<Artist>>("/artists", { name, page, page_size: 100 }, signal),
    staleTime: 30_000,
  });

export const tagsLike = (text: string) =>
  queryOptions({
    queryKey: ["tags", text] as const,
    queryFn: ({ signal }) => get<Page<Tag>>("/tags", { name: text, order_by: "usage_count", page_size: 8 }, signal),
    staleTime: 30_000,
  });

export const savedSearches = () =>
  queryOptions({
    queryKey: ["saved-searches"] as const,
    queryFn: ({ signal }) => get<{ items: SavedSearch[]; total: number }>("/search/saved", undefined, signal),
    staleTime: 60_000,
    retry: false,
  });

/** The page's own address is what is saved, so opening one is following a link. */
export const saveSearch = (name: string, address: string) => post<SavedSearch>("/search/saved", { name, query: { address } });
export const deleteSavedSearch = (id: number) => remove(`/search/saved/${id}`);

export const updateVideo = (id: number, change: VideoUpdate) => patch<Video>(`/videos/${id}`, change);
export const deleteVideo = (id: number) => remove(`/videos/${id}`);
export const restoreVideo = (id: number) => post<Video>(`/videos/${id}/restore`);
export const setVideoStatus = (id: number, status: VideoStatus) => patch<Video>(`/videos/${id}/status`, { status });
export const refreshVideo = (id: number) => post<unknown>(`/videos/${id}/refresh`, undefined, { regenerate_thumbnail: true });
export const downloadVideo = (id: number) => post<Job>(`/videos/${id}/download`);
export const enrichVideo = (id: number, known: { isrc: string | null; title: string | null; artist: string | null }) => post<VideoEnrichment>(`/videos/${id}/enrich/musicbrainz`, known);
export const fillImvdbAddress = (id: number) => post<{ total_found: number; updated: number; failed: number }>("/videos/backfill-imvdb-urls", undefined, { video_id: id });
export const addTags = (id: number, tags: string[]) => post<Tag[]>(`/tags/videos/${id}/add`, { tags });
export const removeTag = (id: number, tagId: number) => remove(`/videos/${id}/tags/${tagId}`);

/** Widths are rounded up to a few steps so that the server and the browser can cache them. */
export function thumbnailUrl(id: number, widthPixels: number, version?: string): string {
  const width = [320, 640, 1280].find((step) => step >= widthPixels) ?? 1280;
  return mediaUrl(`/videos/${id}/thumbnail`, { width, t: version });
}

export const streamUrl = (id: number) => mediaUrl(`/videos/${id}/stream`);
