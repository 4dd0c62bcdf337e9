import { useState } from "react";
import { t, tCount } from "../../i18n";
import { Button } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";

/** Asks once, and whether the files go along. */
export function DeleteDialog({ count, hasFiles = true, close, confirm }: { count: number; hasFiles?: boolean; close: () => void; confirm: (withFiles: boolean) => void }) {
  const [withFiles, setWithFiles] = useState(false);
  return (
    <Dialog title={tCount("delete.title", count)} onClose={close}>
      <p className="text-dim">{t(withFiles ? "delete.textFiles" : "delete.text")}</p>
      {hasFiles && (
        <label className="mt-3 flex min-h-10 items-center gap-2.5 text-sm">
          <input type="checkbox" checked={withFiles} onChange={(event) => setWithFiles(event.target.checked)} className="size-4 accent-accent" />{t("delete.withFiles")}
        </label>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={close}>{t("action.cancel")}</Button>
        <Button look="danger" onClick={() => { confirm(withFiles); close(); }}>{t("action.delete")}</Button>
      </div>
    </Dialog>
  );
}
