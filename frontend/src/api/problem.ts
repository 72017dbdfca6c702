import type { components } from "./schema.gen";

type ProblemDocument = components["schemas"]["Problem"];
export type FieldError = { path: string; code: string; message: string };

/** The server refused, and said why (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[];
  /** Milliseconds the server asks to wait, from Retry-After. */
  readonly retryAfter: number | null;
  /** All that was said, also what only this kind of problem says. */
  readonly document: Partial<ProblemDocument>;

  constructor(status: number, document: Partial<ProblemDocument>, retryAfter: number | null = null) {
    super(document.detail ?? document.title ?? "The server could not do that.");
    this.name = "Problem";
    this.status = status;
    this.code = document.code ?? "";
    this.errors = document.errors ?? [];
    this.retryAfter = retryAfter;
    this.document = document;
  }

  /** The message for one field of a form, wherever the server put the path's slash or dot. */
  field(name: string): string | undefined {
    const message = this.errors.find((error) => error.path.replace(/^[/.$]+/, "") === name)?.message;
    return message && sentence(message);
  }
}

/** No answer came at all: no network, or nothing listens there. */
export class Unreachable extends Error {
  constructor(message = "Your Photure server does not answer. Check that it runs and that you are connected.") {
    super(message);
    this.name = "Unreachable";
  }
}

/** The session is over; only signing in helps. */
export class SessionEnded extends Error {
  constructor() {
    super("Your session has ended. Sign in again to go on.");
    this.name = "SessionEnded";
  }
}

/** `must have 3 to 32 characters` stands alone beside a field. */
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

export function problemFrom(status: number, body: unknown, retryAfter: string | null): Problem {
  const document = typeof body === "object" && body !== null ? (body as Partial<ProblemDocument>) : {};
  return new Problem(status, document, parseRetryAfter(retryAfter));
}

/** Seconds or an HTTP date. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | null {
  if (value === null || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** What to tell a person about any failure. */
export function explain(error: unknown): string {
  if (error instanceof Problem && error.status >= 500 && error.status !== 507) {
    return "The server has a problem of its own. Try again in a moment.";
  }
  return error instanceof Error ? error.message : "Something went wrong.";
}

/** Whether the same request may succeed later without anyone changing anything. */
export const isPassing = (error: unknown) =>
  error instanceof Unreachable || (error instanceof Problem && [408, 429, 502, 503, 504].includes(error.status));

export const isGone = (error: unknown) => error instanceof Problem && error.status === 404;
