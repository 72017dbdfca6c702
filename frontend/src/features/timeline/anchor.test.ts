import { describe, expect, test } from "vitest";
import { resolveAnchor, takeAnchor } from "./anchor";
import { layoutOf, sample } from "./fixtures";
import { rowOfPhoto, type Layout } from "./layout";

/** Where the top of a photo is. */
function topOf(layout: Layout, id: string): number {
  for (const { content, top, bodyTop } of layout.blocks) {
    const index = content?.columns.id.indexOf(id) ?? -1;
    if (content && index >= 0) return top + bodyTop + (content.body.rows[rowOfPhoto(content.body.rows, index)]?.y ?? 0);
  }
  throw new Error(`${id} is nowhere`);
}

/** Where the view begins after the layout has changed below it. */
function follow(before: Layout, after: Layout, y: number): number {
  const anchor = takeAnchor(before, y);
  return (anchor && resolveAnchor(after, anchor)) ?? 0;
}

describe("when a segment above turns out higher or lower than thought", () => {
  const months = sample(["2024-07", 333], ["2024-06", 300], ["2024-05", 300]);
  const before = layoutOf(months, (id) => id.startsWith("2024-06"));
  const after = layoutOf(months);
  const id = "2024-06#1/120";

  test.each([-300, -40, 0, 1, 90, 170])("what was %i pixels above the view still is", (offset) => {
    const y = topOf(before, id) + offset;
    expect(topOf(before, id)).not.toBe(topOf(after, id));
    expect(topOf(after, id) - follow(before, after, y)).toBeCloseTo(topOf(before, id) - y, 6);
  });
});

test("a photo held at the top stays at the top when the window becomes narrower", () => {
  const months = sample(["2024-07", 300], ["2024-06", 300]);
  const wide = layoutOf(months);
  const narrow = layoutOf(months, () => true, 380);
  const row = wide.blocks[1]?.content?.body.rows[5];
  const id = `2024-06#1/${row?.first}`;
  const y = follow(wide, narrow, topOf(wide, id));
  expect(y).toBeCloseTo(topOf(narrow, id), 6);
});

test("when the photo at the top is deleted, the next ones hold the view", () => {
  const months = sample(["2024-07", 200]);
  const before = layoutOf(months);
  const rows = before.blocks[0]?.content?.body.rows ?? [];
  const gone = `2024-07#0/${rows[10]?.first}`;
  const columns = months.columns.get("2024-07#0");
  if (!columns) throw new Error("no columns");
  const stays = columns.id.map((id) => id !== gone);
  const without = { ...columns, id: columns.id.filter((_, index) => stays[index]), ratio: columns.ratio.filter((_, index) => stays[index]), taken_at_local: columns.taken_at_local.filter((_, index) => stays[index]) };
  const after = layoutOf({ ...months, columns: new Map([["2024-07#0", without]]) });
  const held = `2024-07#0/${rows[11]?.first}`;
  const y = topOf(before, gone);
  expect(topOf(after, held) - follow(before, after, y)).toBeCloseTo(topOf(before, held) - y, 6);
});

test("a segment that was split is found by the photos it held", () => {
  const whole = sample(["2024-07", 400]);
  const before = layoutOf(whole);
  const columns = whole.columns.get("2024-07#0");
  if (!columns) throw new Error("no columns");
  const part = (from: number, to: number) => Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(from, to)])) as unknown as typeof columns;
  const halves = {
    segments: [
      { id: "new-a", start: columns.taken_at[199] ?? "", end: columns.taken_at[0] ?? "", count: 200, version: 1 },
      { id: "new-b", start: columns.taken_at[399] ?? "", end: columns.taken_at[200] ?? "", count: 200, version: 1 },
    ],
    columns: new Map([["new-a", part(0, 200)], ["new-b", part(200, 400)]]),
  };
  const after = layoutOf(halves);
  const row = before.blocks[0]?.content?.body.rows.find(({ first }) => first > 250);
  const id = columns.id[row?.first ?? 0] ?? "";
  expect(follow(before, after, topOf(before, id))).toBeCloseTo(topOf(after, id), 6);
});

test("nothing holds the view at the very top, where new photos are to appear", () => {
  const layout = layoutOf(sample(["2024-07", 50]));
  expect(takeAnchor(layout, 0)).toBeNull();
  expect(takeAnchor(layout, -56)).toBeNull();
});

test("in a segment nobody has loaded, the same part of it stays in view", () => {
  const months = sample(["2024-07", 500], ["2024-06", 20]);
  const before = layoutOf(months, () => false);
  const after = layoutOf(months, (id) => id.startsWith("2024-07"));
  const block = before.blocks[0];
  const y = (block?.height ?? 0) / 2;
  expect(follow(before, after, y)).toBeCloseTo((after.blocks[0]?.height ?? 0) / 2, 6);
});
