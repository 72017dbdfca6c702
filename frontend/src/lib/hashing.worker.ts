import type { Ask, Told } from "./hashing";
import { sha256Of } from "./sha256";

/** The types of a page's scripts are loaded; of a worker's own only this is needed. */
const scope = self as unknown as { postMessage: (told: Told) => void; addEventListener: (name: "message", listener: (event: MessageEvent<Ask>) => void) => void };
const stops = new Map<number, AbortController>();

scope.addEventListener("message", ({ data }) => {
  if ("stop" in data) stops.get(data.id)?.abort();
  else void hash(data.id, data.file);
});

async function hash(id: number, file: Blob) {
  const stop = new AbortController();
  stops.set(id, stop);
  try {
    const sha256 = await sha256Of(file, { signal: stop.signal, onProgress: (hashed) => scope.postMessage({ id, hashed }) });
    scope.postMessage({ id, sha256 });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    scope.postMessage({ id, failed: { name, message } });
  } finally {
    stops.delete(id);
  }
}
