import { thumbHashToDataURL } from "thumbhash";

/** About 4 kB each; enough for several screens in both directions. */
const KEPT = 1500;
const known = new Map<string, string>();

/** The blurred picture a ThumbHash stands for, as a data URL; empty where the hash is none. */
export function placeholder(hash: string): string {
  const kept = known.get(hash);
  if (kept !== undefined) return kept;
  const url = decode(hash);
  if (known.size >= KEPT) known.delete(known.keys().next().value ?? "");
  known.set(hash, url);
  return url;
}

function decode(hash: string): string {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)));
  } catch {
    return "";
  }
}
