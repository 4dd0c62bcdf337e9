// Videos that may be the same, side by side: the better value of each line stands out, one is kept.

import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { Check, Play } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "react-router";
import { resolveDuplicates, restoreFromTrash } from "../../api/files";
import { video as videoQuery } from "../../api/videos";
import type { Video } from "../../api/types";
import { t, tCount } from "../../i18n";
import { bitRate, bytes, clock, date, resolution } from "../../lib/format";
import { Badge, Button, Card, Failure, Skeleton } from "../../ui/basics";
import { say, sayFailure } from "../../ui/toast";
import { StatusBadge, VideoPicture } from "../videos/card";

const pixels = (video: Video) => (video.width ?? 0) * (video.height ?? 0);

/** More pixels, then more bytes, then what was here first. */
function best(videos: Video[]): Video {
  return [...videos].sort((a, b) => Number(Boolean(b.video_file_path)) - Number(Boolean(a.video_file_path)) || pixels(b) - pixels(a) || (b.file_size ?? 0) - (a.file_size ?? 0) || a.id - b.id)[0]!;
}

type Line = { word: Parameters<typeof t>[0]; told: (video: Video) => string; size?: (video: Video) => number };
const lines: Line[] = [
  { word: "field.resolution", told: (video) => resolution(video.width, video.height), size: pixels },
  { word: "files.size", told: (video) => bytes(video.file_size), size: (video) => video.file_size ?? 0 },
  { word: "files.bitrate", told: (video) => bitRate(video.bitrate), size: (video) => video.bitrate ?? 0 },
  { word: "field.duration", told: (video) => clock(video.duration), size: (video) => Math.round(video.duration ?? 0) },
  { word: "files.video", told: (video) => [video.video_codec, video.audio_codec].filter(Boolean).join(" / ") || "–" },
  { word: "field.year", told: (video) => String(video.year ?? "–") },
  { word: "field.album", told: (video) => video.album ?? "–" },
  { word: "field.tags", told: (video) => String(video.tags.length), size: (video) => video.tags.length },
  { word: "field.added", told: (video) => date(video.created_at) },
];

function Side({ video, all, kept, keep, group }: { video: Video; all: Video[]; kept: boolean; keep: () => void; group: string }) {
  const stands = (line: Line) => {
    if (!line.size) return false;
    const sizes = all.map(line.size);
    return line.size(video) === Math.max(...sizes) && new Set(sizes).size > 1;
  };
  return (
    <div className={`min-w-0 overflow-hidden rounded-xl border-2 ${kept ? "border-accent" : "border-line"} bg-surface`}>
      <Link to={`/app/videos/${video.id}?play=1`} aria-label={t("video.play", { title: video.title ?? t("video.untitled") })} className="group relative block">
        <VideoPicture video={video} width={480} className="aspect-video" />
        <span aria-hidden="true" className="absolute inset-0 grid place-items-center bg-black/25 text-white opacity-0 transition-opacity duration-100 group-hover:opacity-100 group-focus-visible:opacity-100"><Play size={26} fill="currentColor" /></span>
      </Link>
      <div className="grid gap-3 p-4">
        <div className="min-w-0">
          <Link to={`/app/videos/${video.id}`} className="block truncate font-medium hover:text-accent">{video.title ?? t("video.untitled")}</Link>
          <p className="truncate text-sm text-dim">{video.artist ?? t("video.unknownArtist")}</p>
          <div className="mt-1.5"><StatusBadge status={video.status} /></div>
        </div>
        <dl className="divide-y divide-line text-sm">
          {lines.map((line) => (
            <div key={line.word} className="flex justify-between gap-3 py-1.5">
              <dt className="text-faint">{t(line.word)}</dt>
              <dd className={`min-w-0 truncate text-right tabular-nums ${stands(line) ? "font-semibold text-ok" : ""}`}>{line.told(video)}</dd>
            </div>
          ))}
        </dl>
        <p className="min-h-8 font-mono text-xs break-all text-faint">{video.video_file_path ?? t("files.none")}</p>
        <label className={`flex min-h-10 cursor-pointer items-center gap-2.5 rounded-lg border px-3 text-sm font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent ${kept ? "border-accent bg-accent-soft text-accent" : "border-line hover:bg-raised"}`}>
          <input type="radio" name={group} checked={kept} onChange={keep} className="size-4 accent-accent" />{t("duplicates.keep")}
        </label>
      </div>
    </div>
  );
}

export type Likeness = { ids: number[]; confidence: number; match: string };

export function Compare({ group, done }: { group: Likeness; done: () => void }) {
  const client = useQueryClient();
  const name = useId();
  const answers = useQueries({ queries: group.ids.map((id) => videoQuery(id)) });
  const [choice, setChoice] = useState<number | null>(null);
  const videos = answers.map((one) => one.data).filter((video): video is Video => video !== undefined && !video.is_deleted);
  const renew = () => ["videos", "video", "facets", "trash", "duplicates", "collections", "collection"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const resolve = useMutation({
    mutationFn: (keep: number) => resolveDuplicates(keep, videos.filter((video) => video.id !== keep).map((video) => video.id)),
    onSuccess: (reply) => {
      renew();
      const undo = () => void Promise.all(reply.removed_video_ids.map((id) => restoreFromTrash({ video_id: id, trash_path: videos.find((video) => video.id === id)?.video_file_path ?? null }))).then(renew, sayFailure);
      say(tCount("duplicates.removed", reply.removed_count), undo);
      done();
    },
    onError: sayFailure,
  });
  const failed = answers.find((one) => one.error);
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (answers.some((one) => one.isPending)) return <Skeleton className="h-96 rounded-xl" />;
  if (videos.length < 2) return <Card className="flex items-center gap-2 p-4 text-sm text-dim"><Check size={17} aria-hidden="true" className="text-ok" />{t("duplicates.settled")}</Card>;
  const keep = videos.find((video) => video.id === choice) ?? best(videos);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-3 flex w-full flex-wrap items-center gap-2">
        <span className="font-medium">{keep.title ?? t("video.untitled")}</span>
        <Badge tone={group.confidence >= 1 ? "ok" : "neutral"}>{t(group.match === "metadata" ? "duplicates.byMetadata" : "duplicates.byHash")}</Badge>
        <span className="text-sm text-dim tabular-nums">{t("duplicates.sure", { percent: Math.round(group.confidence * 100) })}</span>
      </legend>
      <div className="grid gap-3 sm:grid-cols-[repeat(auto-fill,minmax(15rem,20rem))]">
        {videos.map((video) => <Side key={video.id} video={video} all={videos} group={name} kept={video === keep} keep={() => setChoice(video.id)} />)}
      </div>
      <div className="mt-3 flex flex-row-reverse flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={done}>{t("duplicates.notSame")}</Button>
        <Button look="primary" icon={Check} disabled={resolve.isPending} onClick={() => resolve.mutate(keep.id)} className="whitespace-normal!">{tCount("duplicates.resolve", videos.length - 1)}</Button>
      </div>
    </fieldset>
  );
}
