import type { ReactNode } from "react";
import type { Job } from "../../api/types";
import { Skeleton } from "../../ui/basics";
import { JobCard } from "./job-card";

export const newestFirst = (a: Job, b: Job) => (a.completed_at ?? a.created_at) < (b.completed_at ?? b.created_at) ? 1 : -1;

export function JobList({ list, empty }: { list: Job[] | undefined; empty: ReactNode }) {
  if (!list) return <div className="grid gap-3">{[0, 1, 2].map((row) => <Skeleton key={row} className="h-24 rounded-xl" />)}</div>;
  if (list.length === 0) return <>{empty}</>;
  return <ul className="grid gap-3">{list.map((job) => <li key={job.id} className="min-w-0"><JobCard job={job} /></li>)}</ul>;
}
