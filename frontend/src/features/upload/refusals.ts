import { isPassing, Problem, SessionEnded, Unreachable } from "../../api/problem";

export interface Refusal {
  text: string;
  /** `soon`: by itself, after a while. `ask`: when the person says so. `no`: the file will never be taken. */
  again: "soon" | "ask" | "no";
  /** Milliseconds the server asked for. */
  after: number | null;
  /** Whose affair it is: this file's alone, or that of everything that would be sent now. */
  concerns: "file" | "network" | "server" | "session" | "room";
  /** The file may have changed under our hands. */
  rehash: boolean;
}

/** What each refusal means to the person whose photo it is. */
const sentences: Record<string, string> = {
  empty_file: "This file is empty.",
  unsupported_media_type: "Photure cannot show this file. It takes JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF, JPEG XL, BMP and camera RAW with a preview.",
  truncated_image: "Part of this photo is missing. Copy it from the camera again, then upload it once more.",
  corrupt_image: "This file is damaged and cannot be opened as a photo.",
  too_many_pixels: "This photo has more pixels than this server takes.",
  image_too_costly: "This photo would take more memory to open than this server allows.",
  payload_too_large: "This file is larger than this server takes.",
  live_mismatch: "This film belongs to another photo.",
  live_exists: "This photo has another film already.",
  storage_full: "The server has no room left. Free some space there, then try again.",
  quota_exceeded: "There is no room left for this.",
};

const waiting: Record<string, string> = {
  digest_mismatch: "Something was damaged on the way. This is sent again by itself.",
  rate_limited: "The server asked for a pause. This goes on by itself.",
  hash_claimed: "The server is still tidying up an earlier copy. This goes on by itself.",
};

const never = new Set(["empty_file", "unsupported_media_type", "truncated_image", "corrupt_image", "too_many_pixels", "image_too_costly", "payload_too_large", "live_mismatch", "live_exists"]);

/** What tus says when page and server differ on where an upload stands: not found, wrong offset, gone, locked, checksum. Asking anew clears it up. */
const astray = new Set([404, 409, 410, 423, 460]);

export function refusalOf(error: unknown): Refusal {
  const refusal = (text: string, again: Refusal["again"], rest: Partial<Refusal> = {}): Refusal => ({ text, again, after: null, concerns: "file", rehash: false, ...rest });
  if (error instanceof SessionEnded) return refusal("Your session has ended. Sign in and this goes on.", "ask", { concerns: "session" });
  if (error instanceof Unreachable) return refusal("No network. Goes on by itself", "soon", { concerns: "network" });
  if (error instanceof Problem) {
    if (error.code === "digest_mismatch") return refusal(waiting.digest_mismatch ?? "", "soon", { rehash: true });
    if (isPassing(error)) return refusal(waiting[error.code] ?? "The server is busy. This goes on by itself.", "soon", { after: error.retryAfter, concerns: "server" });
    if (astray.has(error.status)) return refusal(waiting[error.code] ?? "Waiting for the server. This goes on by itself.", "soon", { after: error.retryAfter });
    const text = sentenceFor(error.code) ?? (error.status === 413 ? sentences.payload_too_large : undefined) ?? error.message;
    if (error.code === "quota_exceeded") return refusal(text, "ask", { concerns: "room" });
    return refusal(text, never.has(error.code) || error.status === 413 || error.status === 415 ? "no" : "ask");
  }
  if (error instanceof DOMException) return refusal("This file could not be read. It may have been moved or deleted since.", "ask");
  return refusal("Something went wrong with this file. Try it again.", "ask");
}

export const sentenceFor = (code: string | null | undefined): string | undefined => sentences[code ?? ""];

/** One, two, four … seconds, at most half a minute; what the server asks for comes first. */
export function retryDelay(attempt: number, after: number | null): number {
  return after ?? Math.min(30_000, 1000 * 2 ** Math.max(0, attempt));
}
