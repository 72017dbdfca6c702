import type { Check, CheckResult, Upload, Uploaded } from "../../api/uploads";
import { isPassing } from "../../api/problem";
import { Semaphore } from "../../lib/semaphore";
import { Store } from "../../lib/store";
import { changed, isFinished, newItem, type Item } from "./queue";
import { refusalOf, retryDelay, sentenceFor, type Refusal } from "./refusals";

/** What an uploader needs of the world. */
export interface World {
  hash: (file: File) => Promise<string | null>;
  check: (item: Check) => Promise<CheckResult>;
  upload: (upload: Upload, signal: AbortSignal, onProgress: (sent: number) => void) => Promise<Uploaded>;
  /** Waits this long, or until something makes it worth trying at once. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A photo has been taken in. */
  onStored: () => void;
}

/** Sent at once. More would only wait for each other on one line. */
const AT_ONCE = 3;
const HASHING_AT_ONCE = 2;
/** Larger files are sent without asking first: hashing needs them in memory whole. */
const HASH_UP_TO = 64 * 1024 * 1024;
const TRIES = 8;

interface Job {
  file: File;
  abort: AbortController;
  sha256: string | null | undefined;
}

/** Takes files, and sees each of them to its end. */
export class Uploader {
  readonly items = new Store<readonly Item[]>([]);
  readonly #jobs = new Map<number, Job>();
  readonly #hashing = new Semaphore(HASHING_AT_ONCE);
  readonly #sending = new Semaphore(AT_ONCE);
  readonly #world: World;
  /** While the server wants a pause or is away, nobody else runs into the same wall. */
  #resting: Promise<void> = Promise.resolve();
  #last = 0;

  constructor(world: World) {
    this.#world = world;
  }

  add(files: readonly File[]) {
    const added = files.map((file) => {
      const item = newItem(++this.#last, file.name, file.size);
      this.#jobs.set(item.id, { file, abort: new AbortController(), sha256: undefined });
      return item;
    });
    this.items.set([...this.items.get(), ...added]);
    for (const { id } of added) void this.#run(id);
  }

  retry(id: number) {
    const item = this.items.get().find((one) => one.id === id);
    if (item?.state !== "failed" || !this.#jobs.has(id)) return;
    this.#change(id, { state: "queued", sent: 0, note: null, waitsFor: null });
    void this.#run(id);
  }

  /** Tries again what failed, or only what waited for this. */
  retryFailed(waitsFor?: Item["waitsFor"]) {
    for (const item of this.items.get()) {
      if (item.state === "failed" && this.#jobs.has(item.id) && (!waitsFor || item.waitsFor === waitsFor)) this.retry(item.id);
    }
  }

  remove(id: number) {
    this.#jobs.get(id)?.abort.abort();
    this.#jobs.delete(id);
    this.items.set(this.items.get().filter((item) => item.id !== id));
  }

  /** Whatever became of the files; those still under way go on. */
  clearFinished() {
    for (const item of this.items.get()) if (isFinished(item)) this.#jobs.delete(item.id);
    this.items.set(this.items.get().filter((item) => !isFinished(item)));
  }

  stop() {
    for (const { abort } of this.#jobs.values()) abort.abort();
    this.#jobs.clear();
    this.items.set([]);
  }

  /** A duplicate found in the trash was taken out of it. */
  restored(id: number) {
    this.#change(id, { trashed: false, note: "Taken out of the trash." });
  }

  async #run(id: number) {
    const job = this.#jobs.get(id);
    if (!job) return;
    let tries = 0;
    while (!isAborted(job)) {
      try {
        await this.#attempt(id, job);
        return;
      } catch (error) {
        if (isAborted(job)) return;
        const refusal = refusalOf(error);
        // Being asked to wait is no failure of this file.
        if (refusal.after === null) tries += 1;
        if (refusal.again !== "soon" || tries >= TRIES) {
          this.#refuse(id, refusal);
          return;
        }
        if (refusal.rehash) job.sha256 = undefined;
        this.#change(id, { state: "queued", sent: 0, note: refusal.text });
        this.#resting = this.#world.pause(retryDelay(tries - 1, refusal.after), job.abort.signal);
        await this.#resting;
      }
    }
  }

  #refuse(id: number, { text, again, waitsFor }: Refusal) {
    if (again === "no") this.#jobs.delete(id);
    this.#change(id, { state: "failed", sent: 0, note: again === "soon" ? givenUp(text) : text, waitsFor });
  }

  async #attempt(id: number, job: Job) {
    if (job.file.size === 0) {
      this.#fail(id, "empty_file");
      return;
    }
    await this.#resting;
    job.sha256 ??= await this.#hash(id, job);
    if (job.sha256 !== null && (await this.#isKnown(id, job.file, job.sha256))) return;
    await this.#sending.run(async () => {
      await this.#resting;
      job.abort.signal.throwIfAborted();
      this.#change(id, { state: "uploading", note: null });
      const { photo, created } = await this.#world.upload({ file: job.file, sha256: job.sha256 ?? null }, job.abort.signal, (sent) =>
        this.#change(id, { sent, state: sent >= job.file.size ? "processing" : "uploading" }));
      this.#finish(id, { state: created ? "done" : "duplicate", photoId: photo.id, thumb: photo.urls.thumb, trashed: !created && Boolean(photo.trashed_at) });
      if (created) this.#world.onStored();
    });
  }

  #hash(id: number, { file, abort }: Job): Promise<string | null> {
    if (file.size > HASH_UP_TO) return Promise.resolve(null);
    return this.#hashing.run(async () => {
      abort.signal.throwIfAborted();
      this.#change(id, { state: "hashing" });
      const sha256 = await this.#world.hash(file);
      this.#change(id, { state: "queued" });
      return sha256;
    });
  }

  /** Whether asking alone settled it. Where asking fails for good, sending will tell. */
  async #isKnown(id: number, file: File, sha256: string): Promise<boolean> {
    let result: CheckResult;
    try {
      result = await this.#world.check({ ref: `${id}`, sha256, bytes: file.size });
    } catch (error) {
      if (isPassing(error)) throw error;
      return false;
    }
    if (result.result === "duplicate") this.#finish(id, { state: "duplicate", photoId: result.photo_id ?? null, trashed: result.trashed ?? false });
    if (result.result === "rejected") this.#fail(id, result.code ?? "");
    return result.result !== "accept";
  }

  #finish(id: number, change: Partial<Item>) {
    const note = change.state === "duplicate" ? (change.trashed ? "Already here, in the trash." : "Already among your photos.") : null;
    this.#change(id, { note, ...change });
    this.#jobs.delete(id);
  }

  #fail(id: number, code: string) {
    this.#change(id, { state: "failed", note: sentenceFor(code) ?? "The server does not take this file.", sent: 0 });
    this.#jobs.delete(id);
  }

  #change(id: number, change: Partial<Item>) {
    this.items.set(changed(this.items.get(), id, change));
  }

  /** Whether the file is still at hand to be sent again. */
  canRetry = (item: Item) => item.state === "failed" && this.#jobs.has(item.id);
}

const isAborted = ({ abort }: Job) => abort.signal.aborted;

/** A promise to go on by itself is not kept for ever. */
const givenUp = (text: string) => text.replace(/ (This (goes on|is sent again)\b.*)$/, " It was tried several times; try again when you like.");
