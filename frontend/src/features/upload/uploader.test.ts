import { expect, test, vi } from "vitest";
import { Problem, SessionEnded, Unreachable } from "../../api/problem";
import type { UploadStatus } from "../../api/uploads";
import type { Chosen } from "./kept";
import type { Item } from "./queue";
import { Unfinished } from "./unfinished";
import { Uploader, type World } from "./uploader";

type Send = World["send"];

const file = (name: string, text = name) => new File([text], name, { lastModified: 1 });
const chosen = (...names: string[]): Chosen[] => names.map((name) => ({ file: file(name) }));
const status = (upload: string, change: Partial<UploadStatus> = {}): UploadStatus => ({ id: upload, status: "ready", offset: 0, length: 1, expires_at: "2026-11-22T00:00:00Z", photo_id: `photo-${upload}`, problem: null, ...change });

/** Takes a file whole, under the name it has. */
const takes: Send = (transfer, _signal, { onCreated, onProgress, onAccepted }) => {
  const id = transfer.upload ?? `u-${transfer.file.name}`;
  if (transfer.upload === null) onCreated(id);
  onProgress(transfer.file.size);
  onAccepted(transfer.file.size);
  return Promise.resolve(id);
};

const shelf = () => ({ all: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() });

/** A world in which all goes well, but for what a test changes. */
function world(change: Partial<World> = {}) {
  return {
    hash: vi.fn((one: File) => Promise.resolve<string | null>(`sha-of-${one.name}`)),
    check: vi.fn((one: { ref: string }) => Promise.resolve({ ref: one.ref, result: "accept" as const })),
    send: vi.fn(takes),
    status: vi.fn((upload: string) => Promise.resolve(status(upload))),
    remove: vi.fn(() => Promise.resolve()),
    memory: new Unfinished(shelf(), null),
    pause: vi.fn(() => Promise.resolve()),
    soon: (show: () => void) => show(),
    onStored: vi.fn(),
    ...change,
  } satisfies World;
}

/** Resolves when every item of the uploader has come to one of these states. */
const all = (uploader: Uploader, ...states: Item["state"][]) => new Promise<readonly Item[]>((resolve) => {
  const look = () => {
    const items = uploader.items.get();
    if (items.every(({ state }) => states.includes(state))) resolve(items);
  };
  uploader.items.watch(look);
  look();
});
const settled = (uploader: Uploader) => all(uploader, "done", "duplicate", "failed");

/** A send that stays under way until it is told otherwise. */
function held() {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const send: Send = (transfer, signal, events) => new Promise((resolve, reject) => {
    begun.push(transfer.file.name);
    const id = transfer.upload ?? `u-${transfer.file.name}`;
    if (transfer.upload === null) events.onCreated(id);
    signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    finish.set(transfer.file.name, () => resolve(id));
  });
  return { begun, finish, send };
}

test("files are stored, and each storing is told", async () => {
  const send = vi.fn(takes);
  const here = world({ send });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg", "b.jpg"));
  expect((await settled(uploader)).map(({ state, photoId }) => [state, photoId])).toEqual([["done", "photo-u-a.jpg"], ["done", "photo-u-b.jpg"]]);
  expect(here.onStored).toHaveBeenCalledTimes(2);
  expect(send.mock.calls[0]?.[0]).toMatchObject({ sha256: "sha-of-a.jpg", upload: null });
});

test("nothing is called kept before the server has said so", async () => {
  const said: UploadStatus["status"][] = ["stored", "processing", "ready"];
  const seen: Item["state"][] = [];
  const uploader = new Uploader(world({
    status: (upload) => {
      seen.push(uploader.items.get()[0]?.state ?? "waiting");
      return Promise.resolve(status(upload, { status: said.shift() ?? "ready" }));
    },
  }));
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(seen).toEqual(["finishing", "finishing", "finishing"]);
});

test("never more than three are on their way at once, in the order they came", async () => {
  const { begun, finish, send } = held();
  const uploader = new Uploader(world({ send }));
  uploader.add(chosen("1", "2", "3", "4", "5"));
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3"]));
  finish.get("2")?.();
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3", "4"]));
  for (const end of finish.values()) end();
  await vi.waitFor(() => expect(begun).toHaveLength(5));
  finish.get("5")?.();
  expect((await settled(uploader)).every(({ state }) => state === "done")).toBe(true);
});

test("the same bytes twice in one queue are sent once", async () => {
  const sent = new Set<string>();
  const here = world({
    hash: () => Promise.resolve("same"),
    check: ({ ref, sha256 }) => Promise.resolve(sent.has(sha256) ? { ref, result: "duplicate", photo_id: "photo" } : { ref, result: "accept" }),
    send: vi.fn<Send>((transfer, ...rest) => {
      sent.add(transfer.sha256 ?? "");
      return takes(transfer, ...rest);
    }),
  });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg", "copy of a.jpg"));
  expect((await settled(uploader)).map(({ state }) => state)).toEqual(["done", "duplicate"]);
  expect(here.send).toHaveBeenCalledTimes(1);
});

test("what is there already is not sent; what lies in the trash is offered back", async () => {
  const here = world({ check: ({ ref }) => Promise.resolve({ ref, result: "duplicate", photo_id: "old", trashed: true }) });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "duplicate", photoId: "old", trashed: true });
  expect(here.send).not.toHaveBeenCalled();
});

test("a duplicate that only the upload finds is one too", async () => {
  const answers = [{ result: "accept" as const }, { result: "duplicate" as const, trashed: true }];
  const uploader = new Uploader(world({
    status: (upload) => Promise.resolve(status(upload, { status: "duplicate", photo_id: "old" })),
    check: ({ ref }) => Promise.resolve({ ref, ...(answers.shift() ?? { result: "accept" }) }),
  }));
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "duplicate", photoId: "old", trashed: true, note: "Already there, in the trash" });
});

test("where hashing is not to be had, and where asking is refused, the file is simply sent", async () => {
  for (const change of [{ hash: () => Promise.resolve(null) }, { check: () => Promise.reject(new Problem(404, {})) }]) {
    const uploader = new Uploader(world(change));
    uploader.add(chosen("a.jpg"));
    expect((await settled(uploader))[0]?.state).toBe("done");
  }
});

test("one refused file says why and holds nobody up", async () => {
  const send: Send = (transfer, ...rest) => transfer.file.name === "bad.jpg" ? Promise.reject(new Problem(422, { code: "corrupt_image" })) : takes(transfer, ...rest);
  const uploader = new Uploader(world({ send }));
  uploader.add(chosen("bad.jpg", "good.jpg"));
  const items = await settled(uploader);
  expect(items.map(({ state }) => state)).toEqual(["failed", "done"]);
  expect(items[0]?.note).toMatch(/damaged/);
  expect(items.map(uploader.canRetry)).toEqual([false, false]);
});

test("a file that the server refuses only after it has all of it says why too", async () => {
  const uploader = new Uploader(world({ status: (upload) => Promise.resolve(status(upload, { status: "failed", photo_id: null, problem: { type: "about:blank", title: "Unprocessable Content", detail: "Too many.", status: 422, code: "too_many_pixels" } })) }));
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "failed", note: "This photo has more pixels than this server takes." });
});

test("an empty file is refused without being sent", async () => {
  const here = world();
  const uploader = new Uploader(here);
  uploader.add([{ file: file("nothing.jpg", "") }]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "failed", note: "This file is empty." });
  expect(here.send).not.toHaveBeenCalled();
});

test("a busy server is waited for as long as it asks, and the file arrives", async () => {
  let asked = 0;
  const send: Send = (...transfer) => (asked += 1) <= 2 ? Promise.reject(new Problem(429, { code: "rate_limited" }, 1500)) : takes(...transfer);
  const pause = vi.fn<World["pause"]>(() => Promise.resolve());
  const uploader = new Uploader(world({ send, pause }));
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(pause.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([1500, 1500]);
});

test("a server that stays busy is given up on, until the person tries again", async () => {
  let busy = true;
  const send = vi.fn<Send>((...transfer) => busy ? Promise.reject(new Problem(503, { code: "unavailable" })) : takes(...transfer));
  const uploader = new Uploader(world({ send }));
  uploader.add(chosen("a.jpg"));
  const [item] = await settled(uploader);
  expect(item?.note).toMatch(/try again when you like/);
  expect(send).toHaveBeenCalledTimes(8);
  busy = false;
  uploader.retryFailed();
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", note: null });
});

test("a network is waited for as long as it takes, and the upload goes on where the server stands", async () => {
  const states: Item["state"][] = [];
  let broken = 20;
  const offsets: (string | null)[] = [];
  const here = world({
    send: vi.fn<Send>((transfer, signal, events) => {
      offsets.push(transfer.upload);
      if (broken-- <= 0) return takes(transfer, signal, events);
      if (transfer.upload === null) events.onCreated("u");
      return Promise.reject(new Unreachable());
    }),
    status: (upload) => Promise.resolve(broken >= 0 ? status(upload, { status: "receiving", offset: 3, photo_id: null }) : status(upload)),
    pause: () => {
      states.push(uploader.items.get()[0]?.state ?? "done");
      return Promise.resolve();
    },
  });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(new Set(states)).toEqual(new Set(["offline"]));
  expect(offsets).toEqual([null, ...Array.from({ length: 20 }, () => "u")]);
});

test("an answer that was lost on the way is asked for, not the file sent again", async () => {
  const here = world({
    send: vi.fn<Send>((_transfer, _signal, { onCreated }) => {
      onCreated("u");
      return Promise.reject(new Unreachable());
    }),
  });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", photoId: "photo-u" });
  expect(here.send).toHaveBeenCalledTimes(1);
});

test("a small file whose one answer was lost is added, not a duplicate of itself", async () => {
  let there = false;
  const here = world({
    send: vi.fn<Send>(({ file: one }, _signal, { onProgress }) => {
      onProgress(one.size);
      there = true;
      return Promise.reject(new Unreachable());
    }),
    check: ({ ref }) => Promise.resolve(there ? { ref, result: "duplicate", photo_id: "photo" } : { ref, result: "accept" }),
  });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", photoId: "photo" });
  expect(here.onStored).toHaveBeenCalledTimes(1);
  expect(here.send).toHaveBeenCalledTimes(1);
});

test("an upload that the server has forgotten is begun anew", async () => {
  let forgotten = true;
  const uploads: (string | null)[] = [];
  const uploader = new Uploader(world({
    send: (transfer, signal, events) => {
      uploads.push(transfer.upload);
      if (uploads.length > 1) return takes(transfer, signal, events);
      events.onCreated("old");
      return Promise.reject(new Unreachable());
    },
    status: (upload) => {
      if (upload !== "old") return Promise.resolve(status(upload));
      forgotten = false;
      return Promise.reject(new Problem(404, { code: "not_found" }));
    },
  }));
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", photoId: "photo-u-a.jpg" });
  expect(uploads).toEqual([null, null]);
  expect(forgotten).toBe(false);
});

test.each([
  ["before it is sent", { check: ({ ref }: { ref: string }) => Promise.resolve({ ref, result: "rejected" as const, code: "quota_exceeded" }) }],
  ["at its end", { send: () => Promise.reject(new Problem(413, { code: "quota_exceeded" })) }],
])("a file that finds no room %s waits for some, and is offered again", async (_, refusing) => {
  const uploader = new Uploader(world(refusing));
  uploader.add(chosen("a.jpg"));
  const [item] = await settled(uploader);
  expect(item).toMatchObject({ state: "failed", waitsFor: "room" });
  expect(item && uploader.canRetry(item)).toBe(true);
});

test("an ended session stops the files, and signing in sets them going again", async () => {
  let ended = true;
  const uploader = new Uploader(world({ send: (...transfer) => ended ? Promise.reject(new SessionEnded()) : takes(...transfer) }));
  uploader.add(chosen("a.jpg", "b.jpg"));
  expect((await settled(uploader)).every(({ waitsFor }) => waitsFor === "session")).toBe(true);
  ended = false;
  uploader.retryFailed("session");
  expect((await settled(uploader)).map(({ state }) => state)).toEqual(["done", "done"]);
});

test("bytes damaged on the way are hashed anew before they are sent again", async () => {
  let damaged = true;
  const send: Send = (...transfer) => {
    if (!damaged) return takes(...transfer);
    damaged = false;
    return Promise.reject(new Problem(422, { code: "digest_mismatch" }));
  };
  const here = world({ send });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  expect((await settled(uploader))[0]?.state).toBe("done");
  expect(here.hash).toHaveBeenCalledTimes(2);
});

test("what is paused hands its place to the next, and goes on with what the server has", async () => {
  const { begun, finish, send: holds } = held();
  const send = vi.fn(holds);
  const receiving = new Set<string>(["u-1"]);
  const here = world({ send, status: (upload) => Promise.resolve(status(upload, receiving.has(upload) ? { status: "receiving", offset: 1 } : {})) });
  const uploader = new Uploader(here);
  uploader.add(chosen("1", "2", "3", "4"));
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3"]));
  uploader.pause(1);
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3", "4"]));
  expect(uploader.items.get()[0]?.state).toBe("paused");
  for (const name of ["2", "3", "4"]) finish.get(name)?.();
  await all(uploader, "paused", "done");
  uploader.resume(1);
  await vi.waitFor(() => expect(begun).toEqual(["1", "2", "3", "4", "1"]));
  expect(send.mock.calls.at(-1)?.[0].upload).toBe("u-1");
  receiving.clear();
  finish.get("1")?.();
  expect((await settled(uploader)).every(({ state }) => state === "done")).toBe(true);
});

test("all are paused at once and none begins; all go on", async () => {
  const { begun, finish, send } = held();
  const uploader = new Uploader(world({ send, status: (upload) => Promise.resolve(status(upload, finish.size > 3 ? {} : { status: "receiving" })) }));
  uploader.add(chosen("1", "2", "3", "4", "5"));
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  uploader.pauseAll();
  await all(uploader, "paused");
  await new Promise((resolve) => setTimeout(resolve));
  expect(begun).toHaveLength(3);
  uploader.resumeAll();
  await vi.waitFor(() => expect(begun).toHaveLength(6));
  await vi.waitFor(() => {
    for (const end of finish.values()) end();
    expect(uploader.items.get().every(({ state }) => state === "done")).toBe(true);
  });
});

test("a file taken off the list is aborted, ended on the server, and heard of no more", async () => {
  const { begun, send } = held();
  const here = world({ send });
  const uploader = new Uploader(here);
  uploader.add(chosen("a.jpg"));
  await vi.waitFor(() => expect(begun).toHaveLength(1));
  uploader.remove(1);
  await Promise.resolve();
  expect(uploader.items.get()).toEqual([]);
  expect(here.remove).toHaveBeenCalledWith("u-a.jpg");
});

test("what is not to be gone on with is ended on the server too", async () => {
  const remove = vi.fn(() => Promise.resolve());
  const here = world({ remove });
  const kept = { key: "k", person: "ada", name: "a", size: 1, modified: 1, sha256: "s", upload: "u", handle: null, since: 1 };
  await new Uploader(here).forget([kept, { ...kept, key: "l", upload: null }]);
  expect(remove.mock.calls).toEqual([["u"]]);
});

test("however many changes come together, they are shown as one", async () => {
  const shows: (() => void)[] = [];
  const uploader = new Uploader(world({ soon: (show) => shows.push(show) }));
  let shown = 0;
  uploader.items.watch(() => { shown += 1; });
  uploader.add(chosen(...Array.from({ length: 1000 }, (_, nth) => `${nth}`)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(shows).toHaveLength(1);
  shows[0]?.();
  expect(shown).toBe(1);
  expect(uploader.items.get()).toHaveLength(1000);
});

test("the film of a Live Photo goes after its photo, and the pair is one file in the list", async () => {
  const send = vi.fn(takes);
  const uploader = new Uploader(world({ send }));
  uploader.add([{ file: file("IMG_1.HEIC"), film: file("IMG_1.MOV", "the film") }]);
  const [item, ...others] = await settled(uploader);
  expect(others).toEqual([]);
  expect(item).toMatchObject({ state: "done", photoId: "photo-u-IMG_1.HEIC", size: 10 + 8, sent: 18 });
  expect(send.mock.calls.map(([{ file: { name }, liveOf }]) => [name, liveOf])).toEqual([["IMG_1.HEIC", undefined], ["IMG_1.MOV", "sha-of-IMG_1.HEIC"]]);
});

test("of a photo that is there without its film, the film alone is sent", async () => {
  const send = vi.fn(takes);
  const there = (live: boolean) => (one: { ref: string }) => Promise.resolve({ ref: one.ref, result: "duplicate" as const, photo_id: "p", live });
  const pair = { file: file("IMG_1.HEIC"), film: file("IMG_1.MOV") };
  const without = new Uploader(world({ send, check: vi.fn(there(false)) }));
  without.add([pair]);
  expect((await settled(without))[0]).toMatchObject({ state: "duplicate", photoId: "p" });
  expect(send.mock.calls.map(([{ file: { name } }]) => name)).toEqual(["IMG_1.MOV"]);

  send.mockClear();
  const whole = new Uploader(world({ send, check: vi.fn(there(true)) }));
  whole.add([pair]);
  expect((await settled(whole))[0]).toMatchObject({ state: "duplicate", note: null });
  expect(send).not.toHaveBeenCalled();
});

test("a film of another moment costs its photo nothing", async () => {
  const send: Send = (transfer, ...rest) => (transfer.liveOf ? Promise.reject(new Problem(422, { code: "live_mismatch" })) : takes(transfer, ...rest));
  const uploader = new Uploader(world({ send }));
  uploader.add([{ file: file("IMG_1.HEIC"), film: file("IMG_1.MOV") }]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "done", note: "Added. The film beside it does not belong to this photo" });
});

test("a film that breaks off is gone on with, and its photo is not sent again", async () => {
  let broken = false;
  const sent: [string, string | null][] = [];
  const send: Send = (transfer, signal, events) => {
    sent.push([transfer.file.name, transfer.upload]);
    if (transfer.liveOf && !broken) {
      broken = true;
      events.onCreated("u-film");
      return Promise.reject(new Unreachable());
    }
    return takes(transfer, signal, events);
  };
  const uploader = new Uploader(world({ send }));
  uploader.add([{ file: file("IMG_1.HEIC"), film: file("IMG_1.MOV") }]);
  expect((await settled(uploader))[0]).toMatchObject({ state: "done" });
  expect(sent).toEqual([["IMG_1.HEIC", null], ["IMG_1.MOV", null], ["IMG_1.MOV", "u-film"]]);
});
