import { expect, test, vi } from "vitest";
import { Hashing, HashingBroke, type Ask, type Told } from "./hashing";

/** A worker whose answers the test gives. */
class FakeWorker extends EventTarget {
  readonly asked: Ask[] = [];
  readonly terminate = vi.fn();
  postMessage = (ask: Ask) => { this.asked.push(ask); };
  tell = (told: Told) => this.dispatchEvent(new MessageEvent("message", { data: told }));
}

function setup() {
  const workers: FakeWorker[] = [];
  const hashing = new Hashing(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as unknown as Worker;
  });
  const stop = new AbortController();
  const heard: number[] = [];
  return { workers, stop, heard, hash: (file = new Blob(["x"])) => hashing.hash(file, stop.signal, (hashed) => heard.push(hashed)) };
}

test("each file gets its own hash, whichever is ready first", async () => {
  const { workers, heard, hash } = setup();
  const both = Promise.all([hash(), hash()]);
  expect(workers).toHaveLength(1);
  workers[0]?.tell({ id: 1, hashed: 5 });
  workers[0]?.tell({ id: 2, sha256: "two" });
  workers[0]?.tell({ id: 1, sha256: "one" });
  expect(await both).toEqual(["one", "two"]);
  expect(heard).toEqual([5]);
});

test("a file that cannot be read fails as it would have on the page", async () => {
  const { workers, hash } = setup();
  const hashed = hash();
  workers[0]?.tell({ id: 1, failed: { name: "NotReadableError", message: "gone" } });
  await expect(hashed).rejects.toSatisfy((error) => error instanceof DOMException && error.name === "NotReadableError");
});

test("stopping tells the worker", async () => {
  const { workers, stop, hash } = setup();
  const hashed = hash();
  stop.abort();
  await expect(hashed).rejects.toMatchObject({ name: "AbortError" });
  expect(workers[0]?.asked.at(-1)).toEqual({ id: 1, stop: true });
});

test("a worker that breaks takes nobody along for good", async () => {
  const { workers, hash } = setup();
  const hashed = hash();
  workers[0]?.dispatchEvent(new Event("error"));
  await expect(hashed).rejects.toBeInstanceOf(HashingBroke);
  const again = hash();
  workers[1]?.tell({ id: 2, sha256: "two" });
  expect(await again).toBe("two");
});
