/** The upload queue as data: what is in it, and what that comes to. */

export type ItemState = "queued" | "hashing" | "uploading" | "processing" | "done" | "duplicate" | "failed";

export interface Item {
  id: number;
  name: string;
  size: number;
  state: ItemState;
  /** Bytes that have gone out. */
  sent: number;
  /** What a person should know about this file now. */
  note: string | null;
  /** Failed for want of a connection or a session: tried again as soon as there is one. */
  waitsFor: "network" | "session" | null;
  photoId: string | null;
  thumb: string | null;
  /** Is here already, but in the trash. */
  trashed: boolean;
}

export const newItem = (id: number, name: string, size: number): Item => ({
  id, name, size, state: "queued", sent: 0, note: null, waitsFor: null, photoId: null, thumb: null, trashed: false,
});

export const isActive = ({ state }: Item) => state === "hashing" || state === "uploading" || state === "processing";
export const isFinished = ({ state }: Item) => state === "done" || state === "duplicate" || state === "failed";

export function changed(items: readonly Item[], id: number, change: Partial<Item>): readonly Item[] {
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
}

export interface Totals {
  files: number;
  finished: number;
  done: number;
  duplicates: number;
  failed: number;
  /** From 0 to 1, by bytes; files that ended count as sent, however they ended. */
  part: number;
}

/** A file costs something however small it is, so that a thousand thumbnails move the bar too. */
const PER_FILE = 50_000;

export function totals(items: readonly Item[]): Totals {
  const sum: Totals = { files: items.length, finished: 0, done: 0, duplicates: 0, failed: 0, part: 0 };
  let all = 0;
  let sent = 0;
  for (const item of items) {
    const cost = item.size + PER_FILE;
    all += cost;
    sent += isFinished(item) ? cost : Math.min(item.sent, item.size);
    if (isFinished(item)) sum.finished += 1;
    if (item.state === "done") sum.done += 1;
    if (item.state === "duplicate") sum.duplicates += 1;
    if (item.state === "failed") sum.failed += 1;
  }
  sum.part = all > 0 ? sent / all : 0;
  return sum;
}

const order: Record<ItemState, number> = { failed: 0, processing: 1, uploading: 1, hashing: 2, queued: 3, done: 4, duplicate: 4 };

/** What needs a person first, then what moves, then what waits, then what is done, latest first. */
export function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => order[a.state] - order[b.state] || (order[a.state] === 4 ? b.id - a.id : a.id - b.id));
}

/** The state of the queue in a few words. */
export function headline({ files, finished, done, duplicates, failed }: Totals): string {
  if (finished < files) return `Uploading ${finished + 1} of ${files}`;
  const parts = [
    done > 0 && `${done} added`,
    duplicates > 0 && `${duplicates} already here`,
    failed > 0 && `${failed} not added`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "Nothing to upload";
}
