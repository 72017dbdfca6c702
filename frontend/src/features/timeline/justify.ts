/** The geometry of one segment: photos in rows that fill the width, cut where it looks best. Pixels throughout. */

export interface Metrics {
  width: number;
  /** The height rows should have; they come near it. */
  target: number;
  gap: number;
  /** Between two days that share a row. */
  dayGap: number;
  /** Above a row in which a day begins, for its label. */
  strip: number;
  /** A month's heading, and the room after its last row. */
  head: number;
  foot: number;
  /** Between two small months side by side. */
  bandGap: number;
}

export interface Row {
  /** Top of its photos, below its strip. */
  y: number;
  height: number;
  first: number;
  /** One past its last photo. */
  end: number;
}

export interface Label {
  /** The photo its day begins with. */
  index: number;
  x: number;
  y: number;
  /** What it may take before it meets the next label. */
  room: number;
}

export interface Body {
  height: number;
  rows: Row[];
  x: Int32Array;
  w: Int32Array;
  labels: Label[];
}

/** A panorama or a ribbon is shown cropped rather than as a thread. */
const NARROWEST = 0.45;
const WIDEST = 3.6;
const LOWEST_ROW = 0.55;
const HIGHEST_ROW = 1.65;
/** What it costs to cut a row in the middle of a day, where a height off by a tenth costs 0.01. */
const CUT_IN_DAY = 0.015;
/** What a row costs that has to stay unfilled. */
const UNFILLED = 4;

/**
 * `ragged`: the last row may stay open at its end, because a month ends there. Otherwise more of the month follows, and
 * the cuts are chosen so that the last row fills too.
 */
export function justify(ratios: readonly number[], dayStarts: readonly boolean[], metrics: Metrics, ragged: boolean): Body {
  const cuts = bestCuts(ratios, dayStarts, metrics, ragged);
  const x = new Int32Array(ratios.length);
  const w = new Int32Array(ratios.length);
  const rows: Row[] = [];
  const labels: Label[] = [];
  let y = 0;
  for (const { first, end, height, filled } of cuts) {
    const starts = range(first, end).filter((index) => dayStarts[index]);
    if (starts.length > 0) y += metrics.strip;
    placeRow(first, end, height, filled);
    starts.forEach((index, nth) => {
      const next = starts[nth + 1];
      const until = next === undefined ? metrics.width : (x[next] ?? 0) - metrics.dayGap;
      labels.push({ index, x: x[index] ?? 0, y: y - metrics.strip, room: until - (x[index] ?? 0) });
    });
    rows.push({ y, height, first, end });
    y += height + metrics.gap;
  }
  return { height: Math.max(0, y - metrics.gap), rows, x, w, labels };

  function placeRow(first: number, end: number, height: number, filled: boolean) {
    let exact = 0;
    for (let index = first; index < end; index++) {
      if (index > first) exact += dayStarts[index] ? metrics.dayGap : metrics.gap;
      x[index] = Math.round(exact);
      exact += bounded(ratios[index]) * height;
      w[index] = Math.round(exact) - (x[index] ?? 0);
    }
    // Rounding must leave no thread of background at the right edge.
    if (filled) w[end - 1] = metrics.width - (x[end - 1] ?? 0);
  }
}

interface Cut {
  first: number;
  end: number;
  height: number;
  filled: boolean;
}

/** The cuts whose rows together are least off the target height (shortest path over all sensible rows). */
function bestCuts(ratios: readonly number[], dayStarts: readonly boolean[], metrics: Metrics, ragged: boolean): Cut[] {
  const count = ratios.length;
  const cost = new Float64Array(count + 1).fill(Infinity);
  const chosen: Cut[] = [];
  cost[0] = 0;
  for (let end = 1; end <= count; end++) {
    let sum = 0;
    let gaps = 0;
    for (let first = end - 1; first >= 0; first--) {
      sum += bounded(ratios[first]);
      if (first < end - 1) gaps += dayStarts[first + 1] ? metrics.dayGap : metrics.gap;
      const height = (metrics.width - gaps) / sum;
      if (height < metrics.target * LOWEST_ROW && end - first > 1) break;
      const row = rowOf(first, end, height, metrics.target, ragged && end === count);
      const cutInDay = end < count && !dayStarts[end] ? CUT_IN_DAY : 0;
      const total = (cost[first] ?? Infinity) + row.cost + cutInDay;
      if (total < (cost[end] ?? Infinity)) {
        cost[end] = total;
        chosen[end] = row;
      }
    }
  }
  const cuts: Cut[] = [];
  for (let end = count; end > 0;) {
    const cut = chosen[end];
    if (!cut) break;
    cuts.push(cut);
    end = cut.first;
  }
  return cuts.reverse();
}

function rowOf(first: number, end: number, height: number, target: number, mayStayOpen: boolean): Cut & { cost: number } {
  if (mayStayOpen && height > target * 1.1) return { first, end, height: target, filled: false, cost: 0 };
  if (height > target * HIGHEST_ROW) {
    return { first, end, height: Math.round(target * 1.2), filled: false, cost: UNFILLED };
  }
  const off = height > target ? height / target - 1 : target / height - 1;
  return { first, end, height: Math.round(height), filled: true, cost: off * off };
}

/** How high a segment will be that nobody has seen yet. */
export function estimateHeight(count: number, days: number, metrics: Metrics): number {
  const natural = count * (TYPICAL_RATIO * metrics.target + metrics.gap);
  const rows = Math.max(1, Math.ceil(natural / metrics.width));
  const strips = Math.min(rows, Math.max(1, Math.min(days, count)));
  return Math.round(rows * (metrics.target + metrics.gap) - metrics.gap + strips * metrics.strip);
}

/** Between 4:3 across and 3:4 upright, as phones are held. */
const TYPICAL_RATIO = 1.2;

export const bounded = (ratio: number | undefined) =>
  Math.min(WIDEST, Math.max(NARROWEST, ratio !== undefined && ratio > 0 ? ratio : 1));

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, offset) => first + offset);
