// The browser's own video element, with the keys, the speed, the neighbours and the resume point around it.

import { SkipBack, SkipForward, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { refreshSession } from "../../api/session";
import { streamUrl, thumbnailUrl } from "../../api/videos";
import type { Video } from "../../api/types";
import { t } from "../../i18n";
import { useHotkeys } from "../../lib/hotkeys";
import { usePreference } from "../../lib/preferences";
import { forgetResumePoint, resumePoint, saveResumePoint } from "../../lib/resume";
import { IconButton } from "../../ui/basics";

const speeds = ["0.5", "0.75", "1", "1.25", "1.5", "2"];
const saveEverySeconds = 5;
const stepSeconds = 5;

type PlayerProps = { video: Video; close: () => void; next?: (() => void) | undefined; previous?: (() => void) | undefined };

export function Player({ video, close, next, previous }: PlayerProps) {
  const ref = useRef<HTMLVideoElement>(null);
  const [source, setSource] = useState(() => streamUrl(video.id));
  const [speed, setSpeed] = usePreference<string>("player.speed", "1");
  const [broken, setBroken] = useState(false);
  const startAt = useRef(resumePoint(video.id)?.seconds ?? 0);
  const saved = useRef(0);
  const renewed = useRef(false);

  useEffect(() => {
    if (ref.current) ref.current.playbackRate = Number(speed);
  }, [speed, source]);

  const save = () => {
    const element = ref.current;
    if (element && Number.isFinite(element.duration)) saveResumePoint(video.id, element.currentTime, element.duration);
  };
  const leave = () => {
    save();
    close();
  };
  useEffect(() => {
    const element = ref.current;
    window.addEventListener("pagehide", save);
    return () => {
      window.removeEventListener("pagehide", save);
      if (element && Number.isFinite(element.duration) && element.currentTime > 0) saveResumePoint(video.id, element.currentTime, element.duration);
    };
  }, []);

  const onTimeUpdate = () => {
    const at = ref.current?.currentTime ?? 0;
    if (Math.abs(at - saved.current) < saveEverySeconds) return;
    saved.current = at;
    save();
  };
  // The address holds the access token; when that has ended the stream is asked for again, once.
  const onError = () => {
    if (renewed.current) return setBroken(true);
    renewed.current = true;
    startAt.current = ref.current?.currentTime || startAt.current;
    refreshSession().then(() => setSource(streamUrl(video.id)), () => setBroken(true));
  };
  const onLoaded = () => {
    const element = ref.current!;
    element.playbackRate = Number(speed);
    if (startAt.current > 0 && startAt.current < element.duration) element.currentTime = startAt.current;
  };
  const onEnded = () => {
    forgetResumePoint(video.id);
    next?.();
  };

  const withVideo = (action: (element: HTMLVideoElement) => void) => () => ref.current && action(ref.current);
  const seek = (by: number) => withVideo((element) => { element.currentTime = Math.max(0, Math.min(element.duration || 0, element.currentTime + by)); });
  const louder = (by: number) => withVideo((element) => { element.volume = Math.max(0, Math.min(1, element.volume + by)); });
  const faster = (by: number) => () => setSpeed(speeds[Math.max(0, Math.min(speeds.length - 1, speeds.indexOf(speed) + by))] ?? "1");
  const fullscreen = withVideo((element) => void (document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen()));
  useHotkeys({
    " ": withVideo((element) => void (element.paused ? element.play() : element.pause())),
    ArrowLeft: seek(-stepSeconds), ArrowRight: seek(stepSeconds), ArrowUp: louder(0.1), ArrowDown: louder(-0.1),
    f: fullscreen, m: withVideo((element) => { element.muted = !element.muted; }),
    n: () => next?.(), p: () => previous?.(), ">": faster(1), "<": faster(-1), Escape: leave,
  });

  return (
    <section aria-label={t("player.label", { title: video.title ?? t("video.untitled") })} className="-mx-4 bg-black md:-mx-6">
      <video
        ref={ref} src={source} controls autoPlay playsInline preload="metadata" tabIndex={0} aria-label={video.title ?? t("video.untitled")}
        poster={thumbnailUrl(video.id, 1280, video.updated_at)} onTimeUpdate={onTimeUpdate} onPause={save} onError={onError} onLoadedMetadata={onLoaded} onEnded={onEnded}
        className="mx-auto aspect-video max-h-[calc(100dvh-12rem)] w-full bg-black"
      />
      {broken && <p role="alert" className="bg-danger-soft px-4 py-3 text-center text-sm text-danger">{t("player.broken")}</p>}
      <div className="flex items-center gap-1 bg-surface px-2 py-1.5 md:px-4">
        <IconButton label={t("player.previous")} icon={SkipBack} disabled={!previous} onClick={previous} />
        <IconButton label={t("player.next")} icon={SkipForward} disabled={!next} onClick={next} />
        <span className="mx-2 min-w-0 flex-1 truncate text-sm text-dim">{[video.title, video.artist].filter(Boolean).join(" – ")}</span>
        <select aria-label={t("player.speed")} value={speed} onChange={(event) => setSpeed(event.target.value)} className="field w-auto! text-sm">
          {speeds.map((one) => <option key={one} value={one}>{one}×</option>)}
        </select>
        <IconButton label={t("player.close")} icon={X} onClick={leave} />
      </div>
    </section>
  );
}
