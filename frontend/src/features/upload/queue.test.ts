import { expect, test } from "vitest";
import { headline, inOrder, newItem, totals, type Item } from "./queue";

const item = (id: number, change: Partial<Item> = {}): Item => ({ ...newItem(id, `${id}.jpg`, 1_000_000), ...change });

test("progress goes by bytes, and files that ended count as sent however they ended", () => {
  const items = [item(1, { state: "done" }), item(2, { state: "failed" }), item(3, { state: "uploading", sent: 500_000 }), item(4)];
  const sum = totals(items);
  expect(sum).toMatchObject({ files: 4, finished: 2, done: 1, failed: 1 });
  expect(sum.part).toBeCloseTo((1_050_000 * 2 + 500_000) / (1_050_000 * 4));
  expect(totals(items.map((one) => ({ ...one, state: "done" }))).part).toBe(1);
  expect(totals([]).part).toBe(0);
});

test("what needs a person comes first, what is done last", () => {
  const states = ["done", "queued", "failed", "uploading", "duplicate", "hashing"] as const;
  const sorted = inOrder(states.map((state, id) => item(id, { state })));
  expect(sorted.map(({ state }) => state)).toEqual(["failed", "uploading", "hashing", "queued", "duplicate", "done"]);
});

test("the headline says how far it is, then what came of it", () => {
  expect(headline(totals([item(1, { state: "done" }), item(2)]))).toBe("Uploading 2 of 2");
  expect(headline(totals([item(1, { state: "done" }), item(2, { state: "failed" }), item(3, { state: "duplicate" })]))).toBe("1 added, 1 already here, 1 not added");
});
