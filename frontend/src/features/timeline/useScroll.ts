import { useEffect, useRef, useState, type RefObject } from "react";

/** A stretch of the grid, in its own pixels. */
export interface Stretch {
  top: number;
  bottom: number;
}

export interface ScrollView {
  width: number;
  /** What is on the screen, in steps of a quarter of it. */
  view: Stretch;
  /** The same where scrolling rests or is slow; a page that flies by need not be fetched. */
  settled: Stretch;
}

/** Faster than this, in screens a second, nobody sees what passes. */
const FLYING = 5;
const SETTLES_AFTER_MS = 110;

/** Watches the window's scrolling and the grid's width. */
export function useScroll(grid: RefObject<HTMLElement | null>): ScrollView {
  const [state, setState] = useState<ScrollView>(() => {
    const view = { top: 0, bottom: window.innerHeight };
    return { width: 0, view, settled: view };
  });
  const before = useRef({ y: 0, at: 0 });

  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    let timer = 0;
    let frame = 0;
    const read = (settle: boolean) => {
      const step = Math.max(80, Math.round(window.innerHeight / 4));
      const top = Math.floor(-element.getBoundingClientRect().top / step) * step;
      const view = { top, bottom: top + window.innerHeight + step };
      const width = Math.floor(element.clientWidth);
      setState((old) => {
        const kept = same(old.view, view) ? old.view : view;
        const settled = settle && !same(old.settled, view) ? view : old.settled;
        return kept === old.view && settled === old.settled && width === old.width ? old : { width, view: kept, settled };
      });
    };
    const onScroll = () => {
      if (frame) return;
      frame = requestAnimationFrame((at) => {
        frame = 0;
        const pace = Math.abs(window.scrollY - before.current.y) / Math.max(1, at - before.current.at) * 1000 / window.innerHeight;
        before.current = { y: window.scrollY, at };
        read(pace < FLYING);
        window.clearTimeout(timer);
        timer = window.setTimeout(() => read(true), SETTLES_AFTER_MS);
      });
    };
    const observer = new ResizeObserver(() => read(true));
    observer.observe(element);
    window.addEventListener("scroll", onScroll, { passive: true });
    window.addEventListener("resize", onScroll);
    return () => {
      observer.disconnect();
      window.clearTimeout(timer);
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", onScroll);
      window.removeEventListener("resize", onScroll);
    };
  }, [grid]);

  return state;
}

const same = (a: Stretch, b: Stretch) => a.top === b.top && a.bottom === b.bottom;
