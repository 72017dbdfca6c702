import { expect, test } from "vitest";
import { formatLeft, noPace, paced, secondsLeft, sentOf, type Pace } from "./pace";
import { newItem } from "./queue";

const run = (samples: [number, number][], from: Pace = noPace) => samples.reduce((pace, [at, sent]) => paced(pace, at, sent), from);

test("nobody guesses before there is something to guess from", () => {
  expect(secondsLeft(noPace, 1000)).toBeNull();
  expect(secondsLeft(run([[0, 0], [2000, 500]]), 1000)).toBeNull();
  expect(secondsLeft(run([[0, 500], [8000, 500]]), 1000)).toBeNull();
});

test("what is left takes as long as bytes have taken lately", () => {
  expect(secondsLeft(run([[0, 0], [5000, 1000]]), 2000)).toBe(10);
  // A slow beginning is forgotten.
  const later = run([[0, 0], [30_000, 10], [35_000, 1010], [40_000, 2010]]);
  expect(secondsLeft(later, 2000)).toBe(10);
});

test("a file taken off the list begins the measuring anew", () => {
  expect(secondsLeft(run([[0, 0], [5000, 1000], [10_000, 400]]), 2000)).toBeNull();
});

test("what was there already says nothing about the line", () => {
  const item = { ...newItem(1, "a", 100), sent: 100 };
  expect(sentOf([{ ...item, state: "done" }, { ...item, state: "duplicate" }, { ...item, state: "sending" }])).toBe(200);
});

test.each([[4, "a few seconds left"], [41, "about 50 seconds left"], [70, "about a minute left"], [500, "about 8 minutes left"], [4000, "about an hour left"], [9000, "about 3 hours left"]])("%i seconds are %s", (seconds, words) => {
  expect(formatLeft(seconds)).toBe(words);
});
