// The shapes this page reads and writes, one name each: those of the server's OpenAPI (openapi.d.ts, written by
// `npm run types`), with free JSON narrowed where the page knows more, and by hand what no document describes.

import type { components } from "./openapi";

type Shapes = components["schemas"];
/** A shape whose free JSON is known better. */
type Knowing<Shape, Better> = Omit<Shape, keyof Better> & Better;

export type Page<T> = { items: T[]; total: number; page: number; page_size: number; total_pages: number };

export type TokenReply = Shapes["TokenResponse"];

export type VideoStatus = NonNullable<Shapes["Video"]["status"]>;

export type VideoArtist = Shapes["VideoArtist"];
export type VideoTag = Shapes["VideoTag"];

/** A stored one always has these. */
export type Video = Knowing<Shapes["Video"], { id: number; created_at: string; updated_at: string; is_deleted: boolean; status: VideoStatus }>;

export type VideoUpdate = Partial<
  Pick<Video, "title" | "artist" | "album" | "year" | "director" | "genre" | "studio" | "isrc" | "imvdb_video_id" | "imvdb_url" | "youtube_id" | "vimeo_id">
>;

export type Collection = Shapes["Collection"];
export type CollectionInput = { name: string; description: string | null };

/** What became of each video of a change to many. */
export type BulkOutcome = Knowing<Shapes["BulkOperationResult"], { errors: Record<string, string> }>;
export type BulkDownload = Shapes["BulkOperationResponse"];

export type Artist = Shapes["Artist"];
export type Tag = Shapes["Tag"];

export type Facet = Shapes["Facet"];
export type Facets = Shapes["Facets"];
export type Suggestions = Shapes["SearchSuggestions"];
export type SavedSearch = Knowing<Shapes["SavedSearch"], { query: Record<string, unknown> }>;

export type StatusHistory = Shapes["StatusHistoryEntry"];

export type JobStatus = Shapes["Job"]["status"];
export type Job = Knowing<Shapes["Job"], { result: Record<string, unknown> | null; metadata: Record<string, unknown> }>;
export type JobList = { jobs: Job[]; total: number };
export type JobLog = { logs: string[] | null };
export type JobMetrics = {
  total_jobs: number; pending_jobs: number; waiting_jobs: number; running_jobs: number; completed_jobs: number;
  failed_jobs: number; cancelled_jobs: number; timeout_jobs: number; success_rate: number; avg_duration_seconds: number; queue_depth: number;
};
export type Schedule = Knowing<Shapes["ScheduledTask"], { metadata: Record<string, unknown> | null }>;
export type ScheduleInput = { name: string; job_type: string; cron_expression: string; enabled: boolean; metadata?: Record<string, unknown> | null };

export type ScanMode = Shapes["ScanPreview"]["mode"];
export type ScanRequest = Required<Shapes["ScanRequest"]>;
export type ScanPreviewItem = Shapes["ScanPreviewItem"];
export type ScanPreview = Shapes["ScanPreview"];
export type ScanStarted = Shapes["ScanJob"];

export type Safety = "safe" | "requires_reload" | "affects_state";
export type SettingType = "string" | "integer" | "number" | "boolean" | "enum" | "path" | "list" | "object";
export type SettingValue = string | number | boolean | null | SettingValue[] | { [key: string]: SettingValue };
export type Setting = {
  key: string;
  group: string;
  type: SettingType;
  default: SettingValue;
  value: SettingValue;
  source: "default" | "file" | "environment" | "command" | "here";
  safety: Safety;
  secret: boolean;
  /** May be empty. */
  nullable?: boolean;
  /** Set from outside; it cannot be changed here. */
  fixed?: boolean;
  values?: string[];
  minimum?: number;
  maximum?: number;
  help: string;
  environment: string;
};
export type SettingsRegistry = { settings: Setting[] };
export type ConfigUpdated = { updated_fields: string[]; safety_level: Safety; required_actions: RequiredAction[]; message: string };
export type RequiredAction = { action_type: string; target: string | null; description: string };
export type ConfigConflict = {
  detail: string;
  error_type: "config_conflict";
  affected_fields: { path: string; safety_level: Safety; current_value: SettingValue; requested_value: SettingValue }[];
  required_actions: RequiredAction[];
  message: string;
};
export type ConfigHistory = {
  entries: { timestamp: string; description: string; is_current: boolean }[];
  current_index: number; can_undo: boolean; can_redo: boolean;
};
export type UndoRedo = { success: boolean; description: string; timestamp: string };

export type TrashItem = Shapes["TrashItem"];
export type TrashList = Shapes["TrashList"];
export type TrashStats = Shapes["TrashStats"];
export type EmptiedTrash = Shapes["EmptyTrash"];
export type Duplicate = Shapes["Duplicate"];
export type Duplicates = Shapes["DuplicatesResponse"];
export type ResolveOutcome = Shapes["ResolveResponse"];
/** What the job file_duplicate_resolve reports. */
export type DuplicateGroup = {
  primary_video_id: number; primary_title: string | null;
  duplicates: { video_id: number; title: string | null; confidence: number; match_type: Duplicate["match_type"] }[];
};
export type VerifyIssue = Shapes["VerifyIssue"];
export type VerifyReport = Shapes["VerifyReport"];
export type RepairReport = Shapes["RepairReport"];
export type OrganizeOutcome = Shapes["OrganizeResponse"];
export type NfoExport = Shapes["NfoExportResponse"];
export type PlaylistFormat = Shapes["PlaylistExportRequest"]["format"] & string;
export type PlaylistInput = Shapes["PlaylistExportRequest"];
export type PlaylistExport = Shapes["PlaylistExportResponse"];

export type Backup = Shapes["BackupInfo"];
export type BackupList = Shapes["BackupList"];
export type BackupStarted = Shapes["BackupResponse"];
export type BackupCheck = Shapes["BackupVerify"];
export type RestoreStarted = { filename: string; message: string };

export type AddSource = "imvdb" | "discogs_master" | "discogs_release" | "youtube";
export type AddResult = {
  source: AddSource; id: string; title: string; artist: string | null; year: number | null; url: string | null; thumbnail: string | null; extra: Record<string, unknown>;
};
export type AddSearch = { artist: string; track_title: string; results: AddResult[]; skipped: { source: AddSource; reason: string }[]; counts: Record<string, number> };
export type AddPreview = { source: AddSource; id: string; data: Record<string, unknown>; extra: Record<string, unknown> };
export type YoutubeFacts = {
  youtube_id: string; available: boolean; view_count: number | null; duration: number | null; channel: string | null; title: string | null; error: string | null;
};
export type Exists = { exists: boolean; video_id: number | null; title: string | null; artist: string | null };
export type ImportMetadata = Record<string, string | number | string[] | null>;
export type ImportInput = {
  source: AddSource; id: string; youtube_id: string | null; youtube_url: string | null; metadata: ImportMetadata; skip_existing: boolean; auto_download: boolean;
};
export type ImportStarted = { job_id: string };
export type BatchItem = {
  kind: "spotify_track" | "nfo"; title: string; artist: string; album: string | null; year: number | null; label: string | null; isrc: string | null; already_exists: boolean;
  spotify_track_id: string | null; spotify_playlist_id: string | null; spotify_artist_id: string | null; artist_genres: string[] | null; nfo_path: string | null;
};
export type BatchPreview = {
  mode: "spotify" | "nfo"; items: BatchItem[]; total_count: number; existing_count: number; new_count: number; playlist_name: string | null; directory: string | null; extra: Record<string, unknown>;
};
export type SpotifyImport = {
  playlist_id: string; auto_download: boolean;
  tracks: { spotify_track_id: string; metadata: ImportMetadata; imvdb_id: number | null; imvdb_url: string | null; youtube_id: string | null; youtube_url: string | null; thumbnail_url: string | null }[];
};
export type MusicBrainzFound = {
  recording_mbid: string | null; release_mbid: string | null; canonical_title: string | null; canonical_artist: string | null; album: string | null; year: number | null; label: string | null;
  genre: string | null; classified_genre: string | null; all_genres: string[]; match_score: number; match_method: string; confident_match: boolean;
};
/** What both look-ups answer in common. */
export type Found = {
  title: string; artist: string; album: string | null; year: number | null; label: string | null; genre: string | null; directors: string | null; featured_artists: string | null;
  youtube_ids: string[]; thumbnail_url: string | null; already_exists: boolean; existing_video_id: number | null; musicbrainz: MusicBrainzFound;
};
export type TrackFound = Found & { spotify_track_id: string; imvdb: { imvdb_id: number | null; imvdb_url: string | null; match_found: boolean } };
export type VideoFound = Found & { imvdb_id: number; imvdb_url: string | null; enrichment_status: "success" | "partial" | "not_found" };
export type ArtistFound = {
  id: number; name: string | null; slug: string | null; url: string | null; image: string | null; discogs_id: number | null; artist_video_count: number; featured_video_count: number;
  sample_tracks: string[];
};
export type ArtistSearch = { artist_name: string; total_results: number; results: ArtistFound[] };
export type ArtistVideo = {
  id: number; song_title: string | null; year: number | null; url: string | null; thumbnail_url: string | null; production_status: string | null; version_name: string | null;
  already_exists: boolean; existing_video_id: number | null;
};
export type ArtistVideos = {
  entity_id: number; entity_name: string | null; entity_slug: string | null; total_videos: number; current_page: number; per_page: number; total_pages: number; has_more: boolean;
  videos: ArtistVideo[]; existing_count: number; new_count: number;
};
export type ArtistImport = {
  entity_id: number; entity_name: string | null; auto_download: boolean;
  videos: { imvdb_id: number; metadata: ImportMetadata; imvdb_url: string | null; youtube_id: string | null; youtube_url: string | null; thumbnail_url: string | null }[];
};

/** What MusicBrainz knows of a video in the library. */
export type VideoEnrichment = MusicBrainzFound & { release_type: string | null };

export type ProviderTest = Shapes["ProviderTest"];

export type ServiceHealth = { service: string; status: "ok" | "fail"; missing: string[]; optional_missing: string[] };

export type ApiKey = { id: number | string; name: string; created_at?: string | null; last_used_at?: string | null };
export type ApiKeyCreated = ApiKey & { key: string };

/** The movie and TV surface wraps every reply in this envelope. */
export type Envelope<T> = { success: true; data: T; meta: ListMeta };
export type ListMeta = { timestamp: string; page?: number; limit?: number; total?: number; pages?: number; has_next?: boolean; has_prev?: boolean };

export type Identification = "unidentified" | "identified" | "enriched" | "published";
export type Movie = {
  id: number; library_id: number; file_path: string; file_name: string; file_size: number | null;
  title: string; original_title: string | null; sort_title: string | null; tagline: string | null; plot: string | null; outline: string | null;
  year: number | null; release_date: string | null; runtime: number | null; content_rating: string | null; rating: number | null; vote_count: number | null;
  user_rating: number | null; imdb_rating: number | null; tmdb_rating: number | null; tmdb_id: number | null; imdb_id: string | null;
  genres: string[]; directors: string[]; writers: string[]; studios: string[]; countries: string[]; tags: string[];
  poster_id: number | null; fanart_id: number | null; monitored: boolean; identification_status: Identification; completeness: number;
  created_at: string; updated_at: string;
} & { [lock: `${string}_locked`]: boolean };

export type VideoStream = { index: number; codec: string; profile: string | null; width: number; height: number; framerate: number | null; bitrate: number | null; hdr_format?: string | null };
export type AudioStream = { index: number; codec: string; channels: number; channel_layout: string | null; sample_rate: number | null; language: string | null; title: string | null; is_default: boolean };
export type SubtitleStream = { index: number | null; file_path: string | null; codec: string | null; language: string | null; title: string | null; is_forced: boolean; is_external: boolean };
export type Streams = { video: VideoStream[]; audio: AudioStream[]; subtitles: SubtitleStream[] };
export type CastMember = { id: number; actor_id: number; name: string; role: string | null; order: number };
export type CrewMember = { id: number; name: string; job: string };
export type Asset = { id: number; type: string; url: string; file_name: string; file_size: number; width: number; height: number; source_type: string; provider: string | null };

export type MovieDetails = Movie & {
  cast: CastMember[]; crew: CrewMember[]; streams: Streams; assets: Record<string, Asset[]>;
  collection: { id: number; name: string } | null; library: { id: number; name: string };
  provider_urls: Record<string, string | null>;
};

export type Series = {
  id: number; library_id: number; directory_path: string; title: string; original_title: string | null; sort_title: string | null; year: number | null;
  status: string | null; plot: string | null; studio: string | null; content_rating: string | null; rating: number | null; genres: string[];
  poster_id: number | null; season_count: number; episode_count: number; monitored: boolean; identification_status: Identification; completeness: number;
  created_at: string; updated_at: string;
};
export type Episode = {
  id: number; series_id: number; season_number: number; episode_number: number; title: string | null; plot: string | null; air_date: string | null;
  runtime: number | null; file_path: string | null; file_name: string | null; file_size: number | null;
};
export type Season = { id: number; season_number: number; title: string | null; episode_count: number; episodes: Episode[] };
export type SeriesDetails = Series & { seasons: Season[]; cast: CastMember[]; crew: CrewMember[] };

export type Library = {
  id: number; name: string; path: string; type: "movie" | "tv" | "music"; enabled: boolean; description: string | null;
  stats: { total: number; unidentified: number; identified: number; enriched: number; lastScan: string | null };
};
export type LibraryInput = { name: string; path: string; type: Library["type"]; description?: string };

export type ActivityItem = { timestamp: string; type: string; status: string; details?: Record<string, unknown> };
export type ActivityPage = { items: ActivityItem[]; total_count: number };

export type LiveMessage = { event_type: string; timestamp: string; payload: Record<string, unknown> };
