import { Check } from "lucide-react";
import { t, type Word } from "../i18n";

/** Where one is in something that has several steps. */
export function Steps({ steps, at }: { steps: Word[]; at: number }) {
  return (
    <ol className="mb-6 flex flex-wrap gap-x-6 gap-y-2 text-sm">
      {steps.map((word, index) => (
        <li key={word} aria-current={index === at ? "step" : undefined} className={`flex items-center gap-2 ${index === at ? "font-semibold text-ink" : "text-dim"}`}>
          <span className={`grid size-6 place-items-center rounded-full text-xs tabular-nums ${index <= at ? "bg-accent text-on-accent" : "bg-raised"}`}>{index < at ? <Check size={14} aria-hidden="true" /> : index + 1}</span>
          {t(word)}
        </li>
      ))}
    </ol>
  );
}
