import { expect, test } from "vitest";
import { layoutOf, sample } from "./fixtures";
import { placeOf, step, idAt } from "./walk";

const sparse = sample(["2024-07", 1], ["2024-05", 2], ["2024-04", 1], ["2023-12", 300], ["2023-11", 1]);

test("small months that follow each other lie side by side, large ones have the width to themselves", () => {
  const { blocks } = layoutOf(sparse);
  expect(blocks.slice(0, 2).map(({ top }) => top)).toEqual([0, 0]);
  expect(blocks[1]?.x).toBeGreaterThanOrEqual((blocks[0]?.width ?? 0) + 30);
  for (const block of blocks) expect(block.x + block.width).toBeLessThanOrEqual(1376);
  expect(blocks[3]).toMatchObject({ x: 0, width: 1376 });
  expect(blocks[4]).toMatchObject({ x: 0, width: 1376 });
  expect(blocks[3]?.top).toBeGreaterThanOrEqual((blocks[2]?.top ?? 0) + (blocks[2]?.height ?? 0));
});

test("no month changes its place when its photos come", () => {
  const place = (loaded: (id: string) => boolean) => layoutOf(sparse, loaded).blocks.slice(0, 3).map(({ x, width, top }) => [x, width, top]);
  expect(place(() => false)).toEqual(place(() => true));
  expect(place((id) => id.startsWith("2024-05"))).toEqual(place(() => true));
});

test("a panorama in a small month is made to fit its place", () => {
  const wide = sample(["2024-07", 1], ["2024-06", 1]);
  const columns = wide.columns.get("2024-07#0");
  if (columns) columns.ratio = [5];
  const [block] = layoutOf(wide).blocks;
  expect(block?.content?.body.w[0]).toBe(block?.width);
});

test("down and up mean what the eye sees, not the next month beside", () => {
  const layout = layoutOf(sparse);
  const go = (id: string, direction: "up" | "down") => {
    const place = placeOf(layout, id);
    return place && idAt(layout, step(layout, place, direction));
  };
  expect(go("2024-07#0/0", "down")).toBe("2023-12#3/0");
  expect(go("2023-12#3/0", "up")).toBe("2024-07#0/0");
  expect(go("2024-07#0/0", "up")).toBeUndefined();
});
