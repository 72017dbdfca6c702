import { expect, test } from "vitest";
import { CLOSEST, fit, fitted, held, swipeOutcome, zoomAt } from "./zoom";

const phone = { width: 390, height: 844 };

test("what is under the finger stays there while it comes closer", () => {
  const point = { x: 80, y: -120 };
  const before = { scale: 2, x: 10, y: 30 };
  const after = zoomAt(before, 1.7, point);
  const onPhoto = ({ scale, x, y }: typeof before) => [(point.x - x) / scale, (point.y - y) / scale];
  onPhoto(after).forEach((value, index) => expect(value).toBeCloseTo(onPhoto(before)[index] ?? NaN, 9));
});

test("nothing is closer than the closest, or further away than fitting", () => {
  expect(zoomAt(fitted, 1000, { x: 0, y: 0 }).scale).toBe(CLOSEST);
  expect(zoomAt({ scale: 2, x: 0, y: 0 }, 0.01, { x: 0, y: 0 }).scale).toBe(1);
});

test("a photo is held by its edges, and in the middle where it does not fill the stage", () => {
  const photo = fit(1.5, phone);
  expect(photo).toEqual({ width: 390, height: 260 });
  expect(held({ scale: 2, x: 900, y: 900 }, photo, phone)).toEqual({ scale: 2, x: 195, y: 0 });
  expect(held({ scale: 1, x: 50, y: 50 }, photo, phone)).toEqual(fitted);
});

test("a flick or a third of the way turns the page, less does not", () => {
  expect(swipeOutcome(-140, 10, 800, phone)).toBe("older");
  expect(swipeOutcome(60, 5, 90, phone)).toBe("newer");
  expect(swipeOutcome(-60, 5, 900, phone)).toBe("stay");
  expect(swipeOutcome(3, 300, 700, phone)).toBe("close");
  expect(swipeOutcome(3, -300, 100, phone)).toBe("stay");
});
