import { answer, api } from "./client";
import type { components } from "./schema.gen";

type Archive = components["schemas"]["Archive"];

/** One ZIP of these photos' originals: its address needs no sign-in, so that the browser can save it. */
export function makeArchive(ids: readonly string[]): Promise<Archive> {
  return answer(api.POST("/api/v1/archives", { body: { photo_ids: [...ids] } }));
}
