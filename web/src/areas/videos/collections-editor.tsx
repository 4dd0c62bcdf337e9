// The collections that one video is in: left with the cross, joined by typing.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Layers, Plus, X } from "lucide-react";
import { Link } from "react-router";
import { placeInCollection, removeFromCollection } from "../../api/collections";
import type { Video } from "../../api/types";
import { t } from "../../i18n";
import { Menu } from "../../ui/menu";
import { say, sayFailure } from "../../ui/toast";
import { CollectionPicker } from "../collections/picker";

export function VideoCollections({ video }: { video: Video }) {
  const client = useQueryClient();
  const renew = () => ["video", "collection", "collections"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const join = useMutation({ mutationFn: ({ id }: { id: number; name: string }) => placeInCollection(id, video.id), onSuccess: (_, { name }) => { renew(); say(t("collections.joined", { name })); }, onError: sayFailure });
  const leave = useMutation({ mutationFn: (id: number) => removeFromCollection(id, video.id), onError: sayFailure, onSettled: renew });
  return (
    <div className="grid justify-items-start gap-2">
      {video.collections.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {video.collections.map((one) => (
            <li key={one.id} className="flex items-center rounded-full border border-line bg-raised text-sm">
              <Link to={`/app/videos/collections/${one.id}`} className="flex min-h-10 items-center gap-2 rounded-full pl-3.5 hover:text-accent"><Layers size={15} aria-hidden="true" className="text-faint" />{one.name}</Link>
              <button type="button" aria-label={t("collections.leave", { name: one.name })} disabled={leave.isPending} onClick={() => leave.mutate(one.id)} className="grid size-10 place-items-center rounded-full text-faint hover:text-danger"><X size={15} aria-hidden="true" /></button>
            </li>
          ))}
        </ul>
      )}
      <Menu label={t("bulk.toCollection")} align="left" trigger={<><Plus size={16} aria-hidden="true" />{t("bulk.toCollection")}</>} panelClass="w-72" triggerClass="inline-flex min-h-10 items-center gap-2 rounded-lg text-sm text-accent hover:underline">
        {(close) => <CollectionPicker pick={(id, name) => { close(); join.mutate({ id, name }); }} />}
      </Menu>
    </div>
  );
}
