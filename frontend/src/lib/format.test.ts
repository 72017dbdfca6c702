import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatClock, formatCount, formatDate, formatDay, formatMonth, plural } from "./format";

test("sizes have a unit that fits them", () => {
  expect([0, 1, 999, 1000, 9949, 99_999, 999_499, 999_500, 5_400_000, 26e9, 3e15].map(formatBytes))
    .toEqual(["0 bytes", "1 byte", "999 bytes", "1 kB", "10 kB", "100 kB", "999 kB", "1.0 MB", "5.4 MB", "26 GB", "3.0 PB"]);
});

test("the wall clock is shown as it was, wherever the reader sits", () => {
  const local = "2024-12-31T23:59:59.999";
  expect([formatDate(local), formatDay(local), formatClock(local)]).toEqual(["Tuesday 31 December 2024", "Tue 31", "23:59"]);
  expect(formatDate(`${local}Z`)).toBe("Tuesday 31 December 2024");
  expect(formatMonth(6)).toBe("July");
});

test("what happened lately is told in days", () => {
  const now = new Date("2024-07-28T12:00:00Z");
  expect(["2024-07-28T11:00:00Z", "2024-07-27T10:00:00Z", "2024-07-20T10:00:00Z", "2024-01-02T10:00:00Z"].map((then) => formatAgo(then, now)))
    .toEqual(["today", "yesterday", "8 days ago", "2 Jan 2024"]);
});

test("counts have their noun", () => {
  expect([plural(1, "photo"), plural(0, "photo"), plural(12_345, "photo")]).toEqual(["1 photo", "0 photos", "12,345 photos"]);
  expect(formatCount(1_000_000)).toBe("1,000,000");
});
