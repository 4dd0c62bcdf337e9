// The stand-in's files: trash, duplicates, verification, organising, exports, backups (contract 2.8, 2.14, 2.15).

import { at } from "./data.mjs";

const now = () => new Date().toISOString();
const root = "/media/music-videos";
const same = (a, b) => (a ?? "").trim().toLowerCase() === (b ?? "").trim().toLowerCase();

export class Files {
  constructor(mock) {
    this.mock = mock;
    this.broken = new Set();
    this.offline = null;
    this.backups = mock.library.videos.length ? [60 * 9, 60 * 33, 60 * 57].map((minutes, index) => this.backup(at(minutes), 48_300_000 - index * 900_000)) : [];
    this.seed();
  }

  backup(created, size) {
    const stamp = created.replaceAll(/[-:]/g, "").replace("T", "_").slice(0, 15);
    return { filename: `fuzzbin_backup_${stamp}.zip`, size_bytes: size, created_at: created, contains: ["config", "database", "thumbnails"] };
  }

  /** A few things for every page to show. */
  seed() {
    const { videos, byId } = this.mock.library;
    // A huge library is for measuring: its numbers stay round.
    if (videos.length < 40 || videos.length > 5000) return;
    const [first, second, third] = videos.filter((video) => video.video_file_path);
    const copy = (of, change) => {
      const id = videos.length + 1;
      const one = { ...of, id, collections: [], tags: [], ...change };
      videos.push(one);
      byId.set(id, one);
    };
    copy(first, { file_checksum: (first.file_checksum = "9f2c".repeat(16)), video_file_path: first.video_file_path.replace(".mp4", " (1).mp4"), created_at: at(2000) });
    copy(second, { width: 1280, height: 720, file_size: Math.round(second.file_size / 3), bitrate: 1_800_000, video_file_path: second.video_file_path.replace(".mp4", ".webm"), container_format: "matroska,webm", video_codec: "vp9" });
    for (const video of videos.slice(30, 33)) {
      Object.assign(video, { is_deleted: true, deleted_at: at(video.id * 90) });
      if (video.video_file_path) this.toTrash(video);
    }
    this.broken = new Set(videos.slice(20, 24).map((video) => video.id));
    this.noNfo = new Set([third.id]);
    this.mock.library.changed();
  }

  toTrash(video) {
    video.trashed_from = video.video_file_path;
    video.video_file_path = video.video_file_path.replace(root, `${root}/.trash`);
  }

  fromTrash(video) {
    if (video.trashed_from) video.video_file_path = video.trashed_from;
    Object.assign(video, { is_deleted: false, deleted_at: null, trashed_from: undefined });
    this.mock.library.changed();
    this.mock.emit("video_updated", { video_id: video.id, fields_changed: ["is_deleted"] });
  }

  forget(video) {
    const { library } = this.mock;
    library.videos.splice(library.videos.indexOf(video), 1);
    library.byId.delete(video.id);
    library.changed();
    this.mock.emit("video_deleted", { video_id: video.id });
  }

  trashed() {
    return this.mock.library.videos.filter((video) => video.is_deleted).sort((a, b) => (a.deleted_at < b.deleted_at ? 1 : -1))
      .map((video) => ({ video_id: video.id, title: video.title, artist: video.artist, deleted_at: video.deleted_at, trash_path: video.video_file_path, file_size: video.trashed_from ? video.file_size : null }));
  }

  duplicatesOf(video) {
    return this.mock.library.videos.filter((one) => one !== video && !one.is_deleted).flatMap((one) => {
      const hash = video.file_checksum !== null && video.file_checksum === one.file_checksum;
      const metadata = same(video.title, one.title) && same(video.artist, one.artist);
      if (!hash && !metadata) return [];
      const confidence = hash ? 1 : Math.min(0.95, 0.7 + (video.year !== null && video.year === one.year ? 0.1 : 0) + (video.album && same(video.album, one.album) ? 0.1 : 0));
      return [{ video_id: one.id, match_type: hash && metadata ? "both" : hash ? "hash" : "metadata", confidence, title: one.title, artist: one.artist, file_path: one.video_file_path, file_hash: one.file_checksum }];
    }).sort((a, b) => b.confidence - a.confidence);
  }

  duplicateGroups() {
    const seen = new Set();
    return this.mock.library.videos.filter((video) => !video.is_deleted).flatMap((video) => {
      if (seen.has(video.id)) return [];
      const others = this.duplicatesOf(video).filter((one) => !seen.has(one.video_id));
      [video.id, ...others.map((one) => one.video_id)].forEach((id) => seen.add(id));
      return others.length ? [{ primary_video_id: video.id, primary_title: video.title, duplicates: others.map(({ video_id, title, confidence, match_type }) => ({ video_id, title, confidence, match_type })) }] : [];
    }).slice(0, 50);
  }

  verify(orphans) {
    const { library } = this.mock;
    const living = library.videos.filter((video) => !video.is_deleted);
    const issue = (issue_type, video, path, message, repair_action) => ({ issue_type, video_id: video?.id ?? null, path, message, repair_action });
    const missing = living.filter((video) => this.broken.has(video.id) && video.status !== "missing").map((video) => issue("missing_file", video, `${root}/${video.artist}/${video.title}.mp4`, "The video file is not there", "update_status_to_missing"));
    const nfos = living.filter((video) => this.noNfo?.has(video.id)).map((video) => issue("broken_nfo", video, video.nfo_file_path, "The NFO file is not there", "clear_nfo_path"));
    const stray = orphans && living.length ? [issue("orphaned_file", null, `${root}/incoming/unknown clip.mkv`, "The file belongs to no video", "import_or_delete"), issue("orphaned_thumbnail", null, "/config/.thumbnails/98213.jpg", "The thumbnail belongs to no video", "delete_thumbnail")] : [];
    const offline = this.offline ? [issue("root_offline", null, this.offline, "The folder is not reachable; its videos were not checked", null)] : [];
    const issues = [...offline, ...missing, ...nfos, ...stray];
    return { videos_checked: living.length, files_scanned: orphans ? living.length * 2 + 3 : 0, missing_files: missing.length, orphaned_files: orphans ? 1 : 0, broken_nfos: nfos.length, path_mismatches: 0, total_issues: issues.length, issues };
  }

  organize(video, dryRun, reply) {
    if (!video.video_file_path) return reply(400, { detail: "Video has no file path" });
    const target = `${root}/${video.artist}/${video.title}${/\.\w+$/.exec(video.video_file_path)[0]}`;
    const already = target === video.video_file_path;
    const told = { video_id: video.id, source_video_path: video.video_file_path, target_video_path: target, target_nfo_path: target.replace(/\.\w+$/, ".nfo"), dry_run: dryRun, status: already ? "already_organized" : dryRun ? "dry_run" : "moved" };
    if (!already && this.mock.library.videos.some((one) => one !== video && !one.is_deleted && one.video_file_path === target)) return reply(409, { detail: `Target exists: ${target}` });
    if (!dryRun && !already) {
      Object.assign(video, { video_file_path: target, nfo_file_path: told.target_nfo_path, status: "organized" });
      this.mock.emit("video_updated", { video_id: video.id, fields_changed: ["file_path", "status"] });
    }
    return reply(200, told);
  }

  routes() {
    const { mock } = this;
    const { library, jobs } = mock;
    const video = (run) => (context, id) => {
      const one = library.byId.get(id);
      return one ? run(context, one) : context.reply(404, { detail: `Video not found: ${id}`, error_type: "video_not_found", video_id: id });
    };
    const paged = (list, query) => {
      const [page, page_size] = [Number(query.get("page") ?? 1), Number(query.get("page_size") ?? 20)];
      return { items: list.slice((page - 1) * page_size, page * page_size), total: list.length, page, page_size };
    };
    const backup = (run) => (context, name) => {
      const one = this.backups.find((known) => known.filename === name);
      return one ? run(context, one) : context.reply(404, { detail: "Backup not found" });
    };
    return [
      [/^\/files\/trash$/, "GET", ({ query, reply }) => reply(200, paged(this.trashed(), query))],
      [/^\/files\/trash\/stats$/, "GET", ({ reply }) => {
        const items = this.trashed();
        reply(200, { total_count: items.length, total_size_bytes: items.reduce((sum, one) => sum + (one.file_size ?? 0), 0) });
      }],
      [/^\/files\/trash\/empty$/, "POST", ({ reply }) => {
        const gone = library.videos.filter((one) => one.is_deleted);
        gone.forEach((one) => this.forget(one));
        reply(200, { deleted_count: gone.length, errors: [] });
      }],
      [/^\/files\/videos\/(\d+)$/, "DELETE", video(({ query, reply }, one) => {
        if (!one.video_file_path) return reply(400, { detail: "Video has no file path" });
        const hard = query.get("hard_delete") === "true";
        if (hard) this.forget(one);
        else {
          Object.assign(one, { is_deleted: true, deleted_at: now() });
          this.toTrash(one);
          library.changed();
          mock.emit("video_deleted", { video_id: one.id });
        }
        return reply(200, { video_id: one.id, deleted: true, hard_delete: hard, trash_path: hard ? null : one.video_file_path });
      })],
      [/^\/files\/videos\/(\d+)\/restore$/, "POST", video(({ reply }, one) => {
        if (!one.is_deleted) return reply(400, { detail: "Video is not deleted" });
        this.fromTrash(one);
        return reply(200, { video_id: one.id, restored: true, restored_path: one.video_file_path });
      })],
      [/^\/videos\/(\d+)\/permanent$/, "DELETE", video(({ reply }, one) => { this.forget(one); reply(204); })],
      [/^\/files\/videos\/(\d+)\/duplicates$/, "GET", video(({ reply }, one) => {
        const found = this.duplicatesOf(one);
        reply(200, { video_id: one.id, duplicates: found, total: found.length });
      })],
      [/^\/files\/duplicates\/resolve$/, "POST", ({ body, reply }) => {
        if (!library.byId.has(body.keep_video_id)) return reply(404, { detail: `Video not found: ${body.keep_video_id}`, error_type: "video_not_found", video_id: body.keep_video_id });
        const removed = body.remove_video_ids.map((id) => library.byId.get(id)).filter(Boolean);
        for (const one of removed) {
          Object.assign(one, { is_deleted: true, deleted_at: now() });
          if (one.video_file_path) this.toTrash(one);
        }
        library.changed();
        return reply(200, { kept_video_id: body.keep_video_id, removed_count: removed.length, removed_video_ids: removed.map((one) => one.id) });
      }],
      [/^\/files\/library\/verify$/, "GET", ({ query, reply }) => reply(200, this.verify(query.get("scan_orphans") !== "false"))],
      [/^\/files\/library\/repair$/, "POST", ({ body, reply }) => {
        const report = this.verify(false);
        const [missing, nfos] = [body.repair_missing_files !== false ? report.missing_files : 0, body.repair_broken_nfos !== false ? report.broken_nfos : 0];
        if (missing) for (const id of this.broken) library.byId.get(id).status = "missing";
        if (nfos) this.noNfo.clear();
        library.changed();
        reply(200, { repaired_missing_files: missing, repaired_broken_nfos: nfos, total_repaired: missing + nfos });
      }],
      [/^\/files\/videos\/(\d+)\/organize$/, "POST", video(({ body, reply }, one) => this.organize(one, body.dry_run === true, reply))],
      [/^\/exports\/nfo$/, "POST", ({ body, reply }) => {
        const chosen = (body.video_ids?.length ? body.video_ids : [...library.byId.keys()]).map((id) => library.byId.get(id)).filter(Boolean);
        const written = chosen.filter((one) => one.video_file_path || one.nfo_file_path).length;
        reply(200, { total: chosen.length, exported_count: written, skipped_count: chosen.length - written, failed_count: 0, library_dir: root, manifest_path: written ? "/config/nfo_export_20261121_101500.json" : null });
      }],
      [/^\/exports\/nfo\/all$/, "POST", ({ body, reply }) => reply(202, jobs.submit("export_nfo", { incremental: true, include_deleted: false, ...body }, { total: 20, result: () => ({ videos_exported: 17, videos_skipped: 3, videos_failed: 0, artists_exported: 4, artists_skipped: 0, artists_failed: 0, total_videos: 20, total_artists: 4 }) }))],
      [/^\/exports\/playlist$/, "POST", ({ body, reply }) => {
        if (body.output_path.startsWith("/") && !body.output_path.startsWith(root) && !body.output_path.startsWith("/config")) return reply(400, { detail: "Invalid output path: Path must be within library directory or config directory." });
        const chosen = (body.video_ids ?? library.videos.filter((one) => !one.is_deleted).map((one) => one.id)).map((id) => library.byId.get(id)).filter(Boolean);
        const total = body.format === "m3u" ? chosen.filter((one) => one.video_file_path).length : chosen.length;
        return reply(200, { name: body.name, format: body.format, total_tracks: total, file_path: body.output_path.startsWith("/") ? body.output_path : `${root}/${body.output_path}` });
      }],
      [/^\/backup$/, "GET", ({ reply }) => reply(200, { backups: this.backups, total: this.backups.length })],
      [/^\/backup$/, "POST", ({ body, reply }) => {
        const job = jobs.submit("backup", { description: body.description ?? null }, { total: 3, result: () => {
          this.backups.unshift(this.backup(now(), 48_900_000));
          return { filename: this.backups[0].filename, size_bytes: 48_900_000 };
        } });
        reply(202, { job_id: job.id, message: "Backup queued" });
      }],
      [/^\/backup\/([^/]+)$/, "GET", backup(({ response }, one) => {
        response.writeHead(200, { "Content-Type": "application/zip", "Content-Disposition": `attachment; filename="${one.filename}"` });
        response.end("PK");
      })],
      [/^\/backup\/([^/]+)\/verify$/, "GET", backup(({ reply }, one) => {
        const broken = one === this.backups.at(-1);
        reply(200, { valid: !broken, filename: one.filename, contains: one.contains, database_valid: !broken, errors: broken ? ["fuzzbin.db: bad checksum"] : [] });
      })],
      [/^\/app\/api\/backups\/([^/]+)\/restore$/, "POST", backup(({ reply }, one) => reply(202, { filename: one.filename, message: "The server starts again with this backup; sign in with the password of then" }))],
    ];
  }
}
