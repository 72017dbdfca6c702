/** What this browser remembers of a file that is not finished, so that it goes on after a reload. */
export interface Kept {
  key: string;
  /** Whose upload it is; nobody else is told of it. */
  person: string;
  /** The organisation whose library it is for; null is the person's own. Missing from what was kept before there were others. */
  library?: string | null;
  name: string;
  size: number;
  modified: number;
  sha256: string | null;
  /** The server's id of the upload, once there is one. */
  upload: string | null;
  /** Gives the file without it being chosen again, where the browser can. */
  handle: FileSystemFileHandle | null;
  since: number;
}

/** Where it is remembered. Whatever fails there fails in silence: an upload needs no memory. */
export interface Shelf {
  all: () => Promise<Kept[]>;
  put: (kept: readonly Kept[]) => Promise<void>;
  remove: (keys: readonly string[]) => Promise<void>;
}

/** A file as it was chosen. */
export interface Chosen {
  file: File;
  handle?: FileSystemFileHandle | null;
  /** The film that belongs to it, and goes after it. */
  film?: File;
  /** It goes on with this. */
  kept?: Kept;
}

/** The server forgets uploads sooner; after this long nobody means to go on. */
const KEEP_MS = 7 * 24 * 3_600_000;

/** Who uploads, and whither. */
export interface Owner {
  person: string;
  library: string | null;
}

/** Splits what lies on the shelf into what may be gone on with here, and what is to be thrown away. What is for another library of the same person stays where it is. */
export function sorted(all: readonly Kept[], { person, library }: Owner, now: number): { mine: Kept[]; stale: Kept[] } {
  const isTheirs = (kept: Kept) => kept.person === person && now - kept.since < KEEP_MS;
  const isMine = (kept: Kept) => isTheirs(kept) && (kept.library ?? null) === library;
  return { mine: all.filter(isMine).sort((a, b) => a.since - b.since), stale: all.filter((kept) => !isTheirs(kept)) };
}

/** Very likely the same file: whether it is, its hash decides before the server takes it. */
export const looksLike = ({ name, size, lastModified }: File) => (kept: Kept) =>
  kept.name === name && kept.size === size && kept.modified === lastModified;

export const newKept = (key: string, { person, library }: Owner, { file, handle = null }: Chosen, now: number): Kept => ({
  key, person, library, name: file.name, size: file.size, modified: file.lastModified, sha256: null, upload: null, handle, since: now,
});
