import { blockAt, rowAt, rowOfPhoto, type Block, type Layout } from "./layout";

/** What the eye rests on at the top of the view, named so that it is found again in another layout. */
export interface Anchor {
  segment: string;
  /** Of the segment, for when it was split since. */
  start: string;
  /** How far into the block the view begins, from 0 to 1. */
  part: number;
  /** Photos in view, topmost first: the first that is still there holds the view. */
  photos: { id: string; offset: number; height: number }[];
}

/** Enough rows that one of them survives when a person deletes what they see. */
const ROWS_HELD = 8;

/** The anchor at `y`, or null at the very top, where what is newest is to come into view. */
export function takeAnchor(layout: Layout, y: number): Anchor | null {
  if (y <= 0) return null;
  const block = layout.blocks[blockAt(layout, y)];
  if (!block) return null;
  const photos: Anchor["photos"] = [];
  if (block.content) {
    const { columns, body } = block.content;
    const photosTop = block.top + block.bodyTop;
    const first = rowAt(body.rows, y - photosTop);
    for (const row of body.rows.slice(first, first + ROWS_HELD)) {
      photos.push({ id: columns.id[row.first] ?? "", offset: y - photosTop - row.y, height: row.height });
    }
  }
  const part = block.height > 0 ? (y - block.top) / block.height : 0;
  return { segment: block.segment.id, start: block.segment.start, part, photos };
}

/** Where the view has to begin so that the anchor stands where it stood. */
export function resolveAnchor(layout: Layout, anchor: Anchor): number | null {
  const own = layout.blocks.find((block) => block.segment.id === anchor.segment);
  const places = own ? [own] : layout.blocks;
  for (const photo of anchor.photos) {
    for (const block of places) {
      const y = photoTop(block, photo);
      if (y !== null) return y;
    }
  }
  const block = own ?? layout.blocks.find(({ segment }) => segment.start <= anchor.start) ?? layout.blocks.at(-1);
  return block ? block.top + anchor.part * block.height : null;
}

function photoTop(block: Block, photo: Anchor["photos"][number]): number | null {
  if (!block.content) return null;
  const { columns, body } = block.content;
  const index = columns.id.indexOf(photo.id);
  const row = index < 0 ? undefined : body.rows[rowOfPhoto(body.rows, index)];
  if (!row) return null;
  // Inside the photo the same part of it stays at the top, even where another width made it larger.
  const offset = photo.offset > 0 ? (photo.offset * row.height) / photo.height : photo.offset;
  return block.top + block.bodyTop + row.y + offset;
}
