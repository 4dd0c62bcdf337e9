import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addCollection, updateCollection } from "../../api/collections";
import { ApiError } from "../../api/failure";
import type { Collection } from "../../api/types";
import { t } from "../../i18n";
import { Button, reason } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { say } from "../../ui/toast";

/** Name and description of a collection, new or known. */
export function CollectionForm({ known, close, done }: { known: Collection | null; close: () => void; done?: (made: Collection) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(known?.name ?? "");
  const [description, setDescription] = useState(known?.description ?? "");
  const save = useMutation({
    mutationFn: () => {
      const input = { name: name.trim(), description: description.trim() || null };
      return known ? updateCollection(known.id, input) : addCollection(input);
    },
    onSuccess: (made) => {
      for (const key of ["collections", "collection"]) void client.invalidateQueries({ queryKey: [key] });
      say(t("collections.saved", { name: made.name }));
      close();
      done?.(made);
    },
  });
  const fieldProblem = save.error instanceof ApiError ? save.error.fields.name : undefined;
  return (
    <Dialog title={t(known ? "collections.edit" : "collections.add")} onClose={close}>
      <form className="grid gap-4" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <label className="grid gap-1 text-sm font-medium">{t("collections.name")}
          <input name="name" autoFocus required maxLength={255} value={name} aria-invalid={Boolean(fieldProblem)} onChange={(event) => setName(event.target.value)} className="field font-normal" />
        </label>
        <label className="grid gap-1 text-sm font-medium">{t("collections.description")}
          <textarea name="description" rows={3} value={description} onChange={(event) => setDescription(event.target.value)} className="field py-2 font-normal" />
        </label>
        {save.error && <p role="alert" className="text-sm text-danger">{reason(save.error)}</p>}
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" type="submit" disabled={!name.trim() || save.isPending}>{t("action.save")}</Button></div>
      </form>
    </Dialog>
  );
}
