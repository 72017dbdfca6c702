// One photo's whole life, as a person lives it: in Chromium, on the one-process form and through nginx on four services.
// PHOTURE_TEST_URL names a Photure that runs already (the containers); then it is that one alone.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, platforms } from "./chromium.mjs";
import { sha256 } from "../lib/client.mjs";
import { photos, png, samples } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(platforms(forms))) {
  describe(form, () => {
    let stack, browser, context, page, folder, complaints;
    const username = `journey-${randomUUID().slice(0, 8)}`;
    const password = `a long enough ${randomUUID()}`;

    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "photure-browser-"));
      stack = await start();
      browser = await chromium();
      context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
    });
    after(async () => {
      if (process.env.PHOTURE_SCREENSHOTS && page) {
        mkdirSync(process.env.PHOTURE_SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: path.join(process.env.PHOTURE_SCREENSHOTS, `journey-end-${form.replace(/\W+/g, "-")}.png`) });
      }
      await browser?.close();
      await stack?.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const at = (id) => page.getByTestId(id);

    /** Ten photos of cameras, as files on the person's disk. */
    const files = () =>
      photos(10).map(({ name, bytes }) => {
        const file = path.join(folder, name);
        writeFileSync(file, bytes);
        return { name, file, sha256: sha256(bytes) };
      });

    test("makes an account", async () => {
      await page.goto(stack.url);
      await page.getByRole("link", { name: "Create an account" }).or(page.getByRole("button", { name: "Create an account" })).first().click();
      const register = at("register-form");
      await register.locator("[name=username]").fill(username);
      await register.locator("[name=email]").fill(`${username}@example.org`);
      await register.locator("[name=password]").fill(password);
      await register.locator("button[type=submit]").click();
      await at("empty-state").waitFor();
    });

    test("drops ten photos and a broken file in; ten arrive, the eleventh says why not", async () => {
      const broken = path.join(folder, "holiday.jpg");
      if (samples) copyFileSync(path.join(samples, "hostile/truncated.jpg"), broken);
      else writeFileSync(broken, "no picture at all");
      await at("upload-input").setInputFiles([...files().map(({ file }) => file), broken]);
      const items = at("upload-item");
      await until("eleven files settled", async () => {
        const states = await items.evaluateAll((all) => all.map((item) => item.dataset.state));
        return states.length === 11 && states.every((state) => ["done", "duplicate", "failed"].includes(state));
      }, 90);
      const settled = await items.evaluateAll((all) => all.map((item) => [item.dataset.state, item.textContent]));
      assert.equal(settled.filter(([state]) => state === "done").length, 10, JSON.stringify(settled));
      for (const [state, said] of settled) assert.equal(/Verified on storage/.test(said), state === "done", said);
      const [[, reason]] = settled.filter(([state]) => state === "failed");
      assert.match(reason, /holiday\.jpg/);
      assert.match(reason, /JPEG|photo|picture/i, reason);
    });

    test("sees them in the order they were taken, newest first", async () => {
      await until("ten tiles", async () => (await at("photo-tile").count()) === 10);
      const shown = await at("photo-tile").evaluateAll((tiles) => tiles.map((tile) => tile.dataset.photoId));
      const asked = await page.evaluate(async ({ username, password }) => {
        const login = await fetch("/api/v1/auth/login", {
          method: "POST",
          credentials: "omit",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ username, password }),
        });
        const { access } = await login.json();
        const list = await fetch("/api/v1/photos?order=taken_at", { headers: { authorization: `Bearer ${access}` } });
        return (await list.json()).items.map((photo) => [photo.id, photo.taken_at]);
      }, { username, password });
      assert.deepEqual(shown, asked.map(([id]) => id));
      const times = asked.map(([, time]) => time);
      assert.deepEqual(times, [...times].sort().reverse());
      await until("thumbnails", () =>
        at("photo-tile").evaluateAll((tiles) => tiles.every((tile) => [...tile.querySelectorAll("img")].some((img) => img.complete && img.naturalWidth > 0))));
    });

    test("opens one, reads its EXIF, leafs through", async () => {
      await at("photo-tile").first().click();
      await at("viewer").waitFor();
      if (!(await at("exif-panel").isVisible())) await at("viewer-info").click();
      await at("exif-panel").waitFor();
      assert.match(await at("exif-panel").innerText(), /×|MP|px/);
      const first = page.url();
      await page.keyboard.press("ArrowRight");
      await until("the next photo", () => page.url() !== first);
      await page.keyboard.press("ArrowLeft");
      await until("the first photo again", () => page.url() === first);
    });

    test("downloads it, byte-identical", async () => {
      const [download] = await Promise.all([page.waitForEvent("download"), at("viewer-download").click()]);
      const file = path.join(folder, "downloaded");
      await download.saveAs(file);
      const sent = files().find(({ name }) => name === download.suggestedFilename());
      assert.ok(sent, download.suggestedFilename());
      assert.equal(sha256(readFileSync(file)), sent.sha256);
    });

    test("trashes it and brings it back", async () => {
      const id = await page.evaluate(() => location.pathname.split("/").pop());
      await at("viewer-trash").click();
      await page.keyboard.press("Escape");
      await until("nine tiles", async () => (await at("photo-tile").count()) === 9);
      await at("nav-trash").filter({ visible: true }).first().click();
      await at("trash-item").first().waitFor();
      assert.equal(await at("trash-item").count(), 1);
      await at("trash-item").first().hover();
      if (!(await at("trash-restore").first().isVisible())) await at("trash-item").first().click();
      await at("trash-restore").first().click();
      await until("an empty trash", async () => (await at("trash-item").count()) === 0);
      await at("nav-timeline").filter({ visible: true }).first().click();
      await until("ten tiles again", async () => (await at("photo-tile").count()) === 10);
      assert.ok(id.length > 0);
    });

    test("stays signed in over a reload", async () => {
      await page.reload();
      await until("ten tiles", async () => (await at("photo-tile").count()) === 10);
    });

    test("signs out, and the library is closed", async () => {
      if (!(await at("sign-out").isVisible())) await at("account-menu").click();
      await at("sign-out").click();
      await at("login-form").waitFor();
      await page.goto(`${stack.url}/`);
      await at("login-form").waitFor();
      assert.equal(await at("photo-tile").count(), 0);
    });

    test("signs in again", async () => {
      const login = at("login-form");
      await login.locator("[name=username]").fill(username);
      await login.locator("[name=password]").fill("not the password");
      await login.locator("button[type=submit]").click();
      await page.getByRole("alert").first().waitFor();
      await login.locator("[name=password]").fill(password);
      await login.locator("button[type=submit]").click();
      await until("ten tiles", async () => (await at("photo-tile").count()) === 10);
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}
