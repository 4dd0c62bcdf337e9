// A field that becomes an input where it stands: click or Enter, type, Enter saves, Escape restores.
// When saving fails the typed text stays and the reason stands beside it.

import { Lock, LockOpen, Pencil } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { ApiError } from "../api/failure";
import { t } from "../i18n";
import { IconButton, reason } from "./basics";

type InlineProps = {
  label: string;
  name: string;
  value: string | number | null;
  kind?: "text" | "number" | "long";
  save: (value: string) => Promise<unknown>;
  locked?: boolean;
  setLocked?: (locked: boolean) => void;
  startEditing?: boolean;
};

export function InlineField({ label, name, value, kind = "text", save, locked, setLocked, startEditing = false }: InlineProps) {
  const [editing, setEditing] = useState(startEditing);
  const [text, setText] = useState(String(value ?? ""));
  const [problem, setProblem] = useState("");
  const [saving, setSaving] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (startEditing) setEditing(true);
  }, [startEditing]);

  const begin = () => {
    setText(String(value ?? ""));
    setProblem("");
    setEditing(true);
  };
  const end = () => {
    setEditing(false);
    setProblem("");
    setTimeout(() => opener.current?.focus());
  };
  const commit = async () => {
    if (text.trim() === String(value ?? "")) return end();
    setSaving(true);
    try {
      await save(text.trim());
      end();
    } catch (error) {
      setProblem((error instanceof ApiError && error.fields[name]) || reason(error));
    } finally {
      setSaving(false);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      end();
    }
    if (event.key === "Enter" && (kind !== "long" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void commit();
    }
  };

  const shared = {
    id, name, value: text, autoFocus: true, disabled: saving, "aria-invalid": problem !== "",
    "aria-describedby": problem ? `${id}-problem` : undefined, onKeyDown,
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
  };
  return (
    <div className="min-w-0">
      <div className="flex min-h-6 items-center gap-1">
        <label htmlFor={editing ? id : undefined} className="text-xs font-medium text-faint">{label}</label>
        {setLocked && (
          <IconButton
            label={t(locked ? "lock.unlock" : "lock.lock", { field: label })} icon={locked ? Lock : LockOpen} pressed={locked ?? false}
            onClick={() => setLocked(!locked)} className="-my-2 scale-75"
          />
        )}
      </div>
      {editing ? (
        <div>
          {kind === "long"
            ? <textarea {...shared} rows={5} className="field py-2" />
            : <input {...shared} inputMode={kind === "number" ? "numeric" : undefined} className="field" />}
          <div className="mt-1 flex min-h-6 items-center gap-2 text-xs">
            {problem
              ? <span id={`${id}-problem`} role="alert" className="text-danger">{problem}</span>
              : <span className="text-faint">{t(kind === "long" ? "edit.hintLong" : "edit.hint")}</span>}
            <span className="ml-auto flex gap-1">
              <button type="button" onClick={end} className="min-h-8 rounded-md px-2 text-dim hover:bg-raised">{t("action.cancel")}</button>
              <button type="button" onClick={() => void commit()} disabled={saving} className="min-h-8 rounded-md px-2 font-semibold text-accent hover:bg-raised">{t("action.save")}</button>
            </span>
          </div>
        </div>
      ) : (
        <button
          ref={opener} type="button" onClick={begin} aria-label={t("edit.field", { field: label, value: value ?? t("edit.empty") })}
          className="group -mx-2 flex min-h-10 w-[calc(100%+1rem)] items-start gap-2 rounded-lg px-2 py-2 text-left hover:bg-raised"
        >
          <span className={`min-w-0 flex-1 break-words whitespace-pre-line ${value === null || value === "" ? "text-faint" : ""}`}>{value === null || value === "" ? t("edit.empty") : value}</span>
          <Pencil size={14} aria-hidden="true" className="mt-1 shrink-0 text-faint opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100" />
        </button>
      )}
    </div>
  );
}
