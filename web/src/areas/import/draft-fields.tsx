import { useId } from "react";
import { t, type Word } from "../../i18n";
import { draftFields, type Draft, type DraftField } from "./draft";

const words: Record<DraftField, Word> = {
  title: "field.title", artist: "field.artist", album: "field.album", year: "field.year", director: "field.director", genre: "field.genre", label: "field.studio", featured: "import.featured",
};

export function DraftFields({ draft, problems, change }: { draft: Draft; problems: Partial<Record<DraftField, string>>; change: (next: Draft) => void }) {
  const id = useId();
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
      {draftFields.map((name) => (
        <div key={name}>
          <label htmlFor={`${id}-${name}`} className="mb-1 block text-sm font-medium">{t(words[name])}</label>
          <input
            id={`${id}-${name}`} name={name} value={draft[name]} maxLength={name === "year" ? 4 : 255} inputMode={name === "year" ? "numeric" : undefined} aria-invalid={problems[name] !== undefined}
            aria-describedby={problems[name] ? `${id}-${name}-problem` : undefined} onChange={(event) => change({ ...draft, [name]: event.target.value })} className="field"
          />
          {problems[name] && <p id={`${id}-${name}-problem`} role="alert" className="mt-1 text-xs text-danger">{problems[name]}</p>}
        </div>
      ))}
    </div>
  );
}
