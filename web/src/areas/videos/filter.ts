// The list's filters, sort and text live in the address; this reads and changes them there.

import { useMemo } from "react";
import type { VideoFilter } from "../../api/videos";
import { useAddress } from "../../lib/address";

export type Choice = "genre" | "year" | "tag" | "director" | "status" | "artist";
export const many: readonly Choice[] = ["genre", "year", "tag"];
export const choices: readonly Choice[] = ["artist", "genre", "year", "tag", "director", "status"];
export type SortName = "title" | "artist" | "album" | "year" | "created_at" | "updated_at";
export const sorts: readonly SortName[] = ["artist", "title", "album", "year", "created_at", "updated_at"];

/** What a list shows for things that lack the attribute, and how the server is asked for them. */
export const noneValue = "__none__";

export function filterFrom(parameters: URLSearchParams): VideoFilter {
  const sort = parameters.get("sort") as SortName | null;
  const filter: VideoFilter = {
    sort_by: sort && sorts.includes(sort) ? sort : "artist",
    sort_order: parameters.get("order") === "desc" ? "desc" : "asc",
  };
  const text = parameters.get("q")?.trim();
  if (text) filter.search = text;
  const [genres, years, tags] = [parameters.getAll("genre"), parameters.getAll("year"), parameters.getAll("tag")];
  if (genres.length) filter.genre = genres;
  if (years.length) filter.year = years.map((year) => (year === noneValue ? "-1" : year));
  if (tags.length) filter.tag_name = tags;
  for (const name of ["director", "status", "artist"] as const) {
    const value = parameters.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

export type Filters = {
  filter: VideoFilter;
  identity: string;
  text: string;
  active: { name: Choice; value: string }[];
  has: (name: Choice, value: string) => boolean;
  toggle: (name: Choice, value: string) => void;
  setText: (text: string) => void;
  setSort: (sort: SortName, order: "asc" | "desc") => void;
  clear: () => void;
};

export function useFilters(): Filters {
  const [parameters, setParameters] = useAddress();
  const filter = useMemo(() => filterFrom(parameters), [parameters]);
  const change = (edit: (next: URLSearchParams) => void, replace = false) => {
    const next = new URLSearchParams(parameters);
    edit(next);
    setParameters(next, { replace });
  };
  return {
    filter,
    identity: JSON.stringify(filter),
    text: parameters.get("q") ?? "",
    active: choices.flatMap((name) => parameters.getAll(name).map((value) => ({ name, value }))),
    has: (name, value) => parameters.getAll(name).includes(value),
    toggle: (name, value) =>
      change((next) => {
        const others = next.getAll(name).filter((one) => one !== value);
        const wasOn = next.getAll(name).includes(value);
        next.delete(name);
        if (many.includes(name)) others.forEach((one) => next.append(name, one));
        if (!wasOn) next.append(name, value);
      }),
    setText: (text) => change((next) => (text ? next.set("q", text) : next.delete("q")), true),
    setSort: (sort, order) =>
      change((next) => {
        next.set("sort", sort);
        next.set("order", order);
      }, true),
    clear: () => change((next) => ["q", ...choices].forEach((name) => next.delete(name))),
  };
}
