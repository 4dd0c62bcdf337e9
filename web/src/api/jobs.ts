// The job queue, its schedules and the activity log.

import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, remove } from "./http";
import type { ActivityPage, Job, JobList, JobLog, JobMetrics, Schedule, ScheduleInput, ScanPreview, ScanRequest, ScanStarted } from "./types";

export const activeStatuses: readonly string[] = ["running", "pending", "waiting"];

export const jobs = () =>
  queryOptions({
    queryKey: ["jobs"] as const,
    queryFn: ({ signal }) => get<JobList>("/jobs", { limit: 500 }, signal),
    staleTime: 15_000,
  });

export const job = (id: string) =>
  queryOptions({ queryKey: ["job", id] as const, queryFn: ({ signal }) => get<Job>(`/jobs/${id}`, undefined, signal) });

/** The scenes surface is the one that tells a job's log. */
export const jobLog = (id: string) =>
  queryOptions({
    queryKey: ["job", id, "log"] as const,
    queryFn: async ({ signal }) => (await get<JobLog>(`/api/v1/jobs/${id}`, undefined, signal)).logs ?? [],
    retry: false,
  });

export const jobMetrics = () =>
  queryOptions({ queryKey: ["jobs", "metrics"] as const, queryFn: ({ signal }) => get<JobMetrics>("/jobs/metrics", undefined, signal) });

export const schedules = () =>
  queryOptions({
    queryKey: ["schedules"] as const,
    queryFn: ({ signal }) => get<{ tasks: Schedule[]; total: number }>("/jobs/scheduled", { builtin: true }, signal),
  });

export const activity = (limit: number) =>
  queryOptions({
    queryKey: ["activity", limit] as const,
    queryFn: ({ signal }) => get<ActivityPage>("/api/activity", { limit }, signal),
  });

export const cancelJob = (id: string) => remove(`/jobs/${id}`);
export const submitJob = (type: string, metadata: Record<string, unknown>) => post<Job>("/jobs", { type, metadata });
export const addSchedule = (input: ScheduleInput) => post<Schedule>("/jobs/scheduled", input);
export const updateSchedule = (id: number, change: Partial<ScheduleInput>) => patch<Schedule>(`/jobs/scheduled/${id}`, change);
export const deleteSchedule = (id: number) => remove(`/jobs/scheduled/${id}`);
export const runSchedule = (id: number) => post<Job>(`/jobs/scheduled/${id}/run`);

export const previewScan = (request: ScanRequest) => post<ScanPreview>("/scan/preview", request);
export const startScan = (request: ScanRequest) => post<ScanStarted>("/scan", request);
