import { expect, test } from "vitest";
import { announcement, canPause, headline, inOrder, newItem, totals, wording, type Item, type ItemState } from "./queue";

const item = (id: number, change: Partial<Item> = {}): Item => ({ ...newItem(id, `${id}.jpg`, 1_000_000), ...change });
const summed = (...states: ItemState[]) => totals(states.map((state, id) => item(id, { state })));

test("progress goes by bytes, and files that ended count as sent however they ended", () => {
  const items = [item(1, { state: "done" }), item(2, { state: "failed" }), item(3, { state: "sending", sent: 500_000 }), item(4)];
  const sum = totals(items);
  expect(sum).toMatchObject({ files: 4, finished: 2, done: 1, failed: 1, moving: 1, sent: 2_500_000 });
  expect(sum.part).toBeCloseTo((1_050_000 * 2 + 500_000) / (1_050_000 * 4));
  expect(totals(items.map((one) => ({ ...one, state: "done" }))).part).toBe(1);
  expect(totals([]).part).toBe(0);
});

test("what needs a person comes first, what is done last and latest first", () => {
  const states = ["done", "waiting", "failed", "sending", "paused", "duplicate", "checking", "offline"] as const;
  const sorted = inOrder(states.map((state, id) => item(id, { state })));
  expect(sorted.map(({ state }) => state)).toEqual(["failed", "sending", "offline", "checking", "paused", "waiting", "duplicate", "done"]);
});

test("the headline says how far it is, then what came of it", () => {
  expect(headline(summed("done", "waiting"))).toBe("Uploading, 1 of 2 done");
  expect(headline(summed("done", "failed", "duplicate"))).toBe("1 added, 1 already there, 1 not added");
});

test("the headline says what holds all of it up, and only that", () => {
  expect(headline(summed("paused", "paused", "done"))).toBe("Paused, 1 of 3 done");
  expect(headline(summed("paused", "sending"))).toBe("Uploading, 0 of 2 done");
  expect(headline(summed("paused", "waiting"))).toBe("Uploading, 0 of 2 done");
  expect(headline(summed("offline", "waiting", "waiting"))).toBe("No network, 0 of 3 done");
  expect(headline(summed("offline", "sending"))).toBe("Uploading, 0 of 2 done");
});

test("each state has words that a person understands", () => {
  const said = (change: Partial<Item>) => wording(item(1, change));
  expect(said({})).toBe("Waiting");
  expect(said({ state: "sending", sent: 438_000 })).toBe("Sending 43 %");
  expect(said({ state: "sending", sent: 999_999 })).toBe("Sending 99 %");
  expect(said({ state: "paused", sent: 438_000 })).toBe("Paused at 43 %");
  expect(said({ state: "offline", sent: 438_000 })).toBe("No network. Goes on by itself");
  expect(said({ state: "checking", checked: 0.5 })).toMatch(/50 %/);
  expect(said({ state: "done" })).toBe("Verified on storage");
  expect(said({ state: "failed", note: "This file is empty." })).toBe("This file is empty.");
});

test("only what is kept on storage says so", () => {
  const states: ItemState[] = ["waiting", "checking", "sending", "finishing", "paused", "offline", "duplicate", "failed"];
  for (const state of states) expect(wording(item(1, { state, sent: 1_000_000 }))).not.toMatch(/verified/i);
});

test("what has nothing left to send cannot be paused", () => {
  const states: ItemState[] = ["waiting", "checking", "sending", "offline", "finishing", "paused", "done", "duplicate", "failed"];
  expect(states.filter((state) => canPause(item(1, { state })))).toEqual(["waiting", "checking", "sending", "offline"]);
});

test("what is read out does not change with each file, but when it is held up, refused, or ended", () => {
  const run: ItemState[][] = [
    ["waiting", "waiting", "waiting"], ["sending", "checking", "waiting"], ["done", "sending", "waiting"], ["done", "failed", "sending"],
    ["done", "failed", "offline"], ["done", "failed", "done"],
  ];
  const heard = run.map((states) => announcement(summed(...states)));
  expect([...new Set(heard)]).toEqual([
    "Uploading 3 files.",
    "Uploading 3 files. Some are not added; the list says why.",
    "No network. The upload goes on by itself. Some are not added; the list says why.",
    "Upload finished: 2 added, 1 not added.",
  ]);
  expect(announcement(totals([]))).toBe("");
});
