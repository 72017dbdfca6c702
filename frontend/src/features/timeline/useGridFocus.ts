import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { Layout } from "./layout";
import { rowOfPhoto } from "./layout";
import { idAt, placeOf, step, type Place, type Step } from "./walk";

const arrows: Record<string, Step> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/**
 * One stop for Tab, arrows from photo to photo. A photo that is not drawn yet is scrolled to first and focused as soon
 * as it is there.
 */
export function useGridFocus(grid: RefObject<HTMLElement | null>, layout: Layout, inset: number) {
  const [active, setActive] = useState<string | null>(null);
  const pending = useRef<string | null>(null);

  useEffect(() => {
    if (pending.current && focusTile(grid.current, pending.current)) pending.current = null;
  });

  const reveal = useCallback((place: Place) => scrollToPlace(grid.current, layout, place, inset), [grid, layout, inset]);

  const focusPhoto = useCallback((id: string) => {
    const place = placeOf(layout, id);
    if (!place) return;
    setActive(id);
    reveal(place);
    if (!focusTile(grid.current, id)) pending.current = id;
  }, [grid, layout, reveal]);

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = arrows[event.key];
    const id = (event.target as HTMLElement).dataset.photoId;
    if (!direction || !id || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const place = placeOf(layout, id);
    const next = place && idAt(layout, step(layout, place, direction));
    if (next) focusPhoto(next);
  };

  return { active, setActive, onKeyDown, reveal, focusPhoto };
}

function focusTile(grid: HTMLElement | null, id: string): boolean {
  const tile = grid?.querySelector<HTMLElement>(`[data-photo-id="${CSS.escape(id)}"]`);
  tile?.focus({ preventScroll: true });
  return tile !== null && tile !== undefined;
}

/** Brings a photo on the screen, moving as little as possible. */
function scrollToPlace(grid: HTMLElement | null, layout: Layout, place: Place, inset: number) {
  const block = layout.blocks[place.block];
  const row = block?.content?.body.rows[rowOfPhoto(block.content.body.rows, place.index)];
  if (!grid || !block || !row) return;
  const top = grid.getBoundingClientRect().top + block.top + block.bodyTop + row.y;
  const room = 32;
  if (top < inset + room) window.scrollBy({ top: top - inset - room, behavior: "instant" });
  else if (top + row.height > window.innerHeight - room) {
    window.scrollBy({ top: top + row.height - window.innerHeight + room, behavior: "instant" });
  }
}
