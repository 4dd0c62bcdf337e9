// Collections of music videos, and the order of the videos in one.

import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, remove } from "./http";
import type { Collection, CollectionInput, Page, Video } from "./types";

export const collectionPageSize = 100;

export const collectionPage = (name: string, page: number) =>
  queryOptions({
    queryKey: ["collections", name, page] as const,
    queryFn: ({ signal }) => get<Page<Collection>>("/collections", { name, page, page_size: collectionPageSize }, signal),
    staleTime: 30_000,
  });

export const collectionsLike = (name: string) =>
  queryOptions({
    queryKey: ["collections", name, "few"] as const,
    queryFn: ({ signal }) => get<Page<Collection>>("/collections", { name, page_size: 8 }, signal),
    staleTime: 30_000,
  });

/** The first few, for its picture. */
export const collectionFaces = (id: number) =>
  queryOptions({
    queryKey: ["collection", id, "faces"] as const,
    queryFn: ({ signal }) => get<Page<Video>>(`/collections/${id}/videos`, { page_size: 4 }, signal),
    staleTime: 60_000,
  });

export const collection = (id: number) =>
  queryOptions({ queryKey: ["collection", id] as const, queryFn: ({ signal }) => get<Collection>(`/collections/${id}`, undefined, signal) });

/** All of them in their order: whoever puts one in another place needs to see the rest. */
export const collectionVideos = (id: number) =>
  queryOptions({
    queryKey: ["collection", id, "videos"] as const,
    queryFn: async ({ signal }) => {
      const videos: Video[] = [];
      for (let page = 1; ; page += 1) {
        const reply = await get<Page<Video>>(`/collections/${id}/videos`, { page, page_size: 100 }, signal);
        videos.push(...reply.items);
        if (page >= reply.total_pages) return videos;
      }
    },
  });

export const addCollection = (input: CollectionInput) => post<Collection>("/collections", input);
export const updateCollection = (id: number, change: Partial<CollectionInput>) => patch<Collection>(`/collections/${id}`, change);
export const deleteCollection = (id: number) => remove(`/collections/${id}`);
export const removeFromCollection = (id: number, videoId: number) => remove(`/collections/${id}/videos/${videoId}`);
/** Adds the video, or moves it when it is in the collection already. */
export const placeInCollection = (id: number, videoId: number, position?: number) => post<void>(`/collections/${id}/videos/${videoId}`, undefined, { position });
