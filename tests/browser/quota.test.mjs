// How much somebody keeps and may keep: seen by them, refused when it is full, and changed by an admin, in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, signInAs } from "./chromium.mjs";
import { Client } from "../lib/client.mjs";
import { noise } from "../lib/pictures.mjs";
import { forms } from "../lib/stack.mjs";

/** Pictures of the same size, to the byte. */
const picture = () => noise(120, 90);
const ROOM_FOR_ONE = Math.round(picture().length * 1.5);

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack, browser, page, complaints, root, ada;
    const at = (id) => page.getByTestId(id);
    const look = (name) => lookAt(page, name);

    const signIn = (credentials) => signInAs(page, stack.url, credentials);
    const upload = (name) => at("upload-input").setInputFiles([{ name, mimeType: "image/png", buffer: picture() }]);

    before(async () => {
      stack = await start({ env: { PHOTURE_DEFAULT_QUOTA_BYTES: `${ROOM_FOR_ONE}` } });
      root = await Client.register(stack.url, "root");
      ada = await Client.register(stack.url, "ada");
      browser = await chromium();
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
    });

    test("whoever has no room left is told so, and what helps", async () => {
      await signIn(ada.credentials);
      await upload("one.png");
      await at("photo-tile").first().waitFor();
      await upload("two.png");
      await at("no-room").waitFor();
      await look("no-room");
      await page.goto(`${stack.url}/account`);
      await at("storage").getByText(/of .* used$/).waitFor();
      await page.getByText("Choose it again to continue").waitFor();
      await at("storage").scrollIntoViewIfNeeded();
      await look("storage");
      assert.equal((await ada.photos()).length, 1);
    });

    test("an admin sees what everybody keeps, and allots more", async () => {
      await signIn(root.credentials);
      await page.goto(`${stack.url}/admin`);
      await at("accounts").getByText(/^1 photo, /).waitFor();
      await page.getByRole("button", { name: "Storage: ada" }).click();
      const form = at("quota");
      await form.getByLabel("At most").check();
      await form.getByRole("button", { name: "Set" }).click();
      await form.getByText("Enter a number, such as 50.").waitFor();
      await look("quota");
      await form.getByLabel("Amount").fill("1,5");
      await form.getByRole("button", { name: "Set" }).click();
      await at("accounts").getByText(/^1 photo, .* of 1.5 GB$/).waitFor();
      await look("admin-storage");
      assert.equal((await ada.get("users/me")).usage.quota_bytes, 1_500_000_000);
    });

    test("then there is room", async () => {
      await signIn(ada.credentials);
      await upload("three.png");
      await at("photo-tile").nth(1).waitFor();
    });

    test("nothing went wrong in the page", () => assert.deepEqual(complaints, []));
  });
}
