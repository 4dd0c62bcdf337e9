// One error for every way a call can fail, whichever surface's error body came back.

import type { ConfigConflict } from "./types";

type FieldError = { loc: (string | number)[]; msg: string };

export class ApiError extends Error {
  status: number;
  /** Reasons by field name, where the server named fields. */
  fields: Record<string, string> = {};
  retryAfterSeconds: number | null = null;
  conflict: ConfigConflict | null = null;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Status 0: no answer at all. */
  static offline(cause: unknown): ApiError {
    const error = new ApiError(0, "offline");
    error.cause = cause;
    return error;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

function fromFieldErrors(error: ApiError, list: FieldError[]): void {
  for (const { loc, msg } of list) {
    const name = String(loc[1] ?? loc[0] ?? "");
    error.fields[name] ??= msg.replace(/^Value error, /, "");
  }
  const first = list[0];
  if (first) error.message = error.fields[String(first.loc[1] ?? first.loc[0] ?? "")] ?? error.message;
}

export async function readFailure(reply: Response): Promise<ApiError> {
  const error = new ApiError(reply.status, reply.statusText || `HTTP ${reply.status}`);
  const retryAfter = Number(reply.headers.get("Retry-After"));
  if (Number.isFinite(retryAfter) && retryAfter > 0) error.retryAfterSeconds = retryAfter;
  const body: unknown = await reply.json().catch(() => null);
  if (typeof body !== "object" || body === null) return error;
  const { detail, errors, error: nested } = body as Record<string, unknown>;
  if (typeof detail === "string") error.message = detail;
  if (typeof detail === "object" && detail !== null) {
    error.conflict = detail as ConfigConflict;
    error.message = error.conflict.message ?? error.message;
  }
  if (Array.isArray(errors)) fromFieldErrors(error, errors as FieldError[]);
  if (typeof nested === "object" && nested !== null) {
    const { message, details } = nested as { message?: string; details?: { field?: string; message?: string } };
    if (message) error.message = message;
    if (details?.field) error.fields[details.field] = details.message ?? error.message;
  }
  return error;
}
