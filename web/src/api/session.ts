// Who is signed in. The access token lives only in this module's memory; the refresh token is an
// HttpOnly cookie the page cannot read. One refresh runs at a time, whoever asks.

import { ApiError, readFailure } from "./failure";
import type { TokenReply } from "./types";

export type SessionState = "unknown" | "signed-in" | "signed-out";

let accessToken: string | null = null;
let expiresAtMs = 0;
let state: SessionState = "unknown";
let refreshing: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

/** A token that is about to end is renewed before it is used. */
const renewAheadMs = 30_000;

export function sessionState(): SessionState {
  return state;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function accessTokenNow(): string | null {
  return accessToken;
}

export function username(): string {
  const claims = accessToken?.split(".")[1];
  if (!claims) return "";
  try {
    const text = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return String((JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }).sub ?? "");
  } catch {
    return "";
  }
}

function become(next: SessionState, reply?: TokenReply) {
  accessToken = reply?.access_token ?? null;
  expiresAtMs = reply ? Date.now() + reply.expires_in * 1000 : 0;
  state = next;
  for (const listener of listeners) listener();
}

async function post(path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
  try {
    return await fetch(path, {
      method: "POST", headers, credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw ApiError.offline(cause);
  }
}

/** Renews the access token from the cookie. False means: sign in again. Throws when the server is away. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= (async () => {
    const reply = await post("/auth/refresh");
    if (reply.ok) {
      become("signed-in", (await reply.json()) as TokenReply);
      return true;
    }
    if (reply.status >= 500) throw await readFailure(reply);
    become("signed-out");
    return false;
  })().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** The token for a request; renewed first when its end is near. */
export async function freshToken(): Promise<string | null> {
  if (accessToken && Date.now() > expiresAtMs - renewAheadMs) await refreshSession();
  return accessToken;
}

export type LoginOutcome = "signed-in" | "must-change-password";

export async function login(name: string, password: string): Promise<LoginOutcome> {
  const reply = await post("/auth/login", { username: name, password });
  if (reply.status === 403 && reply.headers.get("X-Password-Change-Required") === "true") return "must-change-password";
  if (!reply.ok) throw await readFailure(reply);
  become("signed-in", (await reply.json()) as TokenReply);
  return "signed-in";
}

export async function setInitialPassword(name: string, current: string, next: string): Promise<void> {
  const body = { username: name, current_password: current, new_password: next };
  const reply = await post("/auth/set-initial-password", body);
  if (!reply.ok) throw await readFailure(reply);
  become("signed-in", (await reply.json()) as TokenReply);
}

export async function logout(): Promise<void> {
  try {
    await post("/auth/logout");
  } finally {
    become("signed-out");
  }
}

export function endSession(): void {
  become("signed-out");
}
