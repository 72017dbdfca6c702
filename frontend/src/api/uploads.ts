import { answer, api } from "./client";
import type { Photo } from "./photos";
import { problemFrom, Unreachable } from "./problem";
import { accessToken } from "./session";
import type { components } from "./schema.gen";

export type Check = { ref: string; sha256: string; bytes: number };
export type CheckResult = components["schemas"]["CheckAnswerItem"];

/** Asks which of these files would be taken, before any of them is sent. */
export const checkFiles = async (items: Check[]): Promise<CheckResult[]> =>
  (await answer(api.POST("/api/v1/photos/check", { body: { items } }))).items;

/** The hash, where it is known, lets the server notice bytes that were damaged on the way. */
export type Upload = { file: File; sha256: string | null };
export type Uploaded = { photo: Photo; created: boolean };

/** Sends one file. XMLHttpRequest, because fetch cannot say how much of a body has gone out. */
export async function uploadFile({ file, sha256 }: Upload, signal: AbortSignal, onProgress: (sent: number) => void): Promise<Uploaded> {
  const headers: Record<string, string> = sha256 === null ? {} : { "Repr-Digest": `sha-256=:${base64(sha256)}:` };
  const token = await accessToken();
  const first = await send(file, { ...headers, Authorization: `Bearer ${token}` }, signal, onProgress);
  const result = first.status === 401
    ? await send(file, { ...headers, Authorization: `Bearer ${await accessToken(token)}` }, signal, onProgress)
    : first;
  if (result.status === 200 || result.status === 201) return { photo: result.body as Photo, created: result.status === 201 };
  throw problemFrom(result.status, result.body, result.retryAfter);
}

type Answer = { status: number; body: unknown; retryAfter: string | null };

function send(file: File, headers: Record<string, string>, signal: AbortSignal, onProgress: (sent: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", "/api/v1/photos");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(Math.min(event.loaded, file.size)));
    request.addEventListener("load", () => resolve({
      status: request.status,
      body: request.response as unknown,
      retryAfter: request.getResponseHeader("Retry-After"),
    }));
    request.addEventListener("error", () => reject(new Unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("The upload was cancelled.", "AbortError")));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    signal.addEventListener("abort", abort);
    request.send(formOf(file));
  });
}

/** Small parts come before the file, so that a server that streams knows them by then. */
function formOf(file: File): FormData {
  const form = new FormData();
  if (file.lastModified > 0) form.append("taken_at", new Date(file.lastModified).toISOString());
  form.append("file", file, file.name);
  return form;
}

const base64 = (hex: string) => btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));
