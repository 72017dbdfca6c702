import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Check, CheckResult } from "../../api/uploads";
import { batchedCheck } from "./batchedCheck";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const item = (ref: string): Check => ({ ref, sha256: ref, bytes: 1 });

test("questions asked together go out as one, and each gets its own answer", async () => {
  const ask = vi.fn((items: Check[]) => Promise.resolve(items.map(({ ref }): CheckResult => ({ ref, result: ref === "b" ? "duplicate" : "accept" })).reverse()));
  const check = batchedCheck(ask);
  const answers = Promise.all(["a", "b", "c"].map((ref) => check(item(ref))));
  await vi.advanceTimersByTimeAsync(100);
  expect((await answers).map(({ ref, result }) => [ref, result])).toEqual([["a", "accept"], ["b", "duplicate"], ["c", "accept"]]);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("a hundred do not wait for more", async () => {
  const ask = vi.fn((items: Check[]) => Promise.resolve(items.map(({ ref }): CheckResult => ({ ref, result: "accept" }))));
  const check = batchedCheck(ask);
  await Promise.all(Array.from({ length: 100 }, (_, ref) => check(item(`${ref}`))));
  expect(ask).toHaveBeenCalledTimes(1);
});

test("a failure reaches everyone who asked", async () => {
  const check = batchedCheck(() => Promise.reject(new Error("away")));
  const answers = Promise.allSettled([check(item("a")), check(item("b"))]);
  await vi.advanceTimersByTimeAsync(100);
  expect((await answers).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
