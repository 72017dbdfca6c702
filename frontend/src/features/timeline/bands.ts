import type { Segment } from "../../api/timeline";
import type { Metrics } from "./justify";

/** The segments of one month, newest first. */
export interface MonthOfSegments {
  year: number;
  /** 0 to 11. */
  number: number;
  count: number;
  segments: Segment[];
}

export interface Slot {
  month: MonthOfSegments;
  x: number;
  width: number;
}

/** Room for a photo in a small month, in heights of a row: a 3:2 photo fits nearly whole. */
const ROOM_PER_PHOTO = 1.4;

/** A month that would leave a third of its row empty. */
const SMALL = 0.7;

export function monthsOf(segments: readonly Segment[]): MonthOfSegments[] {
  const months: MonthOfSegments[] = [];
  for (const segment of segments) {
    const year = Number(segment.start.slice(0, 4));
    const number = Number(segment.start.slice(5, 7)) - 1;
    const last = months.at(-1);
    if (last?.year === year && last.number === number) {
      last.segments.push(segment);
      last.count += segment.count;
    } else {
      months.push({ year, number, count: segment.count, segments: [segment] });
    }
  }
  return months;
}

/**
 * Months one below the other, but for small ones that follow each other: those lie side by side. Only counts decide, which
 * are known before anything is loaded, so that no month changes its place when its photos come.
 */
export function bandsOf(months: readonly MonthOfSegments[], metrics: Metrics): Slot[][] {
  const bands: Slot[][] = [];
  let open: Slot[] = [];
  let x = 0;
  const close = () => {
    const [only] = open;
    if (open.length === 1 && only) only.width = metrics.width;
    if (open.length > 0) bands.push(open);
    open = [];
    x = 0;
  };
  for (const month of months) {
    const width = Math.round(month.count * ROOM_PER_PHOTO * metrics.target);
    const small = month.segments.length === 1 && width <= metrics.width * SMALL;
    if (!small || x + width > metrics.width) close();
    open.push({ month, x, width: small ? width : metrics.width });
    x += width + metrics.bandGap;
    if (!small) close();
  }
  close();
  return bands;
}
