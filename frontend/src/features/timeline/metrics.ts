import type { Metrics } from "./justify";

/** What the grid's measures are at a width: about six photos across a desk, three across a phone. */
export function metricsFor(width: number): Metrics {
  const narrow = width < 640;
  return {
    width,
    target: Math.round(Math.min(236, Math.max(122, width * 0.17))),
    gap: narrow ? 3 : 4,
    dayGap: narrow ? 8 : 14,
    strip: narrow ? 22 : 25,
    head: narrow ? 58 : 72,
    foot: narrow ? 10 : 20,
    bandGap: narrow ? 12 : 32,
  };
}
