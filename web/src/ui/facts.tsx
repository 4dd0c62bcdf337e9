import type { ReactNode } from "react";

/** Names and values; a row without a value is left out. */
export function Facts({ title, rows }: { title?: string; rows: [string, ReactNode][] }) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== "–");
  if (known.length === 0) return null;
  return (
    <section className="min-w-0">
      {title && <h2 className="mb-2 font-semibold">{title}</h2>}
      <dl className="divide-y divide-line text-sm">
        {known.map(([name, value]) => (
          <div key={name} className="grid grid-cols-[minmax(6rem,9rem)_1fr] items-center gap-3 py-2">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
