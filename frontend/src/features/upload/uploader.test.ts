import { expect, test, vi } from "vitest";
import type { Photo } from "../../api/photos";
import { Problem, SessionEnded, Unreachable } from "../../api/problem";
import type { Uploaded } from "../../api/uploads";
import type { Item } from "./queue";
import { Uploader, type World } from "./uploader";

const photo = (id: string, trashed_at: string | null = null) => ({ id, trashed_at, urls: { thumb: `/${id}` } }) as unknown as Photo;
const stored = (file: File): Uploaded => ({ photo: photo(file.name), created: true });
const file = (name: string, text = name) => new File([text], name, { lastModified: 1 });

/** A world in which all goes well, but for what a test changes. */
function world(change: Partial<World> = {}): World {
  return {
    hash: vi.fn((one: File) => Promise.resolve<string | null>(`sha-of-${one.name}`)),
    check: vi.fn((one: { ref: string }) => Promise.resolve({ ref: one.ref, result: "accept" as const })),
    upload: vi.fn(({ file: one }: { file: File }) => Promise.resolve(stored(one))),
    pause: vi.fn(() => Promise.resolve()),
    onStored: vi.fn(),
    ...change,
  };
}

/** Resolves when every item of the uploader has ended. */
const settled = (uploader: Uploader) => new Promise<readonly Item[]>((resolve) => {
  const look = () => {
    const items = uploader.items.get();
    if (items.every(({ state }) => state === "done" || state === "duplicate" || state === "failed")) resolve(items);
  };
  uploader.items.watch(look);
  look();
});

test("files are stored, and each storing is told", async () => {
  const upload = vi.fn(({ file: one }: { file: File }) => Promise.resolve(stored(one)));
  const here = world({ upload });
  const uploader = new Uploader(here);
  uploader.add([file("a.jpg"), file("b.jpg")]);
  expect((await settled(uploader)).map(({ state, photoId }) => [state, photoId])).toEqual([["done", "a.jpg"], ["done", "b.jpg"]]);
  expect(here.onStored).toHaveBeenCalledTimes(2);
  expect(upload.mock.calls[0]?.[0]).toMatchObject({ sha256: "sha-of-a.jpg" });
});

test("never more than three are on their way at once, in the order they came", async () => {
  const begun: string[] = [];
  const finish: (() => void)[] = [];
  const upload = ({ file: one }: { file: File }) => new Promise<Uploaded>((resolve) => {
    begun.push(one.name);
    finish.push(() => resolve(stored(one)));
  });
  const uploader = new Uploader(world({ upload, hash: () => Promise.resolve(null) }));
  uploader.add(["1", "2", "3", "4", "5"].map((name) => file(name)));
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3"]));
  finish[1]?.();
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3", "4"]));
  finish.forEach((end) => end());
  await vi.waitFor(() => expect(begun).toHaveLength(5));
  finish[4]?.();
  expect((await settled(uploader)).every(({ state }) => state === "done")).toBe(true);
});

test("what is there already is not sent; what lies in the trash is offered back", async () => {
  const here = world({ check: ({ ref }) => Promise.resolve({ ref, result: "duplicate", photo_id: "old", trashed: true }) });
  const uploader = new Uploader(here);
  uploader.add([file("a.jpg")]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "duplicate", photoId: "old", trashed: true });
  expect(here.upload).not.toHaveBeenCalled();
});

test("a duplicate that only the upload finds is one too", async () => {
  const uploader = new Uploader(world({ upload: () => Promise.resolve({ photo: photo("old", "2024-07-28T00:00:00Z"), created: false }) }));
  uploader.add([file("a.jpg")]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "duplicate", trashed: true, note: "Already here, in the trash." });
});

test("where hashing is not to be had, and where asking is refused, the file is simply sent", async () => {
  for (const change of [{ hash: () => Promise.resolve(null) }, { check: () => Promise.reject(new Problem(404, {})) }]) {
    const uploader = new Uploader(world(change));
    uploader.add([file("a.jpg")]);
    expect((await settled(uploader))[0]?.state).toBe("done");
  }
});

test("one refused file says why and holds nobody up", async () => {
  const upload = ({ file: one }: { file: File }) => one.name === "bad.jpg" ? Promise.reject(new Problem(422, { code: "corrupt_image" })) : Promise.resolve(stored(one));
  const uploader = new Uploader(world({ upload }));
  uploader.add([file("bad.jpg"), file("good.jpg")]);
  const items = await settled(uploader);
  expect(items.map(({ state }) => state)).toEqual(["failed", "done"]);
  expect(items[0]?.note).toMatch(/damaged/);
  expect(items.map(uploader.canRetry)).toEqual([false, false]);
});

test("an empty file is refused without being sent", async () => {
  const here = world();
  const uploader = new Uploader(here);
  uploader.add([file("nothing.jpg", "")]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "failed", note: "This file is empty." });
  expect(here.upload).not.toHaveBeenCalled();
});

test("a busy server is waited for as long as it asks, and the file arrives", async () => {
  let asked = 0;
  const upload = ({ file: one }: { file: File }) => (asked += 1) <= 2 ? Promise.reject(new Problem(429, { code: "rate_limited" }, 1500)) : Promise.resolve(stored(one));
  const pause = vi.fn<World["pause"]>(() => Promise.resolve());
  const uploader = new Uploader(world({ upload, pause }));
  uploader.add([file("a.jpg")]);
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(pause.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([1500, 1500]);
});

test("a connection that stays broken ends in failure that can be tried again, and then succeeds", async () => {
  let broken = true;
  const upload = vi.fn(({ file: one }: { file: File }) => broken ? Promise.reject(new Unreachable()) : Promise.resolve(stored(one)));
  const uploader = new Uploader(world({ upload }));
  uploader.add([file("a.jpg")]);
  const [item] = await settled(uploader);
  expect(item).toMatchObject({ state: "failed", waitsFor: "network" });
  expect(item?.note).toMatch(/try again when you like/);
  expect(upload.mock.calls.length).toBe(8);
  broken = false;
  uploader.retryFailed("session");
  expect(uploader.items.get()[0]?.state).toBe("failed");
  uploader.retryFailed("network");
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", note: null });
});

test("an ended session stops the files, and signing in sets them going again", async () => {
  let ended = true;
  const uploader = new Uploader(world({ upload: ({ file: one }) => ended ? Promise.reject(new SessionEnded()) : Promise.resolve(stored(one)) }));
  uploader.add([file("a.jpg"), file("b.jpg")]);
  expect((await settled(uploader)).every(({ waitsFor }) => waitsFor === "session")).toBe(true);
  ended = false;
  uploader.retryFailed("session");
  expect((await settled(uploader)).map(({ state }) => state)).toEqual(["done", "done"]);
});

test("bytes damaged on the way are hashed anew before they are sent again", async () => {
  let damaged = true;
  const upload = ({ file: one }: { file: File }) => {
    if (!damaged) return Promise.resolve(stored(one));
    damaged = false;
    return Promise.reject(new Problem(422, { code: "digest_mismatch" }));
  };
  const here = world({ upload });
  const uploader = new Uploader(here);
  uploader.add([file("a.jpg")]);
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(here.hash).toHaveBeenCalledTimes(2);
});

test("a file taken off the list is aborted and heard of no more", async () => {
  let signal: AbortSignal | undefined;
  const upload: World["upload"] = (_, given) => new Promise((_resolve, reject) => {
    signal = given;
    given.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
  const uploader = new Uploader(world({ upload }));
  uploader.add([file("a.jpg")]);
  await vi.waitFor(() => expect(signal).toBeDefined());
  uploader.remove(1);
  expect(signal?.aborted).toBe(true);
  await Promise.resolve();
  expect(uploader.items.get()).toEqual([]);
});
