// One way to call the server: JSON in and out, bearer token, one silent refresh on 401.

import { ApiError, readFailure } from "./failure";
import { accessTokenNow, endSession, freshToken, refreshSession } from "./session";

type QueryValue = string | number | boolean | null | undefined | (string | number)[];
export type Query = Record<string, QueryValue>;
export type CallOptions = { query?: Query | undefined; body?: unknown; signal?: AbortSignal | undefined };

export function withQuery(path: string, query?: Query): string {
  if (!query) return path;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function send(method: string, path: string, options: CallOptions, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { method, headers, credentials: "same-origin", signal: options.signal ?? null };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(withQuery(path, options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw ApiError.offline(cause);
  }
}

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  let reply = await send(method, path, options, await freshToken());
  if (reply.status === 401 && (await refreshSession())) {
    reply = await send(method, path, options, accessTokenNow());
  }
  if (reply.status === 401) endSession();
  if (!reply.ok) throw await readFailure(reply);
  if (reply.status === 204) return undefined as T;
  return (await reply.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal });
export const post = <T>(path: string, body?: unknown, query?: Query) => call<T>("POST", path, { body, query });
export const patch = <T>(path: string, body: unknown) => call<T>("PATCH", path, { body });
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, { body });
export const remove = <T = void>(path: string) => call<T>("DELETE", path);

/** Media elements cannot send headers, so their address carries the token. */
export function mediaUrl(path: string, query: Query = {}): string {
  return withQuery(path, { ...query, token: accessTokenNow() });
}
