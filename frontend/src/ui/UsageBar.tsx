import { formatBytes } from "../lib/format";
import { cx } from "../lib/cx";

/** How much is used of what may be. */
export function UsageBar({ bytes, quota, className }: { bytes: number; quota: number; className?: string }) {
  const part = quota > 0 ? Math.min(1, bytes / quota) : 1;
  return (
    <div
      role="meter" aria-label="Storage used" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(part * 100)}
      aria-valuetext={`${formatBytes(bytes)} of ${formatBytes(quota)}`} className={cx("overflow-hidden rounded-full bg-well", className)}
    >
      <div className={cx("h-full origin-left", part > 0.95 ? "bg-danger" : "bg-film-deep")} style={{ transform: `scaleX(${part})` }} />
    </div>
  );
}
