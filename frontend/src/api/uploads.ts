import { answer, api, authorised } from "./client";
import { Problem, problemFrom, Unreachable, type ProblemDocument } from "./problem";
import type { components } from "./schema.gen";

export type Check = { ref: string; sha256: string; bytes: number };
export type CheckResult = components["schemas"]["CheckAnswerItem"];

/** What the server says has become of an upload. Only `ready` and `duplicate` mean that the photo is kept. */
export interface UploadStatus {
  id: string;
  status: "receiving" | "stored" | "processing" | "ready" | "duplicate" | "failed";
  offset: number;
  length: number | null;
  photo_id: string | null;
  problem: Partial<ProblemDocument> | null;
}

export const UPLOADS = "/api/v1/uploads";
/** A question that takes longer is lost. */
const ANSWER_MS = 30_000;

/** Asks which of these files would be taken, before any of them is sent. */
export const checkFiles = async (items: Check[]): Promise<CheckResult[]> =>
  (await inTime((signal) => answer(api.POST("/api/v1/photos/check", { body: { items }, signal })))).items;

/** How an upload stands. Throws a Problem of status 404 where it is unknown, expired or somebody else's. */
export const uploadStatus = (id: string): Promise<UploadStatus> =>
  inTime(async (signal) => {
    const response = await ask(id, "GET", signal);
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemFrom(response.status, body, response.headers.get("Retry-After"));
    return body as UploadStatus;
  });

/** The server forgets what it has of an upload. Where it does not hear of it, the upload expires by itself. */
export async function removeUpload(id: string): Promise<void> {
  const response = await inTime((signal) => ask(id, "DELETE", signal));
  // The request that was just broken off may still hold the upload.
  if (response.status !== 423) return;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await inTime((signal) => ask(id, "DELETE", signal));
}

/** The problem for which an upload failed, as if the server had just said it. */
export const problemOf = ({ problem }: UploadStatus) => new Problem(problem?.status ?? 422, problem ?? {});

const ask = (id: string, method: string, signal: AbortSignal) =>
  authorised(new Request(`${UPLOADS}/${id}`, { method, signal, credentials: "same-origin", headers: { "Tus-Resumable": "1.0.0", Accept: "application/json" } }));

async function inTime<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    return await call(signal);
  } catch (error) {
    if (signal.aborted) throw new Unreachable();
    throw error;
  }
}
