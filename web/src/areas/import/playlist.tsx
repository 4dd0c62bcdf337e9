// A playlist of Spotify: its link, what is in it and here already, what the services know, import.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ListMusic } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { ApiError } from "../../api/failure";
import { importTracks, importWholePlaylist, lookUpTrack, previewPlaylist } from "../../api/imports";
import type { BatchItem, BatchPreview, TrackFound } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { number } from "../../lib/format";
import { BackLink, Button, Empty, PageHead, Skeleton } from "../../ui/basics";
import { Steps } from "../../ui/steps";
import { Chain } from "./chain";
import { batchMetadataOf, emptyDraft } from "./draft";
import { ImportFoot, PickList, usePicks, type Pick } from "./picks";
import { NotConfigured, ServiceFailure, useMissing } from "./services";

const steps: Word[] = ["import.stepPlaylist", "import.stepChoose", "import.stepRun"];
const keyOf = (item: BatchItem, index: number) => item.spotify_track_id ?? `${index}`;

function Choose({ preview, playlist, started, back }: { preview: BatchPreview; playlist: string; started: (jobId: string) => void; back: () => void }) {
  const client = useQueryClient();
  const [download, setDownload] = useState(true);
  const byKey = useMemo(() => new Map(preview.items.map((item, index) => [keyOf(item, index), item])), [preview]);
  const start = useMemo(() => [...byKey].map(([key, item]) => ({
    key, note: null, known: item.already_exists, knownId: null,
    draft: { ...emptyDraft, title: item.title, artist: item.artist, album: item.album ?? "", year: item.year === null ? "" : String(item.year), label: item.label ?? "" },
  })), [byKey]);
  const ask = (pick: Pick) => {
    const item = byKey.get(pick.key)!;
    return lookUpTrack({ spotify_track_id: item.spotify_track_id ?? "", artist: item.artist, track_title: item.title, isrc: item.isrc, album: item.album, artist_genres: item.artist_genres });
  };
  const picks = usePicks(start, ask);
  const done = (reply: { job_id: string }) => { void client.invalidateQueries({ queryKey: ["jobs"] }); started(reply.job_id); };
  const chosen = useMutation({
    mutationFn: () => importTracks({
      playlist_id: playlist, auto_download: download,
      tracks: picks.chosen.map((pick) => {
        const imvdb = (pick.found as TrackFound | null)?.imvdb;
        return {
          spotify_track_id: pick.key, metadata: batchMetadataOf(pick.draft, byKey.get(pick.key)?.isrc ?? null), imvdb_id: imvdb?.imvdb_id ?? null, imvdb_url: imvdb?.imvdb_url ?? null, youtube_id: pick.youtube,
          youtube_url: pick.youtube && `https://www.youtube.com/watch?v=${pick.youtube}`, thumbnail_url: pick.found?.thumbnail_url ?? null,
        };
      }),
    }),
    onSuccess: done,
  });
  const whole = useMutation({ mutationFn: () => importWholePlaylist(playlist, true), onSuccess: done });
  const beyond = preview.total_count - preview.items.length;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Button look="quiet" icon={ArrowLeft} onClick={back} className="-ml-3">{t("import.otherPlaylist")}</Button>
        <h2 className="min-w-0 text-lg font-semibold break-words">{preview.playlist_name ?? playlist}</h2>
        <p className="text-sm text-dim tabular-nums">{tCount("import.tracks", preview.total_count)} · {t("import.newAndKnown", { fresh: number(preview.new_count), known: number(preview.existing_count) })}</p>
      </div>
      {preview.items.length === 0 ? <Empty icon={ListMusic} title={t("import.emptyPlaylist")} /> : <PickList picks={picks} label={t("import.tracksLabel")} />}
      {beyond > 0 && (
        <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-surface p-4 text-sm">
          <p className="min-w-0 flex-1 basis-64">{t("import.beyond", { shown: number(preview.items.length), total: number(preview.total_count) })}</p>
          <Button disabled={whole.isPending} onClick={() => whole.mutate()}>{t("import.whole")}</Button>
        </div>
      )}
      {preview.items.length > 0 && <ImportFoot picks={picks} download={download} setDownload={setDownload} start={() => chosen.mutate()} busy={chosen.isPending || whole.isPending} error={chosen.error ?? whole.error} />}
    </div>
  );
}

export default function PlaylistPage() {
  const [parameters, setParameters] = useSearchParams();
  const jobId = parameters.get("job");
  const [link, setLink] = useState("");
  const missing = useMissing()("spotify");
  const preview = useMutation({ mutationFn: () => previewPlaylist(link.trim()) });
  const problem = preview.error instanceof ApiError && [400, 404, 422].includes(preview.error.status) ? preview.error.message : null;
  const at = jobId ? 2 : preview.data ? 1 : 0;
  return (
    <div className="mx-auto max-w-4xl">
      <BackLink to="/app/import">{t("nav.import")}</BackLink>
      <PageHead title={t("import.playlist")} />
      <Steps steps={steps} at={at} />
      {at === 0 && (
        <div className="grid gap-5">
          {missing.length > 0 && !preview.error && <NotConfigured service="spotify" />}
          <form onSubmit={(event) => { event.preventDefault(); preview.mutate(); }} className="grid gap-3">
            <div>
              <label htmlFor="playlist" className="mb-1 block text-sm font-medium">{t("import.link")}</label>
              <input id="playlist" name="playlist" required autoFocus spellCheck={false} autoComplete="off" value={link} onChange={(event) => { setLink(event.target.value); preview.reset(); }} placeholder="https://open.spotify.com/playlist/…" aria-invalid={problem !== null} aria-describedby="playlist-hint" className="field" />
              <p id="playlist-hint" role={problem ? "alert" : undefined} className={`mt-1 text-xs ${problem ? "text-danger" : "text-faint"}`}>{problem ?? t("import.linkHint")}</p>
            </div>
            <div className="flex justify-end"><Button look="primary" type="submit" icon={ListMusic} disabled={!link.trim() || preview.isPending}>{t("import.showPlaylist")}</Button></div>
          </form>
          {preview.isPending && <div className="grid gap-2" role="status" aria-label={t("loading")}>{Array.from({ length: 6 }, (_, row) => <Skeleton key={row} className="h-14 rounded-lg" />)}</div>}
          {preview.error && !problem && <ServiceFailure error={preview.error} service="spotify" retry={() => preview.mutate()} />}
        </div>
      )}
      {at === 1 && <Choose preview={preview.data!} playlist={link.trim()} back={() => preview.reset()} started={(job) => setParameters({ job })} />}
      {at === 2 && <Chain id={jobId!} again={() => { preview.reset(); setLink(""); setParameters({}); }} />}
    </div>
  );
}
