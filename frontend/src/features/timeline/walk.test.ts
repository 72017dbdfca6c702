import { expect, test } from "vitest";
import { layoutOf, sample } from "./fixtures";
import { sequenceAround } from "./sequence";
import { between, idAt, placeOf, step } from "./walk";

const layout = layoutOf(sample(["2024-07", 30], ["2024-06", 30], ["2024-05", 30]), (id) => !id.startsWith("2024-05"));
const go = (id: string, direction: "left" | "right" | "up" | "down") => {
  const place = placeOf(layout, id);
  return place ? idAt(layout, step(layout, place, direction)) : "not there";
};

test("left and right follow time, over the border of two months too", () => {
  expect(go("2024-07#0/3", "right")).toBe("2024-07#0/4");
  expect(go("2024-07#0/3", "left")).toBe("2024-07#0/2");
  expect(go("2024-07#0/29", "right")).toBe("2024-06#1/0");
  expect(go("2024-06#1/0", "left")).toBe("2024-07#0/29");
});

test("the ends are ends: the first photo, and where the next month is not loaded", () => {
  expect(go("2024-07#0/0", "left")).toBeUndefined();
  expect(go("2024-06#1/29", "right")).toBeUndefined();
  expect(go("2024-07#0/0", "up")).toBeUndefined();
});

test("down and up lead to the photo that the eye finds there, and back", () => {
  const rows = layout.blocks[0]?.content?.body.rows ?? [];
  const below = go("2024-07#0/0", "down");
  expect(below).toBe(`2024-07#0/${rows[1]?.first}`);
  expect(go(below ?? "", "up")).toBe("2024-07#0/0");
  expect(go(`2024-07#0/${rows.at(-1)?.first}`, "down")).toBe("2024-06#1/0");
});

test("everything between two photos is taken, whichever comes first", () => {
  expect(between(layout, "2024-07#0/28", "2024-06#1/1")).toEqual(["2024-07#0/28", "2024-07#0/29", "2024-06#1/0", "2024-06#1/1"]);
  expect(between(layout, "2024-06#1/1", "2024-07#0/28")).toHaveLength(4);
  expect(between(layout, "nobody", "2024-07#0/28")).toEqual([]);
});

test("an open photo knows its neighbours", () => {
  const { current, newer, older } = sequenceAround(layout, "2024-06#1/0");
  expect([newer?.id, current?.id, older?.id]).toEqual(["2024-07#0/29", "2024-06#1/0", "2024-06#1/1"]);
  expect(sequenceAround(layout, "elsewhere")).toEqual({ place: null, current: null, newer: null, older: null });
});
