// One change to many videos. The server takes five hundred at a time; longer lists go in several calls
// whose outcomes are added up.

import { get, post } from "./http";
import type { BulkDownload, BulkOutcome, Page, Video, VideoStatus, VideoUpdate } from "./types";
import { videoPageSize, type VideoFilter } from "./videos";

const atMost = 500;
const pagesAtATime = 4;

async function inParts(ids: number[], path: string, rest: object): Promise<BulkOutcome> {
  const sum: BulkOutcome = { success_ids: [], failed_ids: [], errors: {}, file_errors: [], total: 0, success_count: 0, failed_count: 0 };
  for (let from = 0; from < ids.length; from += atMost) {
    const part = await post<BulkOutcome>(path, { video_ids: ids.slice(from, from + atMost), ...rest });
    sum.success_ids.push(...part.success_ids);
    sum.failed_ids.push(...part.failed_ids);
    sum.file_errors.push(...part.file_errors);
    Object.assign(sum.errors, part.errors);
    sum.total += part.total;
    sum.success_count += part.success_count;
    sum.failed_count += part.failed_count;
  }
  return sum;
}

export const bulkUpdate = (ids: number[], updates: VideoUpdate) => inParts(ids, "/videos/bulk/update", { updates });
export const bulkDelete = (ids: number[], deleteFiles: boolean) => inParts(ids, "/videos/bulk/delete", { permanent: false, delete_files: deleteFiles });
export const bulkStatus = (ids: number[], status: VideoStatus) => inParts(ids, "/videos/bulk/status", { status });
export const bulkTags = (ids: number[], names: string[], replace: boolean) => inParts(ids, "/videos/bulk/tags", { tag_names: names, replace });
export const bulkCollection = (ids: number[], collectionId: number) => inParts(ids, "/videos/bulk/collections", { collection_id: collectionId });
/** This one takes the bare list. */
export const bulkDownload = (ids: number[]) => post<BulkDownload>("/videos/bulk/download", ids);

/** The numbers of all videos that a filter finds, page by page; `tell` hears how many are known. */
export async function allFound(filter: VideoFilter, tell: (count: number) => void, signal: AbortSignal): Promise<number[]> {
  const page = (number: number) => get<Page<Video>>("/videos", { ...filter, page: number, page_size: videoPageSize }, signal);
  const first = await page(1);
  const ids = first.items.map((one) => one.id);
  for (let from = 2; from <= first.total_pages; from += pagesAtATime) {
    const wanted = Array.from({ length: Math.min(pagesAtATime, first.total_pages - from + 1) }, (_, step) => from + step);
    const replies = await Promise.all(wanted.map(page));
    ids.push(...replies.flatMap((reply) => reply.items.map((one) => one.id)));
    tell(ids.length);
  }
  return [...new Set(ids)];
}
