import type { ComponentProps } from "react";
import { cx } from "../lib/cx";
import { Icon, type IconName } from "./Icon";

type Look = "film" | "plain" | "quiet" | "danger";

const looks: Record<Look, string> = {
  film: "bg-film text-on-film hover:bg-film-deep",
  plain: "bg-sheet text-ink border border-line hover:border-faint",
  quiet: "text-ink hover:bg-well",
  danger: "bg-danger text-paper hover:opacity-90",
};

type Props = ComponentProps<"button"> & { look?: Look; icon?: IconName; busy?: boolean };

export function Button({ look = "plain", icon, busy = false, className, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button" disabled={disabled === true || busy} aria-busy={busy || undefined}
      className={cx(
        "inline-flex h-10 items-center justify-center gap-2 rounded-control px-4 font-semibold whitespace-nowrap transition-colors duration-150 disabled:opacity-60",
        looks[look], className,
      )}
      {...rest}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}

/** A button that shows only its icon; `label` is its name and its tooltip. */
export function IconButton({ icon, label, filled, className, ...rest }: ComponentProps<"button"> & { icon: IconName; label: string; filled?: boolean }) {
  return (
    <button
      type="button" aria-label={label} title={label}
      className={cx("inline-flex size-10 shrink-0 items-center justify-center rounded-full transition-colors duration-150 hover:bg-well disabled:opacity-40", className)}
      {...rest}
    >
      <Icon name={icon} filled={filled ?? false} />
    </button>
  );
}

export function Spinner({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="shrink-0 animate-[turn_900ms_linear_infinite]">
      <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2.4" />
      <path d="M10 2.5a7.5 7.5 0 0 1 7.5 7.5" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
