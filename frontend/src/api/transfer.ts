import { Upload, type DetailedError, type HttpRequest } from "tus-js-client";
import { LIBRARY_HEADER, LIBRARY_UNKNOWN, libraryFor, loseLibrary } from "./library";
import { Problem, problemFrom, SessionEnded, Unreachable } from "./problem";
import { accessToken } from "./session";
import { UPLOADS } from "./uploads";

export interface Transfer {
  file: File;
  /** Where it is known, the server notices bytes that were damaged on the way. */
  sha256: string | null;
  /** The upload that has part of the file already. */
  upload: string | null;
  /** It is the film of the photo with this hash. */
  liveOf?: string;
}

export interface TransferEvents {
  onCreated: (upload: string) => void;
  onProgress: (sent: number) => void;
  /** The server has this much, whatever breaks now. */
  onAccepted: (offset: number) => void;
}

/** Bytes in one request: far below what nginx takes, and small enough that a token of 15 minutes outlasts it on a slow line. */
const CHUNK = 8 * 1024 * 1024;
/** A file up to this size goes out with the request that announces it: a turn less, where little can be lost. */
const AT_ONCE_UP_TO = 1024 * 1024;
/** No byte goes out for this long: the connection is gone, whether or not anyone has noticed. */
const STALLED_MS = 45_000;
/** All are out, and the server makes the photo's pictures or waits for its turn to. */
const ANSWERS_MS = 300_000;

/** Sends what the server does not have yet of a file, by tus. Resolves to the upload's id when it has every byte. Tries nothing twice but a token. */
export async function sendFile(transfer: Transfer, signal: AbortSignal, events: TransferEvents): Promise<string> {
  let { upload } = transfer;
  let refused: string | undefined;
  for (;;) {
    const token = { refused, used: undefined };
    try {
      return await send({ ...transfer, upload }, token, signal, {
        ...events,
        onCreated: (id) => {
          upload = id;
          events.onCreated(id);
        },
      });
    } catch (error) {
      if (!(error instanceof Problem && error.status === 401) || refused !== undefined) throw error;
      refused = token.used;
    }
  }
}

interface Token {
  refused: string | undefined;
  used: string | undefined;
}

function send({ file, sha256, upload, liveOf }: Transfer, token: Token, signal: AbortSignal, { onCreated, onProgress, onAccepted }: TransferEvents): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let watch: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(watch);
      signal.removeEventListener("abort", abort);
      window.removeEventListener("offline", lost);
      settle();
    };
    const stop = (error: Error) => end(() => {
      reject(error);
      void client.abort();
    });
    const abort = () => stop(new DOMException("The upload was stopped.", "AbortError"));
    const lost = () => stop(new Unreachable());
    const alive = (sent: number) => {
      clearTimeout(watch);
      watch = setTimeout(lost, sent < file.size ? STALLED_MS : ANSWERS_MS);
    };
    const library = libraryFor(UPLOADS);
    const client = new Upload(file, {
      // With an endpoint at hand it would begin a new upload whenever asking after the old one fails, be it for a moment's outage.
      ...(upload === null ? { endpoint: address() } : { uploadUrl: address(upload) }),
      metadata: metadataOf(file, sha256, liveOf),
      chunkSize: CHUNK,
      uploadDataDuringCreation: file.size <= AT_ONCE_UP_TO,
      // When to try again and what to remember is decided for all files together, in the queue.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(""),
      onBeforeRequest: async (request: HttpRequest) => {
        token.used = await accessToken(token.refused);
        signal.throwIfAborted();
        request.setHeader("Authorization", `Bearer ${token.used}`);
        request.setHeader("Accept", "application/json");
        if (library !== null) request.setHeader(LIBRARY_HEADER, library);
      },
      onUploadUrlAvailable: () => {
        const id = idOf(client.url);
        if (id === null) stop(new Problem(502, { detail: "The server gave the upload an address that is not its own." }));
        else if (id !== upload) onCreated(id);
      },
      onProgress: (sent) => {
        alive(sent);
        onProgress(sent);
      },
      onChunkComplete: (_size, offset) => onAccepted(offset),
      onSuccess: () => end(() => resolve(idOf(client.url) ?? "")),
      onError: (error) => end(() => void meaningOf(error, file).then((meaning) => {
        if (library !== null && meaning instanceof Problem && meaning.code === LIBRARY_UNKNOWN) loseLibrary(library);
        return meaning;
      }).then(reject)),
    });
    signal.addEventListener("abort", abort);
    window.addEventListener("offline", lost);
    alive(0);
    client.start();
  });
}

const address = (id?: string) => new URL(id === undefined ? UPLOADS : `${UPLOADS}/${id}`, window.location.origin).href;

/** The token goes to no other address. */
function idOf(url: string | null): string | null {
  if (url === null || !url.startsWith(`${address()}/`)) return null;
  return /^[\w-]+$/.exec(url.slice(address().length + 1))?.[0] ?? null;
}

function metadataOf(file: File, sha256: string | null, liveOf?: string): Record<string, string> {
  return {
    filename: file.name,
    ...(file.type ? { filetype: file.type } : {}),
    ...(sha256 === null ? {} : { sha256 }),
    ...(liveOf === undefined ? {} : { live_of: liveOf }),
    ...(file.lastModified > 0 ? { taken_at: new Date(file.lastModified).toISOString() } : {}),
  };
}

async function meaningOf(error: Error | DetailedError, file: File): Promise<unknown> {
  const { originalResponse, causingError } = error as Partial<DetailedError>;
  if (originalResponse && originalResponse.getStatus() > 0) {
    return problemFrom(originalResponse.getStatus(), json(originalResponse.getBody()), originalResponse.getHeader("Retry-After") ?? null);
  }
  if (causingError instanceof Problem || causingError instanceof SessionEnded || causingError instanceof Unreachable) return causingError;
  // A file that is gone breaks a request just as a network does; only the file itself can tell which it was.
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (unreadable) {
    return unreadable;
  }
  return new Unreachable();
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
