// The areas of the page: one row each, read by the rail, the bottom bar, the palette and the key map.

import { Activity, Clapperboard, Cog, Download, Film, FolderOpen, Home, Import, Music, Music2, Tv, Users, Video, type LucideIcon } from "lucide-react";
import type { Word } from "../i18n";

export type Area = { path: string; word: Word; icon: LucideIcon; phone?: boolean; also?: string };

export const areas: Area[] = [
  { path: "/app", word: "nav.home", icon: Home, phone: true },
  { path: "/app/movies", word: "nav.movies", icon: Film, phone: true },
  { path: "/app/tv", word: "nav.tv", icon: Tv },
  { path: "/app/videos", word: "nav.videos", icon: Music2, phone: true },
  { path: "/app/music", word: "nav.music", icon: Music },
  { path: "/app/scenes", word: "nav.scenes", icon: Clapperboard },
  { path: "/app/people", word: "nav.people", icon: Users },
  { path: "/app/import", word: "nav.import", icon: Import, also: "/app/scan" },
  { path: "/app/downloads", word: "nav.downloads", icon: Download },
  { path: "/app/encodes", word: "nav.encodes", icon: Video },
  { path: "/app/files", word: "nav.files", icon: FolderOpen },
  { path: "/app/activity", word: "nav.activity", icon: Activity, phone: true },
  { path: "/app/settings", word: "nav.settings", icon: Cog },
];

export const isCurrent = (area: Area, path: string) =>
  area.path === "/app" ? path === "/app" : path === area.path || path.startsWith(`${area.path}/`) || path === area.also;
