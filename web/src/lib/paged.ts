// Random access to a list that the server gives in pages: the pages around the visible rows are fetched,
// pages passed while scrolling fast are not, and every page fetched is kept in the query cache.

import { useQueries, useQueryClient, type FetchQueryOptions } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Page } from "../api/types";

export type PageOf<T> = (page: number) => FetchQueryOptions<Page<T>, Error, Page<T>, any>;
export type PagedList<T> = {
  total: number | null;
  item: (index: number) => T | undefined;
  error: Error | null;
  refetch: () => void;
};

const settleMs = 70;

export function usePagedList<T>(pageOf: PageOf<T>, pageSize: number, first: number, end: number, identity: string): PagedList<T> {
  const wantedFirst = Math.floor(first / pageSize) + 1;
  const wantedLast = Math.max(wantedFirst, Math.floor(Math.max(0, end - 1) / pageSize) + 1);
  const [settled, setSettled] = useState({ identity, from: wantedFirst, to: wantedLast });
  const range = settled.identity === identity ? settled : { identity, from: 1, to: 1 };

  useEffect(() => {
    const timer = setTimeout(() => setSettled({ identity, from: wantedFirst, to: wantedLast }), settleMs);
    return () => clearTimeout(timer);
  }, [identity, wantedFirst, wantedLast]);

  const pages = useMemo(() => Array.from({ length: range.to - range.from + 1 }, (_, step) => range.from + step), [range.from, range.to]);
  const results = useQueries({ queries: pages.map((page) => pageOf(page)) });

  // The total stays what it was while the next page is on its way, so the scroll bar never jumps.
  const lastTotal = useRef<{ identity: string; total: number } | null>(null);
  const known = results.find((result) => result.data)?.data;
  if (known) lastTotal.current = { identity, total: known.total };
  const total = lastTotal.current?.identity === identity ? lastTotal.current.total : null;

  const client = useQueryClient();
  return {
    total,
    item: (index) => {
      const page = Math.floor(index / pageSize) + 1;
      const fetched = results[page - range.from]?.data ?? client.getQueryData<Page<T>>(pageOf(page).queryKey);
      return fetched?.items[index % pageSize];
    },
    error: results.find((result) => result.error)?.error ?? null,
    refetch: () => results.forEach((result) => void result.refetch()),
  };
}
