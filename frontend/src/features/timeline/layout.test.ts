import { expect, test } from "vitest";
import { layoutOf, sample } from "./fixtures";
import { blocksBetween } from "./layout";
import { LayoutMemory } from "./layoutMemory";

test("a month is headed once, with the photos of all its segments", () => {
  const layout = layoutOf(sample(["2024-07", 40], ["2024-07", 30], ["2024-06", 5]));
  expect(layout.blocks.map(({ month }) => month)).toEqual([{ year: 2024, month: 6, count: 70 }, null, { year: 2024, month: 5, count: 5 }]);
});

test("blocks lie one below the other and add up to the whole", () => {
  const { blocks, height } = layoutOf(sample(["2024-07", 400], ["2024-06", 1], ["2023-12", 90]), (id) => !id.startsWith("2024-06"));
  blocks.forEach((block, index) => expect(block.top).toBe(index === 0 ? 0 : (blocks[index - 1]?.top ?? 0) + (blocks[index - 1]?.height ?? 0)));
  expect(height).toBe((blocks.at(-1)?.top ?? 0) + (blocks.at(-1)?.height ?? 0));
});

test("a day that goes on in the next segment is not labelled again", () => {
  const split = sample(["2024-07", 6], ["2024-07", 6]);
  const [, second] = split.segments;
  const columns = split.columns.get(second?.id ?? "");
  if (columns) columns.taken_at_local = columns.taken_at_local.map(() => "2024-07-28T03:00:00.000");
  const [, block] = layoutOf(split).blocks;
  expect(block?.content?.body.labels).toEqual([]);
});

test("a segment dropped from memory keeps the height it had", () => {
  const months = sample(["2024-07", 200], ["2024-06", 200]);
  const memory = new LayoutMemory();
  const guessed = layoutOf(months, () => false, 1376, memory);
  const seen = layoutOf(months, () => true, 1376, memory);
  const dropped = layoutOf(months, () => false, 1376, memory);
  expect(guessed.height).not.toBe(seen.height);
  expect(dropped.height).toBe(seen.height);
});

test("the same content gives the same object, so that nothing is drawn twice", () => {
  const months = sample(["2024-07", 200]);
  const memory = new LayoutMemory();
  expect(layoutOf(months, () => true, 1376, memory)).toBe(layoutOf(months, () => true, 1376, memory));
  expect(layoutOf(months, () => true, 1000, memory)).not.toBe(layoutOf(months, () => true, 1376, memory));
});

test("of a hundred thousand photos only those near the screen are drawn", () => {
  const months = Array.from({ length: 200 }, (_, nth): [string, number] => [`${2024 - Math.floor(nth / 12)}-${String(12 - (nth % 12)).padStart(2, "0")}`, 500]);
  const layout = layoutOf(sample(...months), () => false);
  expect(layout.height).toBeGreaterThan(1_000_000);
  const drawn = blocksBetween(layout, 500_000, 501_800);
  expect(drawn.length).toBeGreaterThan(0);
  expect(drawn.length).toBeLessThan(3);
});
