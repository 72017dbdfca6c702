import { describe, expect, test } from "vitest";
import { Problem, SessionEnded, Unreachable } from "../../api/problem";
import { refusalOf, retryDelay } from "./refusals";

const problem = (status: number, code: string, detail = "In the server's words.") => new Problem(status, { code, detail });

describe("every refusal has a sentence of its own", () => {
  const codes: [number, string][] = [
    [422, "empty_file"], [415, "unsupported_media_type"], [422, "truncated_image"], [422, "corrupt_image"], [422, "too_many_pixels"],
    [422, "image_too_costly"], [413, "payload_too_large"], [413, "quota_exceeded"], [507, "storage_full"],
  ];
  test.each(codes)("%i %s", (status, code) => {
    const { text } = refusalOf(problem(status, code));
    expect(text).not.toBe("In the server's words.");
    expect(text).toMatch(/^[A-Z].*\.$/);
  });
  test("and no two share one", () => {
    expect(new Set(codes.map(([status, code]) => refusalOf(problem(status, code)).text)).size).toBe(codes.length);
  });
});

test("what nobody thought of is told in the server's words", () => {
  expect(refusalOf(problem(422, "new_code"))).toMatchObject({ text: "In the server's words.", again: "ask" });
});

test("a proxy that says 413 without a problem document is understood", () => {
  expect(refusalOf(new Problem(413, {}))).toMatchObject({ text: "This file is larger than this server takes.", again: "no" });
});

test("a file the server will never take is not offered again, a full disk is, and so is a full quota", () => {
  expect(refusalOf(problem(422, "corrupt_image")).again).toBe("no");
  expect(refusalOf(problem(507, "storage_full")).again).toBe("ask");
  expect(refusalOf(problem(413, "quota_exceeded"))).toMatchObject({ again: "ask", concerns: "room" });
});

test.each([[503, "unavailable"], [429, "rate_limited"], [409, "hash_claimed"], [503, "hash_claimed"], [408, "request_timeout"], [422, "digest_mismatch"]])("%i %s is tried again by itself", (status, code) => {
  expect(refusalOf(problem(status, code)).again).toBe("soon");
});

test("connections and sessions are waited for", () => {
  expect(refusalOf(new Unreachable())).toMatchObject({ again: "soon", concerns: "network" });
  expect(refusalOf(new SessionEnded())).toMatchObject({ again: "ask", concerns: "session" });
});

test.each([404, 409, 410, 423, 460])("an upload that server and page see differently (%i) concerns nobody else, and is asked after again", (status) => {
  expect(refusalOf(new Problem(status, {}))).toMatchObject({ again: "soon", concerns: "file" });
});

test("a file that has moved says so", () => {
  expect(refusalOf(new DOMException("", "NotReadableError")).text).toMatch(/could not be read/);
});

test("waiting doubles up to half a minute, and the server's wish comes first", () => {
  expect([0, 1, 2, 3, 9].map((attempt) => retryDelay(attempt, null))).toEqual([1000, 2000, 4000, 8000, 30_000]);
  expect(retryDelay(3, 250)).toBe(250);
});
