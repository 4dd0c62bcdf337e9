// One music video: searched everywhere at once, looked at, put right, given its clip, imported.
// Each step is in the address, so Back goes one step back and a link leads to the same place.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ChevronRight, Clapperboard, Disc3, Import, Library, Search, SearchX, SquarePlay, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { addPreview, addSearch, exists, importOne } from "../../api/imports";
import type { AddPreview, AddResult, AddSource } from "../../api/types";
import { t, tCount, type Word } from "../../i18n";
import { clock, number } from "../../lib/format";
import { BackLink, Badge, Button, Card, Empty, Failure, PageHead, reason, Skeleton } from "../../ui/basics";
import { Steps } from "../../ui/steps";
import { Chain } from "./chain";
import { draftOf, metadataOf, problemsOf, youtubeIdsOf } from "./draft";
import { DraftFields } from "./draft-fields";
import { isService, NotConfigured, serviceNames, ServiceFailure, type Service } from "./services";
import { YoutubeChoice } from "./youtube";

const steps: Word[] = ["import.stepSearch", "import.stepDetails", "import.stepRun"];
const sources: AddSource[] = ["imvdb", "discogs_master", "discogs_release", "youtube"];
const icons: Record<AddSource, LucideIcon> = { imvdb: Clapperboard, discogs_master: Disc3, discogs_release: Disc3, youtube: SquarePlay };
const familyOf = (source: AddSource): string => source.split("_")[0]!;

function hintOf({ source, extra }: AddResult): string {
  const list = (value: unknown) => (Array.isArray(value) ? value.slice(0, 2).join(", ") : typeof value === "string" ? value : "");
  if (source === "imvdb") return list(extra.version_name);
  if (source !== "youtube") return [list(extra.format), list(extra.label), list(extra.country)].filter(Boolean).join(" · ");
  const [duration, views] = [extra.duration, extra.view_count];
  return [list(extra.channel), typeof duration === "number" ? clock(duration) : "", typeof views === "number" ? t("youtube.views", { count: number(views) }) : ""].filter(Boolean).join(" · ");
}

function Results({ results, open }: { results: AddResult[]; open: (result: AddResult) => void }) {
  const groups = sources.map((source) => ({ source, list: results.filter((one) => one.source === source) })).filter((group) => group.list.length > 0);
  return (
    <div className="grid grid-cols-1 gap-6">
      {groups.map(({ source, list }) => {
        const Icon = icons[source];
        return (
          <section key={source} aria-labelledby={`from-${source}`}>
            <h2 id={`from-${source}`} className="mb-2 flex items-center gap-2 font-semibold"><Icon size={18} aria-hidden="true" className="text-accent" />{t(`addSource.${source}`)} <span className="font-normal text-dim tabular-nums">{list.length}</span></h2>
            <Card>
              <ul className="divide-y divide-line">
                {list.map((one) => (
                  <li key={one.id}>
                    <button type="button" onClick={() => open(one)} className="flex min-h-14 w-full items-center gap-3 px-4 py-2.5 text-left first:rounded-t-xl last:rounded-b-xl hover:bg-raised">
                      <span className="min-w-0 flex-1">
                        <span className="block truncate font-medium">{one.title}</span>
                        <span className="block truncate text-sm text-dim tabular-nums">{[one.artist, one.year, hintOf(one)].filter(Boolean).join(" · ")}</span>
                      </span>
                      <ChevronRight size={18} aria-hidden="true" className="shrink-0 text-faint" />
                    </button>
                  </li>
                ))}
              </ul>
            </Card>
          </section>
        );
      })}
    </div>
  );
}

function SearchStep() {
  const [parameters, setParameters] = useSearchParams();
  const [known, knownTitle] = [parameters.get("artist") ?? "", parameters.get("title") ?? ""];
  const [artist, setArtist] = useState(known);
  const [title, setTitle] = useState(knownTitle);
  const [all, setAll] = useState(false);
  const search = useQuery({ ...addSearch(known, knownTitle, all ? sources : []), enabled: known !== "" && knownTitle !== "" });
  const skipped = search.data?.skipped ?? [];
  // One note for a service, however many of its sources were left out.
  const unset = [...new Set(skipped.filter((one) => /not configured/i.test(one.reason)).map((one) => familyOf(one.source)))].filter(isService);
  const failed = skipped.filter((one) => !unset.includes(familyOf(one.source) as Service));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setParameters({ artist: artist.trim(), title: title.trim() });
  };
  const open = (one: AddResult) => setParameters({ artist: known, title: knownTitle, source: one.source, id: one.id });
  return (
    <div className="grid grid-cols-1 gap-6">
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
        <label className="grid gap-1 text-sm font-medium">{t("field.artist")}<input name="artist" required maxLength={200} autoFocus={!known} value={artist} onChange={(event) => setArtist(event.target.value)} className="field font-normal" /></label>
        <label className="grid gap-1 text-sm font-medium">{t("field.title")}<input name="title" required maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} className="field font-normal" /></label>
        <Button look="primary" type="submit" icon={Search} disabled={!artist.trim() || !title.trim()}>{t("import.find")}</Button>
      </form>
      {search.isFetching && !search.data && <div className="grid gap-3" role="status" aria-label={t("import.searching")}>{[0, 1, 2, 3].map((row) => <Skeleton key={row} className="h-14 rounded-xl" />)}</div>}
      {search.error && <Failure error={search.error} retry={() => void search.refetch()} />}
      {search.data && (
        <>
          <p className="sr-only" role="status">{tCount("import.found", search.data.results.length)}</p>
          {search.data.results.length > 0 ? <Results results={search.data.results} open={open} /> : <Empty icon={SearchX} title={t("import.nothing")}>{t("import.nothingHint")}</Empty>}
          {(unset.length > 0 || failed.length > 0) && (
            <section aria-labelledby="left-out" className="grid gap-2">
              <h2 id="left-out" className="font-semibold">{t("import.leftOut")}</h2>
              {unset.map((service) => <NotConfigured key={service} service={service} />)}
              {failed.map((one) => <p key={one.source} className="rounded-xl border border-line bg-surface p-4 text-sm"><b className="font-medium">{serviceNames[one.source]}</b> <span className="break-words text-dim">{one.reason}</span></p>)}
            </section>
          )}
          {!all && <p><Button look="quiet" onClick={() => setAll(true)} className="-ml-2 text-left whitespace-normal!">{t("import.alsoReleases")}</Button></p>}
        </>
      )}
    </div>
  );
}

function Known({ imvdb, youtube }: { imvdb: string | null; youtube: string | null }) {
  const { data } = useQuery(exists(imvdb, youtube));
  if (!data?.exists) return null;
  return (
    <p role="status" className="flex items-start gap-2.5 rounded-xl border border-warn bg-warn-soft p-4 text-sm">
      <Library size={18} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
      <span>{t("import.known")} <Link to={`/app/videos/${data.video_id}`} className="text-accent underline">{[data.artist, data.title].filter(Boolean).join(" – ")}</Link></span>
    </p>
  );
}

function Details({ preview, started }: { preview: AddPreview; started: (jobId: string) => void }) {
  const client = useQueryClient();
  const named = youtubeIdsOf(preview);
  const [draft, setDraft] = useState(() => draftOf(preview));
  const [youtube, setYoutube] = useState<string | null>(named[0] ?? null);
  const [download, setDownload] = useState(true);
  const [shown, setShown] = useState(false);
  const problems = problemsOf(draft);
  const imvdb = preview.source === "imvdb" ? preview.id : null;
  const known = useQuery(exists(imvdb, youtube)).data?.exists === true;
  const [over, setOver] = useState(false);
  const url = imvdb && typeof preview.data.url === "string" ? preview.data.url : null;
  const start = useMutation({
    mutationFn: () => importOne({
      source: preview.source, id: preview.id, youtube_id: youtube, youtube_url: youtube && `https://www.youtube.com/watch?v=${youtube}`, metadata: metadataOf(draft, youtube, url), skip_existing: !over, auto_download: download && youtube !== null,
    }),
    onSuccess: (reply) => { void client.invalidateQueries({ queryKey: ["jobs"] }); started(reply.job_id); },
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (Object.keys(problems).length === 0) start.mutate();
  };
  const check = "flex min-h-10 items-center gap-2.5 text-sm";
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-7">
      <Known imvdb={imvdb} youtube={youtube} />
      <section>
        <h2 className="mb-3 flex items-center gap-2 font-semibold">{t("import.metadata")} <Badge>{t(`addSource.${preview.source}`)}</Badge></h2>
        <DraftFields draft={draft} problems={shown ? problems : {}} change={setDraft} />
      </section>
      <YoutubeChoice artist={draft.artist.trim()} title={draft.title.trim()} named={named} chosen={youtube} choose={setYoutube} />
      <div>
        <label className={`${check} ${youtube ? "" : "opacity-60"}`}><input type="checkbox" checked={download && youtube !== null} disabled={youtube === null} onChange={(event) => setDownload(event.target.checked)} className="size-4 accent-accent" />{t("import.downloadNow")}</label>
        {known && <label className={check}><input type="checkbox" checked={over} onChange={(event) => setOver(event.target.checked)} className="size-4 accent-accent" />{t("import.overwrite")}</label>}
      </div>
      {start.error && <p role="alert" className="text-sm text-danger">{reason(start.error)}</p>}
      <div className="foot flex justify-end"><Button look="primary" type="submit" icon={Import} disabled={start.isPending}>{t(known ? (over ? "import.updateKnown" : "import.anyway") : "import.start")}</Button></div>
    </form>
  );
}

function DetailsStep({ source, id, started }: { source: AddSource; id: string; started: (jobId: string) => void }) {
  const { data, error, refetch } = useQuery(addPreview(source, id));
  const family = familyOf(source);
  if (error) return isService(family) ? <ServiceFailure error={error} service={family} retry={() => void refetch()} /> : <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <div className="grid gap-3 sm:grid-cols-2">{Array.from({ length: 8 }, (_, row) => <Skeleton key={row} className="h-16" />)}</div>;
  return <Details key={`${source}-${id}`} preview={data} started={started} />;
}

export default function SearchImportPage() {
  const [parameters, setParameters] = useSearchParams();
  const [source, id, jobId] = [parameters.get("source") as AddSource | null, parameters.get("id"), parameters.get("job")];
  const at = jobId ? 2 : source && id ? 1 : 0;
  const back = { artist: parameters.get("artist") ?? "", title: parameters.get("title") ?? "" };
  useEffect(() => {
    document.getElementById("main")!.scrollTop = 0;
  }, [at]);
  return (
    <div className="mx-auto max-w-4xl">
      <BackLink to="/app/import">{t("nav.import")}</BackLink>
      <PageHead title={t("import.search")} />
      <Steps steps={steps} at={at} />
      {at === 1 && <div className="-mt-2 mb-4"><Button look="quiet" icon={ArrowLeft} onClick={() => setParameters(back)} className="-ml-3">{t("import.backToResults")}</Button></div>}
      {at === 0 && <SearchStep />}
      {at === 1 && <DetailsStep source={source!} id={id!} started={(job) => setParameters({ ...back, job })} />}
      {at === 2 && <Chain id={jobId!} again={() => setParameters({})} />}
    </div>
  );
}
