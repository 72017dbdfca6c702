import { Unreachable } from "./problem";

/** Where a session is kept that is not ours: as much of Clerk as the page wants. */
export interface Clerk {
  /** One that is new, and good for a minute; null where nobody is signed in there. Throws Unreachable. */
  token: () => Promise<string | null>;
  /** Off to Clerk's own page; the browser comes back to this address. */
  leave: (back: string) => Promise<void>;
  signOut: () => Promise<void>;
  /** Where its people see to their devices and second factors. */
  profile: () => string;
}

const KEY = import.meta.env.VITE_CLERK_PUBLISHABLE_KEY;

export const hasClerk = Boolean(KEY);

let opened: Promise<Clerk> | null = null;

/** Clerk's library is twice as large as the page: it is fetched for those who sign in there. Built without a key, the page is without it. */
export function clerk(): Promise<Clerk> {
  if (!KEY) return Promise.reject(new Error("This page was built without Clerk."));
  opened ??= import("./clerkLibrary").catch(() => { throw new Unreachable(); }).then(({ open }) => open(KEY)).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}
