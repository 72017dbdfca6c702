import createClient from "openapi-fetch";
import { LIBRARY_HEADER, LIBRARY_UNKNOWN, libraryFor, loseLibrary } from "./library";
import { problemFrom, Unreachable } from "./problem";
import type { paths } from "./schema.gen";
import { accessToken } from "./session";

/** The API with the caller's token, about the library that is open. A 401 is tried once more with a fresh one. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", fetch: authorised });

async function authorised(request: Request): Promise<Response> {
  const token = await accessToken();
  const answer = await send(request.clone(), token);
  if (answer.status !== 401) return answer;
  return send(request, await accessToken(token));
}

async function send(request: Request, token: string): Promise<Response> {
  const library = libraryFor(new URL(request.url).pathname);
  request.headers.set("Authorization", `Bearer ${token}`);
  if (library !== null) request.headers.set(LIBRARY_HEADER, library);
  const answer = await fetch(request).catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    throw new Unreachable();
  });
  if (library !== null && answer.status === 404 && await isLibraryUnknown(answer.clone())) loseLibrary(library);
  return answer;
}

/** Rather than the photo or the upload. */
async function isLibraryUnknown(refusal: Response): Promise<boolean> {
  const body: unknown = await refusal.json().catch(() => null);
  return problemFrom(404, body, null).code === LIBRARY_UNKNOWN;
}

/** The body of a good answer; throws Problem otherwise. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error, response.headers.get("Retry-After"));
  return data as T;
}
