// A Live Photo in the page: both halves are chosen together, are one file in the list and one photo, and the photo plays its film.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, makeAccount, platforms } from "./chromium.mjs";
import { film, identifier, picture } from "../lib/live.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(platforms(forms))) {
  describe(form, () => {
    let stack, browser, page, folder, complaints;
    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "photure-live-"));
      stack = await start();
      browser = await chromium();
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
      await makeAccount(page, stack.url, { username: `live-${randomUUID().slice(0, 8)}`, password: `a long enough ${randomUUID()}` });
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("both halves become one photo that plays", async () => {
      const id = identifier();
      const halves = [["IMG_1.MOV", film(id, 300_000)], ["IMG_1.JPG", picture(id)]].map(([name, bytes]) => {
        writeFileSync(path.join(folder, name), bytes);
        return path.join(folder, name);
      });
      await page.getByTestId("upload-input").setInputFiles(halves);
      await page.locator("[data-testid=upload-item][data-state=done]").first().waitFor({ timeout: 60_000 });
      assert.equal(await page.getByTestId("upload-item").count(), 1);
      const tile = page.getByTestId("photo-tile").first();
      await tile.waitFor();
      await tile.click();
      const badge = page.getByTestId("live");
      await badge.waitFor();
      const played = page.waitForResponse((response) => response.url().includes("/live-"));
      await badge.hover();
      const response = await played;
      assert.ok([200, 206].includes(response.status()), `${response.status()}`);
      assert.equal(response.headers()["content-type"], "video/quicktime");
      // There are no pictures in it that a browser could show: it says so, and the photo stays.
      await page.locator("[data-testid=live][disabled]").waitFor();
      assert.deepEqual(complaints, []);
    });
  });
}
