// What will be stored of an import, as one text per field: taken from what a service says, edited, and
// turned into the server's metadata.

import type { AddPreview, Found, ImportMetadata } from "../../api/types";
import { t } from "../../i18n";

export const draftFields = ["title", "artist", "album", "year", "director", "genre", "label", "featured"] as const;
export type DraftField = (typeof draftFields)[number];
export type Draft = Record<DraftField, string>;

type Named = { name?: unknown; entity_name?: unknown };

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const namesOf = (value: unknown): string[] => (Array.isArray(value) ? (value as Named[]).map((one) => text(one.name ?? one.entity_name)).filter(Boolean) : []);
const firstOf = (value: unknown): string => (Array.isArray(value) ? text(value[0]) : "");

export const emptyDraft: Draft = { title: "", artist: "", album: "", year: "", director: "", genre: "", label: "", featured: "" };

/** "Artist - Title (Official Video)" in two, without the words that tell nothing. */
export function fromClipTitle(clip: string, channel: string): { artist: string; title: string } {
  const plain = clip.replaceAll(/[([](?:official|lyric|music|hd|4k|hq|remaster|audio|video|full)[^)\]]*[)\]]/gi, "").trim();
  const [artist, title] = plain.split(/\s+[-–—]\s+/, 2);
  return title ? { artist: artist!.trim(), title: title.trim() } : { artist: channel.replace(/\s*(VEVO|- Topic|Official)$/i, "").trim(), title: plain };
}

export function draftOf({ source, data }: AddPreview): Draft {
  if (source === "imvdb") {
    return { ...emptyDraft, title: text(data.song_title), artist: namesOf(data.artists)[0] ?? "", year: text(data.year), director: namesOf(data.directors).join(", "), featured: namesOf(data.featured_artists).join(", ") };
  }
  if (source === "youtube") {
    const video = (data.video ?? {}) as Record<string, unknown>;
    return { ...emptyDraft, ...fromClipTitle(text(video.title), text(video.channel)) };
  }
  const title = text(data.title);
  return { ...emptyDraft, title, album: title, artist: namesOf(data.artists)[0] ?? "", year: text(data.year), genre: firstOf(data.styles) || firstOf(data.genres), label: namesOf(data.labels)[0] ?? "" };
}

export function draftFound(found: Found): Draft {
  return {
    title: found.title, artist: found.artist, album: found.album ?? "", year: text(found.year), director: found.directors ?? "", genre: found.genre ?? "", label: found.label ?? "",
    featured: found.featured_artists ?? "",
  };
}

export function youtubeIdsOf({ source, id, extra }: AddPreview): string[] {
  if (source === "youtube") return [id];
  return Array.isArray(extra.youtube_ids) ? extra.youtube_ids.map(text).filter(Boolean) : [];
}

/** The first problem of each field, in words. */
export function problemsOf(draft: Draft): Partial<Record<DraftField, string>> {
  const problems: Partial<Record<DraftField, string>> = {};
  if (!draft.title.trim()) problems.title = t("edit.titleNeeded");
  if (!draft.artist.trim()) problems.artist = t("import.artistNeeded");
  const year = draft.year.trim();
  if (year && !(/^\d{4}$/.test(year) && Number(year) >= 1900 && Number(year) <= 2100)) problems.year = t("import.yearRange");
  return problems;
}

const orNull = (value: string) => value.trim() || null;
const yearOf = (draft: Draft) => (draft.year.trim() ? Number(draft.year) : null);

/** For one video. */
export function metadataOf(draft: Draft, youtube: string | null, imvdbUrl: string | null): ImportMetadata {
  return {
    title: draft.title.trim(), artist: draft.artist.trim(), album: orNull(draft.album), year: yearOf(draft), director: orNull(draft.director), genre: orNull(draft.genre), label: orNull(draft.label),
    featured_artists: draft.featured.split(",").map((name) => name.trim()).filter(Boolean), youtube_id: youtube, imvdb_url: imvdbUrl,
  };
}

/** For one of a batch, whose keys differ. */
export function batchMetadataOf(draft: Draft, isrc: string | null): ImportMetadata {
  return {
    title: draft.title.trim(), artist: draft.artist.trim(), album: orNull(draft.album), year: yearOf(draft), label: orNull(draft.label), directors: orNull(draft.director), featured_artists: orNull(draft.featured),
    genre: orNull(draft.genre), isrc,
  };
}
