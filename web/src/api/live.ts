// Live news from the server: one EventSource, whose messages change cached queries in place or mark
// them stale. When the connection drops the browser reconnects by itself (Last-Event-ID); when the
// server refused it, the token is renewed, a new connection opened, and everything on screen is
// fetched once, so nothing that happened in between is missed.

import type { QueryClient } from "@tanstack/react-query";
import { accessTokenNow, refreshSession, sessionState } from "./session";
import type { Job, JobList, JobStatus, LiveMessage } from "./types";

export type LiveState = "off" | "live" | "reconnecting";

const jobEvents = ["job_created", "job_started", "job_progress", "job_completed", "job_failed", "job_cancelled", "job_timeout", "job_retry"] as const;

/** What each other event makes stale. */
const staleAfter: Record<string, string[]> = {
  video_created: ["videos", "facets", "tags", "artists"],
  video_updated: ["videos", "video", "facets"],
  video_deleted: ["videos", "video", "facets", "tags", "trash", "collection", "collections"],
  movie_created: ["movies"],
  movie_updated: ["movies", "movie"],
  movie_deleted: ["movies", "movie"],
  show_updated: ["series", "one-series"],
  show_deleted: ["series", "one-series"],
  config_changed: ["settings"],
  client_reloaded: ["settings"],
  activity: ["activity"],
  library_changed: ["videos", "video", "facets", "movies", "movie", "series", "one-series", "libraries", "tags", "artists"],
};

const statusOf: Partial<Record<string, JobStatus>> = {
  job_created: "pending", job_started: "running", job_progress: "running", job_completed: "completed",
  job_failed: "failed", job_cancelled: "cancelled", job_timeout: "timeout", job_retry: "pending",
};

const ended: ReadonlySet<JobStatus> = new Set(["completed", "failed", "cancelled", "timeout"]);

type Sample = { atMs: number; done: number };
export type JobLive = { samples: Sample[]; steps: { atMs: number; text: string }[]; etaSeconds: number | null; speedMiB: number | null };

const samplesKept = 40;
const stepsKept = 200;

class Live {
  private source: EventSource | null = null;
  private client: QueryClient | null = null;
  private state: LiveState = "off";
  private retryMs = 1000;
  private retryTimer = 0;
  private listeners = new Set<() => void>();
  private stale = new Set<string>();
  private staleTimer = 0;
  private perJob = new Map<string, JobLive>();
  private lastEventId = "";

  start(client: QueryClient): () => void {
    this.client = client;
    this.open();
    return () => this.stop();
  }

  current = (): LiveState => this.state;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  forJob(id: string): JobLive | undefined {
    return this.perJob.get(id);
  }

  private become(state: LiveState) {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private stop() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retryTimer);
    this.become("off");
  }

  private open() {
    const token = accessTokenNow();
    if (!token) return;
    const query = new URLSearchParams({ access_token: token });
    if (this.lastEventId) query.set("last_event_id", this.lastEventId);
    const source = new EventSource(`/api/events?${query}`);
    this.source = source;
    source.onopen = () => {
      const wasAway = this.state === "reconnecting";
      this.retryMs = 1000;
      this.become("live");
      // What happened between the first list and this connection is in neither: jobs are asked for again.
      void this.client?.invalidateQueries(wasAway ? {} : { queryKey: ["jobs"] });
    };
    source.onerror = () => {
      if (sessionState() !== "signed-in") return;
      this.become("reconnecting");
      if (source.readyState === EventSource.CLOSED) this.reopenLater();
    };
    // More was missed than the server keeps at hand: everything on screen is fetched again.
    source.addEventListener("reload", () => void this.client?.invalidateQueries());
    for (const type of [...jobEvents, ...Object.keys(staleAfter)]) source.addEventListener(type, (event) => this.receive(event as MessageEvent<string>));
  }

  private reopenLater() {
    this.source?.close();
    this.retryTimer = window.setTimeout(async () => {
      this.retryMs = Math.min(this.retryMs * 2, 30_000);
      const signedIn = await refreshSession().catch(() => null);
      if (signedIn === false) return this.stop();
      if (signedIn === null) return this.reopenLater();
      return this.open();
    }, this.retryMs);
  }

  private receive(event: MessageEvent<string>) {
    let message: LiveMessage;
    try {
      message = JSON.parse(event.data) as LiveMessage;
    } catch {
      return;
    }
    if (event.lastEventId) this.lastEventId = event.lastEventId;
    const type = message.event_type;
    const status = statusOf[type];
    if (status) this.applyJob(message, status);
    this.markStale(...(staleAfter[type] ?? []));
  }

  private applyJob({ event_type: type, timestamp, payload }: LiveMessage, status: JobStatus) {
    const id = String(payload.job_id ?? "");
    const client = this.client;
    if (!id || !client) return;
    this.remember(id, payload);
    const change = (job: Job): Job => ({
      ...job,
      status,
      progress: type === "job_completed" ? 1 : Number(payload.progress ?? job.progress),
      current_step: String(payload.current_step ?? job.current_step),
      processed_items: Number(payload.processed_items ?? job.processed_items),
      total_items: Number(payload.total_items ?? job.total_items),
      error: (payload.error as string | undefined) ?? job.error,
      started_at: type === "job_started" ? timestamp : job.started_at,
      completed_at: ended.has(status) ? timestamp : job.completed_at,
      result: (payload.result as Job["result"] | undefined) ?? job.result,
    });
    let known = false;
    client.setQueryData<JobList>(["jobs"], (list) =>
      list && { ...list, jobs: list.jobs.map((job) => (job.id === id ? ((known = true), change(job)) : job)) });
    client.setQueryData<Job>(["job", id], (job) => job && change(job));
    if (type !== "job_progress" || !known) this.markStale("jobs", "job", "activity");
    if (["job_completed", "job_failed", "job_timeout"].includes(type)) {
      this.markStale("videos", "video", "facets", "movies", "series", "libraries", "schedules", "artists", "trash", "backups");
    }
  }

  private remember(id: string, payload: Record<string, unknown>) {
    const live = this.perJob.get(id) ?? { samples: [], steps: [], etaSeconds: null, speedMiB: null };
    this.perJob.set(id, live);
    if (typeof payload.processed_items === "number") {
      live.samples.push({ atMs: Date.now(), done: payload.processed_items });
      if (live.samples.length > samplesKept) live.samples.shift();
    }
    const step = payload.current_step;
    if (typeof step === "string" && live.steps.at(-1)?.text !== step) {
      live.steps.push({ atMs: Date.now(), text: step });
      if (live.steps.length > stepsKept) live.steps.shift();
    }
    live.etaSeconds = typeof payload.eta_seconds === "number" ? payload.eta_seconds : null;
    live.speedMiB = typeof payload.download_speed === "number" ? payload.download_speed : null;
  }

  /** Gathers bursts: a scan of thousands of files makes the list stale a few times, not thousands. */
  private markStale(...keys: string[]) {
    for (const key of keys) this.stale.add(key);
    if (this.staleTimer || this.stale.size === 0) return;
    this.staleTimer = window.setTimeout(() => {
      this.staleTimer = 0;
      const gathered = [...this.stale];
      this.stale.clear();
      for (const key of gathered) void this.client?.invalidateQueries({ queryKey: [key] });
    }, 400);
  }
}

export const live = new Live();
