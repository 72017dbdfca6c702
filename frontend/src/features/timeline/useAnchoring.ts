import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { resolveAnchor, takeAnchor } from "./anchor";
import type { Layout } from "./layout";

/** Keeps what is on the screen where it is when something above it turns out higher or lower than thought. */
export function useAnchoring(grid: RefObject<HTMLElement | null>, layout: Layout, inset: number) {
  const last = useRef<Layout | null>(null);
  const scrolled = useRef(0);

  useEffect(() => {
    const note = () => { scrolled.current = window.scrollY; };
    note();
    window.addEventListener("scroll", note, { passive: true });
    return () => window.removeEventListener("scroll", note);
  }, []);

  useLayoutEffect(() => {
    const before = last.current;
    last.current = layout;
    if (!before || before === layout || !grid.current || before.height === 0) return;
    const now = window.scrollY;
    const gridTop = grid.current.getBoundingClientRect().top + now;
    // A page that became shorter was scrolled up by the browser already; what counts is where it was.
    const clamped = now >= document.documentElement.scrollHeight - window.innerHeight - 1;
    const from = clamped ? Math.max(now, scrolled.current) : now;
    if (from <= 0) return;
    const y = from + inset - gridTop;
    const anchor = takeAnchor(before, y);
    const target = anchor && resolveAnchor(layout, anchor);
    if (target === null) return;
    const top = Math.round(from + target - y);
    if (Math.abs(top - now) < 1) return;
    window.scrollTo({ top, behavior: "instant" });
    scrolled.current = window.scrollY;
  }, [grid, layout, inset]);
}
