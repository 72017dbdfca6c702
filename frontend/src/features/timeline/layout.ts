import type { Columns, Segment } from "../../api/timeline";
import { bandsOf, monthsOf } from "./bands";
import { estimateHeight, justify, type Body, type Metrics, type Row } from "./justify";

/** Where everything of a timeline is, from the top of the grid. Segments that are not loaded have an estimated height. */
export interface Layout {
  blocks: Block[];
  height: number;
}

export interface Block {
  segment: Segment;
  top: number;
  height: number;
  /** Small months share a band; every other block has the whole width. */
  x: number;
  width: number;
  /** Set on the first segment of a month. */
  month: Month | null;
  /** Top of the photos within the block, below the month's heading. */
  bodyTop: number;
  /** Null until the segment is loaded. */
  content: Content | null;
}

export interface Content {
  columns: Columns;
  body: Body;
}

export interface Month {
  year: number;
  /** 0 to 11. */
  month: number;
  count: number;
}

/** Heights seen so far, so that a segment dropped from memory keeps its room. */
export type KnownHeights = Map<string, number>;

export function layoutTimeline(
  segments: readonly Segment[],
  loaded: (segment: Segment) => Columns | undefined,
  metrics: Metrics,
  known: KnownHeights,
): Layout {
  const blocks: Block[] = [];
  let top = 0;
  let before: Columns | undefined;
  for (const band of bandsOf(monthsOf(segments), metrics)) {
    for (const { month, width, x } of band) {
      const slot = { ...metrics, width };
      const side = band.length > 1;
      month.segments.forEach((segment, index) => {
        const opens = index === 0;
        const closes = index === month.segments.length - 1;
        const columns = loaded(segment);
        const body = columns && bodyOf(columns, slot, !opens && continuesDay(before, columns), closes);
        const name = `${segment.id}:${segment.version}:${width}`;
        if (body) known.set(name, body.height);
        const bodyHeight = body?.height ?? known.get(name) ?? estimateHeight(segment.count, daysOf(segment), slot);
        const bodyTop = opens ? metrics.head : 0;
        const height = bodyTop + bodyHeight + (closes ? metrics.foot : metrics.gap);
        const { year, number, count } = month;
        blocks.push({ segment, top, height, x, width, bodyTop, month: opens ? { year, month: number, count } : null, content: columns && body ? { columns, body } : null });
        if (!side) top += height;
        before = columns;
      });
    }
    if (band.length > 1) {
      // Side by side, they are as high as the highest.
      const beside = blocks.slice(-band.length);
      const height = Math.max(...beside.map((block) => block.height));
      for (const block of beside) block.height = height;
      top += height;
    }
  }
  return { blocks, height: top };
}

/** Laid out once per content and width. */
const bodies = new WeakMap<Columns, Map<string, Body>>();

function bodyOf(columns: Columns, metrics: Metrics, continues: boolean, ragged: boolean): Body {
  const name = `${metrics.width}:${metrics.target}:${continues}:${ragged}`;
  const kept = bodies.get(columns) ?? new Map<string, Body>();
  bodies.set(columns, kept);
  const made = kept.get(name) ?? justify(columns.ratio, dayStarts(columns, continues), metrics, ragged);
  kept.set(name, made);
  return made;
}

function dayStarts(columns: Columns, continues: boolean): boolean[] {
  return columns.taken_at_local.map((local, index) =>
    index === 0 ? !continues : dayOf(local) !== dayOf(columns.taken_at_local[index - 1]));
}

const continuesDay = (before: Columns | undefined, columns: Columns) =>
  before !== undefined && before.id.length > 0 && dayOf(before.taken_at_local.at(-1)) === dayOf(columns.taken_at_local[0]);

const dayOf = (local: string | undefined) => local?.slice(0, 10);

const daysOf = ({ start, end }: Segment) => 1 + Math.abs(Date.parse(end) - Date.parse(start)) / 86_400_000;

/** The first block that reaches below `y`. */
export function blockAt(layout: Layout, y: number): number {
  return lowerBound(layout.blocks.length, (index) => {
    const block = layout.blocks[index];
    return block !== undefined && block.top + block.height > y;
  });
}

/** The first row that reaches below `y`, from the top of the photos. */
export const rowAt = (rows: readonly Row[], y: number) =>
  lowerBound(rows.length, (index) => {
    const row = rows[index];
    return row !== undefined && row.y + row.height > y;
  });

export const rowOfPhoto = (rows: readonly Row[], photo: number) =>
  lowerBound(rows.length, (index) => (rows[index]?.end ?? 0) > photo);

/** The blocks between two heights. */
export function blocksBetween(layout: Layout, from: number, to: number): Block[] {
  const found: Block[] = [];
  for (let index = blockAt(layout, from); index < layout.blocks.length; index++) {
    const block = layout.blocks[index];
    if (!block || block.top >= to) break;
    found.push(block);
  }
  return found;
}

/** The first index at which `holds`, which from there on always does. */
function lowerBound(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
