// The import hub: searching the outside services, looking at what they know, and importing what was chosen.

import { queryOptions } from "@tanstack/react-query";
import { get, post } from "./http";
import type {
  AddPreview, AddSearch, AddSource, ArtistImport, ArtistSearch, ArtistVideos, BatchPreview, Exists, ImportInput, ImportStarted, SpotifyImport, TrackFound, VideoFound, YoutubeFacts,
} from "./types";

export const addSearch = (artist: string, title: string, sources: AddSource[]) =>
  queryOptions({
    queryKey: ["add", "search", artist, title, sources] as const,
    queryFn: () => post<AddSearch>("/add/search", { artist, track_title: title, ...(sources.length ? { include_sources: sources } : {}) }),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const addPreview = (source: AddSource, id: string) =>
  queryOptions({
    queryKey: ["add", "preview", source, id] as const,
    queryFn: ({ signal }) => get<AddPreview>(`/add/preview/${source}/${encodeURIComponent(id)}`, undefined, signal),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const youtubeSearch = (artist: string, title: string) =>
  queryOptions({
    queryKey: ["add", "youtube", artist, title] as const,
    queryFn: () => post<AddSearch>("/add/youtube/search", { artist, track_title: title, max_results: 10 }),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const youtubeFacts = (id: string) =>
  queryOptions({
    queryKey: ["add", "youtube-facts", id] as const,
    queryFn: () => post<YoutubeFacts>("/add/youtube/metadata", { youtube_id: id }),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const exists = (imvdbId: string | null, youtubeId: string | null) =>
  queryOptions({
    queryKey: ["add", "exists", imvdbId, youtubeId] as const,
    queryFn: ({ signal }) => get<Exists>("/add/check-exists", { imvdb_id: imvdbId, youtube_id: youtubeId }, signal),
    enabled: Boolean(imvdbId ?? youtubeId),
    retry: false,
  });

export const importOne = (input: ImportInput) => post<ImportStarted>("/add/import", input);

export const previewPlaylist = (playlist: string) => post<BatchPreview>("/add/preview-batch", { mode: "spotify", spotify_playlist_id: playlist });
export const importWholePlaylist = (playlist: string, skipExisting: boolean) =>
  post<ImportStarted>("/add/spotify", { playlist_id: playlist, skip_existing: skipExisting });
export const importTracks = (input: SpotifyImport) => post<ImportStarted>("/add/spotify/import-selected", input);
export const lookUpTrack = (track: { spotify_track_id: string; artist: string; track_title: string; isrc: string | null; album: string | null; artist_genres: string[] | null }) =>
  post<TrackFound>("/add/spotify/enrich-track", track);

export const searchArtist = (name: string) =>
  queryOptions({
    queryKey: ["add", "artist", name] as const,
    queryFn: () => post<ArtistSearch>("/add/search/artist", { artist_name: name }),
    enabled: name !== "",
    staleTime: 5 * 60_000,
    retry: false,
  });
export const artistVideosPage = (id: number, page: number) => get<ArtistVideos>(`/add/artist/preview/${id}`, { page, per_page: 50 });
export const lookUpVideo = (video: { imvdb_id: number; artist: string; track_title: string; year: number | null; thumbnail_url: string | null }) =>
  post<VideoFound>("/add/enrich/imvdb-video", video);
export const importArtist = (input: ArtistImport) => post<ImportStarted>("/add/artist/import", input);
