import { expect, test } from "vitest";
import { amountOf, bytesOf } from "./amount";

test.each([["5", "GB", 5e9], [" 1,5 ", "TB", 1.5e12], ["0", "MB", 0], ["0.25", "MB", 250_000], ["12.", "GB", 12e9]] as const)("%s %s is understood", (text, unit, bytes) => {
  expect(bytesOf(text, unit)).toBe(bytes);
});

test.each(["", "five", "-1", "1e3", "1.000.000", "∞", "9999999"])("%s TB is no amount", (text) => {
  expect(bytesOf(text, "TB")).toBeNull();
});

test.each([0, 1, 250_000, 5e9, 1.5e12, 5_368_709_120])("%d bytes read back as they were", (bytes) => {
  const { amount, unit } = amountOf(bytes);
  expect(bytesOf(amount, unit)).toBe(bytes);
});
