import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, type MouseEvent, type ReactNode } from "react";
import { explain } from "../../api/problem";
import { keys } from "../../api/queries";
import { timelineQuery, type Segment } from "../../api/timeline";
import { Button } from "../../ui/Button";
import { ErrorState } from "../../ui/States";
import { blocksBetween } from "./layout";
import { between } from "./walk";
import { metricsFor } from "./metrics";
import { Scrubber } from "./Scrubber";
import { SegmentBlock } from "./SegmentBlock";
import { sequenceAround, type Sequence } from "./sequence";
import { useAnchoring } from "./useAnchoring";
import { useGridFocus } from "./useGridFocus";
import { useFindPhoto } from "./useFindPhoto";
import { useScroll } from "./useScroll";
import { useTimelineLayout } from "./useTimelineLayout";

interface Props {
  favorite: boolean;
  /** What a photo's id is put behind to make its address. */
  address: string;
  /** Pixels of the screen that the bar at the top covers. */
  inset: number;
  empty: ReactNode;
  /** The photo that is open, if one is. The grid follows it, so that closing it ends where it is. */
  current: string | null;
  onOpen: (id: string) => void;
  selected: ReadonlySet<string>;
  onSelect: (id: string) => void;
  onSelectRange: (ids: string[]) => void;
  /** Drawn over the grid, knowing what is before and after the open photo. */
  viewer: (sequence: Sequence) => ReactNode;
}

/** Screens. */
const DRAWN_WHOLE = 6;

export function Timeline(props: Props) {
  const timeline = useQuery(timelineQuery(props.favorite));
  if (timeline.data) return timeline.data.total === 0 && !props.current ? props.empty : <Grid {...props} segments={timeline.data.segments} />;
  if (timeline.error) {
    return (
      <ErrorState title="Your photos could not be loaded" busy={timeline.isFetching} onRetry={() => void timeline.refetch()}>
        {explain(timeline.error)}
      </ErrorState>
    );
  }
  return <p role="status" className="sr-only">Loading your photos</p>;
}

function Grid({ segments, address, inset, current, onOpen, selected, onSelect, onSelectRange, viewer }: Props & { segments: Segment[] }) {
  const client = useQueryClient();
  const grid = useRef<HTMLDivElement>(null);
  const scroll = useScroll(grid);
  const { layout, failed, retry } = useTimelineLayout(segments, scroll);
  useAnchoring(grid, layout, inset);
  const focus = useGridFocus(grid, layout, inset);
  useFindPhoto(grid, layout, current, inset);

  const { reveal, focusPhoto } = focus;
  const sequence = useMemo(() => sequenceAround(layout, current), [layout, current]);
  useEffect(() => { if (sequence.place) reveal(sequence.place); }, [sequence.place, reveal]);
  const opened = useRef(current);
  useEffect(() => {
    // The browser gives the focus back to what opened the viewer; the photo shown last is the better place.
    if (opened.current && !current) focusPhoto(opened.current);
    opened.current = current;
  }, [current, focusPhoto]);

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const select = target.closest<HTMLElement>("[data-select]")?.dataset.select;
    const photo = target.closest<HTMLElement>("[data-photo-id]")?.dataset.photoId;
    const id = select ?? photo;
    if (!id || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const range = event.shiftKey && selected.size > 0 && focus.active ? between(layout, focus.active, id) : [];
    focus.setActive(id);
    if (range.length > 0) onSelectRange(range);
    else if (select || selected.size > 0) onSelect(id);
    else onOpen(id);
  };

  // Addresses expire; one that does is renewed with its whole segment, and only once.
  const renewed = useRef(new Set<string>());
  const onThumbError = useCallback((segment: string) => {
    if (renewed.current.has(segment)) return;
    renewed.current.add(segment);
    void client.invalidateQueries({ queryKey: [...keys.segments, segment] });
  }, [client]);

  const screen = scroll.view.bottom - scroll.view.top;
  // A small library is drawn whole.
  const all = layout.height < DRAWN_WHOLE * window.innerHeight;
  const from = all ? 0 : scroll.view.top - screen;
  const to = all ? layout.height : scroll.view.bottom + screen;
  const drawn = scroll.width > 0 ? blocksBetween(layout, from, to) : [];
  const tabStop = focus.active ?? drawn.find(({ content }) => content)?.content?.columns.id[0] ?? null;
  const metrics = useMemo(() => metricsFor(scroll.width), [scroll.width]);

  return (
    <>
      <Scrubber grid={grid} layout={layout} inset={inset} />
      {/* Clicks and arrows on the photos bubble to here: one listener instead of thousands. */}
      {/* eslint-disable-next-line jsx-a11y-x/no-static-element-interactions */}
      <div data-testid="timeline" className="px-1.5 md:pr-16 md:pl-6" onClick={onClick} onKeyDown={focus.onKeyDown}>
        <div ref={grid} className="relative" style={{ height: layout.height }}>
          {drawn.map((block) => (
            <SegmentBlock
              key={block.segment.id} block={block} from={from - block.top} to={to - block.top} metrics={metrics} address={address}
              tabStop={tabStop} selected={selected} onThumbError={onThumbError}
            />
          ))}
        </div>
      </div>
      {failed && (
        <div role="alert" className="fixed inset-x-0 bottom-20 z-30 mx-auto flex w-fit max-w-[calc(100vw-2rem)] items-center gap-4 rounded-control bg-sheet py-2 pr-2 pl-4 shadow-float md:bottom-6">
          <span>Some photos could not be loaded. {explain(failed)}</span>
          <Button look="quiet" icon="retry" onClick={retry}>Try again</Button>
        </div>
      )}
      {viewer(sequence)}
    </>
  );
}
