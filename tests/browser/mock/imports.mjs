// The stand-in's outside services and imports (contract 2.19, 2.3, 12, 13).

import { randomFrom } from "./data.mjs";

const songs = ["Glass Parade", "Northern Line", "Slow Static", "Kites Over Home", "Meet Me at Gravity", "Velvet Border", "Paper Satellites", "Winter Choir", "Counting Sparks", "Leaving Marble",
  "Amber Tides", "Return to the Coast", "No More Neon", "Hold the Wire"];
const notConfigured = (name) => `${name} API is not configured`;

const noMatch = () => ({ recording_mbid: null, release_mbid: null, canonical_title: null, canonical_artist: null, album: null, year: null, label: null, genre: null, classified_genre: null, all_genres: [], match_score: 0, match_method: "none", confident_match: false });
const match = (title, artist) => ({ ...noMatch(), recording_mbid: "6d2f5c1a-0000-4000-8000-000000000001", release_mbid: "6d2f5c1a-0000-4000-8000-000000000002", canonical_title: title, canonical_artist: artist, album: `${title} EP`, year: 2011, label: "Northlight", genre: "indie rock", classified_genre: "Rock", all_genres: ["indie rock", "rock"], match_score: 0.97, match_method: "search", confident_match: true });

export class Imports {
  constructor(mock) {
    this.mock = mock;
    /** Services without a key. */
    this.missing = new Set();
    /** Tests of services: name to reply. */
    this.tests = { imvdb: { ok: true, message: "IMVDb answered", latency_ms: 182 }, discogs: { ok: false, message: "401: Invalid consumer key", latency_ms: 96 } };
  }

  artistOf(text) {
    return text.replace(/\b\w/g, (letter) => letter.toUpperCase());
  }

  search({ artist, track_title: title, include_sources: wanted }) {
    const sources = wanted?.length ? wanted : ["imvdb", "discogs_master", "youtube"];
    const all = {
      imvdb: [0, 1].map((index) => ({ source: "imvdb", id: String(121779 + index), title: index ? `${title} (Live)` : title, artist, year: 2011 + index, url: "https://imvdb.com/video/x", thumbnail: null, extra: { multiple_versions: index === 1, version_name: index ? "Live" : null } })),
      discogs_master: [{ source: "discogs_master", id: "83211", title: `${artist} - ${title} EP`, artist, year: 2011, url: "/master/83211", thumbnail: null, extra: { format: ["CD", "EP"], label: ["Northlight"], genre: ["Rock"], style: ["Indie Rock"], country: "UK" } }],
      discogs_release: [],
      youtube: [0, 1, 2].map((index) => this.clip(artist, title, index)),
    };
    const skipped = sources.filter((source) => this.missing.has(source.split("_")[0])).map((source) => ({ source, reason: notConfigured(source.startsWith("discogs") ? "Discogs" : "IMVDb") }));
    const asked = sources.filter((source) => !skipped.some((one) => one.source === source));
    return { artist, track_title: title, results: asked.flatMap((source) => all[source]), skipped, counts: Object.fromEntries(asked.map((source) => [source, all[source].length])) };
  }

  clip(artist, title, index) {
    const names = [`${artist} - ${title} (Official Video)`, `${artist} – ${title} [Live]`, `${title} lyrics`];
    return { source: "youtube", id: `yt${index}abcdefgh`, title: names[index % 3], artist: null, year: null, url: `https://www.youtube.com/watch?v=yt${index}abcdefgh`, thumbnail: null, extra: { channel: index ? "Fan Uploads" : `${artist} VEVO`, duration: 214 + index * 13, view_count: 4_200_000 / (index + 1) ** 3 } };
  }

  preview(source, id, reply) {
    if (this.missing.has(source.split("_")[0])) return reply(503, { detail: notConfigured("IMVDb") });
    if (source !== "youtube" && !/^\d+$/.test(id)) return reply(400, { detail: "Invalid id" });
    if (source === "youtube") return reply(200, { source, id: String(id), data: { video: { id, title: "Amber Harbour - Glass Parade (Official Video)", url: `https://www.youtube.com/watch?v=${id}`, channel: "Amber Harbour VEVO", channel_follower_count: null, view_count: 4_200_000, duration: 214 } }, extra: { thumbnail: null } });
    if (source === "imvdb") {
      const director = { position_name: "Director", position_code: "dir", entity_name: "Mara Lindqvist", entity_slug: "mara", entity_id: 5, entity_url: "", position_notes: null, position_id: 1 };
      return reply(200, { source, id: String(id), data: { id: Number(id), song_title: "Glass Parade", song_slug: "glass-parade", url: "https://imvdb.com/video/amber-harbour/glass-parade", year: 2011, artists: [{ name: "Amber Harbour", slug: "amber-harbour", url: null }], featured_artists: [{ name: "Jade Choir", slug: "jade-choir", url: null }], directors: [director], sources: [{ source: "YouTube", source_slug: "youtube", source_data: "yt0abcdefgh", is_primary: true }], image: null, credits: null }, extra: { youtube_ids: ["yt0abcdefgh"], thumbnail: null } });
    }
    return reply(200, { source, id: String(id), data: { id: Number(id), title: "Glass Parade EP", year: 2011, artists: [{ name: "Amber Harbour" }], genres: ["Rock"], styles: ["Indie Rock"], labels: [{ name: "Northlight" }], main_release: 1, images: [], videos: [] }, extra: {} });
  }

  /** The video that an import makes; its download follows. */
  make(fields) {
    const { library } = this.mock;
    const id = Math.max(0, ...library.byId.keys()) + 1;
    const video = { ...library.videos[0], id, album: null, director: null, genre: null, studio: null, isrc: null, tags: [], collections: [], status: "discovered", video_file_path: null, video_file_path_relative: null, nfo_file_path: null, is_deleted: false, deleted_at: null, trashed_from: undefined, created_at: new Date().toISOString(), file_checksum: null, ...fields };
    library.add(video);
    this.mock.emit("video_created", { video_id: id });
    return video;
  }

  download(video) {
    video.status = "queued";
    return this.mock.jobs.submit("import_download", { video_id: video.id, youtube_id: video.youtube_id }, { total: 3, result: () => {
      Object.assign(video, { status: "organized", video_file_path: `/media/music-videos/${video.artist}/${video.title}.mp4` });
      this.mock.library.changed();
      return { video_id: video.id, youtube_id: video.youtube_id };
    } });
  }

  importOne(body) {
    const { metadata = {} } = body;
    return this.mock.jobs.submit("import_add_single", body, { total: 3, result: () => {
      const video = this.make({ title: metadata.title ?? "Glass Parade", artist: metadata.artist ?? "Amber Harbour", year: metadata.year ?? null, director: metadata.director ?? null, youtube_id: body.youtube_id ?? null, imvdb_video_id: body.source === "imvdb" ? body.id : null });
      const next = body.auto_download !== false && body.youtube_id ? this.download(video).id : null;
      return { created: true, skipped: false, video_id: video.id, source: body.source, id: body.id, imvdb_video_id: video.imvdb_video_id, youtube_id: video.youtube_id, initial_status: "discovered", download_job_id: next };
    } });
  }

  batch(type, metadata, list, extra) {
    return this.mock.jobs.submit(type, metadata, { total: list.length, onItem: (index) => void this.make({ title: list[index].metadata?.title, artist: list[index].metadata?.artist, year: list[index].metadata?.year ?? null, youtube_id: list[index].youtube_id ?? null }), result: () => ({ imported: list.length, download_jobs: 0, ...extra }) });
  }

  playlist(reply) {
    if (this.missing.has("spotify")) return reply(503, { detail: notConfigured("Spotify") });
    const random = randomFrom(5);
    const items = songs.map((title, index) => ({ kind: "spotify_track", title, artist: index % 3 ? "Amber Harbour" : "Jade Choir", album: index % 4 ? `${title} EP` : null, year: 2003 + random(20), label: null, isrc: index % 2 ? `GBAYE11000${10 + index}` : null, already_exists: index % 5 === 4, spotify_track_id: `track${index}`, spotify_playlist_id: "37i9dQZF1DX", spotify_artist_id: "a1", artist_genres: ["indie rock"], nfo_path: null }));
    const existing = items.filter((item) => item.already_exists).length;
    return reply(200, { mode: "spotify", items, total_count: items.length, existing_count: existing, new_count: items.length - existing, playlist_name: "Rainy Sunday", directory: null, extra: { playlist_uri: "spotify:playlist:37i9dQZF1DX" } });
  }

  found(body, known) {
    const nothing = body.track_title === "Winter Choir";
    const musicbrainz = nothing ? noMatch() : match(body.track_title, body.artist);
    return {
      ...known, musicbrainz, title: body.track_title, artist: body.artist, album: nothing ? null : `${body.track_title} EP`, year: nothing ? (body.year ?? null) : 2011, label: nothing ? null : "Northlight",
      genre: nothing ? null : "Rock", directors: nothing ? null : "Mara Lindqvist, Kei Tanaka", featured_artists: nothing ? null : "Jade Choir", youtube_ids: nothing ? [] : ["yt0abcdefgh", "yt1abcdefgh"],
      thumbnail_url: null, already_exists: false, existing_video_id: null,
    };
  }

  routes() {
    const { mock } = this;
    const started = (job, rest) => ({ job_id: job.id, status: "pending", ...rest });
    const needs = (service, name, run) => (context, ...rest) => (this.missing.has(service) ? context.reply(503, { detail: notConfigured(name) }) : run(context, ...rest));
    const empty = ({ body, reply }, field) => (body[field] ? false : (reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", field], msg: "String should have at least 1 character", type: "string_too_short" }] }), true));
    const video = (run) => (context, id) => {
      const one = mock.library.byId.get(id);
      return one ? run(context, one) : context.reply(404, { detail: `Video not found: ${id}`, error_type: "video_not_found", video_id: id });
    };
    return [
      [/^\/videos$/, "POST", ({ body, reply }) => reply(201, this.make({ imvdb_video_id: null, youtube_id: null, ...body }))],
      [/^\/add\/search$/, "POST", (context) => empty(context, "artist") || empty(context, "track_title") || context.reply(200, this.search(context.body))],
      [/^\/add\/preview\/(imvdb|discogs_master|discogs_release|youtube)\/([^/]+)$/, "GET", ({ reply }, source, id) => this.preview(source, String(id), reply)],
      [/^\/add\/check-exists$/, "GET", ({ query, reply }) => {
        const known = mock.library.videos.find((one) => !one.is_deleted && ((query.get("imvdb_id") && one.imvdb_video_id === query.get("imvdb_id")) || (query.get("youtube_id") && one.youtube_id === query.get("youtube_id"))));
        reply(200, { exists: Boolean(known), video_id: known?.id ?? null, title: known?.title ?? null, artist: known?.artist ?? null });
      }],
      [/^\/add\/youtube\/search$/, "POST", ({ body, reply }) => reply(200, this.search({ ...body, include_sources: ["youtube"] }))],
      [/^\/add\/youtube\/metadata$/, "POST", ({ body, reply }) => {
        const gone = body.youtube_id.includes("gone");
        reply(200, { youtube_id: body.youtube_id, available: !gone, view_count: gone ? null : 4_200_000, duration: gone ? null : 214, channel: gone ? null : "Amber Harbour VEVO", title: gone ? null : "Amber Harbour - Glass Parade (Official Video)", error: gone ? "Video unavailable" : null });
      }],
      [/^\/add\/import$/, "POST", ({ body, reply }) => reply(202, started(this.importOne(body), { source: body.source, id: body.id }))],
      [/^\/add\/preview-batch$/, "POST", ({ body, reply }) => {
        if (body.spotify_playlist_id?.includes("unknown")) return reply(404, { detail: "Spotify playlist not found: unknown" });
        return this.playlist(reply);
      }],
      [/^\/add\/spotify$/, "POST", ({ body, reply }) => reply(202, started(mock.jobs.submit("import_spotify", body, { total: songs.length, result: () => ({ imported: songs.length, skipped: 0, failed: 0, total_tracks: songs.length, playlist_name: "Rainy Sunday" }) }), { playlist_id: "37i9dQZF1DX" }))],
      [/^\/add\/spotify\/enrich-track$/, "POST", ({ body, reply }) => reply(200, this.found(body, { spotify_track_id: body.spotify_track_id, imvdb: { imvdb_id: 121779, imvdb_url: "https://imvdb.com/video/x", year: 2011, directors: null, featured_artists: null, youtube_ids: [], thumbnail_url: null, match_found: true } }))],
      [/^\/add\/spotify\/import-selected$/, "POST", ({ body, reply }) => reply(202, started(this.batch("import_spotify_batch", body, body.tracks, { total_tracks: body.tracks.length }), { playlist_id: body.playlist_id, track_count: body.tracks.length, auto_download: body.auto_download }))],
      [/^\/add\/search\/artist$/, "POST", needs("imvdb", "IMVDb", ({ body, reply }) => {
        if (/nobody/i.test(body.artist_name)) return reply(200, { artist_name: body.artist_name, total_results: 0, results: [] });
        const name = this.artistOf(body.artist_name);
        const one = (id, suffix, count, samples) => ({ id, name: `${name}${suffix}`, slug: `artist-${id}`, url: null, image: null, discogs_id: null, artist_video_count: count, featured_video_count: id % 3, sample_tracks: samples });
        return reply(200, { artist_name: body.artist_name, total_results: 2, results: [one(501, "", songs.length, songs.slice(0, 3)), one(502, " Revival", 1, songs.slice(8, 9))] });
      })],
      [/^\/add\/artist\/preview\/(\d+)$/, "GET", needs("imvdb", "IMVDb", ({ query, reply }, id) => {
        const videos = songs.map((song_title, index) => ({ id: 7000 + index, song_title, year: 2001 + index, url: null, thumbnail_url: null, production_status: "r", version_name: index === 5 ? "Director's cut" : null, already_exists: index % 4 === 1, existing_video_id: index % 4 === 1 ? 1 : null }));
        const existing = videos.filter((one) => one.already_exists).length;
        reply(200, { entity_id: id, entity_name: "Amber Harbour", entity_slug: "amber-harbour", total_videos: videos.length, current_page: Number(query.get("page") ?? 1), per_page: 50, total_pages: 1, has_more: false, videos, existing_count: existing, new_count: videos.length - existing });
      })],
      [/^\/add\/enrich\/imvdb-video$/, "POST", needs("imvdb", "IMVDb", ({ body, reply }) => reply(200, this.found(body, { imvdb_id: body.imvdb_id, imvdb_url: "https://imvdb.com/video/x", enrichment_status: body.track_title === "Winter Choir" ? "not_found" : "success" })))],
      [/^\/add\/artist\/import$/, "POST", ({ body, reply }) => (body.videos.length ? reply(202, started(this.batch("import_imvdb_artist", body, body.videos, { total_videos: body.videos.length }), { entity_id: body.entity_id, video_count: body.videos.length, auto_download: body.auto_download })) : reply(400, { detail: "At least one video must be selected" }))],
      [/^\/videos\/(\d+)\/download$/, "POST", video(({ reply }, one) => (one.youtube_id ? reply(202, this.download(one)) : reply(400, { detail: "Video has no YouTube ID" })))],
      [/^\/videos\/(\d+)\/enrich\/musicbrainz$/, "POST", video(({ reply }, one) => reply(200, { ...match(one.title, one.artist), release_type: "EP" }))],
      [/^\/videos\/backfill-imvdb-urls$/, "POST", ({ query, reply }) => {
        if (this.missing.has("imvdb")) return reply(503, { detail: notConfigured("IMVDb") });
        const one = mock.library.byId.get(Number(query.get("video_id")));
        const lacks = one?.imvdb_video_id && !one.imvdb_url;
        if (lacks) one.imvdb_url = `https://imvdb.com/video/${one.imvdb_video_id}`;
        return reply(200, { total_found: lacks ? 1 : 0, updated: lacks ? 1 : 0, failed: 0 });
      }],
      [/^\/app\/api\/providers\/([a-z-]+)\/test$/, "POST", ({ reply }, name) => reply(200, this.missing.has(name) ? { ok: false, message: "Not configured", latency_ms: 0 } : (this.tests[name] ?? { ok: true, message: "Answered", latency_ms: 120 }))],
    ];
  }
}
