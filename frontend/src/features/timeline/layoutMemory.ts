import type { Columns, Segment } from "../../api/timeline";
import type { Metrics } from "./justify";
import { layoutTimeline, type KnownHeights, type Layout } from "./layout";

/** Lays out again and again, remembering heights once seen, and giving back the same object while nothing changed. */
export class LayoutMemory {
  readonly #known: KnownHeights = new Map();
  #last: Layout | null = null;

  layout(segments: readonly Segment[], loaded: (segment: Segment) => Columns | undefined, metrics: Metrics): Layout {
    const fresh = layoutTimeline(segments, loaded, metrics, this.#known);
    if (!this.#last || !alike(this.#last, fresh)) this.#last = fresh;
    return this.#last;
  }
}

function alike(a: Layout, b: Layout): boolean {
  return a.height === b.height && a.blocks.length === b.blocks.length && a.blocks.every((block, index) => {
    const other = b.blocks[index];
    return other !== undefined && block.segment === other.segment && block.top === other.top &&
      block.content?.columns === other.content?.columns && block.content?.body === other.content?.body;
  });
}
