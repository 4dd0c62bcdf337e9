// The same value for a field of many videos. Only ticked fields are sent; an empty one is cleared.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { bulkUpdate } from "../../api/bulk";
import { ApiError } from "../../api/failure";
import type { BulkOutcome, VideoUpdate } from "../../api/types";
import { t, tCount } from "../../i18n";
import { Button, reason } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";

const fields = ["artist", "album", "year", "genre", "director", "studio"] as const;
type Field = (typeof fields)[number];

function updatesOf(values: Partial<Record<Field, string>>): VideoUpdate {
  const updates: VideoUpdate = {};
  for (const name of fields) {
    const text = values[name]?.trim();
    if (text === undefined) continue;
    if (name !== "year") updates[name] = text || null;
    else if (text !== "" && !/^\d+$/.test(text)) throw new Error(t("edit.wholeNumber"));
    else updates.year = text === "" ? null : Number(text);
  }
  return updates;
}

export function ChangeDialog({ ids, close, done }: { ids: number[]; close: () => void; done: (result: BulkOutcome) => void }) {
  const [values, setValues] = useState<Partial<Record<Field, string>>>({});
  const save = useMutation({ mutationFn: async () => bulkUpdate(ids, updatesOf(values)), onSuccess: (result) => { close(); done(result); } });
  const tick = (name: Field, on: boolean) => setValues(({ [name]: _, ...rest }) => (on ? { ...rest, [name]: "" } : rest));
  const problemOf = (name: Field) => (save.error instanceof ApiError ? save.error.fields[name] : undefined);
  return (
    <Dialog title={tCount("bulk.changeTitle", ids.length)} onClose={close}>
      <form className="grid gap-3" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <p className="text-sm text-dim">{t("bulk.changeHint")}</p>
        {fields.map((name) => {
          const label = t(`field.${name}`);
          const on = values[name] !== undefined;
          return (
            <div key={name} className="grid grid-cols-[8.5rem_1fr] items-center gap-3">
              <label className="flex min-h-10 items-center gap-2.5 text-sm">
                <input type="checkbox" checked={on} onChange={(event) => tick(name, event.target.checked)} className="size-4 accent-accent" />{label}
              </label>
              <input name={name} aria-label={t("bulk.newValue", { field: label })} disabled={!on} value={values[name] ?? ""} inputMode={name === "year" ? "numeric" : undefined} maxLength={255} placeholder={on ? t("bulk.cleared") : ""}
                aria-invalid={Boolean(problemOf(name))} onChange={(event) => setValues({ ...values, [name]: event.target.value })} className="field text-sm disabled:opacity-50" />
            </div>
          );
        })}
        {save.error && <p role="alert" className="text-sm text-danger">{reason(save.error)}</p>}
        <div className="mt-2 flex justify-end gap-2">
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" disabled={Object.keys(values).length === 0 || save.isPending}>{tCount("bulk.changeDo", ids.length)}</Button>
        </div>
      </form>
    </Dialog>
  );
}
