import { answer, api } from "./client";
import { Problem, Unreachable } from "./problem";
import type { components } from "./schema.gen";

export type Check = { ref: string; sha256: string; bytes: number };
export type CheckResult = components["schemas"]["CheckAnswerItem"];

/** What the server says has become of an upload. Only `ready` and `duplicate` mean that the photo is kept. */
export type UploadStatus = components["schemas"]["UploadState"];

export const UPLOADS = "/api/v1/uploads";
/** A question that takes longer is lost. */
const ANSWER_MS = 30_000;

/** Asks which of these files would be taken, before any of them is sent. */
export const checkFiles = async (items: Check[]): Promise<CheckResult[]> =>
  (await inTime((signal) => answer(api.POST("/api/v1/photos/check", { body: { items }, signal })))).items;

/** How an upload stands. Throws a Problem of status 404 where it is unknown, expired or somebody else's. */
export const uploadStatus = (id: string): Promise<UploadStatus> =>
  inTime((signal) => answer(api.GET("/api/v1/uploads/{id}", { params: { path: { id } }, signal })));

/** The server forgets what it has of an upload. Where it does not hear of it, the upload expires by itself. */
export async function removeUpload(id: string): Promise<void> {
  const { response } = await end(id);
  // The request that was just broken off may still hold the upload.
  if (response.status !== 423) return;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await end(id);
}

const end = (id: string) =>
  inTime((signal) => api.DELETE("/api/v1/uploads/{id}", { params: { path: { id }, header: { "Tus-Resumable": "1.0.0" } }, signal }));

/** The problem for which an upload failed, as if the server had just said it. */
export const problemOf = ({ problem }: UploadStatus) => new Problem(problem?.status ?? 422, problem ?? {});

async function inTime<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    return await call(signal);
  } catch (error) {
    if (signal.aborted) throw new Unreachable();
    throw error;
  }
}
