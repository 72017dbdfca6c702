import { expect, test } from "vitest";
import { mayRemove, rolesFor } from "./may";

test("owners make anybody anything", () => {
  for (const theirs of ["owner", "admin", "member"] as const) expect(rolesFor("owner", theirs)).toEqual(["owner", "admin", "member"]);
});

test("admins neither touch owners nor make them", () => {
  expect(rolesFor("admin", "member")).toEqual(["admin", "member"]);
  expect(rolesFor("admin", "admin")).toEqual(["admin", "member"]);
  expect(rolesFor("admin", "owner")).toEqual([]);
  expect(mayRemove("admin", "owner", false)).toBe(false);
});

test("members change nobody, and may leave", () => {
  expect(rolesFor("member", "member")).toEqual([]);
  expect(mayRemove("member", "member", false)).toBe(false);
  expect(mayRemove("member", "member", true)).toBe(true);
});
