// Settings: the registry with each row's meaning, and changes with their history.

import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, remove } from "./http";
import type { ApiKey, ApiKeyCreated, ConfigHistory, ConfigUpdated, ProviderTest, ServiceHealth, SettingsRegistry, SettingValue, UndoRedo } from "./types";

export const registry = () =>
  queryOptions({
    queryKey: ["settings", "registry"] as const,
    queryFn: ({ signal }) => get<SettingsRegistry>("/api/settings/registry", undefined, signal),
  });

export const configHistory = () =>
  queryOptions({
    queryKey: ["settings", "history"] as const,
    queryFn: ({ signal }) => get<ConfigHistory>("/config/history", { limit: 50 }, signal),
  });

export const serviceHealth = (name: string) =>
  queryOptions({
    queryKey: ["settings", "service", name] as const,
    queryFn: ({ signal }) => get<ServiceHealth>(`/api/health/${name}`, undefined, signal),
    retry: false,
  });

/** Really asks the service; the answer tells whether it worked. */
export const testProvider = (name: string) => post<ProviderTest>(`/app/api/providers/${name}/test`);

export const changeSetting = (key: string, value: SettingValue, force = false) =>
  patch<ConfigUpdated>("/config", { updates: { [key]: value }, force });

export const undoSettings = () => post<UndoRedo>("/config/undo", undefined, { steps: 1 });
export const redoSettings = () => post<UndoRedo>("/config/redo", undefined, { steps: 1 });

export const changePassword = (current: string, next: string) =>
  post<void>("/auth/password", { current_password: current, new_password: next });

/** The list may come bare or wrapped; both are read. */
export const apiKeys = () =>
  queryOptions({
    queryKey: ["api-keys"] as const,
    queryFn: async ({ signal }) => {
      const reply = await get<ApiKey[] | { items?: ApiKey[]; api_keys?: ApiKey[]; keys?: ApiKey[] }>("/auth/api-keys", undefined, signal);
      return Array.isArray(reply) ? reply : (reply.items ?? reply.api_keys ?? reply.keys ?? []);
    },
    retry: false,
  });
export const addApiKey = (name: string) => post<ApiKeyCreated>("/auth/api-keys", { name });
export const deleteApiKey = (id: ApiKey["id"]) => remove(`/auth/api-keys/${id}`);
