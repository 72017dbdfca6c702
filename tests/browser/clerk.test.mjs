// Signing in at Clerk, as a person lives it: the page built with a publishable key, Clerk's own library in Chromium, and a Clerk that is made up
// (tests/lib/clerk.mjs), in front of four services. The one-process form has its page from the build that everybody has, without a key.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { chromium, complaintsOf, faultsOf } from "./chromium.mjs";
import { ClerkInstance, FRONTEND_API, PUBLISHABLE_KEY } from "../lib/clerk.mjs";
import { Client } from "../lib/client.mjs";
import { noise, png } from "../lib/pictures.mjs";
import { freePort, until } from "../lib/processes.mjs";
import { startFour } from "../lib/stack.mjs";

const frontend = fileURLToPath(new URL("../../frontend", import.meta.url));
/** What the page sends in one request. */
const PIECE = 8 * 1024 * 1024;
/** That auth forgives. */
const LEEWAY_SECONDS = 5;

const claimsOf = (header) => JSON.parse(Buffer.from(header.split(".")[1], "base64url").toString());

describe("at Clerk", () => {
  let folder, clerk, stack, browser, context, page, complaints, admin;
  /** The tokens that requests bore, and what became of these. */
  const sent = [];
  const at = (id) => page.getByTestId(id);
  const button = () => page.getByRole("button", { name: "Sign in with Clerk" });

  async function look(name) {
    for (const [width, height] of [[1280, 900], [390, 844]]) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));
        assert.deepEqual(await faultsOf(page), [], `${name}, ${width} wide, ${colorScheme}`);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(beyond <= 0, `${name}: ${beyond} pixels stick out at ${width}`);
        if (!process.env.PHOTURE_SCREENSHOTS) continue;
        mkdirSync(process.env.PHOTURE_SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: path.join(process.env.PHOTURE_SCREENSHOTS, `${name}-${width}-${colorScheme}.png`) });
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
  }

  async function signIn() {
    await page.goto(`${stack.url}/sign-in?next=%2Ftrash`);
    await button().click();
    await page.getByRole("button", { name: "Continue" }).click();
  }
  async function signOut() {
    await at("account-menu").click();
    await at("sign-out").click();
    await at("login-form").waitFor();
  }

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "photure-clerk-"));
    const built = path.join(folder, "page");
    execFileSync("npx", ["vite", "build", "--logLevel", "warn", "--outDir", built], { cwd: frontend, env: { ...process.env, VITE_CLERK_PUBLISHABLE_KEY: PUBLISHABLE_KEY }, stdio: "pipe" });
    clerk = await ClerkInstance.start(await freePort());
    stack = await startFour({ env: { PHOTURE_CLERK_ISSUER: clerk.issuer.url }, edge: { page: built, env: { PHOTURE_CLERK_ISSUER: FRONTEND_API } } });
    admin = await Client.register(stack.url, "admin");
    browser = await chromium();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await clerk.meet(context, stack.url);
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    complaints = complaintsOf(page);
    page.on("response", (response) => {
      const { authorization } = response.request().headers();
      if (authorization) sent.push({ token: authorization.slice(7), status: response.status(), url: response.url() });
    });
  });
  after(async () => {
    await browser?.close();
    await stack?.stop();
    await clerk?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test("nobody asks Clerk anything before somebody wants to sign in there", async () => {
    await page.goto(`${stack.url}/sign-in`);
    await button().waitFor();
    await look("sign-in-with-clerk");
    assert.deepEqual(clerk.asked, []);
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    assert.deepEqual(loaded.filter((name) => /clerk/i.test(name)), []);
  });

  test("somebody signs in there and is where they wanted to be, under the page's own policy", async () => {
    await signIn();
    await page.waitForURL(`${stack.url}/trash`);
    await at("account-menu").click();
    await page.getByText("ada@example.org").waitFor();
    await page.goto(stack.url);
    await at("account-menu").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("who goes there and comes back without it is not signed in", async () => {
    await signOut();
    await button().click();
    await page.getByRole("button", { name: "Continue" }).waitFor();
    await page.goto(stack.url);
    await at("login-form").waitFor();
    await button().click();
    await page.getByRole("button", { name: "Continue" }).click();
    await at("account-menu").waitFor();
  });

  test("the account says where the session is", async () => {
    await page.goto(`${stack.url}/account`);
    await page.getByRole("heading", { name: "You are signed in at Clerk" }).waitFor();
    await page.getByText("somebody else signs you in").waitFor();
    assert.equal(await page.getByRole("heading", { name: "Where you are signed in" }).count(), 0);
    await look("account-at-clerk");
    await page.getByRole("button", { name: "Open Clerk" }).click();
    await page.getByRole("heading", { name: "/user" }).waitFor();
    await page.goto(stack.url);
    await at("account-menu").waitFor();
  });

  test("photos go up while tokens run out on the way", async () => {
    clerk.seconds = 6;
    await page.goto(stack.url);
    await at("account-menu").waitFor();
    const files = [noise(2000, 2000), ...[1, 2, 3].map((seed) => png(640, 480, seed))].map((bytes, nth) => {
      const file = path.join(folder, `${nth}.png`);
      writeFileSync(file, bytes);
      return file;
    });
    assert.ok(statSync(files[0]).size > PIECE);
    let held = 0;
    await page.route(/\/api\/v1\/uploads\//, async (route) => {
      const { "upload-offset": offset, authorization } = route.request().headers();
      if (Number(offset) === PIECE && held === 0) {
        held += 1;
        const { exp } = claimsOf(authorization);
        await until("the token has run out", () => Date.now() / 1000 > exp + LEEWAY_SECONDS + 1, 30);
      }
      await route.continue().catch(() => {});
    });
    sent.length = 0;
    await at("upload-input").setInputFiles(files);
    await until("all are there", async () => (await at("photo-tile").count()) === files.length, 60);
    await page.unroute(/\/api\/v1\/uploads\//);
    assert.equal(held, 1);
    assert.ok(sent.some(({ status, url }) => status === 401 && url.includes("/uploads/")), "one came too late");
    assert.ok(new Set(sent.map(({ token }) => token)).size > 1, "and another took its place");
    await look("library-at-clerk");
  });

  test("the page stays signed in beyond the life of many tokens", async () => {
    const photo = at("photo-tile").first();
    const until = Date.now() + 3 * (clerk.seconds + LEEWAY_SECONDS) * 1000;
    sent.length = 0;
    while (Date.now() < until) {
      await photo.click();
      await page.goBack();
      await page.goto(`${stack.url}/trash`);
      await page.goto(stack.url);
      await photo.waitFor();
      await pause(2000);
    }
    assert.deepEqual(sent.filter(({ status }) => status === 401), []);
    assert.ok(new Set(sent.map(({ token }) => token)).size > 3);
    clerk.seconds = 60;
  });

  test("a Clerk that is away for a moment signs nobody out", async () => {
    clerk.away = true;
    await page.goto(stack.url);
    await page.getByText("You are signed in at Clerk, so the way there").waitFor({ timeout: 60_000 });
    await look("clerk-away");
    clerk.away = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await at("account-menu").waitFor();
  });

  test("a session that ends at Clerk ends here, when the next token is wanted", async () => {
    clerk.session = null;
    await page.goto(stack.url);
    await at("login-form").waitFor();
  });

  test("signing out here signs out there, in every tab", async () => {
    await signIn();
    await page.waitForURL(`${stack.url}/trash`);
    const other = await context.newPage();
    await other.goto(stack.url);
    await other.getByTestId("account-menu").waitFor();
    await signOut();
    await other.getByTestId("login-form").waitFor();
    await other.close();
    await until("Clerk knows", () => clerk.session === null, 10);
    assert.ok(clerk.asked.includes("DELETE client/sessions"));
    assert.deepEqual(complaints, []);
  });

  test("whom the server does not want is told why, and can come as somebody else", async () => {
    const { items } = await admin.get("admin/users");
    const { id } = items.find(({ username }) => username === "ada");
    const changed = await admin.call("PATCH", `admin/users/${id}`, { json: { disabled: true } });
    assert.equal(changed.status, 200);
    await signIn();
    await page.getByText("This account is disabled").waitFor();
    await look("refused-from-clerk");
    assert.equal(clerk.session, null);
    clerk.person = { sub: `user_${randomUUID().replaceAll("-", "")}`, username: "bob" };
    await button().click();
    await page.getByRole("button", { name: "Continue" }).click();
    await at("account-menu").click();
    await page.getByText("@clerk.invalid").waitFor();
  });

  test("a page that is built without a key has nothing of it", async () => {
    const without = path.join(folder, "without");
    const env = { ...process.env };
    delete env.VITE_CLERK_PUBLISHABLE_KEY;
    execFileSync("npx", ["vite", "build", "--logLevel", "warn", "--outDir", without], { cwd: frontend, env, stdio: "pipe" });
    assert.deepEqual(readdirSync(path.join(without, "assets")).filter((name) => /clerk/i.test(name)), []);
  });
});
