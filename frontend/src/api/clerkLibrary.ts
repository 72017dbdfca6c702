import { Clerk as Library, isClerkAPIResponseError } from "@clerk/clerk-js/no-rhc";
import type { Clerk } from "./clerk";
import { Unreachable } from "./problem";

/** Clerk's own library, without the parts that it would load from elsewhere. The forms are on Clerk's pages: they insert styles, which our policy refuses. */
export async function open(key: string): Promise<Clerk> {
  const library = new Library(key);
  // Tokens are asked for when they are needed, not by a clock.
  await library.load({ polling: false, telemetry: false }).catch(() => { throw new Unreachable(AWAY); });
  // Without an answer it makes do with what it remembers, or with nothing, and nobody is signed in.
  if (library.status !== "ready" || !library.buildSignInUrl().startsWith("https:")) throw new Unreachable(AWAY);
  return {
    token: async () => {
      try {
        return (await library.session?.getToken({ skipCache: true })) ?? null;
      } catch (error) {
        if (isClerkAPIResponseError(error) && SAYS_NO.has(error.status)) return null;
        throw new Unreachable(AWAY);
      }
    },
    leave: async (back) => {
      await library.redirectToSignIn({ signInForceRedirectUrl: back, signUpForceRedirectUrl: back });
    },
    // With something to do afterwards it leaves the page where it is.
    signOut: () => library.signOut(() => undefined),
    profile: () => library.buildUserProfileUrl(),
  };
}

const AWAY = "Clerk does not answer, where you sign in. Check that you are connected to the internet.";

/** The session is over, or never was. Anything else may be another in a moment. */
const SAYS_NO = new Set([401, 403, 404, 422]);
