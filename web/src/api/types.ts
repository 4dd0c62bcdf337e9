// The shapes this page reads and writes, one name each. They mirror the server's contracts by hand until
// `npm run types` has written openapi.d.ts; then each becomes an alias of its OpenAPI component and no
// other file changes, because nothing else in the page spells a reply's shape.

export type Page<T> = { items: T[]; total: number; page: number; page_size: number; total_pages: number };

export type TokenReply = { access_token: string; token_type: string; expires_in: number };

export type VideoStatus =
  | "discovered" | "queued" | "downloading" | "downloaded" | "imported" | "organized" | "missing" | "failed" | "archived";

export type VideoArtist = { id: number; name: string; role: "primary" | "featured"; position: number };
export type VideoTag = { id: number; name: string; source: "manual" | "auto" };

export type Video = {
  id: number;
  title: string | null;
  artist: string | null;
  album: string | null;
  year: number | null;
  director: string | null;
  genre: string | null;
  studio: string | null;
  isrc: string | null;
  created_at: string;
  updated_at: string;
  is_deleted: boolean;
  deleted_at: string | null;
  status: VideoStatus;
  status_changed_at: string | null;
  status_message: string | null;
  imvdb_video_id: string | null;
  imvdb_url: string | null;
  youtube_id: string | null;
  vimeo_id: string | null;
  video_file_path: string | null;
  video_file_path_relative: string | null;
  nfo_file_path: string | null;
  nfo_file_path_relative: string | null;
  file_size: number | null;
  file_checksum: string | null;
  duration: number | null;
  width: number | null;
  height: number | null;
  video_codec: string | null;
  audio_codec: string | null;
  container_format: string | null;
  bitrate: number | null;
  frame_rate: number | null;
  audio_channels: number | null;
  audio_sample_rate: number | null;
  aspect_ratio: string | null;
  download_source: string | null;
  last_download_error: string | null;
  artists: VideoArtist[];
  collections: { id: number; name: string; position: number | null }[];
  tags: VideoTag[];
};

export type VideoUpdate = Partial<
  Pick<Video, "title" | "artist" | "album" | "year" | "director" | "genre" | "studio" | "isrc" | "imvdb_video_id" | "imvdb_url" | "youtube_id" | "vimeo_id">
>;

export type Collection = { id: number; name: string; description: string | null; created_at: string; updated_at: string; is_deleted: boolean; video_count: number | null };
export type CollectionInput = { name: string; description: string | null };

/** What became of each video of a change to many. */
export type BulkOutcome = {
  success_ids: number[]; failed_ids: number[]; errors: Record<string, string>; file_errors: string[]; total: number; success_count: number; failed_count: number;
};
export type BulkDownload = { submitted: number; skipped: number; job_ids: string[]; details: { skipped_videos: { video_id: number; reason: string }[] } | null };

export type Artist = { id: number; name: string; biography: string | null; image_url: string | null; video_count: number | null };
export type Tag = { id: number; name: string; normalized_name: string; created_at: string; usage_count: number };

export type Facet = { value: string; count: number };
export type Facets = { tags: Facet[]; genres: Facet[]; years: Facet[]; directors: Facet[]; total_videos: number };
export type Suggestions = { titles: string[]; artists: string[]; albums: string[] };
export type SavedSearch = { id: number; name: string; description: string | null; query: Record<string, unknown>; created_at: string };

export type StatusHistory = {
  id: number; video_id: number; old_status: string | null; new_status: string; reason: string | null; changed_at: string;
};

export type JobStatus = "pending" | "waiting" | "running" | "completed" | "failed" | "cancelled" | "timeout";
export type Job = {
  id: string;
  type: string;
  status: JobStatus;
  progress: number;
  current_step: string;
  total_items: number;
  processed_items: number;
  result: Record<string, unknown> | null;
  error: string | null;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  metadata: Record<string, unknown>;
};
export type JobList = { jobs: Job[]; total: number };
export type JobLog = { logs: string[] | null };
export type JobMetrics = {
  total_jobs: number; pending_jobs: number; waiting_jobs: number; running_jobs: number; completed_jobs: number;
  failed_jobs: number; cancelled_jobs: number; timeout_jobs: number; success_rate: number; avg_duration_seconds: number; queue_depth: number;
};
export type Schedule = {
  id: number; name: string; job_type: string; cron_expression: string; enabled: boolean; metadata: Record<string, unknown> | null;
  last_run_at: string | null; next_run_at: string | null; last_status: string | null; last_error: string | null; run_count: number;
  created_at: string; updated_at: string;
};
export type ScheduleInput = { name: string; job_type: string; cron_expression: string; enabled: boolean; metadata?: Record<string, unknown> | null };

export type ScanMode = "full" | "discovery";
export type ScanRequest = { directory: string; mode: ScanMode; recursive: boolean; skip_existing: boolean; update_file_paths: boolean };
export type ScanPreviewItem = { nfo_path: string; title: string; artist: string; album: string | null; year: number | null; already_exists: boolean };
export type ScanPreview = {
  directory: string; total_nfo_files: number; musicvideo_nfos: number; would_import: number; would_skip: number;
  /** Videos that will be read from their names. */
  videos_without_nfo?: number;
  items: ScanPreviewItem[]; mode: ScanMode;
};
export type ScanStarted = { job_id: string; message: string; directory: string; mode: ScanMode; initial_status: string };

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

export type TrashItem = { video_id: number; title: string | null; artist: string | null; deleted_at: string | null; trash_path: string | null; file_size: number | null };
export type TrashList = { items: TrashItem[]; total: number; page: number; page_size: number };
export type TrashStats = { total_count: number; total_size_bytes: number };
export type EmptiedTrash = { deleted_count: number; errors: string[] };
export type DeleteOutcome = { video_id: number; deleted: boolean; hard_delete: boolean; trash_path: string | null };
export type Duplicate = {
  video_id: number; match_type: "hash" | "metadata" | "both"; confidence: number; title: string | null; artist: string | null; file_path: string | null; file_hash: string | null;
};
export type Duplicates = { video_id: number; duplicates: Duplicate[]; total: number };
export type ResolveOutcome = { kept_video_id: number; removed_count: number; removed_video_ids: number[] };
/** What the job file_duplicate_resolve reports. */
export type DuplicateGroup = {
  primary_video_id: number; primary_title: string | null;
  duplicates: { video_id: number; title: string | null; confidence: number; match_type: Duplicate["match_type"] }[];
};
export type VerifyIssue = { issue_type: string; video_id: number | null; path: string | null; message: string; repair_action: string | null };
export type VerifyReport = {
  videos_checked: number; files_scanned: number; missing_files: number; orphaned_files: number; broken_nfos: number; path_mismatches: number; total_issues: number; issues: VerifyIssue[];
};
export type RepairReport = { repaired_missing_files: number; repaired_broken_nfos: number; total_repaired: number };
export type OrganizeOutcome = {
  video_id: number; source_video_path: string | null; target_video_path: string; target_nfo_path: string; dry_run: boolean; status: "moved" | "already_organized" | "dry_run";
};
export type NfoExport = { total: number; exported_count: number; skipped_count: number; failed_count: number; library_dir: string; manifest_path: string | null };
export type PlaylistFormat = "m3u" | "csv" | "json";
export type PlaylistInput = { name: string; output_path: string; video_ids?: number[]; format: PlaylistFormat; include_deleted: boolean };
export type PlaylistExport = { name: string; format: string; total_tracks: number; file_path: string };

export type Backup = { filename: string; size_bytes: number; created_at: string; contains: string[] };
export type BackupList = { backups: Backup[]; total: number };
export type BackupStarted = { job_id: string; message: string };
export type BackupCheck = { valid: boolean; filename: string; contains: string[]; database_valid: boolean | null; errors: string[] };
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

export type ProviderTest = { ok: boolean; message: string; setting?: string | null; latency_ms: number };

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
