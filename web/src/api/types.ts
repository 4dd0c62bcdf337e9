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
export type SettingType = "string" | "integer" | "number" | "boolean" | "enum" | "path" | "list" | "object" | "cron";
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

export type AddSource = Shapes["AddResult"]["source"];
export type AddResult = Knowing<Shapes["AddResult"], { extra: Record<string, unknown> }>;
export type AddSearch = Knowing<Shapes["AddSearchResponse"], { results: AddResult[]; counts: Record<string, number> }>;
export type AddPreview = Knowing<Shapes["AddPreview"], { data: Record<string, unknown>; extra: Record<string, unknown> }>;
export type YoutubeFacts = Shapes["AddYouTubeMetadata"];
export type Exists = Shapes["AddExists"];
export type ImportMetadata = Record<string, string | number | string[] | null>;
export type ImportInput = Shapes["AddImportRequest"];
export type ImportStarted = Pick<Shapes["AddImportJob"], "job_id">;
export type BatchItem = Shapes["AddBatchPreviewItem"];
export type BatchPreview = Shapes["AddBatchPreview"];
export type SpotifyImport = Shapes["AddSelectedTracksRequest"];
export type MusicBrainzFound = Shapes["MusicBrainzData"];
/** What both look-ups answer in common. */
export type Found = TrackFound | VideoFound;
export type TrackFound = Shapes["TrackEnrich"];
export type VideoFound = Shapes["ArtistVideoEnrich"];
export type ArtistFound = Shapes["AddArtistSearchItem"];
export type ArtistSearch = Shapes["AddArtistSearch"];
export type ArtistVideo = Shapes["AddArtistVideo"];
export type ArtistVideos = Shapes["AddArtistPreview"];
export type ArtistImport = Shapes["AddSelectedVideosRequest"];

/** What MusicBrainz knows of a video in the library. */
export type VideoEnrichment = Shapes["MusicBrainzEnrichResponse"];

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
