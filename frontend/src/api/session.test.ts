// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

type Answer = () => Promise<Response>;
let asked: string[];
let answers: Record<string, Answer>;

const json = (status: number, body: unknown): Answer => () => Promise.resolve(new Response(JSON.stringify(body), { status }));
const token = (sub: string, nth = 0) => `x.${btoa(JSON.stringify({ sub, nth }))}.x`;
const tokens = (sub = "ada", nth = 0) => json(200, { access: token(sub, nth), refresh: "r", expires_in: 900 });

/** A page of its own for each test: the module keeps the session. */
async function page() {
  vi.resetModules();
  return import("./session");
}

beforeEach(() => {
  document.cookie = "photure_refreshing=; max-age=0";
  asked = [];
  answers = { "auth/token/refresh": tokens() };
  vi.stubGlobal("fetch", (url: string) => {
    const path = url.replace("/api/v1/", "");
    asked.push(path);
    return (answers[path] ?? json(404, {}))();
  });
});

test("however many ask at once, the token is refreshed once", async () => {
  const { accessToken } = await page();
  const got = await Promise.all([accessToken(), accessToken(), accessToken()]);
  expect(got).toEqual([token("ada"), token("ada"), token("ada")]);
  expect(asked).toEqual(["auth/token/refresh"]);
});

test("a good token is used again; one that was refused is replaced", async () => {
  const { accessToken } = await page();
  const first = await accessToken();
  await accessToken();
  expect(asked).toHaveLength(1);
  answers["auth/token/refresh"] = tokens("ada", 2);
  expect(await accessToken(first)).toBe(token("ada", 2));
  expect(await accessToken(first)).toBe(token("ada", 2));
  expect(asked).toHaveLength(2);
});

test("at the start, no session means signed out; during one, it means it ended", async () => {
  const { accessToken, resume, session } = await page();
  answers["auth/token/refresh"] = json(401, { code: "refresh_token_invalid" });
  await resume();
  expect(session.get()).toBe("signed-out");
  answers["auth/login"] = tokens();
  const { signIn } = await import("./session");
  await signIn("ada", "secret");
  expect(session.get()).toBe("signed-in");
  await expect(accessToken(token("ada"))).rejects.toMatchObject({ name: "SessionEnded" });
  expect(session.get()).toBe("ended");
});

test("a server that is away ends no session", async () => {
  const { accessToken, resume, session, signIn } = await page();
  answers["auth/token/refresh"] = json(503, { code: "unavailable" });
  await resume();
  expect(session.get()).toBe("unreachable");
  answers["auth/login"] = tokens();
  await signIn("ada", "secret");
  await expect(accessToken(token("ada"))).rejects.toMatchObject({ status: 503 });
  expect(session.get()).toBe("signed-in");
});

test("signing out counts at once, even where the server cannot be told", async () => {
  const { person, session, signIn, signOut } = await page();
  answers["auth/login"] = tokens();
  await signIn("ada", "secret");
  expect(person.get()).toBe("ada");
  answers["auth/logout"] = () => Promise.reject(new TypeError("Failed to fetch"));
  await signOut();
  expect([session.get(), person.get()]).toEqual(["signed-out", null]);
  expect(asked.at(-1)).toBe("auth/logout");
});

test("a refresh under way does not undo a sign-out", async () => {
  const { accessToken, session, signIn, signOut } = await page();
  answers["auth/login"] = tokens();
  await signIn("ada", "secret");
  let arrive: (() => void) | undefined;
  answers["auth/token/refresh"] = () => new Promise((resolve) => { arrive = () => void tokens("ada", 9)().then(resolve); });
  const refreshed = accessToken(token("ada"));
  await vi.waitFor(() => expect(arrive).toBeDefined());
  const out = signOut();
  arrive?.();
  await expect(refreshed).rejects.toMatchObject({ name: "SessionEnded" });
  await out;
  expect(session.get()).toBe("signed-out");
});

test("an ended session remembers whose it was, so that their uploads can go on", async () => {
  const { accessToken, person, signIn } = await page();
  answers["auth/login"] = tokens();
  await signIn("ada", "secret");
  answers["auth/token/refresh"] = json(401, { code: "refresh_token_reused" });
  await expect(accessToken(token("ada"))).rejects.toMatchObject({ name: "SessionEnded" });
  expect(person.get()).toBe("ada");
});

test("a page that follows one left in mid-refresh lets that answer arrive first", async () => {
  vi.useFakeTimers();
  try {
    document.cookie = `photure_refreshing=${Date.now() - 500}`;
    const { accessToken } = await page();
    const got = accessToken();
    await vi.advanceTimersByTimeAsync(900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await got).toBe(token("ada"));
    expect(document.cookie).not.toContain("photure_refreshing");
  } finally {
    vi.useRealTimers();
  }
});

test("a refresh without an answer leaves its mark for the next page", async () => {
  const { accessToken } = await page();
  answers["auth/token/refresh"] = () => Promise.reject(new TypeError("Failed to fetch"));
  await expect(accessToken()).rejects.toMatchObject({ name: "Unreachable" });
  expect(document.cookie).toContain("photure_refreshing");
});
