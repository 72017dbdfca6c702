import { beforeEach, expect, test, vi } from "vitest";
import type { Kept, Shelf } from "./kept";
import { Unfinished, type TabMessage, type Tabs } from "./unfinished";

/** One browser: what is on its shelf outlives its pages. */
let stored: Map<string, Kept>;
let listeners: Set<(message: TabMessage) => void>;
beforeEach(() => {
  stored = new Map();
  listeners = new Set();
});

const shelf: Shelf = {
  all: () => Promise.resolve([...stored.values()]),
  put: (kept) => {
    for (const one of kept) stored.set(one.key, one);
    return Promise.resolve();
  },
  remove: (keys) => {
    for (const key of keys) stored.delete(key);
    return Promise.resolve();
  },
};

function tab(): Tabs {
  let own: ((message: TabMessage) => void) | undefined;
  return {
    post: (message) => { for (const listener of listeners) if (listener !== own) listener(message); },
    listen: (listener) => {
      own = listener;
      listeners.add(listener);
    },
  };
}

async function page(person = "ada", now = 1000, library: string | null = null) {
  const unfinished = new Unfinished(shelf, tab());
  await unfinished.open({ person, library }, now);
  return unfinished;
}
/** Its listener is gone with it. */
const close = () => listeners.clear();

const file = (name: string, text = name, lastModified = 7) => new File([text], name, { lastModified });
const names = (unfinished: Unfinished) => unfinished.left.get().map(({ name }) => name);

test("what a page left behind is offered to the next, and goes on where it stood when the same file is chosen", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }, { file: file("b.jpg") }], 1000);
  first.note(kept?.key ?? "", { sha256: "sha-a", upload: "u1" });
  close();

  const second = await page();
  expect(names(second)).toEqual(["a.jpg", "b.jpg"]);
  expect(second.take([{ file: file("a.jpg") }])[0]).toMatchObject({ key: kept?.key, sha256: "sha-a", upload: "u1" });
  expect(names(second)).toEqual(["b.jpg"]);
});

test("what is finished is remembered no more", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }]);
  first.forget([kept?.key ?? ""]);
  expect(stored.size).toBe(0);
});

test("a file of that name that is another one begins anew", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }], 1000);
  first.note(kept?.key ?? "", { sha256: "sha-a", upload: "u1" });
  close();
  const second = await page();
  expect(second.take([{ file: file("a.jpg", "another one") }])[0]).toMatchObject({ sha256: null, upload: null });
  expect(names(second)).toEqual(["a.jpg"]);
});

test("without a hash nobody could tell a mixture of two files, so such an upload begins anew", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }], 1000);
  first.note(kept?.key ?? "", { upload: "u1" });
  close();
  expect((await page()).take([{ file: file("a.jpg") }])[0]).toMatchObject({ sha256: null, upload: null });
});

test("the same bytes under another name go on where they stood", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }], 1000);
  first.note(kept?.key ?? "", { sha256: "sha-a", upload: "u1" });
  close();
  const second = await page();
  const [renamed] = second.take([{ file: file("b.jpg") }]);
  expect(renamed?.upload).toBeNull();
  expect(second.takeBySha256(renamed?.key ?? "", "sha-a")?.upload).toBe("u1");
  expect(names(second)).toEqual([]);
  expect([...stored.values()]).toMatchObject([{ name: "b.jpg", upload: "u1", sha256: "sha-a" }]);
});

test("a handle whose file has changed is sent as the new file it is", async () => {
  const handle = { kind: "file" } as FileSystemFileHandle;
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg"), handle }], 1000);
  first.note(kept?.key ?? "", { sha256: "sha-a", upload: "u1" });
  close();
  const second = await page();
  const left = second.left.get()[0] as Kept;
  expect(left.handle).toBe(handle);
  expect(second.take([{ file: file("a.jpg", "edited", 9), handle, kept: left }])[0]).toMatchObject({ key: left.key, sha256: null, upload: null });
  expect(names(second)).toEqual([]);
});

test("a file that cannot be opened again can still be chosen", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg"), handle: { kind: "file" } as FileSystemFileHandle }], 1000);
  close();
  const second = await page();
  second.unopened([kept?.key ?? ""]);
  expect(second.left.get()).toMatchObject([{ name: "a.jpg", handle: null }]);
  expect((await page()).left.get()).toMatchObject([{ handle: null }]);
});

test("nobody else ever sees them, and they do not stay for another person", async () => {
  const first = await page("ada");
  first.take([{ file: file("a.jpg") }], 1000);
  close();
  const other = await page("grace");
  expect(names(other)).toEqual([]);
  expect(stored.size).toBe(0);
});

test("what is for one library is gone on with in no other, and waits there", async () => {
  const mine = await page();
  mine.take([{ file: file("a.jpg") }], 1000);
  close();
  const shared = await page("ada", 1000, "family");
  expect(names(shared)).toEqual([]);
  const [kept] = shared.take([{ file: file("a.jpg") }, { file: file("b.jpg") }], 1000);
  shared.note(kept?.key ?? "", { sha256: "sha-a", upload: "u1" });
  close();
  expect(names(await page())).toEqual(["a.jpg"]);
  expect(names(await page("ada", 1000, "work"))).toEqual([]);
  close();
  const again = await page("ada", 1000, "family");
  expect(names(again)).toEqual(["a.jpg", "b.jpg"]);
  expect(again.take([{ file: file("a.jpg") }])[0]).toMatchObject({ upload: "u1", library: "family" });
});

test("what was kept before there were libraries is one's own", async () => {
  const first = await page();
  first.take([{ file: file("a.jpg") }], 1000);
  for (const kept of stored.values()) delete kept.library;
  close();
  expect(names(await page())).toEqual(["a.jpg"]);
  expect(names(await page("ada", 1000, "family"))).toEqual([]);
});

test("nothing stays after signing out, also what is noted late", async () => {
  const first = await page();
  const [kept] = first.take([{ file: file("a.jpg") }]);
  await first.clear();
  first.note(kept?.key ?? "", { upload: "u1" });
  first.take([{ file: file("b.jpg") }]);
  expect(stored.size).toBe(0);
  expect(names(first)).toEqual([]);
});

test("what is a week old is thrown away", async () => {
  const first = await page();
  first.take([{ file: file("a.jpg") }], 1000);
  close();
  expect(names(await page("ada", 1000 + 8 * 24 * 3_600_000))).toEqual([]);
  expect(stored.size).toBe(0);
});

test("what one tab is sending, no other offers", async () => {
  const first = await page();
  first.take([{ file: file("a.jpg") }], 1000);
  const second = await page();
  expect(names(second)).toEqual([]);
  second.take([{ file: file("b.jpg") }]);
  expect(names(first)).toEqual([]);
});

test("two tabs offer the same, and the first to take it has it", async () => {
  const before = await page();
  before.take([{ file: file("a.jpg") }], 1000);
  close();
  const [one, two] = [await page(), await page()];
  expect([names(one), names(two)]).toEqual([["a.jpg"], ["a.jpg"]]);
  one.take([{ file: file("a.jpg") }]);
  expect(names(two)).toEqual([]);
});

test("a browser that can remember nothing uploads all the same", async () => {
  const broken: Shelf = { all: () => Promise.resolve([]), put: vi.fn(() => Promise.resolve()), remove: () => Promise.resolve() };
  const unfinished = new Unfinished(broken, null);
  await unfinished.open({ person: "ada", library: null });
  expect(unfinished.take([{ file: file("a.jpg") }])).toHaveLength(1);
});
