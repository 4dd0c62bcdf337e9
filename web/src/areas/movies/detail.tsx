// One movie: words that can be edited and locked, who made it, its streams and pictures.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ImageOff, SearchX } from "lucide-react";
import { useNavigate, useParams } from "react-router";
import { ApiError } from "../../api/failure";
import { artworkUrl, movie as movieQuery, updateMovie } from "../../api/movies";
import type { MovieDetails, Streams } from "../../api/types";
import { t, tCount, tData } from "../../i18n";
import { bitRate, bytes, date, minutes, number } from "../../lib/format";
import { Badge, Bar, Button, ButtonLink, Empty, Failure, Skeleton } from "../../ui/basics";
import { Facts } from "../../ui/facts";
import { InlineField } from "../../ui/inline";
import { CopyButton, Raw } from "../../ui/raw";
import { Tabs } from "../../ui/tabs";
import { sayFailure } from "../../ui/toast";
import { TitleHero } from "../titles/hero";

type FieldRow = { name: "title" | "original_title" | "year" | "tagline" | "content_rating" | "plot" | "genres" | "directors" | "studios"; kind?: "number" | "long" | "list" };
const rows: FieldRow[] = [
  { name: "title" }, { name: "original_title" }, { name: "year", kind: "number" }, { name: "content_rating" }, { name: "tagline" },
  { name: "genres", kind: "list" }, { name: "directors", kind: "list" }, { name: "studios", kind: "list" }, { name: "plot", kind: "long" },
];

function asValue(kind: FieldRow["kind"], text: string): unknown {
  if (kind === "list") return text.split(",").map((part) => part.trim()).filter(Boolean);
  if (text === "") return null;
  if (kind !== "number") return text;
  if (!Number.isInteger(Number(text))) throw new Error(t("edit.wholeNumber"));
  return Number(text);
}

function Overview({ movie }: { movie: MovieDetails }) {
  const client = useQueryClient();
  const save = async (change: Record<string, unknown>) => {
    const saved = await updateMovie(movie.id, change);
    client.setQueryData(movieQuery(movie.id).queryKey, (now) => now && { ...now, ...saved });
    void client.invalidateQueries({ queryKey: ["movies"] });
  };
  return (
    <div className="grid gap-8 lg:grid-cols-[2fr_1fr]">
      <section aria-label={t("tab.overview")} className="grid content-start gap-x-6 gap-y-3 sm:grid-cols-2">
        {rows.map(({ name, kind }) => {
          const value = movie[name];
          const lock = `${name}_locked` as const;
          return (
            <div key={name} className={kind === "long" ? "sm:col-span-2" : ""}>
              <InlineField
                label={t(`field.${name}`)} name={name} value={Array.isArray(value) ? value.join(", ") : value} {...(kind === "number" || kind === "long" ? { kind } : {})}
                save={(text) => save({ [name]: asValue(kind, text) })} locked={movie[lock] ?? false} setLocked={(locked) => void save({ [lock]: locked }).catch(sayFailure)}
              />
            </div>
          );
        })}
      </section>
      <section className="grid content-start gap-6">
        {movie.cast.length > 0 && (
          <div>
            <h2 className="mb-2 font-semibold">{t("title.cast")}</h2>
            <ul className="grid gap-1.5 text-sm">{movie.cast.slice(0, 20).map((one) => <li key={one.id} className="flex justify-between gap-3"><span>{one.name}</span><span className="text-right text-dim">{one.role}</span></li>)}</ul>
          </div>
        )}
        <Facts title={t("title.details")} rows={[
          [t("title.released"), date(movie.release_date)], [t("title.runtime"), movie.runtime && minutes(movie.runtime)], [t("title.countries"), movie.countries.join(", ")],
          [t("title.library"), movie.library?.name], [t("title.collection"), movie.collection?.name],
        ]} />
        <div>
          <div className="mb-1.5 flex justify-between text-sm"><span className="text-faint">{t("title.completeness")}</span><span className="tabular-nums">{number(movie.completeness)} %</span></div>
          <Bar value={movie.completeness / 100} label={t("title.completeness")} />
        </div>
      </section>
    </div>
  );
}

function StreamList({ streams }: { streams: Streams }) {
  const line = (parts: (string | number | null | undefined | false)[]) => parts.filter(Boolean).join(" · ");
  return (
    <Facts title={t("files.streams")} rows={[
      ...streams.video.map((one): [string, string] => [t("files.video"), line([one.codec, one.profile, `${one.width} × ${one.height}`, one.hdr_format, one.framerate && `${number(one.framerate, 3)} fps`, one.bitrate && bitRate(one.bitrate)])]),
      ...streams.audio.map((one): [string, string] => [t("files.audio"), line([one.language, one.codec, one.channel_layout ?? tCount("files.channels", one.channels), one.title])]),
      ...streams.subtitles.map((one): [string, string] => [t("files.subtitles"), line([one.language, one.codec, one.is_forced && t("files.forced"), one.is_external && t("files.external")])]),
    ]} />
  );
}

function FilesTab({ movie }: { movie: MovieDetails }) {
  return (
    <div className="grid gap-8 lg:grid-cols-2">
      <Facts title={t("files.file")} rows={[
        [t("files.path"), movie.file_path && <span className="flex items-center gap-1"><code className="min-w-0 flex-1 font-mono text-[0.8125rem] break-all">{movie.file_path}</code><CopyButton text={movie.file_path} /></span>],
        [t("files.size"), bytes(movie.file_size)],
      ]} />
      <StreamList streams={movie.streams} />
    </div>
  );
}

function Artwork({ movie }: { movie: MovieDetails }) {
  const pictures = Object.entries(movie.assets ?? {}).flatMap(([type, list]) => list.map((asset) => ({ ...asset, type })));
  if (pictures.length === 0) return <Empty icon={ImageOff} title={t("artwork.empty")}>{t("artwork.emptyHint")}</Empty>;
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-4">
      {pictures.map((one) => (
        <li key={one.id}>
          <div className="grid h-48 place-items-center overflow-hidden rounded-xl bg-raised"><img src={artworkUrl(one.url)} alt={tData("asset", one.type)} loading="lazy" className="max-h-full max-w-full object-contain" /></div>
          <div className="mt-1.5 text-sm">{tData("asset", one.type)}</div>
          <div className="text-xs text-faint tabular-nums">{one.width} × {one.height} · {bytes(one.file_size)}</div>
        </li>
      ))}
    </ul>
  );
}

export default function MoviePage() {
  const id = Number(useParams().id);
  const navigate = useNavigate();
  const { data: movie, error, refetch } = useQuery(movieQuery(id));
  if (error instanceof ApiError && error.status === 404) return <Empty icon={SearchX} title={t("video.gone")} action={<ButtonLink to="/app/movies" look="primary">{t("nav.movies")}</ButtonLink>}>{t("error.notFound")}</Empty>;
  if (error && !movie) return <Failure error={error} retry={() => void refetch()} />;
  if (!movie) return <div className="flex gap-6 pt-10" aria-hidden="true"><Skeleton className="aspect-2/3 w-28 rounded-xl md:w-52" /><div className="grid flex-1 content-end gap-3"><Skeleton className="h-10 w-2/3" /><Skeleton className="h-5 w-1/3" /></div></div>;
  return (
    <article>
      <TitleHero kind="movies" item={movie} facts={[movie.year, movie.runtime && minutes(movie.runtime), movie.content_rating, movie.genres.join(", "), movie.rating && `★ ${number(movie.rating, 1)}`]}>
        {movie.tagline && <p className="text-dim italic">{movie.tagline}</p>}
        <div><Badge tone={movie.identification_status === "unidentified" ? "warn" : "ok"}>{tData("identification", movie.identification_status)}</Badge></div>
      </TitleHero>
      <Button look="quiet" icon={ArrowLeft} onClick={() => navigate(-1)} className="-ml-3">{t("action.back")}</Button>
      <Tabs label={t("tab.label")} tabs={[
        { name: "overview", label: t("tab.overview"), content: () => <Overview key={movie.id} movie={movie} /> },
        { name: "files", label: t("tab.files"), content: () => <FilesTab movie={movie} /> },
        { name: "artwork", label: t("tab.artwork"), content: () => <Artwork movie={movie} /> },
        { name: "raw", label: t("tab.raw"), content: () => <Raw value={movie} /> },
      ]} />
    </article>
  );
}
