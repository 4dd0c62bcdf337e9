// Searches kept under a name: the present one can be saved, each saved one is a link.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, X } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { deleteSavedSearch, savedSearches, saveSearch } from "../../api/videos";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { say, sayFailure } from "../../ui/toast";
import type { Filters } from "./filter";

function SaveDialog({ close }: { close: () => void }) {
  const client = useQueryClient();
  const { search } = useLocation();
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: () => saveSearch(name.trim(), search),
    onSuccess: () => { void client.invalidateQueries({ queryKey: ["saved-searches"] }); say(t("saved.done", { name: name.trim() })); close(); },
    onError: sayFailure,
  });
  return (
    <Dialog title={t("saved.save")} onClose={close}>
      <form className="grid gap-4" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <label className="grid gap-1 text-sm font-medium">{t("saved.name")}<input autoFocus required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} className="field font-normal" /></label>
        <div className="flex justify-end gap-2"><Button onClick={close}>{t("action.cancel")}</Button><Button look="primary" type="submit" disabled={!name.trim() || save.isPending}>{t("action.save")}</Button></div>
      </form>
    </Dialog>
  );
}

export function SavedSearches({ filters }: { filters: Filters }) {
  const client = useQueryClient();
  const { data } = useQuery(savedSearches());
  const [naming, setNaming] = useState(false);
  const savable = filters.active.length > 0 || filters.text !== "";
  const list = (data?.items ?? []).filter((one) => typeof one.query.address === "string");
  const forget = (id: number) => void deleteSavedSearch(id).then(() => client.invalidateQueries({ queryKey: ["saved-searches"] }), sayFailure);
  if (!data || (!savable && list.length === 0)) return null;
  return (
    <section aria-label={t("saved.title")} className="border-b border-line py-2">
      {list.length > 0 && <h2 className="flex min-h-9 items-center text-sm font-semibold">{t("saved.title")}</h2>}
      <ul>
        {list.map((one) => (
          <li key={one.id} className="-mx-2 flex items-center rounded-lg text-sm text-dim hover:bg-raised">
            <Link to={`/app/videos${String(one.query.address)}`} className="flex min-h-10 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2 hover:text-ink"><Bookmark size={15} aria-hidden="true" className="shrink-0" /><span className="truncate">{one.name}</span></Link>
            <IconButton label={t("saved.delete", { name: one.name })} icon={X} onClick={() => forget(one.id)} className="scale-80" />
          </li>
        ))}
      </ul>
      {savable && <Button look="quiet" icon={BookmarkPlus} onClick={() => setNaming(true)} className="-mx-2 px-2!">{t("saved.save")}</Button>}
      {naming && <SaveDialog close={() => setNaming(false)} />}
    </section>
  );
}
