// One collection: its videos in their order, which people change by dragging or with the keyboard.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Layers, ListMusic, Pencil, Play, SearchX, Trash2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { collection, collectionVideos, deleteCollection, placeInCollection, removeFromCollection } from "../../api/collections";
import { ApiError } from "../../api/failure";
import type { Video } from "../../api/types";
import { t, tCount } from "../../i18n";
import { clock, span } from "../../lib/format";
import { BackLink, Button, ButtonLink, Empty, Failure, IconButton, PageHead, Skeleton } from "../../ui/basics";
import { Confirm } from "../../ui/dialog";
import { Reorder, type Announcements } from "../../ui/reorder";
import { say, sayFailure } from "../../ui/toast";
import { VideoPicture } from "../videos/card";
import { CollectionForm } from "./form";
import { moved, placements, positionIn, withPositions } from "./order";

const rowHeight = 64;
const writesAtATime = 6;
const titleOf = (video: Video) => video.title ?? t("video.untitled");

async function write(id: number, list: { id: number; position: number }[]): Promise<void> {
  const waiting = [...list];
  const worker = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await placeInCollection(id, one.id, one.position);
  };
  await Promise.all(Array.from({ length: writesAtATime }, worker));
}

function useOrder(id: number, videos: Video[]) {
  const client = useQueryClient();
  const { queryKey } = collectionVideos(id);
  const renew = () => ["collection", "collections", "video"].forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
  const move = useMutation({
    mutationFn: ({ from, to }: { from: number; to: number }) => {
      const order = moved(videos, from, to);
      const placed = placements(order, to, id);
      client.setQueryData(queryKey, withPositions(order, placed, id));
      return write(id, placed);
    },
    onError: (error) => { sayFailure(error); renew(); },
  });
  const takeOut = useMutation({
    mutationFn: async (video: Video) => {
      client.setQueryData(queryKey, videos.filter((one) => one.id !== video.id));
      await removeFromCollection(id, video.id);
    },
    onSuccess: (_, video) => {
      renew();
      const back = () => void placeInCollection(id, video.id, positionIn(video, id) ?? undefined).then(renew, sayFailure);
      say(t("collections.removed", { title: titleOf(video) }), back);
    },
    onError: (error) => { sayFailure(error); renew(); },
  });
  return { move: (from: number, to: number) => move.mutate({ from, to }), takeOut: (video: Video) => takeOut.mutate(video) };
}

function Row({ video, index, ids, takeOut }: { video: Video; index: number; ids: number[]; takeOut: () => void }) {
  return (
    <>
      <span className="w-7 shrink-0 text-center text-sm text-faint tabular-nums max-sm:hidden">{index + 1}</span>
      <Link to={`/app/videos/${video.id}`} state={{ ids, index }} draggable={false} className="flex min-w-0 flex-1 items-center gap-3 rounded-lg py-1">
        <VideoPicture video={video} width={160} className="aspect-video w-20 shrink-0 rounded-md" />
        <span className="min-w-0">
          <span className="block truncate font-medium">{titleOf(video)}</span>
          <span className="block truncate text-sm text-dim">{[video.artist ?? t("video.unknownArtist"), video.year].filter(Boolean).join(" · ")}</span>
        </span>
      </Link>
      <span className="px-2 text-sm text-dim tabular-nums max-sm:hidden">{clock(video.duration)}</span>
      <IconButton label={t("collections.remove", { title: titleOf(video) })} icon={X} onClick={takeOut} />
    </>
  );
}

function Videos({ id, videos }: { id: number; videos: Video[] }) {
  const { move, takeOut } = useOrder(id, videos);
  const ids = videos.map((video) => video.id);
  const words = (video: Video): Announcements => {
    const title = titleOf(video);
    const at = (index: number) => ({ title, place: index + 1, count: videos.length });
    return {
      handle: (index) => t("collections.handle", at(index)), lifted: (index) => t("collections.lifted", at(index)), moved: (index) => t("collections.movedTo", at(index)),
      dropped: (index) => t("collections.dropped", at(index)), putBack: () => t("collections.putBack", { title }),
    };
  };
  return (
    <>
      <p className="mb-2 text-sm text-faint max-sm:hidden">{t("collections.orderHint")}</p>
      <Reorder items={videos} label={t("collections.order")} rowHeight={rowHeight} keyOf={(video) => video.id} words={words} move={move}
        row={(video, index) => <Row video={video} index={index} ids={ids} takeOut={() => takeOut(video)} />} />
    </>
  );
}

export default function CollectionPage() {
  const id = Number(useParams().id);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const { data, error, refetch } = useQuery(collection(id));
  const videos = useQuery(collectionVideos(id));
  useEffect(() => {
    if (data) document.title = `${data.name} · Medley`;
  }, [data]);
  if (error instanceof ApiError && error.status === 404) {
    return <Empty icon={SearchX} title={t("collections.gone")} action={<ButtonLink to="/app/videos/collections" look="primary">{t("collections.title")}</ButtonLink>}>{t("error.notFound")}</Empty>;
  }
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const list = videos.data ?? [];
  const first = list.findIndex((video) => video.video_file_path);
  const seconds = list.reduce((sum, video) => sum + (video.duration ?? 0), 0);
  const forget = () => void deleteCollection(id).then(() => {
    void client.invalidateQueries({ queryKey: ["collections"] });
    say(t("collections.deleted", { name: data?.name ?? "" }));
    void navigate("/app/videos/collections", { replace: true });
  }, sayFailure);
  return (
    <div className="mx-auto max-w-4xl">
      <BackLink to="/app/videos/collections">{t("collections.title")}</BackLink>
      {data ? (
        <>
          <PageHead title={data.name} note={videos.data && [tCount("videos.count", list.length), seconds > 0 && span(seconds)].filter(Boolean).join(" · ")}>
            <IconButton label={t("collections.edit")} icon={Pencil} onClick={() => setOpen("edit")} />
            <IconButton label={t("action.delete")} icon={Trash2} onClick={() => setOpen("delete")} />
            {list.length > 0 && <IconButton label={t("bulk.playlist")} icon={ListMusic} onClick={() => void navigate("/app/files/exports", { state: { videos: list.map((video) => video.id), name: data.name } })} />}
            {first >= 0 && <Button look="primary" icon={Play} onClick={() => void navigate(`/app/videos/${list[first]!.id}?play=1`, { state: { ids: list.map((video) => video.id), index: first } })}>{t("collections.playAll")}</Button>}
          </PageHead>
          {data.description && <p className="mb-4 max-w-2xl whitespace-pre-line text-dim">{data.description}</p>}
        </>
      ) : <div className="py-6"><Skeleton className="h-8 w-64" /></div>}
      {videos.error && <Failure error={videos.error} retry={() => void videos.refetch()} />}
      {!videos.data && !videos.error && <div className="grid gap-1">{Array.from({ length: 6 }, (_, row) => <Skeleton key={row} className="h-15" />)}</div>}
      {videos.data && (list.length > 0
        ? <Videos id={id} videos={list} />
        : <Empty icon={Layers} title={t("collections.noVideos")} action={<ButtonLink to="/app/videos" look="primary">{t("nav.videos")}</ButtonLink>}>{t("collections.noVideosHint")}</Empty>)}
      {open === "edit" && data && <CollectionForm known={data} close={() => setOpen(null)} />}
      {open === "delete" && data && <Confirm title={t("collections.deleteTitle")} text={t("collections.deleteText", { name: data.name })} confirm={t("action.delete")} danger onConfirm={forget} onClose={() => setOpen(null)} />}
    </div>
  );
}
