/** What a page and its hashing worker say to each other. */
export type Ask = { id: number; file: Blob } | { id: number; stop: true };
export type Told =
  | { id: number; hashed: number }
  | { id: number; sha256: string }
  | { id: number; failed: { name: string; message: string } };

interface Waiting {
  resolve: (sha256: string) => void;
  reject: (error: unknown) => void;
  onProgress: (hashed: number) => void;
}

/** Hashes files beside the page, so that scrolling stays smooth. The worker starts with the first file. */
export class Hashing {
  readonly #start: () => Worker;
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(start = () => new Worker(new URL("./hashing.worker.ts", import.meta.url), { type: "module" })) {
    this.#start = start;
  }

  hash(file: Blob, signal: AbortSignal, onProgress: (hashed: number) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, onProgress });
      signal.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        this.#tell({ id, stop: true });
        reject(new DOMException("The hashing was stopped.", "AbortError"));
      }, { once: true });
      this.#tell({ id, file });
    });
  }

  #tell(ask: Ask) {
    this.#worker ??= this.#begin();
    this.#worker.postMessage(ask);
  }

  #begin(): Worker {
    const worker = this.#start();
    worker.addEventListener("message", ({ data }: MessageEvent<Told>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return;
      if ("hashed" in data) {
        waiting.onProgress(data.hashed);
        return;
      }
      this.#waiting.delete(data.id);
      if ("sha256" in data) waiting.resolve(data.sha256);
      else waiting.reject(new DOMException(data.failed.message, data.failed.name));
    });
    // A worker that does not load or runs out of memory takes all its files along; the next file begins another.
    worker.addEventListener("error", () => {
      worker.terminate();
      this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(new HashingBroke());
      this.#waiting.clear();
    });
    return worker;
  }
}

/** No hash is to be had here; the file itself may be fine. */
export class HashingBroke extends Error {
  constructor() {
    super("The hash could not be computed.");
    this.name = "HashingBroke";
  }
}
