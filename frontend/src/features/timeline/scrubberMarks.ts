import type { Layout, Month } from "./layout";

export interface Mark {
  key: string;
  y: number;
  /** Null for a month's tick. */
  year: number | null;
}

/** Years need room to be read, ticks to be told apart. */
const YEAR_ROOM = 22;
const TICK_ROOM = 6;

/** Months with where they begin, from 0 at the top to 1 at the end. */
export function monthsOf(layout: Layout): (Month & { part: number })[] {
  return layout.blocks.flatMap(({ month, top }) => (month ? [{ ...month, part: top / Math.max(1, layout.height) }] : []));
}

/** The month at a part of the way; of months side by side the first, which the eye meets first. */
export function monthAt(layout: Layout, part: number) {
  const months = monthsOf(layout);
  const last = months.findLast((month) => month.part <= part + 1e-9);
  return months.find((month) => month.part === last?.part) ?? months[0];
}

/** The years and months that fit along a track; years first, ticks where there is still room. */
export function scrubberMarks(layout: Layout, height: number): Mark[] {
  const months = monthsOf(layout);
  const years: Mark[] = [];
  months.forEach(({ year, part }, index) => {
    const y = Math.round(part * height);
    if (months[index - 1]?.year !== year && y - (years.at(-1)?.y ?? -Infinity) >= YEAR_ROOM) years.push({ key: `${year}`, y, year });
  });
  const marks = [...years];
  let lastTick = -Infinity;
  for (const { year, month, part } of months) {
    const y = Math.round(part * height);
    const free = years.every((mark) => Math.abs(mark.y - y) >= YEAR_ROOM / 2) && y - lastTick >= TICK_ROOM;
    if (!free) continue;
    marks.push({ key: `${year}-${month}`, y, year: null });
    lastTick = y;
  }
  return marks;
}
