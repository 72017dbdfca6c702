import { explain, Problem } from "../../api/problem";

/** Whose fault it is that a provider does not answer, the server says; it is none of its own. */
export const explainArrival = (error: unknown): string =>
  error instanceof Problem && error.code === "provider_unavailable" ? error.message : explain(error);
