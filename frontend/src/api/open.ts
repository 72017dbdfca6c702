import createClient from "openapi-fetch";
import { Unreachable } from "./problem";
import type { paths } from "./schema.gen";

/** The API for somebody who is not signed in. */
export const open = createClient<paths>({
  baseUrl: "",
  credentials: "omit",
  fetch: async (request) => {
    try {
      return await fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Unreachable();
    }
  },
});
