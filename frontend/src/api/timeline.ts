import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { isGone } from "./problem";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Timeline = components["schemas"]["Timeline"];
export type Segment = components["schemas"]["TimelineSegment"];
/** Photos of one segment as columns of equal length, newest first. */
export type Columns = components["schemas"]["SegmentColumns"];

export const FAVORITE = 1;

export const timelineQuery = (favorite: boolean) =>
  queryOptions({
    queryKey: keys.timeline(favorite),
    queryFn: ({ signal }): Promise<Timeline> =>
      answer(api.GET("/api/v1/timeline", { params: { query: favorite ? { favorite } : {} }, signal })),
  });

/** Signed addresses live at least twelve hours; a segment that did not change is good for ten. */
const SEGMENT_FRESH_MS = 10 * 3_600_000;

/** A changed segment has a new version, and so a new key; until it has come, its former version stands in. */
export const segmentQuery = (client: QueryClient, segment: Segment) =>
  queryOptions<Columns, Error, Columns, ReturnType<typeof keys.segment>>({
    queryKey: keys.segment(segment.id, segment.version),
    queryFn: async ({ signal }) => {
      try {
        return await answer(api.GET("/api/v1/timeline/segments/{id}", { params: { path: { id: segment.id } }, signal }));
      } catch (error) {
        // It was split or emptied since: the timeline knows what took its place.
        if (isGone(error)) void client.invalidateQueries({ queryKey: keys.timelines });
        throw error;
      }
    },
    staleTime: SEGMENT_FRESH_MS,
    placeholderData: () => formerVersion(client, segment.id),
  });

function formerVersion(client: QueryClient, id: string): Columns | undefined {
  const former = client.getQueryCache().findAll({ queryKey: [...keys.segments, id] });
  former.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  return former.find((query) => query.state.data !== undefined)?.state.data as Columns | undefined;
}

/** Rewrites every loaded segment, for what a person did here and must see at once. */
export function rewriteSegments(client: QueryClient, rewrite: (columns: Columns) => Columns) {
  client.setQueriesData<Columns>({ queryKey: keys.segments }, (columns) => columns && rewrite(columns));
}

export function withoutPhotos(columns: Columns, gone: ReadonlySet<string>): Columns {
  if (!columns.id.some((id) => gone.has(id))) return columns;
  const stays = columns.id.map((id) => !gone.has(id));
  const keep = <T>(column: T[]) => column.filter((_, index) => stays[index]);
  return {
    id: keep(columns.id),
    taken_at: keep(columns.taken_at),
    taken_at_local: keep(columns.taken_at_local),
    ratio: keep(columns.ratio),
    thumbhash: keep(columns.thumbhash),
    thumb: keep(columns.thumb),
    flags: keep(columns.flags),
  };
}

export function withFavorite(columns: Columns, ids: ReadonlySet<string>, favorite: boolean): Columns {
  if (!columns.id.some((id) => ids.has(id))) return columns;
  const flags = columns.flags.map((flag, index) =>
    ids.has(columns.id[index] ?? "") ? (favorite ? flag | FAVORITE : flag & ~FAVORITE) : flag);
  return { ...columns, flags };
}
