import { useQueries, useQueryClient, type QueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { keys } from "../../api/queries";
import { segmentQuery, type Columns, type Segment } from "../../api/timeline";
import { blocksBetween, layoutTimeline, type KnownHeights, type Layout } from "./layout";
import { metricsFor } from "./metrics";
import type { ScrollView } from "./useScroll";

export interface TimelineLayout {
  layout: Layout;
  failed: Error | null;
  retry: () => void;
}

/** Lays the timeline out from what is loaded, and fetches the segments on the screen and a screen around it. */
export function useTimelineLayout(segments: readonly Segment[], scroll: ScrollView): TimelineLayout {
  const client = useQueryClient();
  const [known] = useState<KnownHeights>(() => new Map());
  const last = useRef<Layout | null>(null);

  const loaded = loadedSegments(client);
  const fresh = layoutTimeline(segments, (segment) => loaded.get(segment.id)?.columns, metricsFor(Math.max(scroll.width, 1)), known);
  // The same layout stays the same object, so that nothing is done for it twice.
  // eslint-disable-next-line react-hooks/refs
  const layout = last.current && alike(last.current, fresh) ? last.current : fresh;
  // eslint-disable-next-line react-hooks/refs
  last.current = layout;

  const screen = scroll.settled.bottom - scroll.settled.top;
  const wanted = scroll.width > 0 ? blocksBetween(layout, scroll.settled.top - screen, scroll.settled.bottom + screen) : [];
  const failed = useQueries({ queries: wanted.map(({ segment }) => segmentQuery(client, segment)), combine: watch });
  return { layout, failed, retry: () => void client.refetchQueries({ queryKey: keys.segments, type: "active" }) };
}

/** Reads `data`, so that its coming is watched; what came is then read from the cache, with all the rest. */
function watch(results: UseQueryResult<Columns>[]): Error | null {
  const failed = results.find(({ data, error }) => data === undefined && error !== null);
  return failed?.error ?? null;
}

/** The newest version held of every segment. */
function loadedSegments(client: QueryClient): Map<string, { version: number; columns: Columns }> {
  const newest = new Map<string, { version: number; columns: Columns }>();
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: keys.segments })) {
    const [, id, version] = queryKey as ReturnType<typeof keys.segment>;
    const columns = state.data as Columns | undefined;
    if (columns && (newest.get(id)?.version ?? -1) < version) newest.set(id, { version, columns });
  }
  return newest;
}

function alike(a: Layout, b: Layout): boolean {
  return a.height === b.height && a.blocks.length === b.blocks.length && a.blocks.every((block, index) => {
    const other = b.blocks[index];
    return other !== undefined && block.segment === other.segment && block.top === other.top &&
      block.content?.columns === other.content?.columns && block.content?.body === other.content?.body;
  });
}
