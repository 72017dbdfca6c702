// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Clerk } from "./clerk";
import { Unreachable } from "./problem";

const KEY = "pk_live_Y2xlcmsuZXhhbXBsZS5vcmck";
let asked: string[];
let me: number;
let there: { [Name in keyof Clerk]: ReturnType<typeof vi.fn<Clerk[Name]>> };
let opened: number;

const token = (nth: number, life = 60) => `x.${btoa(JSON.stringify({ sub: "user_ada", nth, iat: 1000, exp: 1000 + life }))}.x`;

vi.mock("./clerkLibrary", () => ({ open: () => { opened += 1; return Promise.resolve(there); } }));

/** A page of its own for each test: the module keeps the session. */
async function page(key = KEY) {
  vi.resetModules();
  vi.stubEnv("VITE_CLERK_PUBLISHABLE_KEY", key);
  return import("./session");
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  asked = [];
  opened = 0;
  me = 200;
  let nth = 0;
  there = {
    token: vi.fn(() => Promise.resolve(token(nth += 1))),
    leave: vi.fn(() => Promise.resolve()),
    signOut: vi.fn(() => Promise.resolve()),
    profile: vi.fn(() => "https://accounts.example.org/user"),
  };
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url.replace("/api/v1/", ""));
    const status = url.endsWith("users/me") ? me : 401;
    return Promise.resolve(new Response(JSON.stringify({ code: status === 401 ? "account_disabled" : "" }), { status }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("without a key nobody is asked there, whatever was remembered", async () => {
  localStorage.setItem("photure.session-at", "clerk");
  const { resume, session } = await page("");
  await resume();
  expect([session.get(), opened]).toEqual(["signed-out", 0]);
});

test("Clerk is asked by whom it has signed in, and by nobody else", async () => {
  const { resume, session, signInAtClerk } = await page();
  await resume();
  expect([session.get(), opened]).toEqual(["signed-out", 0]);
  await signInAtClerk();
  expect(session.get()).toBe("signed-in");
  const next = await page();
  asked = [];
  await next.resume();
  expect(next.session.get()).toBe("signed-in");
  expect(asked).toEqual(["users/me"]);
});

test("whoever is not signed in there is sent there", async () => {
  const { session, signInAtClerk } = await page();
  there.token.mockResolvedValue(null);
  await signInAtClerk();
  expect(there.leave).toHaveBeenCalledExactlyOnceWith(location.href);
  expect(session.get()).toBe("unknown");
});

test("however many ask at once, one token is fetched; it serves until half its life is left", async () => {
  const { accessToken, signInAtClerk } = await page();
  await signInAtClerk();
  const first = await accessToken();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(await accessToken()).toBe(first);
  await vi.advanceTimersByTimeAsync(2_000);
  const got = await Promise.all([accessToken(), accessToken(), accessToken()]);
  expect(new Set(got)).toEqual(new Set([token(2)]));
  expect(there.token).toHaveBeenCalledTimes(2);
});

test("one that the server refused is replaced, once the server takes the next", async () => {
  const { accessToken, session, signInAtClerk } = await page();
  await signInAtClerk();
  expect(await accessToken(token(1))).toBe(token(2));
  me = 401;
  await expect(accessToken(token(2))).rejects.toMatchObject({ name: "SessionEnded" });
  expect(session.get()).toBe("ended");
  expect(there.signOut).toHaveBeenCalledOnce();
});

test("a session that ended there ends here", async () => {
  const { accessToken, person, session, signInAtClerk } = await page();
  await signInAtClerk();
  there.token.mockResolvedValue(null);
  await expect(accessToken(token(1))).rejects.toMatchObject({ name: "SessionEnded" });
  expect([session.get(), person.get()]).toEqual(["ended", "user_ada"]);
  expect(localStorage.getItem("photure.session-at")).toBeNull();
});

test("a Clerk that is away ends no session", async () => {
  const { accessToken, session, signInAtClerk } = await page();
  await signInAtClerk();
  there.token.mockRejectedValueOnce(new Unreachable());
  await expect(accessToken(token(1))).rejects.toMatchObject({ name: "Unreachable" });
  expect(session.get()).toBe("signed-in");
  expect(await accessToken(token(1))).toBe(token(2));
});

test("whom the server does not want is told why, and signed out there", async () => {
  localStorage.setItem("photure.session-at", "clerk");
  me = 401;
  const { refusedFromClerk, resume, session } = await page();
  await resume();
  expect(session.get()).toBe("signed-out");
  expect(refusedFromClerk.get()).toMatchObject({ code: "account_disabled" });
  expect(there.signOut).toHaveBeenCalledOnce();
});

test("signing out tells Clerk, and not the server, which has no session", async () => {
  const { session, signInAtClerk, signOut } = await page();
  await signInAtClerk();
  asked = [];
  await signOut();
  expect([session.get(), asked]).toEqual(["signed-out", []]);
  expect(there.signOut).toHaveBeenCalledOnce();
});
