// @vitest-environment jsdom
import "../lib/request.fixtures";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.mock("./session", async () => {
  const { Store } = await import("../lib/store");
  return { accessToken: () => Promise.resolve("token"), person: new Store<string | null>(null) };
});

const family = { id: "family", name: "Family" };
let left: string[];

/** Somebody opens the page: modules anew, what the browser remembers as it was. */
async function page(whose = "ada") {
  vi.resetModules();
  const all = await import("./library");
  const { api } = await import("./client");
  const { person } = await import("./session");
  person.set(whose);
  all.openLibrary(whose);
  return { ...all, api };
}

beforeEach(() => {
  left = [];
  localStorage.clear();
  sessionStorage.clear();
  vi.stubGlobal("location", { replace: (to: string) => left.push(to) });
});
afterEach(() => { vi.unstubAllGlobals(); });

test("a library that is chosen is that of the next page, and not of this one", async () => {
  const { chooseLibrary, leaving, library } = await page();
  chooseLibrary(family);
  expect(library.get()).toBeNull();
  expect(leaving.get()).toBe(true);
  expect(left).toEqual(["/"]);
  const next = await page();
  expect(next.library.get()).toEqual(family);
  next.chooseLibrary(null);
  expect((await page()).library.get()).toBeNull();
});

test("nobody else inherits it, and nothing of it stays after signing out", async () => {
  (await page()).chooseLibrary(family);
  expect((await page("grace")).library.get()).toBeNull();
  const { library, openLibrary } = await page();
  expect(library.get()).toEqual(family);
  openLibrary(null);
  expect(library.get()).toBeNull();
  expect(localStorage.length).toBe(0);
});

test("what the browser remembers wrongly is one's own", async () => {
  localStorage.setItem("photure.library", "{");
  expect((await page()).library.get()).toBeNull();
});

test.each([
  ["/api/v1/photos", true], ["/api/v1/photos/check", true], ["/api/v1/photos/p1/original", true], ["/api/v1/timeline", true], ["/api/v1/timeline/segments/s1", true],
  ["/api/v1/trash/empty", true], ["/api/v1/uploads/u1", true], ["/api/v1/archives", true],
  ["/api/v1/users/me", false], ["/api/v1/usage", false], ["/api/v1/organizations", false], ["/api/v1/admin/storage", false], ["/api/v1/photosets", false], ["/photos", false], ["/elsewhere/api/v1/photos", false],
])("%s is about a library: %s", async (path, is) => {
  const { library, libraryFor } = await page();
  library.set(family);
  expect(libraryFor(path)).toBe(is ? "family" : null);
  library.set(null);
  expect(libraryFor(path)).toBeNull();
});

test("only what is about a library says which", async () => {
  const { api, library } = await page();
  const said: [string, string | null][] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    said.push([new URL(request.url).pathname, request.headers.get("Photure-Library")]);
    return Promise.resolve(Response.json({}));
  });
  await api.GET("/api/v1/trash");
  library.set(family);
  await api.GET("/api/v1/trash");
  await api.GET("/api/v1/users/me");
  expect(said).toEqual([["/api/v1/trash", null], ["/api/v1/trash", "family"], ["/api/v1/users/me", null]]);
});

test("whoever is let in no longer is back among their own photos, and told so once", async () => {
  (await page()).chooseLibrary(family);
  const { api } = await page();
  left = [];
  let code = "not_found";
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ code, status: 404 }, { status: 404 })));
  await api.GET("/api/v1/trash");
  expect(left).toEqual([]);
  code = "library_not_found";
  await Promise.all([api.GET("/api/v1/trash"), api.GET("/api/v1/timeline")]);
  expect(left).toEqual(["/"]);
  const next = await page();
  expect(next.library.get()).toBeNull();
  expect(next.tellLost()).toBe("Family");
  expect(next.tellLost()).toBeNull();
});
