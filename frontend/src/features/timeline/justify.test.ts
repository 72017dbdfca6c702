import { describe, expect, test } from "vitest";
import { estimateHeight, justify, type Body } from "./justify";
import { metricsFor } from "./metrics";

/** A generator that says the same every time. */
function numbers(seed: number) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const shapes = [0.5625, 0.75, 1, 1.3333, 1.5, 1.7778, 3];

function library(seed: number, count: number) {
  const next = numbers(seed);
  const ratios = Array.from({ length: count }, () => shapes[Math.floor(next() * shapes.length)] ?? 1);
  const days = ratios.map((_, index) => index === 0 || next() < 0.15);
  return { ratios, days };
}

const rightEdge = (body: Body, index: number) => (body.x[index] ?? 0) + (body.w[index] ?? 0);

describe.each([360, 768, 1376, 2400])("at a width of %i", (width) => {
  const metrics = metricsFor(width);

  test.each([1, 2, 3, 17, 120, 500])("%i photos are each placed once, in order, without overlap", (count) => {
    const { ratios, days } = library(count + width, count);
    const body = justify(ratios, days, metrics, true);
    expect(body.rows.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, nth) => first + nth))).toEqual(ratios.map((_, index) => index));
    for (const [nth, row] of body.rows.entries()) {
      const above = body.rows[nth - 1];
      if (above) expect(row.y).toBeGreaterThanOrEqual(above.y + above.height + metrics.gap);
      for (let index = row.first + 1; index < row.end; index++) {
        expect(body.x[index]).toBeGreaterThanOrEqual(rightEdge(body, index - 1) + metrics.gap - 1);
      }
    }
    const last = body.rows.at(-1);
    expect(body.height).toBe((last?.y ?? 0) + (last?.height ?? 0));
  });

  test("every row but a month's last fills the width to the pixel, near the height it should have", () => {
    const { ratios, days } = library(width, 500);
    const body = justify(ratios, days, metrics, true);
    for (const row of body.rows.slice(0, -1)) {
      expect(rightEdge(body, row.end - 1)).toBe(width);
      expect(row.height / metrics.target).toBeGreaterThan(0.55);
      expect(row.height / metrics.target).toBeLessThan(1.65);
    }
  });

  test("where more of the month follows, the last row fills too", () => {
    const { ratios, days } = library(width + 1, 500);
    const body = justify(ratios, days, metrics, false);
    expect(rightEdge(body, ratios.length - 1)).toBe(width);
  });
});

test("a lone photo keeps the usual height instead of filling the screen", () => {
  const metrics = metricsFor(1376);
  const body = justify([1.5], [true], metrics, true);
  expect(body.rows[0]?.height).toBe(metrics.target);
  expect(body.w[0]).toBe(Math.round(metrics.target * 1.5));
});

test("ribbons and panoramas are bounded, and nonsense is a square", () => {
  const metrics = metricsFor(1376);
  const widths = [0.0001, 65_535, Number.NaN, 0].map((ratio) => justify([ratio], [true], metrics, true).w[0]);
  expect(widths).toEqual([0.45, 3.6, 1, 1].map((ratio) => Math.round(ratio * metrics.target)));
});

test("each day has its label above its first photo, with the room until the next", () => {
  const metrics = metricsFor(1376);
  const body = justify([1.5, 1.5, 1.5, 1.5], [true, false, true, false], metrics, true);
  expect(body.rows).toHaveLength(1);
  const [first, second] = body.labels;
  expect(first).toMatchObject({ index: 0, x: 0, y: 0 });
  expect(second).toMatchObject({ index: 2, x: body.x[2], y: 0 });
  expect(first?.room).toBe((body.x[2] ?? 0) - metrics.dayGap);
  expect(body.rows[0]?.y).toBe(metrics.strip);
});

test("a segment that goes on with a day has no label for it", () => {
  const body = justify([1.5, 1.5], [false, false], metricsFor(1376), true);
  expect(body.labels).toEqual([]);
  expect(body.rows[0]?.y).toBe(0);
});

test("the estimate is within a third of the truth for an ordinary month", () => {
  for (const width of [360, 1376]) {
    const metrics = metricsFor(width);
    const { ratios, days } = library(99, 300);
    const truth = justify(ratios, days, metrics, true).height;
    const guess = estimateHeight(300, 30, metrics);
    expect(Math.abs(guess - truth) / truth).toBeLessThan(0.34);
  }
});

test("nothing has no height", () => {
  expect(justify([], [], metricsFor(1376), true)).toMatchObject({ height: 0, rows: [], labels: [] });
});
