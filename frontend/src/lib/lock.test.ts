// @vitest-environment jsdom
import { expect, test } from "vitest";
import { withLock } from "./lock";

test("without navigator.locks, work under one name never overlaps", async () => {
  expect("locks" in navigator).toBe(false);
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  await Promise.all([withLock("one", work), withLock("one", work), withLock("one", work)]);
  expect(most).toBe(1);
  expect(localStorage.getItem("photure.lock.one")).toBeNull();
});

test("a tab that died while holding it does not hold it for ever", async () => {
  localStorage.setItem("photure.lock.two", `someone|${Date.now() - 1}`);
  expect(await withLock("two", () => Promise.resolve("done"))).toBe("done");
});

test("work that fails lets go", async () => {
  await expect(withLock("three", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock("three", () => Promise.resolve("done"))).toBe("done");
});
