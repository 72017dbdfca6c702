import type { Row } from "./justify";
import type { Layout } from "./layout";

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
  const here = rowsAround(layout, place.block).find(({ block, row }) => block === place.block && row.first <= place.index && place.index < row.end);
  const body = layout.blocks[place.block]?.content?.body;
  if (!here || !body) return null;
  const middle = here.x + (body.x[place.index] ?? 0) + (body.w[place.index] ?? 0) / 2;
  const there = rowsAround(layout, place.block).filter(({ y, row }) => direction === "up" ? y + row.height <= here.y : y >= here.y + here.row.height);
  const edge = direction === "up" ? Math.max(...there.map(({ y }) => y)) : Math.min(...there.map(({ y }) => y));
  return nearest(layout, there.filter(({ y }) => y === edge), middle);
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

interface PlacedRow {
  block: number;
  row: Row;
  x: number;
  y: number;
}

/** More months than this never share a band. */
const AROUND = 8;

/** Rows of this block and of the loaded ones around it, with their place in the grid. */
function rowsAround(layout: Layout, around: number): PlacedRow[] {
  const from = Math.max(0, around - AROUND);
  return layout.blocks.slice(from, around + AROUND + 1).flatMap(({ content, top, bodyTop, x }, nth) =>
    (content?.body.rows ?? []).map((row) => ({ block: from + nth, row, x, y: top + bodyTop + row.y })));
}

function nearest(layout: Layout, rows: PlacedRow[], middle: number): Place | null {
  let best: Place | null = null;
  let distance = Infinity;
  for (const { block, row, x } of rows) {
    const body = layout.blocks[block]?.content?.body;
    for (let index = row.first; index < row.end; index++) {
      const off = Math.abs(x + (body?.x[index] ?? 0) + (body?.w[index] ?? 0) / 2 - middle);
      if (off < distance) {
        distance = off;
        best = { block, index };
      }
    }
  }
  return best;
}
