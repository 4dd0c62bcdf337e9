// The query cache. Live events say what became stale, so nothing polls.

import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api/failure";

const worthRetrying = (error: Error) => error instanceof ApiError && (error.isOffline || error.status >= 502);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      retry: (count, error) => count < 2 && worthRetrying(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
