// Uploads that are broken off: by a lost network, by a pause, by a reload, by signing out. Each is broken off at a byte that is
// known, by holding back the request that would bring the next one; nothing depends on how fast anything is.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { chromium, complaintsOf, makeAccount, platforms } from "./chromium.mjs";
import { sha256 } from "../lib/client.mjs";
import { noise, png } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { forms } from "../lib/stack.mjs";

/** What the page sends in one request. */
const PIECE = 8 * 1024 * 1024;

for (const [form, start] of Object.entries(platforms(forms))) {
  describe(form, () => {
    let stack, browser, context, page, folder, complaints;
    /** Every request for an upload since the last look: its method, and the offset it brings bytes to. */
    let seen = [];
    /** What is done, once, with the request that would bring the bytes after the first piece. */
    let atSecondPiece = null;
    const account = () => ({ username: `uploads-${randomUUID().slice(0, 8)}`, password: `a long enough ${randomUUID()}` });
    const person = account();

    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "photure-uploads-"));
      stack = await start();
      browser = await chromium();
      context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on("dialog", (dialog) => dialog.accept());
      complaints = complaintsOf(page);
      await page.route(/\/api\/v1\/uploads(\/|$)/, async (route) => {
        const request = route.request();
        const offset = request.headers()["upload-offset"];
        seen.push([request.method(), offset === undefined ? null : Number(offset)]);
        const hold = request.method() === "PATCH" && Number(offset) === PIECE ? atSecondPiece : null;
        if (!hold) return route.continue();
        atSecondPiece = null;
        // A request that the page has given up meanwhile cannot be answered any more.
        return hold(route).catch(() => {});
      });
      await makeAccount(page, stack.url, person);
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    // Each test begins with an empty list, whatever became of the one before.
    beforeEach(async () => {
      atSecondPiece = null;
      await context.setOffline(false);
      await page.goto(stack.url);
      await page.getByTestId("account-menu").waitFor();
      const panel = page.getByTestId("upload-panel");
      await page.waitForTimeout(500);
      if (await panel.isVisible()) await page.getByRole("button", { name: /^Forget/ }).click();
      await panel.waitFor({ state: "detached" });
      seen = [];
    });

    const item = () => page.getByTestId("upload-item").first();
    const state = (wanted) => page.locator(`[data-testid=upload-item][data-state=${wanted}]`).first().waitFor({ timeout: 60_000 });
    const tiles = (count) => until(`${count} tiles`, async () => (await page.getByTestId("photo-tile").count()) === count, 30);

    /** A picture of two and a half pieces, on the person's disk. */
    function large(name) {
      const file = path.join(folder, name);
      const bytes = noise(2640, 2640);
      assert.ok(bytes.length > 2 * PIECE && bytes.length < 3 * PIECE);
      writeFileSync(file, bytes);
      return { file, sha256: sha256(bytes) };
    }

    /** Chooses a file, and resolves when its second piece is about to go out; it does not. */
    async function brokenOff(choose) {
      seen = [];
      const held = withResolvers();
      atSecondPiece = async (route) => held.resolve(route);
      await choose();
      return held.promise;
    }
    const offsets = () => seen.filter(([method]) => method === "PATCH").map(([, offset]) => offset);

    /** The library holds exactly these bytes, once. */
    async function assertKept(hash) {
      const kept = await page.evaluate(async ({ username, password }) => {
        const headers = { "content-type": "application/json" };
        const login = await fetch("/api/v1/auth/login", { method: "POST", credentials: "omit", headers, body: JSON.stringify({ username, password }) });
        const { access } = await login.json();
        const list = await fetch("/api/v1/photos?limit=100", { headers: { authorization: `Bearer ${access}` } });
        return (await list.json()).items.map((photo) => photo.sha256);
      }, person);
      assert.equal(kept.filter((one) => one === hash).length, 1, JSON.stringify(kept));
    }

    test("an upload that loses the network says so, and goes on by itself where it stood", async () => {
      const { file, sha256: hash } = large("network.png");
      const route = await brokenOff(() => page.getByTestId("upload-input").setInputFiles(file));
      await context.setOffline(true);
      await route.abort("internetdisconnected").catch(() => {});
      await state("offline");
      assert.match(await item().innerText(), /No network\. Goes on by itself/);
      await page.locator("[aria-live=polite]").getByText("No network").first().waitFor({ state: "attached" });
      await context.setOffline(false);
      await state("done");
      assert.deepEqual(offsets(), [0, PIECE, PIECE, 2 * PIECE]);
      assert.equal(seen.filter(([method]) => method === "POST").length, 1);
      await assertKept(hash);
      await tiles(1);
    });

    test("one that is paused sends nothing until it is continued", async () => {
      const { file, sha256: hash } = large("paused.png");
      await brokenOff(() => page.getByTestId("upload-input").setInputFiles(file));
      await page.getByRole("button", { name: "Pause paused.png" }).click();
      await state("paused");
      assert.match(await item().innerText(), /Paused at 4\d %/);
      assert.deepEqual(offsets(), [0, PIECE]);
      await page.getByTestId("continue-all").click();
      await state("done");
      assert.deepEqual(offsets(), [0, PIECE, PIECE, 2 * PIECE]);
      await assertKept(hash);
    });

    test("one that a reload broke off goes on where it stood when the file is chosen again", async () => {
      const { file, sha256: hash } = large("reloaded.png");
      await brokenOff(() => page.getByTestId("upload-input").setInputFiles(file));
      await page.reload();
      await page.getByTestId("left-behind").getByText("1 file was not finished").waitFor();
      seen = [];
      await page.getByTestId("upload-input").setInputFiles(file);
      await state("done");
      assert.deepEqual(offsets(), [PIECE, 2 * PIECE]);
      assert.deepEqual(seen.filter(([method]) => method === "POST"), []);
      assert.equal(await page.getByTestId("left-behind").count(), 0);
      await assertKept(hash);
    });

    test("one that was dropped goes on after a reload with one click", async () => {
      const { file, sha256: hash } = large("dropped.png");
      const debug = await context.newCDPSession(page);
      const data = { items: [], files: [file], dragOperationsMask: 1 };
      await brokenOff(async () => {
        for (const type of ["dragEnter", "dragOver", "drop"]) await debug.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
      });
      await page.reload();
      seen = [];
      await page.getByRole("button", { name: "Continue 1 upload" }).click();
      await state("done");
      assert.deepEqual(offsets(), [PIECE, 2 * PIECE]);
      await assertKept(hash);
    });

    test("what is there already is not sent again", async () => {
      const file = path.join(folder, "twice.png");
      writeFileSync(file, png(640, 480, 7));
      await page.getByTestId("upload-input").setInputFiles(file);
      await state("done");
      seen = [];
      await page.getByTestId("upload-input").setInputFiles(file);
      await state("duplicate");
      assert.deepEqual(seen, []);
    });

    test("it is verified on storage only when the server says so", async () => {
      const file = path.join(folder, "verified.png");
      writeFileSync(file, png(640, 480, 8));
      const answered = [];
      await page.route(/\/api\/v1\/uploads\/[^/]+$/, async (route) => {
        if (route.request().method() !== "GET") return route.fallback();
        const response = await route.fetch();
        const truth = await response.json();
        assert.equal(truth.status, "ready");
        answered.push(await item().innerText());
        if (answered.length < 3) return route.fulfill({ response, json: { ...truth, status: "stored", photo_id: null } });
        return route.fulfill({ response, json: truth });
      });
      await page.getByTestId("upload-input").setInputFiles(file);
      await state("done");
      await page.unroute(/\/api\/v1\/uploads\/[^/]+$/);
      assert.equal(answered.length, 3);
      for (const said of answered) assert.doesNotMatch(said, /Verified/);
      assert.match(await item().innerText(), /Verified on storage/);
    });

    test("one that is cancelled is ended on the server", async () => {
      const { file } = large("cancelled.png");
      const route = await brokenOff(() => page.getByTestId("upload-input").setInputFiles(file));
      const address = route.request().url();
      const ended = page.waitForResponse((response) => response.request().method() === "DELETE" && response.url() === address && response.status() === 204);
      await page.getByRole("button", { name: "Do not upload cancelled.png" }).click();
      await ended;
      await page.getByTestId("upload-panel").waitFor({ state: "detached" });
    });

    test("after signing out nothing of it is left for the next person", async () => {
      const { file } = large("secret.png");
      await brokenOff(() => page.getByTestId("upload-input").setInputFiles(file));
      await page.getByTestId("account-menu").click();
      await page.getByTestId("sign-out").click();
      await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
      await page.getByTestId("login-form").waitFor();
      await until("nothing is remembered", () => page.evaluate(() => new Promise((resolve) => {
        const opening = indexedDB.open("photure.uploads");
        opening.onsuccess = () => {
          const all = opening.result.transaction("uploads").objectStore("uploads").getAll();
          all.onsuccess = () => resolve(all.result.length === 0);
        };
      })));
      await makeAccount(page, stack.url, account());
      await page.reload();
      await page.getByTestId("account-menu").waitFor();
      await page.waitForTimeout(500);
      assert.equal(await page.getByTestId("upload-panel").count(), 0);
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}

/** Node 20 has no Promise.withResolvers. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => { resolve = settle; });
  return { promise, resolve };
}
