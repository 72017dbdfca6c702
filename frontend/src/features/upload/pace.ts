import { isFinished, type Item } from "./queue";

/** How fast bytes have been going out lately. */
export interface Pace {
  samples: readonly { at: number; sent: number }[];
}

export const noPace: Pace = { samples: [] };

const LOOK_BACK_MS = 20_000;
const SAMPLE_MS = 500;
/** Earlier than this any number would be a guess. */
const AT_LEAST_MS = 4000;

/** Bytes that really went out: what was there already says nothing about the line. */
export const sentOf = (items: readonly Item[]) =>
  items.reduce((sum, { state, sent }) => (state === "duplicate" || state === "failed" ? sum : sum + sent), 0);

export const leftOf = (items: readonly Item[]) =>
  items.reduce((sum, item) => (isFinished(item) ? sum : sum + Math.max(0, item.size - item.sent)), 0);

export function paced(pace: Pace, at: number, sent: number): Pace {
  const last = pace.samples.at(-1);
  if (last && at - last.at < SAMPLE_MS) return pace;
  // Something was taken off the list: what was measured no longer counts.
  if (last && sent < last.sent) return { samples: [{ at, sent }] };
  return { samples: [...pace.samples.filter((sample) => at - sample.at <= LOOK_BACK_MS), { at, sent }] };
}

/** Seconds until all is out; null where nobody can say. */
export function secondsLeft({ samples }: Pace, left: number): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < AT_LEAST_MS || last.sent <= first.sent) return null;
  return (left / (last.sent - first.sent)) * ((last.at - first.at) / 1000);
}

/** As a person would say it: no number that jumps with each second. */
export function formatLeft(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} seconds left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes <= 1 ? "about a minute left" : `about ${minutes} minutes left`;
  const hours = Math.round(seconds / 3600);
  return hours <= 1 ? "about an hour left" : `about ${hours} hours left`;
}
