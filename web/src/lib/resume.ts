// Where each video was stopped, kept in this browser; the newest are offered on the home page.

const storageKey = "medley.resume";
const entriesKept = 60;

export type ResumePoint = { id: number; seconds: number; duration: number; atMs: number };

export function resumePoints(): ResumePoint[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(list) ? (list as ResumePoint[]) : [];
  } catch {
    return [];
  }
}

export function resumePoint(id: number): ResumePoint | undefined {
  return resumePoints().find((point) => point.id === id);
}

/** Watched to its end, or only glanced at: nothing to resume. */
export function saveResumePoint(id: number, seconds: number, duration: number): void {
  const others = resumePoints().filter((point) => point.id !== id);
  const worthKeeping = seconds > 5 && seconds < duration * 0.95;
  const list = worthKeeping ? [{ id, seconds, duration, atMs: Date.now() }, ...others] : others;
  localStorage.setItem(storageKey, JSON.stringify(list.slice(0, entriesKept)));
}

export function forgetResumePoint(id: number): void {
  localStorage.setItem(storageKey, JSON.stringify(resumePoints().filter((point) => point.id !== id)));
}
