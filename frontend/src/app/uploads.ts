import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import { person, session } from "../api/session";
import { checkFiles, uploadFile } from "../api/uploads";
import { batchedCheck } from "../features/upload/batchedCheck";
import { isActive } from "../features/upload/queue";
import { Uploader } from "../features/upload/uploader";
import { sha256Hex } from "../lib/digest";

/** While photos pour in, the timeline is asked for anew this often. */
const RENEW_MS = 1500;

/** The one uploader of this page, wired to the API. It outlives pages and an ended session. */
export function newUploader(client: QueryClient): Uploader {
  let renewal: number | undefined;
  const renew = () => {
    renewal ??= window.setTimeout(() => {
      renewal = undefined;
      void client.invalidateQueries({ queryKey: keys.timelines });
      void client.invalidateQueries({ queryKey: keys.me });
    }, RENEW_MS);
  };

  const uploader = new Uploader({ hash: sha256Hex, check: batchedCheck(checkFiles), upload: uploadFile, pause: pauseOrOnline, onStored: renew });

  window.addEventListener("online", () => uploader.retryFailed("network"));
  window.addEventListener("beforeunload", (event) => {
    if (uploader.items.get().some((item) => isActive(item) || item.state === "queued")) event.preventDefault();
  });
  let owner = person.get();
  person.watch(() => {
    // Someone else's files are never sent under another name.
    if (person.get() !== owner) uploader.stop();
    owner = person.get();
  });
  session.watch(() => {
    if (session.get() === "signed-in") uploader.retryFailed("session");
  });
  return uploader;
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
