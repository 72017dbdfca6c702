import type { Chosen, Kept } from "./kept";

/** Endings that systems do not know as pictures: without them a picker greys the files out. A `.mov` is taken for the film of a photo. */
const ENDINGS = [
  ".heic", ".heif", ".avif", ".tif", ".tiff", ".jxl", ".bmp",
  ".mov", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2",
];

/** For the `accept` of an input. What a file is, the server decides by its bytes. */
export const ACCEPT = ["image/*", ...ENDINGS].join(",");

type Permitted = { queryPermission?: (how: object) => Promise<PermissionState>; requestPermission?: (how: object) => Promise<PermissionState> };

/** The files of handles that an earlier page was given, as far as the person allows it. Must begin with a click. */
export async function reopened(kept: readonly Kept[]): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const one of kept) {
    const file = one.handle && (await openedAgain(one.handle));
    if (file) chosen.push({ file, handle: one.handle, kept: one });
  }
  return chosen;
}

async function openedAgain(handle: FileSystemFileHandle): Promise<File | null> {
  const { queryPermission, requestPermission } = handle as Permitted;
  const how = { mode: "read" };
  try {
    const state = (await queryPermission?.call(handle, how)) ?? "granted";
    if (state !== "granted" && (await requestPermission?.call(handle, how)) !== "granted") return null;
    return await handle.getFile();
  } catch {
    return null;
  }
}
