// The filters at the left: values with counts, the things without a value last asked for under "None".

import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { facets } from "../../api/videos";
import type { Facet } from "../../api/types";
import { t, tData } from "../../i18n";
import { number } from "../../lib/format";
import { Skeleton } from "../../ui/basics";
import { SavedSearches } from "./saved";
import { noneValue, type Choice, type Filters } from "./filter";

const shownAtFirst = 7;
const statuses = ["discovered", "queued", "downloading", "downloaded", "imported", "organized", "missing", "failed", "archived"];

export function valueLabel(name: Choice, value: string): string {
  if (value === noneValue) return t("facet.none");
  return name === "status" ? tData("status", value) : value;
}

type GroupProps = { name: Choice; title: string; values: { value: string; count: number | null }[]; filters: Filters; startOpen?: boolean };

function FacetGroup({ name, title, values, filters, startOpen = true }: GroupProps) {
  const [open, setOpen] = useState(startOpen);
  const [all, setAll] = useState(false);
  const [find, setFind] = useState("");
  const fitting = find ? values.filter((one) => valueLabel(name, one.value).toLowerCase().includes(find.toLowerCase())) : values;
  const shown = all ? fitting.slice(0, 200) : fitting.filter((one, index) => index < shownAtFirst || filters.has(name, one.value));
  if (values.length === 0) return null;
  return (
    <fieldset className="min-w-0 border-t border-line py-2 first:border-t-0">
      <legend className="contents">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex min-h-10 w-full items-center justify-between text-sm font-semibold">
          {title}
          <ChevronDown size={16} aria-hidden="true" className={`text-faint transition-transform duration-100 ${open ? "" : "-rotate-90"}`} />
        </button>
      </legend>
      {open && (
        <>
          {all && values.length > 20 && (
            <input type="search" aria-label={t("facet.find", { group: title })} placeholder={t("facet.find", { group: title })} value={find} onChange={(event) => setFind(event.target.value)} className="field mb-1 text-sm" />
          )}
          <div className={all ? "scroll-quiet max-h-80 overflow-y-auto" : ""}>
            {shown.map((one) => (
              <label key={one.value} className={`-mx-2 flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-raised max-md:min-h-10 ${filters.has(name, one.value) ? "text-ink" : "text-dim"}`}>
                <input type="checkbox" checked={filters.has(name, one.value)} onChange={() => filters.toggle(name, one.value)} className="size-4 shrink-0 accent-accent" />
                <span className={`min-w-0 flex-1 truncate ${one.value === noneValue ? "italic" : ""}`}>{valueLabel(name, one.value)}</span>
                {one.count !== null && <span className="text-xs text-faint tabular-nums">{number(one.count)}</span>}
              </label>
            ))}
          </div>
          {values.length > shownAtFirst && (
            <button type="button" onClick={() => setAll(!all)} className="min-h-9 text-sm text-accent hover:underline">{all ? t("facet.fewer") : t("facet.all", { count: number(values.length) })}</button>
          )}
        </>
      )}
    </fieldset>
  );
}

export function FacetPanel({ filters }: { filters: Filters }) {
  const { data } = useQuery(facets());
  if (!data) return <div className="grid gap-3 py-3">{Array.from({ length: 12 }, (_, row) => <Skeleton key={row} className="h-6" />)}</div>;
  const groups: [Choice, string, Facet[]][] = [
    ["genre", t("field.genre"), data.genres], ["tag", t("field.tags"), data.tags], ["year", t("field.year"), data.years], ["director", t("field.director"), data.directors],
  ];
  return (
    <>
      <SavedSearches filters={filters} />
      {groups.map(([name, title, values]) => <FacetGroup key={name} name={name} title={title} values={values} filters={filters} startOpen={name !== "director"} />)}
      <FacetGroup name="status" title={t("field.status")} values={statuses.map((value) => ({ value, count: null }))} filters={filters} startOpen={false} />
    </>
  );
}
