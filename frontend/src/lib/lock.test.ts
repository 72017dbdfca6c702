// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import type { Lease, Leases } from "./lease";
import { withLock } from "./lock";

/** Leases in memory, changed one after the other as transactions are. */
class Kept implements Leases {
  held = new Map<string, Lease>();
  #turn: Promise<unknown> = Promise.resolve();

  change: Leases["change"] = (name, change) => {
    const turn = this.#turn.then(() => {
      const next = change(this.held.get(name) ?? null);
      if (next) this.held.set(name, next);
      else this.held.delete(name);
      return next;
    });
    this.#turn = turn;
    return turn;
  };
}

/** Work in so many tabs; how many of them were ever at it at once. */
async function mostAtOnce(tabs: number, kept: Leases): Promise<number> {
  let inside = 0;
  let most = 0;
  await Promise.all(Array.from({ length: tabs }, () => {
    sessionStorage.clear();
    return withLock("one", async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    }, kept);
  }));
  return most;
}

beforeEach(() => { sessionStorage.clear(); });

test("without navigator.locks, work of several tabs under one name never overlaps", async () => {
  expect("locks" in navigator).toBe(false);
  const kept = new Kept();
  expect(await mostAtOnce(4, kept)).toBe(1);
  expect(kept.held.size).toBe(0);
});

test("a tab that died while holding it does not hold it for ever", async () => {
  const kept = new Kept();
  kept.held.set("one", { owner: "someone", until: Date.now() - 1 });
  expect(await withLock("one", () => Promise.resolve("done"), kept)).toBe("done");
});

test("a page that was reloaded while holding it goes on at once", async () => {
  const kept = new Kept();
  sessionStorage.setItem("photure.tab", "this one");
  kept.held.set("one", { owner: "this one", until: Date.now() + 60_000 });
  expect(await withLock("one", () => Promise.resolve("done"), kept)).toBe("done");
});

test("work that fails lets go", async () => {
  const kept = new Kept();
  await expect(withLock("one", () => Promise.reject(new Error("no")), kept)).rejects.toThrow("no");
  expect(kept.held.size).toBe(0);
});

test("where nothing can be kept, the work is done all the same", async () => {
  expect(await withLock("one", () => Promise.resolve("done"), { change: () => Promise.reject(new Error("private")) })).toBe("done");
});
