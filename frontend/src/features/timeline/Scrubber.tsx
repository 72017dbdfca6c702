import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { formatMonth } from "../../lib/format";
import { cx } from "../../lib/cx";
import type { Layout } from "./layout";
import { monthAt, monthsOf, scrubberMarks } from "./scrubberMarks";

interface Props {
  grid: RefObject<HTMLElement | null>;
  layout: Layout;
  inset: number;
}

/** Screens from which on there is anything to jump to. */
const WORTH_IT = 1.5;
/** How long it stays on a phone after the last movement. */
const LINGERS_MS = 1200;

/** The whole of time at the right edge: years and months to press, and a handle to drag. */
export function Scrubber({ grid, layout, inset }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const [part, setPart] = useState(0);
  const [moving, setMoving] = useState(false);
  const [dragging, setDragging] = useState(false);
  const [hover, setHover] = useState<number | null>(null);
  const [height, setHeight] = useState(0);

  useEffect(() => {
    let frame = 0;
    let timer = 0;
    const read = () => {
      frame = 0;
      setPart(partOf(grid.current, layout, inset));
      setHeight(track.current?.clientHeight ?? 0);
    };
    const onScroll = () => {
      frame ||= requestAnimationFrame(read);
      setMoving(true);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setMoving(false), LINGERS_MS);
    };
    frame = requestAnimationFrame(read);
    window.addEventListener("scroll", onScroll, { passive: true });
    window.addEventListener("resize", onScroll);
    return () => {
      cancelAnimationFrame(frame);
      window.clearTimeout(timer);
      window.removeEventListener("scroll", onScroll);
      window.removeEventListener("resize", onScroll);
    };
  }, [grid, layout, inset]);

  const goTo = (to: number) => {
    const element = grid.current;
    if (!element) return;
    const gridTop = element.getBoundingClientRect().top + window.scrollY;
    // A pixel further, so that rounding never stops short of the month that was meant.
    window.scrollTo({ top: gridTop - inset + Math.ceil(to * layout.height), behavior: "instant" });
  };
  const partUnder = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    return box ? Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) : 0;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const months = monthsOf(layout);
    const here = months.findLastIndex((month) => month.part <= part + 1e-6);
    const target = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: months.length - 1, PageUp: here - 12, PageDown: here + 12 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    goTo(months[Math.min(months.length - 1, Math.max(0, target))]?.part ?? 0);
  };

  if (layout.height < window.innerHeight * WORTH_IT) return null;
  const shown = hover ?? part;
  const named = monthAt(layout, shown);
  const label = named ? `${formatMonth(named.month)} ${named.year}` : "";
  return (
    <div
      className={cx("fixed right-0 bottom-20 z-20 w-9 md:bottom-4 md:w-16", "max-md:pointer-events-none")}
      style={{ top: inset + 16 }}
    >
      <div
        ref={track} role="slider" tabIndex={0} aria-label="Jump to a time" aria-orientation="vertical"
        aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} aria-valuetext={label}
        className={cx("relative size-full touch-none transition-opacity duration-200 select-none", !moving && !dragging && "max-md:opacity-0")}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); setDragging(true); goTo(partUnder(event)); }}
        onPointerMove={(event) => { setHover(event.pointerType === "mouse" ? partUnder(event) : null); if (dragging) goTo(partUnder(event)); }}
        onPointerUp={() => setDragging(false)} onPointerCancel={() => setDragging(false)} onPointerLeave={() => setHover(null)}
      >
        {scrubberMarks(layout, height).map(({ key, y, year }) => (
          <span
            key={key} style={{ top: y }}
            className={cx("absolute hidden -translate-y-1/2 md:block", year === null ? "right-1 h-px w-1.5 bg-faint/50" : "right-5 text-faint edge-print")}
          >
            {year}
          </span>
        ))}
        {hover !== null && !dragging && <span className="absolute right-0 h-px w-3 bg-ink" style={{ top: `${hover * 100}%` }} />}
        <span className="absolute right-0 hidden h-1 w-3.5 -translate-y-1/2 rounded-l-full bg-film-deep md:block" style={{ top: `${part * 100}%` }} />
        <span
          className={cx(
            "absolute right-1 -translate-y-1/2 rounded-full bg-ink px-3 py-1 whitespace-nowrap text-paper edge-print transition-opacity md:right-14",
            "max-md:pointer-events-auto max-md:py-2.5", hover !== null || moving || dragging ? "opacity-100" : "opacity-0",
          )}
          style={{ top: `${shown * 100}%` }}
        >
          {label}
        </span>
      </div>
    </div>
  );
}

function partOf(grid: HTMLElement | null, layout: Layout, inset: number): number {
  if (!grid) return 0;
  const scrolled = inset - grid.getBoundingClientRect().top;
  return layout.height > 0 ? Math.min(1, Math.max(0, scrolled / layout.height)) : 0;
}
