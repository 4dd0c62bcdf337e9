// Choosing a collection by typing: known ones are offered, a new one is made on the way.

import { useQuery } from "@tanstack/react-query";
import { FolderPlus, Plus } from "lucide-react";
import { useState } from "react";
import { addCollection, collectionsLike } from "../../api/collections";
import { t } from "../../i18n";
import { useSettled } from "../../lib/latest";
import { Combobox } from "../../ui/combobox";
import { sayFailure } from "../../ui/toast";

export function CollectionPicker({ pick }: { pick: (id: number, name: string) => void }) {
  const [text, setText] = useState("");
  const name = text.trim();
  const { data } = useQuery(collectionsLike(useSettled(name, 150)));
  const create = () => void addCollection({ name, description: null }).then((made) => pick(made.id, made.name), sayFailure);
  const known = data?.items ?? [];
  const options = [
    ...known.map((one) => ({ id: String(one.id), label: one.name, hint: one.video_count, act: () => pick(one.id, one.name) })),
    ...(name && !known.some((one) => one.name.toLowerCase() === name.toLowerCase())
      ? [{ id: "new", label: t("collections.makeNamed", { name }), picture: <Plus size={16} aria-hidden="true" className="text-accent" />, act: create }] : []),
  ];
  return (
    <Combobox inline autoFocus firstByDefault icon={FolderPlus} label={t("bulk.toCollection")} placeholder={t("collections.find")} value={text} onChange={setText} options={options}
      note={options.length === 0 ? t("collections.typeName") : undefined} className="-m-1.5 max-h-80" />
  );
}
