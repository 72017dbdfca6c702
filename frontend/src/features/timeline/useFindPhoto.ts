import { useQuery } from "@tanstack/react-query";
import { useEffect, type RefObject } from "react";
import { photoQuery } from "../../api/photos";
import type { Layout } from "./layout";
import { placeOf } from "./walk";

/** Scrolls to where an open photo must be whose segment is not loaded, so that it gets loaded: a link from elsewhere. */
export function useFindPhoto(grid: RefObject<HTMLElement | null>, layout: Layout, id: string | null, inset: number) {
  const missing = id !== null && placeOf(layout, id) === null;
  const { data } = useQuery({ ...photoQuery(id ?? ""), enabled: missing });
  const takenAt = missing ? data?.taken_at : undefined;
  useEffect(() => {
    if (!takenAt || !grid.current) return;
    const moment = Date.parse(takenAt);
    const block = layout.blocks.find(({ segment, content }) => {
      const bounds = [Date.parse(segment.start), Date.parse(segment.end)];
      return !content && Math.min(...bounds) <= moment && moment <= Math.max(...bounds);
    });
    if (!block) return;
    window.scrollTo({ top: grid.current.getBoundingClientRect().top + window.scrollY + block.top - inset, behavior: "instant" });
  }, [grid, inset, layout, takenAt]);
}
