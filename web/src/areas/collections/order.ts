// Positions with room between them, so that moving one video is one call. Only when there is no room are
// all videos numbered anew.

import type { Video } from "../../api/types";

const room = 1024;

export type Placement = { id: number; position: number };

export const positionIn = (video: Video, collectionId: number): number | null => video.collections.find((one) => one.id === collectionId)?.position ?? null;

export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** What has to be written so that `order` is the order; `at` is the only place that changed. */
export function placements(order: Video[], at: number, collectionId: number): Placement[] {
  const positions = order.map((video) => positionIn(video, collectionId));
  const others = positions.filter((_, index) => index !== at);
  const inOrder = others.every((position, index) => position !== null && (index === 0 || position > (others[index - 1] ?? -1)));
  const low = at === 0 ? -1 : (positions[at - 1] ?? null);
  const high = at === order.length - 1 ? (low ?? 0) + 2 * room : (positions[at + 1] ?? null);
  if (inOrder && low !== null && high !== null && high - low > 1) return [{ id: order[at]!.id, position: Math.floor((low + high) / 2) }];
  return order.map((video, index) => ({ id: video.id, position: (index + 1) * room }));
}

export function withPositions(order: Video[], placed: Placement[], collectionId: number): Video[] {
  const byId = new Map(placed.map((one) => [one.id, one.position]));
  return order.map((video) => {
    const position = byId.get(video.id);
    if (position === undefined) return video;
    return { ...video, collections: video.collections.map((one) => (one.id === collectionId ? { ...one, position } : one)) };
  });
}
