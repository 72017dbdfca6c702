import { Store } from "../../lib/store";
import { looksLike, newKept, sorted, type Chosen, type Kept, type Owner, type Shelf } from "./kept";

/** What tabs of the same browser tell each other, so that none offers what another is sending. */
export interface Tabs {
  post: (message: TabMessage) => void;
  listen: (listener: (message: TabMessage) => void) => void;
}
export type TabMessage = { ask: "held" } | { held: string[] } | { gone: string[] };

/** Other tabs have answered by then. */
const TABS_ANSWER_MS = 200;

/** What they take is not remembered beyond the page. */
const NOBODY: Owner = { person: "", library: null };

/** Uploads that an earlier page left behind, and the memory of those under way. */
export class Unfinished {
  /** What may be gone on with, and no tab does. */
  readonly left = new Store<readonly Kept[]>([]);
  readonly #shelf: Shelf;
  readonly #tabs: Tabs | null;
  readonly #held = new Map<string, Kept>();
  #owner: Owner | null = null;
  readonly #newKey: () => string;

  constructor(shelf: Shelf, tabs: Tabs | null, newKey = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`) {
    this.#shelf = shelf;
    this.#tabs = tabs;
    this.#newKey = newKey;
    tabs?.listen((message) => {
      if ("ask" in message) this.#tellHeld();
      else this.#without("held" in message ? message.held : message.gone);
    });
  }

  /** Someone is signed in: what is theirs in this library is offered, and what is not theirs is thrown away. */
  async open(owner: Owner, now = Date.now()) {
    this.#owner = owner;
    const { mine, stale } = sorted(await this.#shelf.all(), owner, now);
    if (stale.length > 0) await this.#shelf.remove(stale.map(({ key }) => key));
    if (mine.length === 0) return;
    const held = new Set<string>();
    if (this.#tabs) {
      this.#answers = held;
      this.#tabs.post({ ask: "held" });
      await new Promise((resolve) => setTimeout(resolve, TABS_ANSWER_MS));
      this.#answers = null;
    }
    if (this.#owner !== owner) return;
    this.left.set(mine.filter(({ key }) => !held.has(key) && !this.#held.has(key)));
  }

  #answers: Set<string> | null = null;

  /** Nobody is signed in any more: nothing stays. */
  async clear() {
    this.#owner = null;
    this.#held.clear();
    this.left.set([]);
    await this.#shelf.remove((await this.#shelf.all()).map(({ key }) => key));
  }

  /** Remembers files that are about to be sent. What was left behind of one of them comes back with it. */
  take(chosen: readonly Chosen[], now = Date.now()): Kept[] {
    const owner = this.#owner;
    const left = new Map(this.left.get().map((kept) => [kept.key, kept]));
    const taken = chosen.map((one) => {
      const known = one.kept ?? [...left.values()].find(looksLike(one.file));
      if (known) left.delete(known.key);
      const kept = known && looksLike(one.file)(known)
        // Without a hash, nobody would notice a file that only looks the same.
        ? { ...known, upload: known.sha256 === null ? null : known.upload, handle: one.handle ?? known.handle }
        : newKept(known?.key ?? this.#newKey(), owner ?? NOBODY, one, now);
      this.#held.set(kept.key, kept);
      return kept;
    });
    this.left.set([...left.values()]);
    if (owner !== null) void this.#shelf.put(taken);
    this.#tellHeld();
    return taken;
  }

  /** The file was renamed or touched since; its bytes are the same, so what was sent of it counts. */
  takeBySha256(key: string, sha256: string): Kept | null {
    const same = this.left.get().find((kept) => kept.sha256 === sha256 && kept.upload !== null);
    if (!same) return null;
    this.forget([same.key]);
    this.note(key, { sha256, upload: same.upload });
    return same;
  }

  /** Their files could not be opened again: they were moved, or the person did not allow it. They can still be chosen. */
  unopened(keys: readonly string[]) {
    const lost = new Set(keys);
    const change = (kept: Kept) => (lost.has(kept.key) ? { ...kept, handle: null } : kept);
    this.left.set(this.left.get().map(change));
    if (this.#owner !== null) void this.#shelf.put(this.left.get().filter(({ key }) => lost.has(key)));
  }

  note(key: string, change: Partial<Pick<Kept, "sha256" | "upload">>) {
    const kept = this.#held.get(key);
    if (!kept) return;
    const next = { ...kept, ...change };
    this.#held.set(key, next);
    if (this.#owner !== null) void this.#shelf.put([next]);
  }

  forget(keys: readonly string[]) {
    for (const key of keys) this.#held.delete(key);
    this.#without(keys);
    void this.#shelf.remove(keys);
    this.#tabs?.post({ gone: [...keys] });
  }

  #tellHeld() {
    if (this.#held.size > 0) this.#tabs?.post({ held: [...this.#held.keys()] });
  }

  #without(keys: readonly string[]) {
    for (const key of keys) this.#answers?.add(key);
    const gone = new Set(keys);
    const rest = this.left.get().filter(({ key }) => !gone.has(key));
    if (rest.length < this.left.get().length) this.left.set(rest);
  }
}
