// Tags as chips: remove with the cross, add by typing; known tags are offered first.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { addTags, removeTag, tagsLike, video as videoQuery } from "../../api/videos";
import type { Video, VideoTag } from "../../api/types";
import { t } from "../../i18n";
import { useSettled } from "../../lib/latest";
import { Combobox } from "../../ui/combobox";
import { sayFailure } from "../../ui/toast";

export function TagEditor({ video }: { video: Video }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const known = useQuery(tagsLike(useSettled(text.trim(), 150)));
  const after = () => ["video", "videos", "facets", "tags"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const show = (tags: VideoTag[]) => client.setQueryData(videoQuery(video.id).queryKey, (now) => now && { ...now, tags });

  const add = useMutation({
    mutationFn: (name: string) => addTags(video.id, [name]),
    onSuccess: () => { setText(""); after(); },
    onError: sayFailure,
  });
  const remove = useMutation({
    mutationFn: (tag: VideoTag) => removeTag(video.id, tag.id),
    onMutate: (tag) => { show(video.tags.filter((one) => one.id !== tag.id)); },
    onError: (error) => { show(video.tags); sayFailure(error); },
    onSettled: after,
  });
  const options = (known.data?.items ?? []).filter((tag) => !video.tags.some((one) => one.id === tag.id)).slice(0, 6)
    .map((tag) => ({ id: String(tag.id), label: tag.name, hint: tag.usage_count, act: () => add.mutate(tag.name) }));
  return (
    <div className="grid gap-3">
      {video.tags.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {video.tags.map((tag) => (
            <li key={tag.id} className="flex items-center rounded-full border border-line bg-raised pl-3.5 text-sm">
              {tag.name}
              <button type="button" aria-label={t("tags.remove", { name: tag.name })} onClick={() => remove.mutate(tag)} className="grid size-10 place-items-center rounded-full text-faint hover:text-danger">
                <X size={15} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Combobox icon={Plus} label={t("tags.add")} placeholder={t("tags.add")} value={text} onChange={setText} options={options} onSubmit={(name) => name.trim() && add.mutate(name.trim())} />
    </div>
  );
}
