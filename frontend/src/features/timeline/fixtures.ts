import type { Columns, Segment } from "../../api/timeline";
import { LayoutMemory } from "./layoutMemory";
import { metricsFor } from "./metrics";

/** Timelines for tests: months of photos, of which some are loaded. */
export interface Sample {
  segments: Segment[];
  columns: Map<string, Columns>;
}

/** `["2024-07", 40]` becomes a segment of 40 photos of that month, two hours apart, newest first. */
export function sample(...months: [month: string, count: number][]): Sample {
  const columns = new Map<string, Columns>();
  const segments = months.map(([month, count], nth) => {
    const id = `${month}#${nth}`;
    const times = Array.from({ length: count }, (_, index) => new Date(Date.parse(`${month}-28T22:00:00Z`) - index * 7_200_000).toISOString());
    columns.set(id, {
      id: times.map((_, index) => `${id}/${index}`),
      taken_at: times,
      taken_at_local: times.map((time) => time.slice(0, 23)),
      ratio: times.map((_, index) => [1.5, 0.75, 1.333, 1.778][index % 4] ?? 1),
      thumbhash: times.map(() => ""),
      thumb: times.map(() => ""),
      flags: times.map(() => 0),
    });
    return { id, start: times.at(-1) ?? "", end: times[0] ?? "", count, version: 1 };
  });
  return { segments, columns };
}

export function layoutOf({ segments, columns }: Sample, loaded: (id: string) => boolean = () => true, width = 1376, memory = new LayoutMemory()) {
  return memory.layout(segments, ({ id }) => (loaded(id) ? columns.get(id) : undefined), metricsFor(width));
}
