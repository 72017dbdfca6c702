import type { Glimpse } from "../../lib/glimpse";
import type { Layout } from "./layout";
import { along, placeOf, type Place } from "./walk";

/** The open photo among its neighbours. */
export interface Sequence {
  place: Place | null;
  current: Glimpse | null;
  newer: Glimpse | null;
  older: Glimpse | null;
}

export function sequenceAround(layout: Layout, id: string | null): Sequence {
  const place = id === null ? null : placeOf(layout, id);
  if (!place) return { place: null, current: null, newer: null, older: null };
  return {
    place,
    current: glimpseOf(layout, place),
    newer: glimpseOf(layout, along(layout, place, -1)),
    older: glimpseOf(layout, along(layout, place, 1)),
  };
}

function glimpseOf(layout: Layout, place: Place | null): Glimpse | null {
  const columns = place && layout.blocks[place.block]?.content?.columns;
  const id = place && columns?.id[place.index];
  if (!place || !columns || !id) return null;
  const { index } = place;
  return { id, thumb: columns.thumb[index] ?? "", thumbhash: columns.thumbhash[index] ?? "", ratio: columns.ratio[index] ?? 1 };
}
