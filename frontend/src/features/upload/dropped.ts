import type { Chosen } from "./kept";

/** The files of a drop, those inside dropped folders included; with handles where the browser gives them. */
export async function droppedFiles(transfer: DataTransfer): Promise<Chosen[]> {
  // All of it must be taken before the first await: the browser empties the transfer after the event.
  const items = Array.from(transfer.items).filter(({ kind }) => kind === "file");
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry(), handle: handleOf(item) }));
  const plain = Array.from(transfer.files);
  const found = await Promise.all(taken.map(async ({ entry, handle }) => {
    const held = await handle;
    if (held) return fromHandle(held);
    return entry ? fromEntry(entry) : [];
  }));
  const files = found.flat();
  return (files.length > 0 ? files : plain.map((file) => ({ file }))).filter(({ file }) => isWanted(file));
}

/** Chromium's, and only in a secure context. */
const handleOf = (item: DataTransferItem): Promise<FileSystemHandle | null> =>
  (item as { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> }).getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);

async function fromHandle(handle: FileSystemHandle): Promise<Chosen[]> {
  if (isFileHandle(handle)) return [{ file: await handle.getFile(), handle }];
  const files: Chosen[] = [];
  for await (const inner of (handle as unknown as { values: () => AsyncIterable<FileSystemHandle> }).values()) files.push(...(await fromHandle(inner)));
  return files;
}

async function fromEntry(entry: FileSystemEntry): Promise<Chosen[]> {
  if (isFile(entry)) return [{ file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: Chosen[] = [];
  for (;;) {
    // A reader hands out a hundred at a time, and nothing when it has no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    for (const inner of some) files.push(...(await fromEntry(inner)));
  }
}

const isFileHandle = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === "file";
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** What systems leave in folders for themselves is nobody's photo. */
const isWanted = ({ name }: File) => !name.startsWith(".") && name !== "Thumbs.db" && name !== "desktop.ini";
