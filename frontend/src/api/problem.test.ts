import { expect, test } from "vitest";
import { explain, isPassing, parseRetryAfter, Problem, problemFrom, SessionEnded, Unreachable } from "./problem";

test("a problem tells its detail, and each field its own message", () => {
  const problem = problemFrom(422, { code: "invalid_fields", detail: "Some fields need attention.", errors: [{ path: "/email", code: "invalid", message: "must be an address" }] }, null);
  expect(explain(problem)).toBe("Some fields need attention.");
  expect([problem.field("email"), problem.field("username")]).toEqual(["Must be an address.", undefined]);
});

test("an answer that is no problem document is still told as something", () => {
  expect(explain(problemFrom(400, null, null))).toBe("The server could not do that.");
  expect(explain(problemFrom(500, "<html>", null))).toMatch(/problem of its own/);
});

test("Retry-After is seconds or a date", () => {
  expect([parseRetryAfter("2"), parseRetryAfter(null), parseRetryAfter(""), parseRetryAfter("soon")]).toEqual([2000, null, null, null]);
  expect(parseRetryAfter("Sun, 28 Jul 2024 12:00:05 GMT", Date.parse("2024-07-28T12:00:00Z"))).toBe(5000);
});

test("what passes by itself is told from what does not", () => {
  expect([new Unreachable(), new Problem(503, {}), new Problem(429, {})].map(isPassing)).toEqual([true, true, true]);
  expect([new SessionEnded(), new Problem(404, {}), new Problem(507, {}), new Problem(500, {}), new Error("?")].map(isPassing)).toEqual([false, false, false, false, false]);
});
