import { withLock } from "../lib/lock";
import { Store } from "../lib/store";
import { clerk, hasClerk } from "./clerk";
import { Problem, problemFrom, SessionEnded, Unreachable } from "./problem";
import type { components } from "./schema.gen";
import { showPasskey } from "./webauthn";

type Tokens = components["schemas"]["Tokens"];
type Issued = Pick<Tokens, "access" | "expires_in">;
type LoginRefusal = components["schemas"]["LoginRefusal"];
export type SecondFactor = components["schemas"]["SecondFactor"];
type SecondFactorAnswer = components["schemas"]["SecondFactorAnswer"];
type ArrivalRefusal = components["schemas"]["ArrivalRefusal"];
type PendingLink = components["schemas"]["PendingLink"];

/** `ended`: was signed in here, and the server no longer accepts it. */
export type SessionState = "unknown" | "signed-in" | "signed-out" | "ended" | "unreachable";

export const session = new Store<SessionState>("unknown");

/** Who was signed in here last. It outlives an ended session, so that the same person finds their work again. */
export const person = new Store<string | null>(null);

const KEPT_AT = "photure.session-at";

/** Whether the session is Clerk's and not ours. The next page has to know before it asks one of the two. */
export const atClerk = new Store(hasClerk && localStorage.getItem(KEPT_AT) === "clerk");

/** Why somebody who came back from Clerk was not let in. */
export const refusedFromClerk = new Store<unknown>(null);

/** In memory only; the refresh token is in a cookie that scripts cannot read. */
let access: { token: string; expires: number } | null = null;
let refreshing: Promise<string> | null = null;
/** Counts sign-ins and sign-outs, so that a refresh begun before one does not undo it. */
let generation = 0;

/** A token with less left than this is replaced before it is used. */
const MARGIN_MS = 30_000;
const LOCK = "refresh";

const otherTabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("photure.session");
otherTabs?.addEventListener("message", (event) => {
  if (event.data === "signed-out" && session.get() === "signed-in") forget("signed-out");
});

/** A token that is good for now. Throws SessionEnded where there is none to be had. */
export async function accessToken(refused?: string): Promise<string> {
  if (access && access.token !== refused && Date.now() < access.expires) return access.token;
  refreshing ??= refresh(refused !== undefined).finally(() => { refreshing = null; });
  return refreshing;
}

/** Refresh tokens rotate, and using an old one ends the session: one refresh at a time, over all tabs. */
async function refresh(doubted: boolean): Promise<string> {
  const begun = generation;
  return withLock(LOCK, async () => {
    try {
      const tokens = atClerk.get() ? await issuedByClerk(doubted || session.get() !== "signed-in") : await exchange();
      if (begun !== generation) throw new SessionEnded();
      return keep(tokens);
    } catch (error) {
      if (error instanceof SessionEnded || (error instanceof Problem && (error.status === 401 || error.status === 422))) {
        if (begun === generation) forget(session.get() === "signed-in" ? "ended" : "signed-out");
        throw new SessionEnded();
      }
      throw error;
    }
  });
}

/**
 * The exchange outlives the page: the answer's cookie must be kept even if the page is left before it comes, or the next
 * page would offer a token that was used already. That next page finds the mark, and lets the answer arrive first.
 */
async function exchange(): Promise<Tokens> {
  const before = Number(mark.read());
  const left = before + ARRIVES_MS - Date.now();
  if (before > 0 && left > 0 && left <= ARRIVES_MS) await new Promise((resolve) => setTimeout(resolve, left));
  mark.set(`${Date.now()}`);
  try {
    const tokens = await post<Tokens>("auth/token/refresh", {});
    mark.set(null);
    return tokens;
  } catch (error) {
    // A page that is being left is told that the connection broke; the answer may be on its way all the same.
    if (error instanceof Problem) mark.set(null);
    throw error;
  }
}

/** An answer left behind has come by then. */
const ARRIVES_MS = 1500;

/** A cookie of the page's own: every tab and the next page see it at once, which they do not with localStorage. */
const mark = {
  read: () => /(?:^|; )photure_refreshing=(\d+)/.exec(document.cookie)?.[1] ?? null,
  set: (value: string | null) => {
    document.cookie = `photure_refreshing=${value ?? ""}; path=/; samesite=strict; max-age=${value === null ? 0 : 5}`;
  },
};

/** Clerk's word alone opens nothing: where `asked`, the server has its say too, which signs out there whomever it does not want. */
async function issuedByClerk(asked: boolean): Promise<Issued> {
  const access = await (await clerk()).token();
  if (access === null) throw new SessionEnded();
  if (!asked) return { access, expires_in: lifeOf(access) };
  try {
    await call("GET", "users/me", undefined, access);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      refusedFromClerk.set(error);
      await (await clerk()).signOut().catch(() => undefined);
    }
    throw error;
  }
  return { access, expires_in: lifeOf(access) };
}

/** Signs in whoever is signed in at Clerk, or sends them there; they come back to where they left, and `resume` finds them. */
export async function signInAtClerk(): Promise<void> {
  refusedFromClerk.set(null);
  const there = await clerk();
  const issued = await issuedByClerk(true).catch((error: unknown) => {
    if (error instanceof SessionEnded) return null;
    throw error;
  });
  keepAtClerk(true);
  if (!issued) return there.leave(location.href);
  generation += 1;
  keep(issued);
}

function keepAtClerk(is: boolean) {
  if (is) localStorage.setItem(KEPT_AT, "clerk");
  else localStorage.removeItem(KEPT_AT);
  atClerk.set(is);
}

/** Finds out at the start whether this browser is still signed in. */
export async function resume(): Promise<void> {
  try {
    await accessToken();
  } catch (error) {
    if (!(error instanceof SessionEnded) && session.get() !== "signed-in") session.set("unreachable");
  }
}

/** What is needed beside the password, or null where that was enough. */
export async function signIn(username: string, password: string): Promise<SecondFactor | null> {
  try {
    await begin("auth/login", { username, password });
    return null;
  } catch (error) {
    const asked = error instanceof Problem && error.code === "second_factor_required" && (error.document as LoginRefusal).second_factor;
    if (asked) return asked;
    throw error;
  }
}

/** Signed in by a provider, or what is needed before that. */
export type Arrival = { secondFactor: SecondFactor } | { link: PendingLink } | null;

/** Back from a provider, with what it has put into the address. */
export async function arriveFrom(provider: string, said: components["schemas"]["ProviderAnswer"]): Promise<Arrival> {
  try {
    await begin(`auth/oidc/${encodeURIComponent(provider)}/callback`, said);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { second_factor, link } = error.document as ArrivalRefusal;
    if (second_factor && error.code === "second_factor_required") return { secondFactor: second_factor };
    if (link && error.code === "link_required") return { link };
    throw error;
  }
}

/** The second step of signing in. */
export const answerSecondFactor = (answer: SecondFactorAnswer) => begin("auth/login/second-factor", answer);

/** No name, no password: the device knows whose key it has. */
export async function signInWithPasskey(): Promise<void> {
  const asked = await post<components["schemas"]["PasskeyRequest"]>("auth/login/passkey/options", {});
  await begin("auth/login/passkey", await showPasskey(asked));
}

async function begin(path: string, body: object): Promise<void> {
  const tokens = await withLock(LOCK, () => post<Tokens>(path, body));
  generation += 1;
  keepAtClerk(false);
  keep(tokens);
}

/** `invitation` is what an invitation's link has behind its `#`; empty where there is none. */
export const register = (username: string, email: string, password: string, invitation: string) =>
  post<components["schemas"]["Account"]>("auth/register", { username, email, password, ...(invitation ? { invitation } : {}) });

/** Signed out here and now, whether or not the server can be told. */
export async function signOut(): Promise<void> {
  const token = access?.token;
  const there = atClerk.get() ? clerk() : null;
  generation += 1;
  forget("signed-out");
  otherTabs?.postMessage("signed-out");
  if (there) return there.then((it) => it.signOut()).catch(() => undefined);
  await withLock(LOCK, () => post("auth/logout", {}, token)).catch(() => undefined);
}

function keep(tokens: Issued): string {
  const life = Math.max(tokens.expires_in * 1000 - MARGIN_MS, 5000);
  access = { token: tokens.access, expires: Date.now() + life };
  person.set(subjectOf(tokens.access));
  session.set("signed-in");
  return tokens.access;
}

function forget(state: SessionState) {
  access = null;
  keepAtClerk(false);
  if (state === "signed-out") person.set(null);
  session.set(state);
}

/** The account a token was made for. */
function subjectOf(token: string): string {
  const { sub } = claimsOf(token);
  return typeof sub === "string" ? sub : "";
}

/** In seconds. Of two times that one clock has told, so that ours may be another. */
function lifeOf(token: string): number {
  const { exp, iat } = claimsOf(token);
  return typeof exp === "number" && typeof iat === "number" ? exp - iat : 0;
}

/** Read, not verified: that is the server's part. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const post = <T>(path: string, body: object, token?: string) => call<T>("POST", path, body, token);

async function call<T>(method: "GET" | "POST", path: string, body?: object, token?: string): Promise<T> {
  const headers: Record<string, string> = body ? { "Content-Type": "application/json" } : {};
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(`/api/v1/${path}`, { method, credentials: "same-origin", keepalive: true, headers, ...(body && { body: JSON.stringify(body) }) })
    .catch(() => { throw new Unreachable(); });
  const text = await response.text();
  const answer: unknown = text ? safeJson(text) : null;
  if (!response.ok) throw problemFrom(response.status, answer, response.headers.get("Retry-After"));
  return answer as T;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
