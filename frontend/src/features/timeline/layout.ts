import type { Columns, Segment } from "../../api/timeline";
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
  const counts = monthCounts(segments);
  const blocks: Block[] = [];
  let top = 0;
  let before: Columns | undefined;
  segments.forEach((segment, index) => {
    const month = monthKey(segment);
    const opens = index === 0 || monthKey(segments[index - 1]) !== month;
    const closes = monthKey(segments[index + 1]) !== month;
    const columns = loaded(segment);
    const body = columns && bodyOf(columns, metrics, !opens && continuesDay(before, columns), closes);
    const name = `${segment.id}:${segment.version}:${metrics.width}`;
    if (body) known.set(name, body.height);
    const bodyHeight = body?.height ?? known.get(name) ?? estimateHeight(segment.count, daysOf(segment), metrics);
    const bodyTop = opens ? metrics.head : 0;
    const height = bodyTop + bodyHeight + (closes ? metrics.foot : metrics.gap);
    blocks.push({
      segment,
      top,
      height,
      bodyTop,
      month: opens ? { ...monthOf(month), count: counts.get(month) ?? segment.count } : null,
      content: columns && body ? { columns, body } : null,
    });
    top += height;
    before = columns;
  });
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

/** `2024-07`, of the moment the segment starts with. */
const monthKey = (segment: Segment | undefined) => segment?.start.slice(0, 7) ?? "";

const monthOf = (key: string) => ({ year: Number(key.slice(0, 4)), month: Number(key.slice(5, 7)) - 1 });

function monthCounts(segments: readonly Segment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const segment of segments) counts.set(monthKey(segment), (counts.get(monthKey(segment)) ?? 0) + segment.count);
  return counts;
}

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
