import { useQueries, useQueryClient, type QueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { isGone } from "../../api/problem";
import { keys } from "../../api/queries";
import { segmentQuery, type Columns, type Segment } from "../../api/timeline";
import { blocksBetween, type Layout } from "./layout";
import { LayoutMemory } from "./layoutMemory";
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
  const [memory] = useState(() => new LayoutMemory());
  const loaded = loadedSegments(client);
  const layout = memory.layout(segments, (segment) => loaded.get(segment.id)?.columns, metricsFor(Math.max(scroll.width, 1)));

  const screen = scroll.settled.bottom - scroll.settled.top;
  const wanted = scroll.width > 0 ? blocksBetween(layout, scroll.settled.top - screen, scroll.settled.bottom + screen) : [];
  const { failed } = useQueries({ queries: wanted.map(({ segment }) => segmentQuery(client, segment)), combine: watch });
  return { layout, failed, retry: () => void client.refetchQueries({ queryKey: keys.segments, type: "active" }) };
}

/** Holds `data`, so that its coming is noticed; what came is then read from the cache, with all the rest. */
function watch(results: UseQueryResult<Columns>[]) {
  const failed = results.find(({ data, error }) => data === undefined && error !== null && !isGone(error))?.error ?? null;
  return { failed, came: results.map(({ data }) => data) };
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
