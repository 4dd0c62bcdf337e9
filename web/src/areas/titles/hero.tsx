import type { ReactNode } from "react";
import { Poster, type TitleItem } from "./poster-grid";

/** The head of a movie's or a show's page: poster, words, and the same picture as a soft ground behind. */
export function TitleHero({ kind, item, facts, children }: { kind: "movies" | "series"; item: TitleItem; facts: (string | number | null | undefined | false)[]; children?: ReactNode }) {
  return (
    <div className="relative -mx-4 overflow-hidden md:-mx-6">
      <div aria-hidden="true" className="absolute inset-0 opacity-70 blur-3xl light:opacity-40"><Poster kind={kind} item={item} className="size-full" /></div>
      <div aria-hidden="true" className="absolute inset-0 bg-linear-to-b from-bg/40 to-bg" />
      <div className="relative flex gap-4 px-4 pt-6 pb-6 md:gap-8 md:px-6 md:pt-10">
        <Poster kind={kind} item={item} className="aspect-2/3 w-28 shrink-0 self-start rounded-xl shadow-float md:w-52" />
        <div className="flex min-w-0 flex-col justify-end gap-3">
          <h1 className="text-2xl font-semibold tracking-tight break-words md:text-4xl">{item.title}</h1>
          <p className="text-sm text-dim tabular-nums">{facts.filter(Boolean).join(" · ")}</p>
          {children}
        </div>
      </div>
    </div>
  );
}
