import createClient from "openapi-fetch";
import { problemFrom, Unreachable } from "./problem";
import type { paths } from "./schema.gen";
import { accessToken } from "./session";

/** The API with the caller's token. A 401 is tried once more with a fresh one. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", fetch: authorised });

async function authorised(request: Request): Promise<Response> {
  const token = await accessToken();
  const answer = await send(request.clone(), token);
  if (answer.status !== 401) return answer;
  return send(request, await accessToken(token));
}

async function send(request: Request, token: string): Promise<Response> {
  request.headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Unreachable();
  }
}

/** The body of a good answer; throws Problem otherwise. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error, response.headers.get("Retry-After"));
  return data as T;
}
