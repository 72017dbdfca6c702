import type { Transfer, TransferEvents } from "../../api/transfer";
import { problemOf, type Check, type CheckResult, type UploadStatus } from "../../api/uploads";
import { isGone, isPassing, Problem } from "../../api/problem";
import { eachOf } from "../../lib/each";
import { KeyedTurns } from "../../lib/keyedTurns";
import { Semaphore } from "../../lib/semaphore";
import { Store } from "../../lib/store";
import type { Chosen, Kept } from "./kept";
import { canPause, isFinished, newItem, type Item } from "./queue";
import { refusalOf, retryDelay, sentenceFor, type Refusal } from "./refusals";

/** What an uploader needs of the world. */
export interface World {
  hash: (file: File, signal: AbortSignal, onProgress: (hashed: number) => void) => Promise<string | null>;
  check: (item: Check) => Promise<CheckResult>;
  send: (transfer: Transfer, signal: AbortSignal, events: TransferEvents) => Promise<string>;
  status: (upload: string) => Promise<UploadStatus>;
  remove: (upload: string) => Promise<void>;
  memory: Memory;
  /** Waits this long, or until something makes it worth trying at once. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls soon, so that many changes are shown as one. */
  soon: (show: () => void) => void;
  /** A photo has been taken in. */
  onStored: () => void;
}

/** What is known beyond this page. */
export interface Memory {
  take: (chosen: readonly Chosen[]) => Kept[];
  takeBySha256: (key: string, sha256: string) => Kept | null;
  note: (key: string, change: Partial<Pick<Kept, "sha256" | "upload">>) => void;
  forget: (keys: readonly string[]) => void;
}

/** Sent at once. More would only wait for each other on one line. */
const AT_ONCE = 3;
const HASHING_AT_ONCE = 2;
/** A server that stays busy is not asked for ever; a network is waited for as long as it takes. */
const TRIES = 8;
/** How often to ask after what the server does by itself: slower and slower, since in an outage a thousand files may wait. */
const ASK_AGAIN_MS = [500, 1000, 2000, 5000, 10_000, 30_000];

interface Job {
  key: string;
  file: File;
  run: AbortController | null;
  sha256: string | null;
  /** The server's id of what it has of this file. */
  upload: string | null;
  /** It went out whole with the request that announced it, and the answer, which would have named the upload, did not come. */
  mayBeThere: boolean;
  /** Goes after the photo, when the server has that. */
  film: File | null;
  /** The server's id of what it has of the film. */
  filmUpload: string | null;
  /** What became of the photo, while its film is under way. */
  settled: Partial<Item> | null;
  /** In a row, without a byte getting anywhere. */
  tries: number;
}

/** Takes files, and sees each of them to its end. */
export class Uploader {
  readonly items = new Store<readonly Item[]>([]);
  /** As it is now; `items` follows when it is time to show it. */
  readonly #items = new Map<number, Item>();
  readonly #jobs = new Map<number, Job>();
  readonly #hashing = new Semaphore(HASHING_AT_ONCE);
  readonly #sending = new Semaphore(AT_ONCE);
  /** The same bytes twice in one queue: the second finds them there already, instead of racing the first. */
  readonly #sameBytes = new KeyedTurns();
  readonly #world: World;
  /** While the server wants a pause or is away, nobody else runs into the same wall. */
  #resting: Promise<void> = Promise.resolve();
  #last = 0;
  #shown = true;

  constructor(world: World) {
    this.#world = world;
  }

  add(chosen: readonly Chosen[]) {
    const kept = this.#world.memory.take(chosen);
    chosen.forEach(({ file, film = null }, nth) => {
      const id = ++this.#last;
      const { key, sha256, upload } = kept[nth] as Kept;
      this.#items.set(id, newItem(id, file.name, file.size + (film?.size ?? 0)));
      this.#jobs.set(id, { key, file, run: null, sha256, upload, mayBeThere: false, film, filmUpload: null, settled: null, tries: 0 });
      void this.#run(id);
    });
    this.#show();
  }

  pause(id: number) {
    const item = this.#items.get(id);
    if (!item || !canPause(item)) return;
    this.#jobs.get(id)?.run?.abort();
    this.#change(id, { state: "paused", note: null });
  }

  /** Goes on with what was paused, or tries again what failed. */
  resume(id: number) {
    const item = this.#items.get(id);
    if (!item || (item.state !== "paused" && !this.canRetry(item))) return;
    this.#change(id, { state: "waiting", note: null, waitsFor: null });
    void this.#run(id);
  }

  pauseAll() {
    for (const id of [...this.#items.keys()]) this.pause(id);
  }

  resumeAll() {
    for (const { id, state } of this.#items.values()) if (state === "paused") this.resume(id);
  }

  /** Tries again what failed, or only what waited for this. */
  retryFailed(waitsFor?: Item["waitsFor"]) {
    for (const item of this.#items.values()) {
      if (item.state === "failed" && (!waitsFor || item.waitsFor === waitsFor)) this.resume(item.id);
    }
  }

  /** Off the list; what the server has of it already, it may forget. */
  remove(id: number) {
    const job = this.#jobs.get(id);
    if (job) {
      job.run?.abort();
      this.#world.memory.forget([job.key]);
      // What cannot be told now expires by itself.
      for (const upload of [job.upload, job.filmUpload]) if (upload !== null) void this.#world.remove(upload).catch(() => undefined);
    }
    this.#jobs.delete(id);
    this.#items.delete(id);
    this.#show();
  }

  /** What an earlier page left behind is not to be gone on with. */
  async forget(kept: readonly Kept[]) {
    this.#world.memory.forget(kept.map(({ key }) => key));
    await eachOf(kept.flatMap(({ upload }) => upload ?? []), AT_ONCE, this.#world.remove).catch(() => undefined);
  }

  /** Whatever became of the files; those still under way go on. */
  clearFinished() {
    const ended = [...this.#items.values()].filter(isFinished).map(({ id }) => id);
    const keys = ended.flatMap((id) => this.#jobs.get(id)?.key ?? []);
    if (keys.length > 0) this.#world.memory.forget(keys);
    for (const id of ended) {
      this.#jobs.delete(id);
      this.#items.delete(id);
    }
    this.#show();
  }

  /** All at once and without a trace in the list; what is remembered beyond this page is not touched. */
  stop() {
    for (const { run } of this.#jobs.values()) run?.abort();
    this.#jobs.clear();
    this.#items.clear();
    this.#show();
  }

  /** A duplicate found in the trash was taken out of it. */
  restored(id: number) {
    this.#change(id, { trashed: false, note: "Taken out of the trash" });
  }

  /** Whether the file is still at hand to be sent again. */
  canRetry = (item: Item) => item.state === "failed" && this.#jobs.has(item.id);

  async #run(id: number) {
    const job = this.#jobs.get(id);
    if (!job) return;
    const run = new AbortController();
    const { signal } = run;
    job.run = run;
    job.tries = 0;
    for (;;) {
      try {
        await this.#attempt(id, job, signal);
        return;
      } catch (error) {
        if (isOver(signal)) return;
        const refusal = refusalOf(error);
        // The photo is there, and that counts.
        if (job.settled && refusal.again === "no") {
          job.film = null;
          this.#finish(id, job, { ...job.settled, note: "Added. The film beside it does not belong to this photo" });
          return;
        }
        // Being asked to wait is no failure of this file.
        if (refusal.after === null) job.tries += 1;
        if (refusal.again !== "soon" || (refusal.concerns !== "network" && job.tries >= TRIES)) {
          this.#refuse(id, job, refusal);
          return;
        }
        if (refusal.rehash) this.#note(job, { sha256: null, upload: null });
        await this.#rest(id, job, refusal, signal);
        if (isOver(signal)) return;
      }
    }
  }

  async #rest(id: number, job: Job, { text, after, concerns }: Refusal, signal: AbortSignal) {
    this.#change(id, concerns === "network" ? { state: "offline", note: null } : { state: "waiting", note: text });
    const rest = this.#world.pause(retryDelay(job.tries - 1, after), signal);
    if (concerns !== "file") this.#resting = rest;
    await rest;
  }

  #refuse(id: number, job: Job, { text, again, concerns }: Refusal) {
    if (again === "no") {
      this.#jobs.delete(id);
      this.#world.memory.forget([job.key]);
    }
    this.#change(id, { state: "failed", note: again === "soon" ? givenUp(text) : text, waitsFor: concerns === "session" || concerns === "room" ? concerns : null });
  }

  async #attempt(id: number, job: Job, signal: AbortSignal) {
    if (job.file.size === 0) {
      this.#fail(id, job, "empty_file");
      return;
    }
    await this.#resting;
    if (!job.settled) await this.#sendPhoto(id, job, signal);
    if (job.settled && job.film) await this.#sendFilm(id, job, job.film, signal);
  }

  async #sendPhoto(id: number, job: Job, signal: AbortSignal) {
    if (job.sha256 === null) await this.#hash(id, job, signal);
    await this.#sameBytes.run(job.sha256 ?? job.key, async () => {
      signal.throwIfAborted();
      if (await this.#isThere(id, job, signal)) return;
      await this.#sending.run(async () => {
        await this.#resting;
        signal.throwIfAborted();
        this.#change(id, { state: "sending", note: null });
        await this.#send(id, job, signal);
      });
      await this.#seeToTheEnd(id, job, signal);
    });
  }

  /** An upload of its own, which names its photo. */
  async #sendFilm(id: number, job: Job, film: File, signal: AbortSignal) {
    await this.#sending.run(async () => {
      await this.#resting;
      signal.throwIfAborted();
      this.#change(id, { state: "sending", note: null });
      const transfer = { file: film, sha256: null, upload: job.filmUpload, liveOf: job.sha256 ?? "" };
      await this.#world.send(transfer, signal, {
        onCreated: (created) => { job.filmUpload = created; },
        onProgress: (sent) => { if (!signal.aborted) this.#change(id, { sent: job.file.size + sent }); },
        onAccepted: () => { job.tries = 0; },
      });
    });
    this.#change(id, { state: "finishing", note: null });
    for (let turn = 0; ; turn++) {
      const status = job.filmUpload === null ? null : await this.#world.status(job.filmUpload).catch((error: unknown) => {
        if (isGone(error)) return null;
        throw error;
      });
      signal.throwIfAborted();
      if (status?.status === "ready" || status?.status === "duplicate") break;
      if (!status || status.status === "failed") job.filmUpload = null;
      if (status?.status === "failed") throw problemOf(status);
      if (!status || status.status === "receiving") throw new Problem(409, {});
      await this.#world.pause(ASK_AGAIN_MS[Math.min(turn, ASK_AGAIN_MS.length - 1)] ?? 0, signal);
      signal.throwIfAborted();
    }
    job.film = null;
    this.#finish(id, job, job.settled ?? {});
    this.#world.onStored();
  }

  async #hash(id: number, job: Job, signal: AbortSignal) {
    await this.#hashing.run(async () => {
      signal.throwIfAborted();
      this.#change(id, { state: "checking", checked: 0, note: null });
      const sha256 = await this.#world.hash(job.file, signal, (hashed) => this.#change(id, { checked: hashed / job.file.size }));
      signal.throwIfAborted();
      this.#change(id, { state: "waiting" });
      if (sha256 === null) return;
      const earlier = job.upload === null ? this.#world.memory.takeBySha256(job.key, sha256) : null;
      if (earlier) job.upload = earlier.upload;
      this.#note(job, { sha256 });
    });
  }

  /** Whether the server has it all, so that nothing needs to be sent: of this upload, or of an earlier one. */
  async #isThere(id: number, job: Job, signal: AbortSignal): Promise<boolean> {
    if (job.upload !== null) {
      const status = await this.#statusOf(job);
      signal.throwIfAborted();
      if (status?.status === "receiving") {
        this.#change(id, { sent: status.offset });
        return false;
      }
      if (status && status.status !== "failed") {
        await this.#seeToTheEnd(id, job, signal);
        return true;
      }
      this.#note(job, { upload: null });
      // What the server will never take is not sent to it once more.
      if (status && refusalOf(problemOf(status)).again === "no") throw problemOf(status);
    }
    return job.sha256 !== null && this.#isKnown(id, job, job.sha256, signal);
  }

  /** Whether asking alone settled it. Where asking fails for good, sending will tell. */
  async #isKnown(id: number, job: Job, sha256: string, signal: AbortSignal): Promise<boolean> {
    let result: CheckResult;
    try {
      result = await this.#world.check({ ref: `${id}`, sha256, bytes: job.file.size });
    } catch (error) {
      if (isPassing(error)) throw error;
      return false;
    }
    signal.throwIfAborted();
    if (result.result === "duplicate") {
      if (result.live) job.film = null;
      this.#finish(id, job, { state: job.mayBeThere ? "done" : "duplicate", photoId: result.photo_id ?? null, trashed: result.trashed ?? false });
      if (job.mayBeThere) this.#world.onStored();
    }
    // Once there is room, it is as welcome as any.
    if (result.code === "quota_exceeded") throw new Problem(413, { code: result.code });
    if (result.result === "rejected") this.#fail(id, job, result.code ?? "");
    return result.result !== "accept";
  }

  async #send(id: number, job: Job, signal: AbortSignal) {
    const { file, sha256, upload } = job;
    await this.#world.send({ file, sha256, upload }, signal, {
      onCreated: (created) => this.#note(job, { upload: created }),
      onProgress: (sent) => {
        if (job.upload === null && sent >= file.size) job.mayBeThere = true;
        if (!signal.aborted) this.#change(id, { sent, state: sent >= file.size ? "finishing" : "sending" });
      },
      onAccepted: () => { job.tries = 0; },
    });
  }

  /** The server has every byte. Only its word that the photo is kept is taken for that. */
  async #seeToTheEnd(id: number, job: Job, signal: AbortSignal) {
    this.#change(id, { state: "finishing", sent: job.file.size, note: null });
    for (let turn = 0; ; turn++) {
      const status = await this.#statusOf(job);
      signal.throwIfAborted();
      if (!status) throw new Error("the server has forgotten an upload that it had taken whole");
      if (status.status === "ready") {
        this.#finish(id, job, { state: "done", photoId: status.photo_id ?? null });
        this.#world.onStored();
        return;
      }
      if (status.status === "duplicate") {
        this.#finish(id, job, { state: "duplicate", photoId: status.photo_id ?? null, trashed: await this.#isTrashed(id, job) });
        return;
      }
      if (status.status === "failed") {
        this.#note(job, { upload: null });
        throw problemOf(status);
      }
      // The server has lost bytes that it had: the next attempt brings them.
      if (status.status === "receiving") throw new Problem(409, {});
      await this.#world.pause(ASK_AGAIN_MS[Math.min(turn, ASK_AGAIN_MS.length - 1)] ?? 0, signal);
      signal.throwIfAborted();
    }
  }

  async #statusOf(job: Job): Promise<UploadStatus | null> {
    if (job.upload === null) return null;
    try {
      return await this.#world.status(job.upload);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#note(job, { upload: null });
      return null;
    }
  }

  async #isTrashed(id: number, { sha256, file }: Job): Promise<boolean> {
    if (sha256 === null) return false;
    return this.#world.check({ ref: `${id}`, sha256, bytes: file.size }).then(({ trashed }) => trashed ?? false, () => false);
  }

  #finish(id: number, job: Job, change: Partial<Item>) {
    // Without the hash of its photo there is no telling the server where a film belongs.
    if (job.film && job.sha256 !== null) {
      job.settled = change;
      return;
    }
    const sent = this.#items.get(id)?.size ?? job.file.size;
    const note = job.film ? "Added without its film" : change.trashed ? "Already there, in the trash" : null;
    this.#change(id, { note, sent, ...change });
    this.#jobs.delete(id);
    this.#world.memory.forget([job.key]);
  }

  #fail(id: number, job: Job, code: string) {
    this.#change(id, { state: "failed", note: sentenceFor(code) ?? "The server does not take this file." });
    this.#jobs.delete(id);
    this.#world.memory.forget([job.key]);
  }

  #note(job: Job, change: Partial<Pick<Kept, "sha256" | "upload">>) {
    Object.assign(job, change);
    this.#world.memory.note(job.key, change);
  }

  #change(id: number, change: Partial<Item>) {
    const item = this.#items.get(id);
    if (!item) return;
    this.#items.set(id, { ...item, ...change });
    this.#show();
  }

  #show() {
    if (!this.#shown) return;
    this.#shown = false;
    this.#world.soon(() => {
      this.#shown = true;
      this.items.set([...this.#items.values()]);
    });
  }
}

/** Changes while something is awaited, which the compiler does not see. */
const isOver = ({ aborted }: AbortSignal) => aborted;

/** A promise to go on by itself is not kept for ever. */
const givenUp = (text: string) => text.replace(/ (This (goes on|is sent again)\b.*)$/, " It was tried several times; try again when you like.");
