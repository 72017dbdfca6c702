import type { Layout } from "./layout";
import { rowOfPhoto } from "./layout";

/** A photo by its place: block, and index within it. */
export interface Place {
  block: number;
  index: number;
}

export type Step = "left" | "right" | "up" | "down";

export function placeOf(layout: Layout, id: string): Place | null {
  for (const [block, { content }] of layout.blocks.entries()) {
    const index = content?.columns.id.indexOf(id) ?? -1;
    if (index >= 0) return { block, index };
  }
  return null;
}

export const idAt = (layout: Layout, place: Place | null) =>
  place ? layout.blocks[place.block]?.content?.columns.id[place.index] : undefined;

/** The photo one step away as the eye sees it; null at the ends and where nothing is loaded. */
export function step(layout: Layout, place: Place, direction: Step): Place | null {
  if (direction === "left" || direction === "right") return along(layout, place, direction === "left" ? -1 : 1);
  const rows = loadedRows(layout, place.block);
  const content = layout.blocks[place.block]?.content;
  if (!content) return null;
  const here = rows.findIndex(({ block, row }) => block === place.block && row === rowOfPhoto(content.body.rows, place.index));
  const target = rows[here + (direction === "up" ? -1 : 1)];
  if (here < 0 || !target) return null;
  const middle = (content.body.x[place.index] ?? 0) + (content.body.w[place.index] ?? 0) / 2;
  return nearest(layout, target.block, target.row, middle);
}

/** The next or previous photo in time, across segments. */
export function along(layout: Layout, place: Place, by: 1 | -1): Place | null {
  const count = layout.blocks[place.block]?.content?.columns.id.length ?? 0;
  const index = place.index + by;
  if (index >= 0 && index < count) return { block: place.block, index };
  const neighbour = layout.blocks[place.block + by]?.content;
  if (!neighbour || neighbour.columns.id.length === 0) return null;
  return { block: place.block + by, index: by > 0 ? 0 : neighbour.columns.id.length - 1 };
}

/** All loaded photos from one to another, both included. */
export function between(layout: Layout, from: string, to: string): string[] {
  const ids = layout.blocks.flatMap(({ content }) => content?.columns.id ?? []);
  const ends = [ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
  const [first = -1, last = -1] = ends;
  return first < 0 ? [] : ids.slice(first, last + 1);
}

/** Rows of this block and of its loaded neighbours, in order. */
function loadedRows(layout: Layout, around: number): { block: number; row: number }[] {
  return [around - 1, around, around + 1].flatMap((block) =>
    (layout.blocks[block]?.content?.body.rows ?? []).map((_, row) => ({ block, row })));
}

function nearest(layout: Layout, block: number, rowIndex: number, middle: number): Place | null {
  const body = layout.blocks[block]?.content?.body;
  const row = body?.rows[rowIndex];
  if (!body || !row) return null;
  let best: Place | null = null;
  let distance = Infinity;
  for (let index = row.first; index < row.end; index++) {
    const off = Math.abs((body.x[index] ?? 0) + (body.w[index] ?? 0) / 2 - middle);
    if (off < distance) {
      distance = off;
      best = { block, index };
    }
  }
  return best;
}
