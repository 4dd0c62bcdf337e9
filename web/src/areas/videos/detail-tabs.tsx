import { useQuery } from "@tanstack/react-query";
import { FileVideo, ListChecks } from "lucide-react";
import { videoHistory, videoJobs } from "../../api/videos";
import type { Video } from "../../api/types";
import { t, tCount, tData } from "../../i18n";
import { ago, bitRate, bytes, clock, dateTime, number, resolution } from "../../lib/format";
import { Badge, Empty, Failure, Skeleton } from "../../ui/basics";
import { Facts } from "../../ui/facts";
import { CopyButton } from "../../ui/raw";
import { JobCard } from "../activity/job-card";
import { StatusBadge } from "./card";

function Path({ path }: { path: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 flex-1 font-mono text-[0.8125rem] break-all">{path}</code>
      <CopyButton text={path} />
    </span>
  );
}

export function FilesTab({ video }: { video: Video }) {
  if (!video.video_file_path && !video.nfo_file_path) return <Empty icon={FileVideo} title={t("files.none")}>{t("video.noFile")}</Empty>;
  return (
    <div className="grid gap-8 lg:grid-cols-2">
      <Facts
        title={t("files.file")}
        rows={[
          [t("files.path"), video.video_file_path && <Path path={video.video_file_path} />],
          [t("files.nfo"), video.nfo_file_path && <Path path={video.nfo_file_path} />],
          [t("files.size"), bytes(video.file_size)], [t("files.container"), video.container_format], [t("files.checksum"), video.file_checksum && <Path path={video.file_checksum} />],
        ]}
      />
      <Facts
        title={t("files.streams")}
        rows={[
          [t("field.duration"), clock(video.duration)], [t("field.resolution"), resolution(video.width, video.height)],
          [t("files.video"), [video.video_codec, video.frame_rate && `${number(video.frame_rate, 3)} fps`].filter(Boolean).join(" · ") || null],
          [t("files.audio"), [video.audio_codec, video.audio_channels && tCount("files.channels", video.audio_channels), video.audio_sample_rate && `${number(video.audio_sample_rate / 1000, 1)} kHz`].filter(Boolean).join(" · ") || null],
          [t("files.bitrate"), bitRate(video.bitrate)],
        ]}
      />
    </div>
  );
}

export function HistoryTab({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(videoHistory(id));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-32" />;
  return (
    <ol className="grid gap-0">
      {data.map((entry) => (
        <li key={entry.id} className="relative border-l-2 border-line pb-5 pl-5 before:absolute before:top-1.5 before:-left-[5px] before:size-2 before:rounded-full before:bg-accent last:pb-0">
          <div className="flex flex-wrap items-center gap-2">
            {entry.old_status && <><Badge>{tData("status", entry.old_status)}</Badge><span aria-hidden="true" className="text-faint">→</span></>}
            <StatusBadge status={entry.new_status} />
            <time dateTime={entry.changed_at} title={dateTime(entry.changed_at)} className="text-sm text-faint">{ago(entry.changed_at)}</time>
          </div>
          {entry.reason && <p className="mt-1 text-sm text-dim">{entry.reason}</p>}
        </li>
      ))}
    </ol>
  );
}

export function JobsTab({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(videoJobs(id));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-32" />;
  if (data.length === 0) return <Empty icon={ListChecks} title={t("jobs.noneForVideo")}>{t("jobs.noneForVideoHint")}</Empty>;
  return <ul className="grid gap-3">{data.map((job) => <li key={job.id}><JobCard job={job} /></li>)}</ul>;
}
