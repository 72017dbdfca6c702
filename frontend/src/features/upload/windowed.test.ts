import { expect, test } from "vitest";
import { newItem, type Item } from "./queue";
import { heightOf, windowed } from "./windowed";

const items = (count: number, change: Partial<Item> = {}) => Array.from({ length: count }, (_, id) => ({ ...newItem(id, `${id}`, 10), ...change }));

test("of ten thousand files only those near the eye are drawn, and each has its place", () => {
  const all = items(10_000);
  const { rows, height } = windowed(all, 280_000, 281_000);
  expect(rows.length).toBeLessThan(25);
  expect(height).toBe(all.reduce((sum, item) => sum + heightOf(item), 0));
  for (const { top, position } of rows) expect(top).toBe((position - 1) * heightOf(all[0] as Item));
  expect(rows[0]?.top).toBeLessThanOrEqual(280_000);
  expect((rows.at(-1)?.top ?? 0) + heightOf(all[0] as Item)).toBeGreaterThanOrEqual(281_000);
});

test("rows that say more are higher, and what follows lies below them", () => {
  const mixed = [...items(1, { state: "failed", note: "This file is damaged and cannot be opened as a photo." }), ...items(1, { state: "sending", sent: 5 }), ...items(1)];
  const tops = windowed(mixed, 0, 1000).rows.map(({ top }) => top);
  expect(tops).toEqual([0, heightOf(mixed[0] as Item), heightOf(mixed[0] as Item) + heightOf(mixed[1] as Item)]);
  expect(heightOf(mixed[0] as Item)).toBeGreaterThan(heightOf(mixed[2] as Item));
});
