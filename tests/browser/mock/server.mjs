// A small stand-in for the server, in memory, so that the page can be worked on and tested by itself.
// It speaks the documented shapes for what the page calls, and nothing else.
// Run by hand: node tests/browser/mock/server.mjs [port] [videos]

import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Bulk, Collections } from "./collections.mjs";
import { at, makeMovies, makeSeasons, makeSeries, makeVideo, picture, randomFrom } from "./data.mjs";
import { Files } from "./files.mjs";
import { Imports } from "./imports.mjs";
import { Jobs } from "./jobs.mjs";
import { Library } from "./library.mjs";
import { Settings } from "./settings.mjs";

const dist = fileURLToPath(new URL("../../../web/dist/", import.meta.url));
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };
export const pageHeaders = {
  "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
};
const scanRoot = "/media/music-videos";

let clip = null;
function clipPath() {
  if (clip) return clip;
  clip = join(mkdtempSync(join(tmpdir(), "medley-clip-")), "clip.mp4");
  const picture_ = "testsrc2=size=640x360:rate=25:duration=30";
  execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", picture_, "-f", "lavfi", "-i", "sine=frequency=330:duration=30", "-c:v", "libx264", "-preset", "veryfast",
    "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac", "-movflags", "+faststart", clip]);
  return clip;
}

export class Mock {
  constructor({ videos = 240, password = "start-password", mustChange = false } = {}) {
    this.password = password;
    this.mustChange = mustChange;
    this.library = new Library(videos);
    this.movies = videos ? makeMovies() : [];
    this.series = videos ? makeSeries() : [];
    this.libraries = videos ? [this.makeLibrary(1, "Movies", "/media/movies", "movie"), this.makeLibrary(2, "TV", "/media/tv", "tv")] : [];
    this.history = new Map();
    this.keys = [];
    this.saved = [];
    this.streams = new Set();
    this.eventNumber = 0;
    this.tokens = new Set();
    this.cookies = new Set();
    this.jobs = new Jobs((type, payload) => this.emit(type, payload));
    this.settings = new Settings((type, payload) => this.emit(type, payload));
    this.collections = new Collections(this.library);
    this.bulk = new Bulk(this);
    this.files = new Files(this);
    this.imports = new Imports(this);
    if (videos) this.fillJobs();
  }

  makeLibrary(id, name, path, type) {
    return { id, name, path, type, enabled: true, auto_enrich: true, auto_publish: false, description: null, created_at: at(9), updated_at: at(9), stats: { total: 18, unidentified: 0, identified: 18, enriched: 0, lastScan: at(50) } };
  }

  fillJobs() {
    const done = { status: "completed", progress: 1, processed_items: 240, current_step: "Done", started_at: at(55), completed_at: at(50), created_at: at(56) };
    this.jobs.make("import_nfo", { directory: scanRoot }, 240, { ...done, result: { imported: 238, skipped: 0, failed: 2, total_files: 240, duration_seconds: 12.4, failed_tracks: [{ track_id: "broken.nfo", name: "broken.nfo", error: "Not XML" }] } });
    this.jobs.make("backup", {}, 3, { status: "failed", progress: 0.33, processed_items: 1, current_step: "Copying the database", error: "No space left on device", created_at: at(700), started_at: at(700), completed_at: at(699) });
    this.jobs.schedules.push({ id: 1, name: "Nightly scan", job_type: "library_scan", cron_expression: "0 3 * * *", enabled: true, metadata: null, last_run_at: at(600), next_run_at: new Date(Date.now() + 36e5 * 7).toISOString(), last_status: "success", last_error: null, run_count: 12, created_at: at(9e3), updated_at: at(9e3), builtin: false });
    this.jobs.schedules.push({ ...this.jobs.schedules[0], id: 2, name: "backup", job_type: "backup", cron_expression: "0 2 * * *", builtin: true });
  }

  emit(type, payload) {
    const message = { event_type: type, timestamp: new Date().toISOString(), payload };
    const text = `event: ${type}\nid: ${++this.eventNumber}\ndata: ${JSON.stringify(message)}\n\n`;
    for (const stream of this.streams) stream.write(text);
  }

  dropLiveConnections() {
    for (const stream of this.streams) stream.destroy();
  }

  token() {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${encode({ alg: "HS256" })}.${encode({ sub: "admin", user_id: 1, type: "access", jti: String(Math.random()), exp: Math.floor(Date.now() / 1000) + 1800 })}.x`;
    this.tokens.add(text);
    return text;
  }

  async listen(port = 0) {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async close() {
    this.jobs.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://local");
    const reply = (status, body, headers = {}) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      response.writeHead(status, { ...(body === undefined ? {} : { "Content-Type": "application/json" }), "Cache-Control": "no-store", ...headers });
      response.end(text);
    };
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
      if (request.method === "GET" && this.page(url.pathname, request, response)) return;
      const bearer = request.headers.authorization?.replace(/^Bearer /, "") ?? url.searchParams.get("token") ?? url.searchParams.get("access_token");
      const context = { method: request.method, path: url.pathname, query: url.searchParams, body, request, response, reply, signedIn: this.tokens.has(bearer), bearer };
      if (url.pathname.startsWith("/auth/") && (await this.auth(context))) return;
      if (!context.signedIn) return reply(401, { detail: "Authentication required" }, { "WWW-Authenticate": "Bearer" });
      for (const [pattern, method, handler] of this.routes()) {
        const match = method === request.method && pattern.exec(url.pathname);
        if (match) return handler(context, ...match.slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : decodeURIComponent(part))));
      }
      reply(404, { detail: "Not Found" });
    } catch (error) {
      console.error(error);
      if (!response.headersSent) reply(500, { detail: "Internal server error" });
    }
  }

  page(path, request, response) {
    const isRoute = path === "/" || path === "/app" || path.startsWith("/app/");
    const file = isRoute ? join(dist, "index.html") : path.startsWith("/assets/") ? join(dist, normalize(path)) : null;
    if (!file || !existsSync(file)) return false;
    const packed = (request.headers["accept-encoding"] ?? "").includes("br") && existsSync(`${file}.br`);
    response.writeHead(200, {
      ...(isRoute ? pageHeaders : { "X-Content-Type-Options": "nosniff" }), "Content-Type": types[extname(file)], Vary: "Accept-Encoding",
      "Cache-Control": isRoute ? "no-cache" : "public, max-age=31536000, immutable", ...(packed ? { "Content-Encoding": "br" } : {}),
    });
    response.end(readFileSync(packed ? `${file}.br` : file));
    return true;
  }

  async auth({ method, path, body, reply, request, signedIn, bearer }) {
    const cookie = /refresh_token=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const welcome = () => {
      const text = `${Math.random()}`;
      this.cookies.add(text);
      reply(200, { access_token: this.token(), token_type: "bearer", expires_in: 1800 }, { "Set-Cookie": `refresh_token=${text}; HttpOnly; Path=/auth; SameSite=Lax; Max-Age=86400` });
    };
    const calls = {
      "POST /auth/login": () => {
        if (body.username !== "admin" || body.password !== this.password) return reply(401, { detail: "Invalid username or password" });
        if (this.mustChange) return reply(403, { detail: "Password change required. Use /auth/set-initial-password" }, { "X-Password-Change-Required": "true" });
        return welcome();
      },
      "POST /auth/set-initial-password": () => {
        if (!this.mustChange) return reply(403, { detail: "Password change is not required" });
        if (body.current_password !== this.password) return reply(401, { detail: "Invalid username or password" });
        if (body.new_password === this.password) return reply(400, { detail: "The new password must differ from the current one" });
        [this.password, this.mustChange] = [body.new_password, false];
        return welcome();
      },
      "POST /auth/refresh": () => (this.cookies.has(cookie) ? welcome() : reply(401, { detail: "No refresh token provided" })),
      "POST /auth/logout": () => {
        this.cookies.delete(cookie);
        this.tokens.delete(bearer);
        reply(204, undefined, { "Set-Cookie": "refresh_token=; HttpOnly; Path=/auth; Max-Age=0" });
      },
      "POST /auth/password": () => {
        if (!signedIn) return reply(401, { detail: "Authentication required" });
        if (body.current_password !== this.password) return reply(400, { detail: "Current password is incorrect" });
        this.password = body.new_password;
        return reply(204);
      },
    };
    const call = calls[`${method} ${path}`];
    if (call) call();
    return Boolean(call);
  }

  /** Bytes of one file, whole or a range of it. */
  sendClip({ request, response }) {
    const path = clipPath();
    const size = statSync(path).size;
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
    const first = range ? (range[1] ? Number(range[1]) : size - Number(range[2])) : 0;
    const last = range?.[1] && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
    response.writeHead(range ? 206 : 200, { "Content-Type": "video/mp4", "Accept-Ranges": "bytes", "Content-Length": last - first + 1, ...(range ? { "Content-Range": `bytes ${first}-${last}/${size}` } : {}) });
    createReadStream(path, { start: first, end: last }).pipe(response);
  }

  svg({ response }, text) {
    response.writeHead(200, { "Content-Type": "image/svg+xml", "Cache-Control": "private, max-age=86400" });
    response.end(text);
  }

  scan(body) {
    const total = 40;
    const random = randomFrom(99);
    const job = this.jobs.submit("import_nfo", { ...body, initial_status: body.mode === "full" ? "imported" : "discovered" }, {
      total,
      onItem: () => {
        const id = this.library.videos.length + 1;
        this.library.add({ ...makeVideo(id, random, id), created_at: new Date().toISOString(), status: "imported" });
      },
      result: () => {
        this.emit("library_changed", {});
        return { imported: total, skipped: 0, failed: 0, total_files: total, duration_seconds: 5 };
      },
    });
    return { job_id: job.id, message: "Scan started", directory: body.directory, mode: body.mode, initial_status: "imported" };
  }

  preview(body) {
    const random = randomFrom(99);
    const items = Array.from({ length: 40 }, (_, index) => {
      const video = makeVideo(index, random, 40);
      return { nfo_path: `${body.directory}/${video.nfo_file_path_relative}`, title: video.title, artist: video.artist, album: video.album, year: video.year, already_exists: index % 9 === 8 };
    });
    const skip = items.filter((item) => item.already_exists).length;
    return { directory: body.directory, total_nfo_files: 43, musicvideo_nfos: 41, would_import: 40 - skip, would_skip: skip, items, mode: body.mode };
  }

  envelope(list, query) {
    const page = Number(query.get("page") ?? 1);
    const limit = Number(query.get("limit") ?? 50);
    const like = query.get("filter[title][like]")?.toLowerCase();
    const sort = query.get("sort") ?? "title";
    const direction = query.get("order") === "desc" ? -1 : 1;
    const found = list.filter((one) => !like || one.title.toLowerCase().includes(like)).sort((a, b) => ((a[sort] ?? "") < (b[sort] ?? "") ? -direction : direction));
    return { success: true, data: found.slice((page - 1) * limit, page * limit), meta: { timestamp: new Date().toISOString(), page, limit, total: found.length, pages: Math.ceil(found.length / limit), has_next: page * limit < found.length, has_prev: page > 1 } };
  }

  routes() {
    this.table ??= [...this.bulk.routes(), ...this.collections.routes(), ...this.files.routes(), ...this.imports.routes(), ...this.videoRoutes(), ...this.titleRoutes(), ...this.jobRoutes(), ...this.otherRoutes()];
    return this.table;
  }

  videoRoutes() {
    const library = this.library;
    const one = (run) => (context, id, ...rest) => {
      const video = library.byId.get(id);
      if (!video) return context.reply(404, { detail: `Video not found: ${id}`, error_type: "video_not_found", video_id: id });
      return run(context, video, ...rest);
    };
    const listed = ({ query, reply }) => {
      const page = library.page(library.list(query), query);
      return page ? reply(200, page) : reply(422, { detail: "Validation error", error_type: "validation_error", errors: [] });
    };
    const pageOf = (list, query) => ({ items: list.slice(0, Number(query.get("page_size") ?? 20)), total: list.length, page: 1, page_size: 20, total_pages: 1 });
    const update = ({ body, reply }, video) => {
      if (body.title === null) return reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", "title"], msg: "Input should be a valid string", type: "string_type" }] });
      if (body.year !== undefined && body.year !== null && !(body.year >= 1900 && body.year <= 2100)) return reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", "year"], msg: "Input should be greater than or equal to 1900", type: "greater_than_equal" }] });
      Object.assign(video, body, { updated_at: new Date().toISOString() });
      library.changed();
      this.emit("video_updated", { video_id: video.id, fields_changed: Object.keys(body) });
      return reply(200, video);
    };
    const setStatus = ({ body, reply }, video) => {
      const list = this.history.get(video.id) ?? [];
      list.unshift({ id: list.length + 1, video_id: video.id, old_status: video.status, new_status: body.status, reason: body.reason ?? null, changed_at: new Date().toISOString() });
      this.history.set(video.id, list);
      video.status = body.status;
      library.changed();
      reply(200, video);
    };
    const addTags = ({ body, reply }, video) => {
      for (const name of body.tags) {
        const tag = library.tagNamed(name);
        if (!video.tags.some((one) => one.id === tag.id)) video.tags.push({ id: tag.id, name: tag.name, source: "manual" });
      }
      library.changed();
      reply(200, video.tags);
    };
    const mark = (deleted) => ({ reply }, video) => {
      Object.assign(video, { is_deleted: deleted, deleted_at: deleted ? new Date().toISOString() : null });
      library.changed();
      return deleted ? reply(204) : reply(200, video);
    };
    return [
      [/^\/videos$/, "GET", listed],
      [/^\/search$/, "GET", listed],
      [/^\/search\/facets$/, "GET", ({ reply }) => reply(200, library.facets())],
      [/^\/search\/suggestions$/, "GET", ({ query, reply }) => reply(200, library.suggestions(query.get("q"), Number(query.get("limit") ?? 10)))],
      [/^\/search\/saved$/, "GET", ({ reply }) => reply(200, { items: this.saved, total: this.saved.length })],
      [/^\/search\/saved$/, "POST", ({ body, reply }) => {
        this.saved.unshift({ id: this.saved.length + 1, description: null, ...body, created_at: new Date().toISOString(), updated_at: new Date().toISOString() });
        reply(201, this.saved[0]);
      }],
      [/^\/search\/saved\/(\d+)$/, "DELETE", ({ reply }, id) => {
        this.saved = this.saved.filter((one) => one.id !== id);
        reply(204);
      }],
      [/^\/artists$/, "GET", ({ query, reply }) => reply(200, library.page(library.artists(query.get("name") ?? ""), query))],
      [/^\/tags$/, "GET", ({ query, reply }) => reply(200, pageOf(library.tagList(query.get("name") ?? ""), query))],
      [/^\/videos\/(\d+)$/, "GET", one(({ reply }, video) => reply(200, video))],
      [/^\/videos\/(\d+)$/, "PATCH", one(update)],
      [/^\/videos\/(\d+)$/, "DELETE", one(mark(true))],
      [/^\/videos\/(\d+)\/restore$/, "POST", one(mark(false))],
      [/^\/videos\/(\d+)\/status$/, "PATCH", one(setStatus)],
      [/^\/videos\/(\d+)\/status-history$/, "GET", one(({ reply }, video) => reply(200, [...(this.history.get(video.id) ?? []), { id: 0, video_id: video.id, old_status: null, new_status: "imported", reason: "Initial creation", changed_at: video.created_at }]))],
      [/^\/videos\/(\d+)\/jobs$/, "GET", one(({ reply }, video) => reply(200, this.jobs.jobs.filter((job) => job.metadata.video_id === video.id)))],
      [/^\/videos\/(\d+)\/refresh$/, "POST", one(({ reply }, video) => reply(200, { video_id: video.id, media_info: {}, thumbnail_path: null, thumbnail_timestamp: null }))],
      [/^\/videos\/(\d+)\/thumbnail$/, "GET", one((context, video) => this.svg(context, picture(video.title, video.artist, 640, 360)))],
      [/^\/videos\/(\d+)\/stream$/, "GET", one((context) => this.sendClip(context))],
      [/^\/tags\/videos\/(\d+)\/add$/, "POST", one(addTags)],
      [/^\/videos\/(\d+)\/tags\/(\d+)$/, "DELETE", one(({ reply }, video, tagId) => {
        video.tags = video.tags.filter((tag) => tag.id !== tagId);
        library.changed();
        reply(204);
      })],
    ];
  }

  titleRoutes() {
    const ok = (data) => ({ success: true, data, meta: { timestamp: new Date().toISOString() } });
    const missing = { success: false, error: { code: "NOT_FOUND", message: "Not found" } };
    const details = (movie) => ({
      ...movie, cast: [{ id: 1, actor_id: 1, name: "Elin Sandberg", role: "Captain Holm", order: 0 }, { id: 2, actor_id: 2, name: "Tomasz Zielny", role: "The passenger", order: 1 }],
      crew: [{ id: 1, name: movie.directors[0], job: "Director" }], assets: {}, collection: null, library: { id: 1, name: "Movies" }, provider_urls: {},
      streams: { video: [{ index: 0, codec: "hevc", profile: "Main 10", width: 3840, height: 2160, framerate: 23.976, bitrate: 18e6, hdr_format: "HDR10" }], audio: [{ index: 1, codec: "eac3", channels: 6, channel_layout: "5.1", sample_rate: 48000, language: "eng", title: null, is_default: true }], subtitles: [{ index: 2, file_path: null, codec: "subrip", language: "ger", title: null, is_forced: false, is_external: false }] },
    });
    return [
      [/^\/api\/v1\/movies$/, "GET", ({ query, reply }) => reply(200, this.envelope(this.movies, query))],
      [/^\/api\/v1\/series$/, "GET", ({ query, reply }) => reply(200, this.envelope(this.series, query))],
      [/^\/api\/v1\/movies\/(\d+)$/, "GET", ({ reply }, id) => (this.movies[id - 1] ? reply(200, ok(details(this.movies[id - 1]))) : reply(404, missing))],
      [/^\/api\/v1\/movies\/(\d+)$/, "PUT", ({ reply, body }, id) => {
        if (body.year !== undefined && body.year !== null && !(body.year >= 1870 && body.year <= 2100)) return reply(422, { success: false, error: { code: "VALIDATION_FAILED", message: "Invalid year", details: { field: "year", message: "must be from 1870 to 2100" } } });
        const locks = Object.fromEntries(Object.keys(body).filter((key) => !key.endsWith("_locked")).map((key) => [`${key}_locked`, true]));
        return reply(200, ok(Object.assign(this.movies[id - 1], locks, body)));
      }],
      [/^\/api\/v1\/movies\/(\d+)\/poster$/, "GET", (context, id) => this.svg(context, picture(this.movies[id - 1].title, String(this.movies[id - 1].year), 400, 600))],
      [/^\/api\/v1\/series\/(\d+)$/, "GET", ({ reply }, id) => {
        const one = this.series[id - 1];
        return one ? reply(200, ok({ ...one, seasons: makeSeasons(one), cast: [], crew: [] })) : reply(404, missing);
      }],
      [/^\/api\/v1\/libraries$/, "GET", ({ reply }) => reply(200, ok(this.libraries))],
      [/^\/api\/v1\/libraries$/, "POST", ({ reply, body }) => {
        if (!body.path.startsWith("/media/")) return reply(422, { success: false, error: { code: "VALIDATION_FAILED", message: "No such folder", details: { field: "path", message: "No such folder" } } });
        this.libraries.push(this.makeLibrary(this.libraries.length + 1, body.name, body.path, body.type));
        return reply(201, ok(this.libraries.at(-1)));
      }],
      [/^\/api\/v1\/libraries\/(\d+)\/scan$/, "POST", ({ reply }, id) => reply(200, ok({ job_id: this.jobs.submit("library_scan", { library_id: id }).id }))],
    ];
  }

  jobRoutes() {
    const { jobs } = this;
    const find = (id) => jobs.jobs.find((job) => job.id === id);
    const schedule = (id) => jobs.schedules.find((one) => one.id === id);
    const badCron = (cron) => !/^(\S+\s+){4}\S+$/.test(cron ?? "");
    return [
      [/^\/scan\/preview$/, "POST", ({ body, reply }) => (body.directory.startsWith("/media/") ? reply(200, this.preview(body)) : reply(400, { detail: `Directory not found: ${body.directory}` }))],
      [/^\/scan$/, "POST", ({ body, reply }) => reply(202, this.scan(body))],
      [/^\/jobs$/, "GET", ({ reply }) => reply(200, { jobs: jobs.jobs, total: jobs.jobs.length })],
      [/^\/jobs$/, "POST", ({ body, reply }) => {
        if (body.type === "file_duplicate_resolve") return reply(202, jobs.submit(body.type, body.metadata, { total: 4, result: () => { const groups = this.files.duplicateGroups(); return { duplicates_found: groups.length, videos_deleted: 0, videos_kept: groups.length, duplicate_groups: groups, dry_run: true, strategy: "report_only" }; } }));
        return reply(202, jobs.submit(body.type, body.metadata ?? {}, { total: body.type === "library_scan" ? 400 : 8 }));
      }],
      [/^\/jobs\/metrics$/, "GET", ({ reply }) => reply(200, { total_jobs: jobs.jobs.length, success_rate: 0.9, avg_duration_seconds: 12, queue_depth: 0 })],
      [/^\/jobs\/scheduled$/, "GET", ({ reply }) => reply(200, { tasks: jobs.schedules, total: jobs.schedules.length })],
      [/^\/jobs\/scheduled$/, "POST", ({ body, reply }) => {
        if (badCron(body.cron_expression)) return reply(400, { detail: `Invalid cron expression: ${body.cron_expression}` });
        const now = new Date().toISOString();
        jobs.schedules.push({ id: jobs.schedules.length + 1, metadata: null, ...body, last_run_at: null, next_run_at: new Date(Date.now() + 36e5).toISOString(), last_status: null, last_error: null, run_count: 0, created_at: now, updated_at: now });
        return reply(201, jobs.schedules.at(-1));
      }],
      [/^\/jobs\/scheduled\/(\d+)$/, "PATCH", ({ body, reply }, id) => (badCron(body.cron_expression ?? "* * * * *") ? reply(400, { detail: "Invalid cron expression" }) : reply(200, Object.assign(schedule(id), body)))],
      [/^\/jobs\/scheduled\/(\d+)$/, "DELETE", ({ reply }, id) => {
        jobs.schedules = jobs.schedules.filter((one) => one.id !== id);
        reply(204);
      }],
      [/^\/jobs\/scheduled\/(\d+)\/run$/, "POST", ({ reply }, id) => reply(202, jobs.submit(schedule(id).job_type, schedule(id).metadata ?? {}))],
      [/^\/jobs\/([0-9a-f-]{36})$/, "GET", ({ reply }, id) => (find(id) ? reply(200, find(id)) : reply(404, { detail: "Job not found" }))],
      [/^\/jobs\/([0-9a-f-]{36})$/, "DELETE", ({ reply }, id) => (jobs.cancel(id) ? reply(204) : reply(400, { detail: "Job not found or already finished" }))],
      [/^\/api\/v1\/jobs\/([0-9a-f-]{36})$/, "GET", ({ reply }, id) => reply(200, { ...find(id), logs: jobs.logs.get(id) ?? [] })],
    ];
  }

  otherRoutes() {
    const { settings } = this;
    return [
      [/^\/api\/events$/, "GET", ({ response }) => {
        response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
        response.write(": open\n\n");
        this.streams.add(response);
        response.on("close", () => this.streams.delete(response));
      }],
      [/^\/api\/activity$/, "GET", ({ reply }) => reply(200, { items: [{ timestamp: at(50), type: "worker", status: "started", details: { worker: "jobs" } }, { timestamp: at(55), type: "scan", status: "scan_started", details: { directory: scanRoot } }], total_count: 2 })],
      [/^\/api\/health\/(spotify|plex|soulseek)$/, "GET", ({ reply }, service) => reply(200, { service, status: service === "plex" ? "ok" : "fail", missing: service === "spotify" ? ["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"] : service === "plex" ? [] : ["SLSKD_URL"], optional_missing: [] })],
      [/^\/api\/settings\/registry$/, "GET", ({ reply }) => reply(200, { settings: settings.rows })],
      [/^\/config$/, "PATCH", ({ body, reply }) => reply(...settings.change(body.updates, body.force))],
      [/^\/config\/history$/, "GET", ({ reply }) => reply(200, settings.historyReply())],
      [/^\/config\/undo$/, "POST", ({ reply }) => reply(...settings.move(-1))],
      [/^\/config\/redo$/, "POST", ({ reply }) => reply(...settings.move(1))],
      [/^\/auth\/api-keys$/, "GET", ({ reply }) => reply(200, { items: this.keys })],
      [/^\/auth\/api-keys$/, "POST", ({ body, reply }) => {
        this.keys.push({ id: this.keys.length + 1, name: body.name, created_at: new Date().toISOString(), last_used_at: null });
        reply(201, { ...this.keys.at(-1), key: "mk_shown_once" });
      }],
      [/^\/auth\/api-keys\/(\d+)$/, "DELETE", ({ reply }, id) => {
        this.keys = this.keys.filter((one) => one.id !== id);
        reply(204);
      }],
    ];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await new Mock({ videos: Number(process.argv[3] ?? 1000), password: "medley" }).listen(Number(process.argv[2] ?? 8123));
  console.log(`stand-in at ${mock.url}, sign in as admin / medley`);
}
