// The stand-in's collections and changes to many videos (contract 2.5, 2.10).

import { fold } from "./data.mjs";

const now = () => new Date().toISOString();
const missing = (reply, id) => reply(404, { detail: `Collection ${id} not found`, error_type: "collection_not_found", collection_id: id });

export class Collections {
  constructor(library) {
    this.library = library;
    this.list = [];
    if (library.videos.length > 12) {
      this.add("Late night", "For after midnight.", library.videos.slice(0, 9));
      this.add("One-take wonders", null, library.videos.slice(6, 10));
      this.add("Empty for now", null, []);
    }
  }

  add(name, description, videos) {
    const one = { id: this.list.length + 1, name, description, created_at: now(), updated_at: now(), is_deleted: false, deleted_at: null };
    this.list.push(one);
    videos.forEach((video, index) => this.place(one, video, index));
    return one;
  }

  find(id) {
    return this.list.find((one) => one.id === id && !one.is_deleted);
  }

  /** [video, position] in order. */
  members(id) {
    return this.library.videos.filter((video) => !video.is_deleted).map((video) => [video, video.collections.find((one) => one.id === id)?.position])
      .filter(([, position]) => position !== undefined).sort((a, b) => a[1] - b[1] || (a[0].title < b[0].title ? -1 : 1));
  }

  place(one, video, position) {
    const next = position ?? Math.max(-1, ...this.members(one.id).map((pair) => pair[1])) + 1;
    const known = video.collections.find((link) => link.id === one.id);
    if (known) known.position = position ?? known.position;
    else video.collections.push({ id: one.id, name: one.name, position: next });
  }

  told(one) {
    return { ...one, video_count: this.members(one.id).length };
  }

  routes() {
    const known = (run) => (context, id, ...rest) => {
      const one = this.find(id);
      return one ? run(context, one, ...rest) : missing(context.reply, id);
    };
    const video = (context, id) => this.library.byId.get(id) ?? (context.reply(404, { detail: `Video not found: ${id}`, error_type: "video_not_found", video_id: id }), null);
    return [
      [/^\/collections$/, "GET", ({ query, reply }) => {
        const list = this.list.filter((one) => !one.is_deleted && fold(one.name).includes(fold(query.get("name")))).sort((a, b) => (a.name < b.name ? -1 : 1));
        reply(200, this.library.page(list.map((one) => this.told(one)), query));
      }],
      [/^\/collections$/, "POST", ({ body, reply }) => {
        if (!body.name) return reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", "name"], msg: "String should have at least 1 character", type: "string_too_short" }] });
        const same = this.list.find((one) => !one.is_deleted && fold(one.name) === fold(body.name));
        if (same) same.description = body.description ?? null;
        return reply(201, this.told(same ?? this.add(body.name, body.description ?? null, [])));
      }],
      [/^\/collections\/(\d+)$/, "GET", known(({ reply }, one) => reply(200, this.told(one)))],
      [/^\/collections\/(\d+)$/, "PATCH", known(({ body, reply }, one) => {
        if (this.list.some((other) => other !== one && !other.is_deleted && fold(other.name) === fold(body.name))) return reply(409, { detail: "A collection of this name exists", error_type: "duplicate_record", table: "collections", key: "name" });
        Object.assign(one, body, { updated_at: now() });
        return reply(200, this.told(one));
      })],
      [/^\/collections\/(\d+)$/, "DELETE", known(({ reply }, one) => { one.is_deleted = true; reply(204); })],
      [/^\/collections\/(\d+)\/videos$/, "GET", known(({ query, reply }, one) => reply(200, this.library.page(this.members(one.id).map((pair) => pair[0]), query)))],
      [/^\/collections\/(\d+)\/videos\/(\d+)$/, "POST", known((context, one, id) => {
        const found = video(context, id);
        if (!found) return;
        this.place(one, found, context.query.has("position") ? Number(context.query.get("position")) : undefined);
        context.reply(204);
      })],
      [/^\/collections\/(\d+)\/videos\/(\d+)$/, "DELETE", known((context, one, id) => {
        const found = video(context, id);
        if (!found) return;
        found.collections = found.collections.filter((link) => link.id !== one.id);
        context.reply(204);
      })],
    ];
  }
}

/** Changes to many videos: each item by itself, reasons by id. */
export class Bulk {
  constructor(mock) {
    this.mock = mock;
  }

  run(ids, change, reply) {
    if (!Array.isArray(ids) || ids.length === 0) return reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", "video_ids"], msg: "List should have at least 1 item after validation, not 0", type: "too_short" }] });
    if (ids.length > 500) return reply(400, { detail: "Number of videos exceeds limit of 500" });
    const done = { success_ids: [], failed_ids: [], errors: {}, file_errors: [] };
    for (const id of ids) {
      const video = this.mock.library.byId.get(id);
      const problem = !video || video.is_deleted ? `Video not found: ${id}` : change(video);
      if (problem) {
        done.failed_ids.push(id);
        done.errors[id] = problem;
      } else done.success_ids.push(id);
    }
    this.mock.library.changed();
    return reply(200, { ...done, total: ids.length, success_count: done.success_ids.length, failed_count: done.failed_ids.length });
  }

  routes() {
    const { mock } = this;
    const statuses = ["discovered", "queued", "downloading", "downloaded", "imported", "organized", "missing", "failed", "archived"];
    return [
      [/^\/videos\/bulk\/update$/, "POST", ({ body, reply }) => {
        const year = body.updates.year;
        if (typeof year === "number" && !(year >= 1900 && year <= 2100)) return reply(422, { detail: "Validation error", error_type: "validation_error", errors: [{ loc: ["body", "updates", "year"], msg: "Input should be greater than or equal to 1900", type: "greater_than_equal" }] });
        return this.run(body.video_ids, (video) => void Object.assign(video, body.updates, { updated_at: now() }), reply);
      }],
      [/^\/videos\/bulk\/status$/, "POST", ({ body, reply }) => this.run(body.video_ids, (video) => (statuses.includes(body.status) ? void (video.status = body.status) : `Unknown status: ${body.status}`), reply)],
      [/^\/videos\/bulk\/tags$/, "POST", ({ body, reply }) => this.run(body.video_ids, (video) => {
        const tags = body.tag_names.map((name) => mock.library.tagNamed(name)).map(({ id, name }) => ({ id, name, source: "manual" }));
        const kept = body.replace ? [] : video.tags.filter((tag) => !tags.some((one) => one.id === tag.id));
        video.tags = [...kept, ...tags];
      }, reply)],
      [/^\/videos\/bulk\/collections$/, "POST", ({ body, reply }) => {
        const one = mock.collections.find(body.collection_id);
        return this.run(body.video_ids, (video) => (one ? mock.collections.place(one, video) : `Collection ${body.collection_id} not found`), reply);
      }],
      [/^\/videos\/bulk\/delete$/, "POST", ({ body, reply }) => this.run(body.video_ids, (video) => {
        Object.assign(video, { is_deleted: true, deleted_at: now() });
        if (body.delete_files && video.video_file_path) mock.files.toTrash(video);
      }, reply)],
      [/^\/videos\/bulk\/download$/, "POST", ({ body, reply }) => {
        const skipped = [];
        const jobs = [];
        for (const id of body) {
          const video = mock.library.byId.get(id);
          if (!video) skipped.push({ video_id: id, reason: "Not found" });
          else if (!video.youtube_id) skipped.push({ video_id: id, reason: "No YouTube ID" });
          else jobs.push(mock.imports.download(video).id);
        }
        reply(202, { submitted: jobs.length, skipped: skipped.length, job_ids: jobs, details: skipped.length ? { skipped_videos: skipped } : null });
      }],
    ];
  }
}
