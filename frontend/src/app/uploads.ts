import type { QueryClient } from "@tanstack/react-query";
import { leaving, library } from "../api/library";
import { keys } from "../api/queries";
import { Unreachable } from "../api/problem";
import { person, session } from "../api/session";
import { checkFiles, removeUpload, uploadStatus } from "../api/uploads";
import { batchedCheck } from "../features/upload/batchedCheck";
import type { Chosen } from "../features/upload/kept";
import { paired } from "../features/upload/pairing";
import { isUnderWay } from "../features/upload/queue";
import { browserShelf } from "../features/upload/shelf";
import { Unfinished, type TabMessage, type Tabs } from "../features/upload/unfinished";
import { Uploader } from "../features/upload/uploader";
import { Hashing, HashingBroke } from "../lib/hashing";

/** While photos pour in, the timeline is asked for anew this often. */
const RENEW_MS = 1500;
/** What changes within this time is shown as one change. */
const SHOW_MS = 80;

/** A browser asks its disk for each file's size, and the page stands still meanwhile: two thirds of a millisecond for each. */
const TAKEN_AT_ONCE = 30;

export interface Uploads {
  add: (chosen: readonly Chosen[]) => void;
  uploader: Uploader;
  unfinished: Unfinished;
}

/** The one uploader of this page, wired to the API. It outlives pages and an ended session. */
export function newUploads(client: QueryClient): Uploads {
  let renewal: number | undefined;
  const renew = () => {
    renewal ??= window.setTimeout(() => {
      renewal = undefined;
      void client.invalidateQueries({ queryKey: keys.timelines });
      void client.invalidateQueries({ queryKey: keys.me });
    }, RENEW_MS);
  };
  const hashing = new Hashing();
  const unfinished = new Unfinished(browserShelf, otherTabs());
  const uploader = new Uploader({
    hash: (file, signal, onProgress) => hashing.hash(file, signal, onProgress).catch((error: unknown) => {
      // Sent without: the server hashes what it gets, it only cannot compare.
      if (error instanceof HashingBroke) return null;
      throw error;
    }),
    check: batchedCheck(checkFiles),
    send: async (...transfer) => (await sending()).sendFile(...transfer),
    status: uploadStatus,
    remove: removeUpload,
    memory: unfinished,
    pause: pauseOrOnline,
    soon: (show) => { window.setTimeout(show, SHOW_MS); },
    onStored: renew,
  });

  window.addEventListener("beforeunload", (event) => {
    if (!leaving.get() && uploader.items.get().some(isUnderWay)) event.preventDefault();
  });
  let owner = person.get();
  person.watch(() => {
    const before = owner;
    owner = person.get();
    if (owner === before) return;
    // Someone else's files are never sent under another name, nor shown to them.
    uploader.stop();
    if (owner === null) void unfinished.clear();
    else {
      void unfinished.open({ person: owner, library: library.get()?.id ?? null });
      void sending().catch(() => undefined);
    }
  });
  // What is not sent yet can be gone on with when the same library is open again.
  leaving.watch(() => uploader.stop());
  session.watch(() => {
    if (session.get() === "signed-in") uploader.retryFailed("session");
  });
  const add = async (chosen: readonly Chosen[]) => {
    const whose = owner;
    const pairs = paired(chosen);
    for (let at = 0; at < pairs.length && owner === whose; at += TAKEN_AT_ONCE) {
      uploader.add(pairs.slice(at, at + TAKEN_AT_ONCE));
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  return { add: (chosen) => void add(chosen), uploader, unfinished };
}

let loaded: Promise<typeof import("../api/transfer")> | null = null;

/** A tenth of the page, which nobody needs to see their photos: it comes after they are asked for. */
const sending = () => (loaded ??= import("../api/transfer").catch(() => {
  loaded = null;
  throw new Unreachable();
}));

function otherTabs(): Tabs | null {
  if (typeof BroadcastChannel === "undefined") return null;
  const channel = new BroadcastChannel("photure.uploads");
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => listener(data)),
  };
}

/** A connection that comes back ends the waiting. */
function pauseOrOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = window.setTimeout(done, milliseconds);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
