// The stand-in's queue: jobs that move on a timer and tell about it, as the server would.

import { randomUUID } from "node:crypto";

const tickMs = 120;

export class Jobs {
  constructor(emit) {
    this.emit = emit;
    this.jobs = [];
    this.logs = new Map();
    this.schedules = [];
    this.timers = new Set();
  }

  make(type, metadata, total, extra = {}) {
    const now = new Date().toISOString();
    const job = {
      id: randomUUID(), type, status: "pending", progress: 0, current_step: "Waiting for a worker", total_items: total, processed_items: 0, result: null, error: null,
      created_at: now, started_at: null, completed_at: null, metadata, ...extra,
    };
    this.jobs.unshift(job);
    this.logs.set(job.id, []);
    return job;
  }

  submit(type, metadata, { total = 40, perTick = 1, onItem = () => {}, result = () => ({ status: "success" }) } = {}) {
    const job = this.make(type, metadata, total);
    this.emit("job_created", { job_id: job.id, job_type: type, metadata });
    const timer = setInterval(() => {
      if (job.status === "cancelled") return this.stop(timer);
      if (job.status === "pending") return this.start(job);
      for (let step = 0; step < perTick && job.processed_items < total; step += 1) onItem(job.processed_items++);
      job.progress = job.processed_items / total;
      job.current_step = `Reading file ${job.processed_items} of ${total}`;
      this.logs.get(job.id).push(job.current_step);
      this.emit("job_progress", { job_id: job.id, job_type: type, progress: job.progress, current_step: job.current_step, processed_items: job.processed_items, total_items: total });
      if (job.processed_items < total) return undefined;
      this.stop(timer);
      return this.finish(job, "completed", { result: result() });
    }, tickMs);
    this.timers.add(timer);
    return job;
  }

  start(job) {
    job.status = "running";
    job.started_at = new Date().toISOString();
    this.emit("job_started", { job_id: job.id, job_type: job.type, priority: 5, metadata: job.metadata });
  }

  finish(job, status, change) {
    Object.assign(job, change, { status, completed_at: new Date().toISOString(), progress: status === "completed" ? 1 : job.progress });
    this.emit(`job_${status}`, { job_id: job.id, job_type: job.type, ...change });
  }

  cancel(id) {
    const job = this.jobs.find((one) => one.id === id);
    if (!job || !["pending", "waiting", "running"].includes(job.status)) return false;
    this.finish(job, "cancelled", {});
    return true;
  }

  stop(timer) {
    clearInterval(timer);
    this.timers.delete(timer);
  }

  close() {
    for (const timer of this.timers) clearInterval(timer);
  }
}
