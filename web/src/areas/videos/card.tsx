// One music video in the grid, and one in the table. Both are plain links with a check box.

import { Check, CircleAlert, Eye, HardDriveDownload } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { thumbnailUrl } from "../../api/videos";
import type { Video } from "../../api/types";
import { t, tData } from "../../i18n";
import { clock, date, resolution } from "../../lib/format";
import { Badge, Skeleton, type Tone } from "../../ui/basics";
import { Picture } from "../../ui/picture";

const statusTone: Partial<Record<Video["status"], Tone>> = { failed: "danger", missing: "warn", discovered: "neutral", downloading: "accent", queued: "accent", imported: "ok", organized: "ok", downloaded: "ok" };
const statusIcon: Partial<Record<Video["status"], typeof Eye>> = { discovered: Eye, failed: CircleAlert, missing: CircleAlert, queued: HardDriveDownload, downloading: HardDriveDownload };

export const StatusBadge = ({ status }: { status: string }) => <Badge tone={statusTone[status as Video["status"]] ?? "neutral"}>{tData("status", status)}</Badge>;

export function VideoPicture({ video, width, className, eager }: { video: Video; width: number; className: string; eager?: boolean }) {
  const url = video.video_file_path ? thumbnailUrl(video.id, width, video.updated_at) : null;
  return <Picture url={url} seed={`${video.artist}${video.id}`} className={className} {...(eager ? { eager } : {})} />;
}

export type ItemProps = {
  video: Video | undefined;
  index: number;
  total: number;
  chosen: boolean;
  selecting: boolean;
  reachable: boolean;
  linkState: unknown;
  onSelect: (video: Video, index: number, range: boolean) => void;
};

function SelectBox({ video, index, chosen, onSelect, className, tone = "over" }: { video: Video; index: number; chosen: boolean; onSelect: ItemProps["onSelect"]; className: string; tone?: "over" | "plain" }) {
  return (
    <label className={`grid size-10 cursor-pointer place-items-center ${className}`} onClick={(event) => event.stopPropagation()}>
      <input
        type="checkbox" checked={chosen} tabIndex={-1} aria-label={t("select.one", { title: video.title ?? t("video.untitled") })} className="peer sr-only"
        onChange={(event) => onSelect(video, index, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <span aria-hidden="true" className={`grid size-5.5 place-items-center rounded-md border ${chosen ? "border-accent bg-accent text-on-accent" : tone === "plain" ? "border-line-strong bg-surface" : "border-white/80 bg-black/55"}`}>
        {chosen && <Check size={15} strokeWidth={3} />}
      </span>
    </label>
  );
}

/** While something is selected, and with Shift, a click selects; Enter still opens. */
function selectInstead(event: React.MouseEvent, selecting: boolean): boolean {
  if (event.detail === 0 || event.ctrlKey || event.metaKey || !(selecting || event.shiftKey)) return false;
  event.preventDefault();
  return true;
}

export const VideoCard = memo(function VideoCard({ video, index, total, chosen, selecting, reachable, linkState, onSelect, width }: ItemProps & { width: number }) {
  if (!video) {
    return (
      <div role="listitem" aria-setsize={total} aria-posinset={index + 1} data-index={index} tabIndex={reachable ? 0 : -1} className="rounded-xl" aria-label={t("loading")}>
        <Skeleton className="aspect-video rounded-xl" />
        <Skeleton className="mt-2.5 h-4 w-3/4" />
        <Skeleton className="mt-2 h-3.5 w-1/2" />
      </div>
    );
  }
  const StatusIcon = statusIcon[video.status];
  return (
    <div role="listitem" aria-setsize={total} aria-posinset={index + 1} className="group relative min-w-0">
      <Link to={`/app/videos/${video.id}`} state={linkState} data-index={index} tabIndex={reachable ? 0 : -1} draggable={false} onClick={(event) => selectInstead(event, selecting) && onSelect(video, index, event.shiftKey)} className="block rounded-xl">
        <div className={`relative overflow-hidden rounded-xl ring-2 transition-shadow duration-100 ${chosen ? "ring-accent" : "ring-transparent"}`}>
          <VideoPicture video={video} width={width} className="aspect-video" eager={index < 12} />
          <span aria-hidden="true" className="absolute inset-0 bg-black/35 opacity-0 transition-opacity duration-100 group-hover:opacity-100" />
          {video.duration !== null && <span className="absolute right-1.5 bottom-1.5 rounded-md bg-black/75 px-1.5 py-0.5 text-xs text-white tabular-nums">{clock(video.duration)}</span>}
          {StatusIcon && (
            <span title={tData("status", video.status)} className="absolute top-1.5 right-1.5 rounded-md bg-black/75 p-1 text-white">
              <StatusIcon size={15} aria-hidden="true" /><span className="sr-only">{tData("status", video.status)}</span>
            </span>
          )}
        </div>
        <div className="mt-2 truncate text-sm font-medium">{video.title ?? t("video.untitled")}</div>
        <div className="truncate text-sm text-dim">{[video.artist ?? t("video.unknownArtist"), video.year].filter(Boolean).join(" · ")}</div>
      </Link>
      <SelectBox video={video} index={index} chosen={chosen} onSelect={onSelect} className={`absolute! top-0 left-0 ${selecting || chosen ? "" : "opacity-0 group-hover:opacity-100 focus-within:opacity-100"}`} />
    </div>
  );
});

/** Which columns a table of this width has room for. */
export const columns = [
  { name: "artist", grid: "minmax(8rem,1fr)", from: 560, sort: "artist" },
  { name: "album", grid: "minmax(7rem,0.8fr)", from: 980, sort: "album" },
  { name: "genre", grid: "7rem", from: 1100, sort: null },
  { name: "year", grid: "4rem", from: 460, sort: "year" },
  { name: "duration", grid: "4.5rem", from: 640, sort: null },
  { name: "resolution", grid: "7rem", from: 1200, sort: null },
  { name: "status", grid: "7rem", from: 800, sort: null },
  { name: "added", grid: "7.5rem", from: 900, sort: "created_at" },
] as const;
export type Column = (typeof columns)[number];

const cellOf: Record<Column["name"], (video: Video) => React.ReactNode> = {
  artist: (video) => video.artist ?? "–",
  album: (video) => video.album ?? "–",
  genre: (video) => video.genre ?? "–",
  year: (video) => video.year ?? "–",
  duration: (video) => clock(video.duration),
  resolution: (video) => resolution(video.width, video.height),
  status: (video) => <StatusBadge status={video.status} />,
  added: (video) => date(video.created_at),
};

export const tableGrid = (shown: readonly Column[]) => `2.5rem 4.5rem minmax(9rem,1.4fr) ${shown.map((column) => column.grid).join(" ")}`;

export const VideoRow = memo(function VideoRow({ video, index, chosen, selecting, reachable, linkState, onSelect, shown }: ItemProps & { shown: readonly Column[] }) {
  const style = { gridTemplateColumns: tableGrid(shown) };
  if (!video) {
    return (
      <div role="row" aria-rowindex={index + 2} data-index={index} tabIndex={reachable ? 0 : -1} className="grid h-full items-center gap-3 border-b border-line px-2" style={style}>
        <div role="cell" className="col-span-full"><span className="sr-only">{t("loading")}</span><Skeleton className="h-4" /></div>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={chosen} className={`group relative grid h-full items-center gap-3 border-b border-line px-2 text-sm ${chosen ? "bg-accent-soft" : "hover:bg-surface"}`} style={style}>
      <div role="cell"><SelectBox video={video} index={index} chosen={chosen} onSelect={onSelect} tone="plain" className="-mx-2" /></div>
      <div role="cell"><VideoPicture video={video} width={160} className="aspect-video w-full rounded-md" /></div>
      <div role="cell" className="min-w-0">
        <Link to={`/app/videos/${video.id}`} state={linkState} data-index={index} tabIndex={reachable ? 0 : -1} onClick={(event) => selectInstead(event, selecting) && onSelect(video, index, event.shiftKey)} className="block truncate rounded font-medium">{video.title ?? t("video.untitled")}</Link>
        {!shown.some((column) => column.name === "artist") && <div className="truncate text-dim">{video.artist ?? t("video.unknownArtist")}</div>}
      </div>
      {shown.map((column) => <div role="cell" key={column.name} className="min-w-0 truncate text-dim tabular-nums">{cellOf[column.name](video)}</div>)}
    </div>
  );
});
