// A scan's job, whichever door named it: by its UUID it is told live; by the movie surface's number it is
// asked for until it ends.

import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/http";
import { job } from "../../api/jobs";
import type { Envelope, Job, JobStatus } from "../../api/types";

type NumberedJob = {
  id: number; uuid?: string; type: string; status: string; progress: number; message: string | null; error: string | null; result: Record<string, unknown> | null;
  payload: Record<string, unknown>; created_at: string; started_at: string | null; completed_at: string | null;
};

const askEveryMs = 1000;
const ended = ["completed", "failed", "cancelled"];

function asJob(one: NumberedJob): Job {
  const status = (one.status === "retrying" ? "pending" : one.status) as JobStatus;
  return {
    id: String(one.uuid ?? one.id), type: one.type, status, progress: one.progress / 100, current_step: one.message ?? "", total_items: 100, processed_items: one.progress,
    result: one.result, error: one.error, created_at: one.created_at, started_at: one.started_at, completed_at: one.completed_at, metadata: one.payload ?? {},
  };
}

export function useScanJob(id: string): Job | undefined {
  const numbered = /^\d+$/.test(id);
  const live = useQuery({ ...job(id), enabled: !numbered });
  const asked = useQuery({
    queryKey: ["job", id, "numbered"],
    queryFn: async ({ signal }) => asJob((await get<Envelope<NumberedJob>>(`/api/v1/jobs/${id}`, undefined, signal)).data),
    enabled: numbered,
    refetchInterval: (query) => (query.state.data && ended.includes(query.state.data.status) ? false : askEveryMs),
  });
  return numbered ? asked.data : live.data;
}
