import { isFinished, wording, type Item } from "./queue";

/** Rows have a height by what they say, so that a list of thousands knows where each of them is without drawing it. */
const ROW = 56;
const LINE = 19;
const BAR = 8;
/** Letters that surely go into a line of the narrowest panel. */
const LETTERS = 32;
const MOST_LINES = 3;

export function heightOf(item: Item): number {
  const lines = Math.min(MOST_LINES, Math.ceil(wording(item).length / LETTERS)) + (item.trashed ? 1 : 0);
  return ROW + (lines - 1) * LINE + (hasBar(item) ? BAR : 0);
}

/** A file of which something has gone out shows how much. */
export const hasBar = (item: Item) => item.sent > 0 && !isFinished(item);

export interface Placed {
  item: Item;
  top: number;
  /** From 1. */
  position: number;
}

/** The rows between two heights, and how high all of them are together. */
export function windowed(items: readonly Item[], from: number, to: number): { rows: Placed[]; height: number } {
  const rows: Placed[] = [];
  let top = 0;
  items.forEach((item, index) => {
    const height = heightOf(item);
    if (top + height > from && top < to) rows.push({ item, top, position: index + 1 });
    top += height;
  });
  return { rows, height: top };
}
