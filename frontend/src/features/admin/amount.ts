/** Decimal, as `formatBytes` tells them. */
export const units = { MB: 1e6, GB: 1e9, TB: 1e12 } as const;
export type Unit = keyof typeof units;

/** The most that can be asked for, in bytes. */
const MOST = 2 ** 50;

/** What is typed in, in whole bytes; null where it is no amount. A comma is a point. */
export function bytesOf(text: string, unit: Unit): number | null {
  const written = text.trim().replace(",", ".");
  if (!/^\d+(\.\d*)?$/.test(written)) return null;
  const bytes = Math.round(Number(written) * units[unit]);
  return bytes <= MOST ? bytes : null;
}

/** In the largest unit that it has one of. */
export function amountOf(bytes: number): { amount: string; unit: Unit } {
  const unit: Unit = bytes >= units.TB ? "TB" : bytes >= units.GB ? "GB" : "MB";
  return { amount: String(bytes / units[unit]), unit };
}
