// All collections: found by name, made, opened. Each shows the first four of its videos.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Layers, Plus, SearchX, X } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { collectionFaces, collectionPage } from "../../api/collections";
import { thumbnailUrl } from "../../api/videos";
import type { Collection } from "../../api/types";
import { t, tCount } from "../../i18n";
import { number } from "../../lib/format";
import { useSettled } from "../../lib/latest";
import { useSeen } from "../../lib/seen";
import { BackLink, Button, Empty, Failure, IconButton, PageHead, Skeleton } from "../../ui/basics";
import { Picture } from "../../ui/picture";
import { CollectionForm } from "./form";

function CollectionCard({ one }: { one: Collection }) {
  const [ref, seen] = useSeen<HTMLLIElement>();
  const { data } = useQuery({ ...collectionFaces(one.id), enabled: seen && Boolean(one.video_count) });
  const faces = data?.items ?? [];
  return (
    <li ref={ref} className="min-w-0">
      <Link to={`/app/videos/collections/${one.id}`} className="group block rounded-xl">
        <span className="relative grid aspect-video grid-cols-2 grid-rows-2 gap-0.5 overflow-hidden rounded-xl bg-raised">
          {faces.length < 4
            ? <Picture url={faces[0]?.video_file_path ? thumbnailUrl(faces[0].id, 480, faces[0].updated_at) : null} seed={one.name} icon={Layers} className="col-span-2 row-span-2" />
            : faces.map((video) => <Picture key={video.id} url={video.video_file_path ? thumbnailUrl(video.id, 240, video.updated_at) : null} seed={`${video.artist}${video.id}`} iconSize={18} />)}
          <span aria-hidden="true" className="absolute inset-0 bg-black/35 opacity-0 transition-opacity duration-100 group-hover:opacity-100" />
        </span>
        <span className="mt-2 block truncate text-sm font-medium">{one.name}</span>
        <span className="block truncate text-sm text-dim">{tCount("videos.count", one.video_count ?? 0)}</span>
      </Link>
    </li>
  );
}

const grid = "grid grid-cols-[repeat(auto-fill,minmax(9.25rem,1fr))] gap-x-4 gap-y-5 sm:grid-cols-[repeat(auto-fill,minmax(14.5rem,1fr))]";

export default function CollectionsPage() {
  const [parameters, setParameters] = useSearchParams();
  const [making, setMaking] = useState(false);
  const navigate = useNavigate();
  const text = parameters.get("q") ?? "";
  const settled = useSettled(text.trim(), 150);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["collections", "pages", settled],
    queryFn: ({ pageParam, client }) => client.fetchQuery(collectionPage(settled, pageParam)),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.page < last.total_pages ? last.page + 1 : undefined),
    placeholderData: (before) => before,
  });
  const list = data?.pages.flatMap((page) => page.items);
  const find = (value: string) => setParameters(value ? { q: value } : {}, { replace: true });
  const make = <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>{t("collections.add")}</Button>;
  const content = () => {
    if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
    if (!list) return <ul className={grid} aria-label={t("loading")}>{Array.from({ length: 8 }, (_, index) => <li key={index}><Skeleton className="aspect-video rounded-xl" /><Skeleton className="mt-2 h-4 w-2/3" /><Skeleton className="mt-1.5 h-4 w-1/3" /></li>)}</ul>;
    if (list.length === 0 && settled) return <Empty icon={SearchX} title={t("collections.nothingFound")} action={<Button onClick={() => find("")}>{t("action.clear")}</Button>} />;
    if (list.length === 0) return <Empty icon={Layers} title={t("collections.empty")} action={make}>{t("collections.emptyHint")}</Empty>;
    return (
      <>
        <ul className={grid} aria-label={t("collections.title")}>{list.map((one) => <CollectionCard key={one.id} one={one} />)}</ul>
        {hasNextPage && <div className="mt-6 flex justify-center"><Button onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>{t("action.showMore")}</Button></div>}
      </>
    );
  };
  return (
    <>
      <BackLink to="/app/videos">{t("nav.videos")}</BackLink>
      <PageHead title={t("collections.title")} note={data ? number(data.pages[0]!.total) : undefined}>{list && list.length > 0 && make}</PageHead>
      {(text || (list && list.length > 0)) && (
        <div className="relative mb-5 max-w-sm">
          <input type="text" role="searchbox" aria-label={t("collections.find")} placeholder={t("collections.find")} value={text} onChange={(event) => find(event.target.value)} className="field pr-11" />
          {text && <IconButton label={t("action.clear")} icon={X} onClick={() => find("")} className="absolute! top-0 right-0" />}
        </div>
      )}
      {content()}
      {making && <CollectionForm known={null} close={() => setMaking(false)} done={(made) => void navigate(`/app/videos/collections/${made.id}`)} />}
    </>
  );
}
