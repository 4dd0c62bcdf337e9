// The letters beside a sorted list. Where a letter begins is found by halving: about ten pages of a
// hundred thousand rows are looked at, and each stays in the cache.

import type { QueryClient } from "@tanstack/react-query";
import { t } from "../i18n";
import type { PageOf } from "../lib/paged";
import { initial } from "../lib/format";

const alphabet = ["#", ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The index of the first row at or after the letter. */
export async function findLetter<T>(
  client: QueryClient, pageOf: PageOf<T>, pageSize: number, total: number, textOf: (item: T) => string | null, letter: string, order: "asc" | "desc",
): Promise<number> {
  const place = (item: T) => alphabet.indexOf(initial(textOf(item)));
  const wanted = alphabet.indexOf(letter);
  const before = (item: T) => (order === "asc" ? place(item) < wanted : place(item) > wanted);
  let [low, high] = [1, Math.max(1, Math.ceil(total / pageSize))];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const last = (await client.fetchQuery(pageOf(middle))).items.at(-1);
    if (last && before(last)) low = middle + 1;
    else high = middle;
  }
  const { items } = await client.fetchQuery(pageOf(low));
  const within = items.findIndex((item) => !before(item));
  return Math.min(total - 1, (low - 1) * pageSize + (within < 0 ? Math.max(0, items.length - 1) : within));
}

export function Letters({ onJump, descending }: { onJump: (letter: string) => void; descending: boolean }) {
  const letters = descending ? [...alphabet].reverse() : alphabet;
  return (
    <nav aria-label={t("letters.label")} className="sticky top-20 hidden h-[calc(100dvh-10rem)] w-7 shrink-0 flex-col justify-between self-start md:flex">
      {letters.map((letter) => (
        <button key={letter} type="button" onClick={() => onJump(letter)} aria-label={t("letters.jump", { letter })}
          className="min-h-0 flex-1 rounded text-xs font-medium text-faint hover:bg-raised hover:text-accent">
          {letter}
        </button>
      ))}
    </nav>
  );
}
