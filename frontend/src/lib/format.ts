/** Numbers, sizes and times as a person reads them. */

const count = new Intl.NumberFormat("en-GB");

export const formatCount = (value: number) => count.format(value);

export const plural = (value: number, one: string, many = `${one}s`) => `${formatCount(value)} ${value === 1 ? one : many}`;

/** Decimal units, as disks and cards are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return plural(bytes, "byte");
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ""}`;
}

/** The wall clock of `2024-07-28T21:04:05.250`, held in UTC so that the reader's own zone never moves it. */
export const wallClock = (local: string) => new Date(`${local.replace(/(Z|[+-]\d\d:?\d\d)$/, "")}Z`);

const inUtc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const dayLabel = inUtc({ weekday: "short", day: "numeric" });
const longDate = inUtc({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const shortDate = inUtc({ day: "numeric", month: "short", year: "numeric" });
const monthName = inUtc({ month: "long" });
const clock = inUtc({ hour: "2-digit", minute: "2-digit" });

/** `Sun 28` */
export const formatDay = (local: string) => dayLabel.format(wallClock(local)).replace(",", "");
/** `Sunday 28 July 2024` */
export const formatDate = (local: string) => longDate.format(wallClock(local)).replace(",", "");
/** `28 Jul 2024` */
export const formatShortDate = (local: string) => shortDate.format(wallClock(local));
/** `21:04` */
export const formatClock = (local: string) => clock.format(wallClock(local));
/** `July`, from 0 to 11. */
export const formatMonth = (month: number) => monthName.format(new Date(Date.UTC(2000, month, 1)));

/** `UTC+02:00` */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `today`, `yesterday`, `3 days ago`, then the date. */
export function formatAgo(then: string, now: Date): string {
  const days = Math.floor((now.getTime() - new Date(then).getTime()) / 86_400_000);
  if (days <= 0) return "today";
  if (days === 1) return "yesterday";
  return days < 60 ? `${days} days ago` : shortDate.format(new Date(then));
}

/** How much is kept, and of how much. */
export function formatKept({ photos, bytes, quota_bytes: quota }: { photos: number; bytes: number; quota_bytes: number | null }): string {
  return `${plural(photos, "photo")}, ${formatBytes(bytes)}${quota === null ? "" : ` of ${formatBytes(quota)}`}`;
}
