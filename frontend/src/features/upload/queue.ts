import { formatCount, plural } from "../../lib/format";

/** The upload queue as data: what is in it, and what that comes to. */

export type ItemState =
  | "waiting" | "checking" | "sending" | "finishing"
  /** The person wants it to wait. */
  | "paused"
  /** The network wants it to wait. */
  | "offline"
  | "done" | "duplicate" | "failed";

export interface Item {
  id: number;
  name: string;
  size: number;
  state: ItemState;
  /** Bytes that have gone out. */
  sent: number;
  /** From 0 to 1, of a large file that is being looked through. */
  checked: number;
  /** What a person should know about this file now, beyond its state. */
  note: string | null;
  /** Failed for want of this: with a session it goes on by itself. */
  waitsFor: "session" | "room" | null;
  photoId: string | null;
  /** Is here already, but in the trash. */
  trashed: boolean;
}

export const newItem = (id: number, name: string, size: number): Item => ({
  id, name, size, state: "waiting", sent: 0, checked: 0, note: null, waitsFor: null, photoId: null, trashed: false,
});

const finished = new Set<ItemState>(["done", "duplicate", "failed"]);
export const isFinished = ({ state }: Item) => finished.has(state);
/** Something would be broken off if the page were left. */
export const isUnderWay = (item: Item) => !isFinished(item);
/** All bytes are out once it is finishing; there is nothing left to hold back. */
export const canPause = ({ state }: Item) => state === "waiting" || state === "checking" || state === "sending" || state === "offline";

/** The state of one file as a person would say it. */
export function wording(item: Item): string {
  if (item.note !== null) return item.note;
  switch (item.state) {
    case "waiting": return item.sent > 0 ? `Waiting at ${percent(item)}` : "Waiting";
    case "checking": return item.checked > 0 ? `Checking ${Math.floor(item.checked * 100)} %` : "Checking";
    case "sending": return `Sending ${percent(item)}`;
    case "finishing": return "Finishing";
    case "paused": return item.sent > 0 ? `Paused at ${percent(item)}` : "Paused";
    case "offline": return "No network. Goes on by itself";
    case "done": return "Verified on storage";
    case "duplicate": return "Already there";
    case "failed": return "Not added";
  }
}

/** Not 100 while a byte is missing. */
const percent = ({ sent, size }: Item) => `${size > 0 ? Math.floor((Math.min(sent, size) / size) * 100) : 0} %`;

export interface Totals {
  files: number;
  bytes: number;
  /** Of files that ended, and what went out of the others. */
  sent: number;
  finished: number;
  done: number;
  duplicates: number;
  failed: number;
  paused: number;
  offline: number;
  /** Sending or finishing. */
  moving: number;
  /** From 0 to 1, by bytes; files that ended count as sent, however they ended. */
  part: number;
}

/** A file costs something however small it is, so that a thousand thumbnails move the bar too. */
const PER_FILE = 50_000;

export function totals(items: readonly Item[]): Totals {
  const sum: Totals = { files: items.length, bytes: 0, sent: 0, finished: 0, done: 0, duplicates: 0, failed: 0, paused: 0, offline: 0, moving: 0, part: 0 };
  for (const item of items) {
    sum.bytes += item.size;
    sum.sent += isFinished(item) ? item.size : Math.min(item.sent, item.size);
    if (isFinished(item)) sum.finished += 1;
    if (item.state === "done") sum.done += 1;
    if (item.state === "duplicate") sum.duplicates += 1;
    if (item.state === "failed") sum.failed += 1;
    if (item.state === "paused") sum.paused += 1;
    if (item.state === "offline") sum.offline += 1;
    if (item.state === "sending" || item.state === "finishing") sum.moving += 1;
  }
  const all = sum.bytes + sum.files * PER_FILE;
  sum.part = all > 0 ? (sum.sent + sum.finished * PER_FILE) / all : 0;
  return sum;
}

const order: Record<ItemState, number> = { failed: 0, finishing: 1, sending: 1, offline: 1, checking: 2, paused: 3, waiting: 4, done: 5, duplicate: 5 };

/** What needs a person first, then what moves, then what waits, then what is done, latest first. */
export function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => order[a.state] - order[b.state] || (order[a.state] === order.done ? b.id - a.id : a.id - b.id));
}

/** What holds the queue up as a whole. */
export type Held = "offline" | "paused" | null;

export function heldBy({ files, finished: ended, moving, offline, paused }: Totals): Held {
  if (moving > 0 || ended === files) return null;
  if (offline > 0) return "offline";
  return ended + paused === files ? "paused" : null;
}

/** The state of the queue in a few words. */
export function headline(sum: Totals): string {
  const { files, finished: ended, done, duplicates, failed } = sum;
  if (ended < files) {
    const held = heldBy(sum);
    const doing = held === "offline" ? "No network" : held === "paused" ? "Paused" : "Uploading";
    return `${doing}, ${formatCount(ended)} of ${formatCount(files)} done`;
  }
  const parts = [
    done > 0 && `${formatCount(done)} added`,
    duplicates > 0 && `${formatCount(duplicates)} already there`,
    failed > 0 && `${formatCount(failed)} not added`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "Nothing to upload";
}

/** What is read out: when something begins, is held up, or ends. It does not change with each file. */
export function announcement(sum: Totals): string {
  if (sum.files === 0) return "";
  if (sum.finished === sum.files) return `Upload finished: ${headline(sum)}.`;
  const held = heldBy(sum);
  const doing = held === "offline" ? "No network. The upload goes on by itself." : held === "paused" ? "The upload is paused." : `Uploading ${plural(sum.files, "file")}.`;
  return sum.failed > 0 ? `${doing} Some are not added; the list says why.` : doing;
}
