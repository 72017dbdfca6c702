// A library that people share: made by an admin, chosen in the menu, filled by a member, and closed to whoever is removed, in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, signInAs } from "./chromium.mjs";
import { Client } from "../lib/client.mjs";
import { noise } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack, browser, page, complaints, root, ada, eve, family;
    const at = (id) => page.getByTestId(id);
    const look = (name) => lookAt(page, name);

    const signIn = (credentials) => signInAs(page, stack.url, credentials);
    async function choose(name) {
      await at("account-menu").click();
      await at("libraries").getByRole("button", { name }).click();
    }
    /** What somebody has in the library of the organisation. */
    const shared = async (client) => {
      const answer = await client.call("GET", "photos?limit=100", { headers: { "photure-library": family } });
      assert.equal(answer.status, 200, await answer.clone().text());
      return (await answer.json()).items;
    };

    before(async () => {
      stack = await start();
      root = await Client.register(stack.url, "root");
      ada = await Client.register(stack.url, "ada");
      eve = await Client.register(stack.url, "eve");
      browser = await chromium();
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
    });

    test("an admin makes an organisation, adds somebody, and allots it room", async () => {
      await signIn(root.credentials);
      await at("account-menu").click();
      assert.equal(await at("libraries").count(), 0, "whoever is in none has nothing to choose");
      await page.goto(`${stack.url}/admin`);
      await page.getByText("There are none yet.").waitFor();
      await page.getByRole("button", { name: "New organisation" }).click();
      const submit = at("new-organization").locator("button[type=submit]");
      await submit.click();
      await at("new-organization").getByText("Give it a name.").waitFor();
      await look("new-organization");
      await at("new-organization").locator("[name=name]").fill("Family");
      await submit.click();
      await at("all-organizations").getByText(/^1 member, since/).waitFor();
      family = (await root.get("organizations")).items[0].id;

      await page.getByRole("button", { name: "Manage: Family" }).click();
      const name = at("add-member").getByLabel("Add somebody");
      const add = at("add-member").getByRole("button", { name: "Add" });
      await name.fill("nobody-at-all");
      await add.click();
      await at("add-member").getByText("Nobody here is called that.").waitFor();
      await at("organization").scrollIntoViewIfNeeded();
      await look("organization-unknown-member");
      await name.fill("ada");
      await add.click();
      await at("all-organizations").getByText(/^2 members, since/).waitFor();
      assert.equal(await at("members").getByLabel("Role of ada").inputValue(), "member");
      await name.fill("ada");
      await add.click();
      await at("add-member").getByText("They are in it already.").waitFor();

      await page.getByRole("button", { name: "Storage: Family" }).click();
      await at("quota").getByLabel("At most").check();
      await at("quota").getByLabel("Amount").fill("5");
      await at("quota").getByRole("button", { name: "Set" }).click();
      await at("all-organizations").getByText("0 photos, 0 bytes of 5.0 GB").waitFor();
      await look("organization-admin");
    });

    test("there is always an owner", async () => {
      await at("members").getByLabel("Role of root").selectOption("member");
      await at("members").getByRole("alert").waitFor();
      assert.equal(await at("members").getByLabel("Role of root").inputValue(), "owner");
    });

    test("a member changes to the library, sees whose it is, and uploads there", async () => {
      await signIn(ada.credentials);
      assert.equal(await at("library").count(), 0);
      await at("account-menu").click();
      await at("libraries").getByRole("button", { name: "Family" }).waitFor();
      assert.equal(await at("libraries").locator("[aria-current]").innerText(), "My photos");
      await look("libraries");
      await at("libraries").getByRole("button", { name: "Family" }).click();
      await at("library").waitFor();
      assert.equal(await at("library").innerText(), "Family");
      await look("library-empty");
      await at("upload-input").setInputFiles([{ name: "beach.png", mimeType: "image/png", buffer: noise(120, 90) }]);
      await at("photo-tile").first().waitFor();
      await look("library");
      assert.equal((await ada.photos()).length, 0);
      assert.equal((await shared(ada)).length, 1);
      await page.reload();
      await at("library").waitFor();
      await at("photo-tile").first().waitFor();
      await choose("My photos");
      await at("empty-state").waitFor();
      assert.equal(await at("library").count(), 0);
    });

    test("a member sees who is in it, and deletes nothing for good", async () => {
      await page.goto(`${stack.url}/account`);
      await at("organizations").getByText(/^1 photo, .* of 5\.0 GB$/).waitFor();
      await page.getByRole("button", { name: "Members: Family" }).click();
      await at("members").getByText("root").waitFor();
      assert.deepEqual(await at("organization").getByRole("button").allInnerTexts(), ["Leave"]);
      await at("organization").scrollIntoViewIfNeeded();
      await look("organization-member");
      await choose("Family");
      await at("photo-tile").first().waitFor();
      const [photo] = await shared(ada);
      await ada.call("DELETE", `photos/${photo.id}`, { headers: { "photure-library": family } });
      await page.goto(`${stack.url}/trash`);
      await at("trash-item").waitFor();
      assert.equal(await page.getByRole("button", { name: "Empty trash" }).count(), 0);
      assert.equal(await page.getByRole("button", { name: /for good$/ }).count(), 0);
      await at("trash-restore").click();
      await page.getByText("Back among your photos").waitFor();
    });

    test("whoever finds no room left in it is told whose it is, and how much", async () => {
      const quota = (choice) => root.call("PUT", `admin/storage/${family}`, { json: choice });
      assert.equal((await quota({ quota: "limited", quota_bytes: 1000 })).status, 200);
      await page.goto(stack.url);
      await at("upload-input").setInputFiles([{ name: "more.png", mimeType: "image/png", buffer: noise(120, 90) }]);
      await at("no-room").getByText(/^There is no room left in Family: .* of 1 kB are used\.$/).waitFor();
      await at("no-room").getByText(/Ask its owners or admins to empty its trash/).waitFor();
      await look("library-no-room");
      assert.equal((await quota({ quota: "default" })).status, 200);
    });

    test("another member sees the photo there and not among their own, and inherits nobody's choice", async () => {
      await signIn(root.credentials);
      await at("empty-state").waitFor();
      assert.equal(await at("library").count(), 0);
      assert.equal((await root.photos()).length, 0);
      await choose("Family");
      await at("library").waitFor();
      await at("photo-tile").first().waitFor();
      assert.equal((await shared(root)).length, 1);
    });

    test("an organisation gets another name", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByRole("button", { name: "Manage: Family" }).click();
      await page.getByRole("button", { name: "Rename" }).click();
      await at("rename-organization").locator("[name=name]").fill("The Lovelaces of Ockham Park and London");
      await look("organization-rename");
      await at("rename-organization").locator("button[type=submit]").click();
      await at("library").getByText("The Lovelaces").waitFor();
      await look("library-of-a-long-name");
    });

    test("it is deleted after a question, and kept", async () => {
      await page.getByRole("button", { name: "Delete organisation" }).click();
      await page.getByRole("dialog").getByText(/^Every photo of The Lovelaces/).waitFor();
      await look("organization-delete");
      await page.getByRole("dialog").getByRole("button", { name: "Delete organisation" }).click();
      await at("organizations").getByText(/^To be deleted on/).waitFor();
      await look("organization-closing");
      await page.getByRole("button", { name: "Keep organisation" }).click();
      await at("organizations").getByText(/^To be deleted on/).waitFor({ state: "detached" });
      assert.equal((await root.get("organizations")).items[0].closes_at, null);
    });

    test("whoever is removed is back among their own photos, and is told", async () => {
      await signIn(ada.credentials);
      await choose(/^The Lovelaces/);
      await at("library").waitFor();
      await at("photo-tile").first().waitFor();
      const removed = await root.call("DELETE", `organizations/${family}/members/${ada.user.id}`);
      assert.equal(removed.status, 204, await removed.clone().text());
      const notice = page.getByText(/^You are not in “.*” any more/);
      // What lets her in is good for a while yet.
      await until("she is told", async () => {
        await page.goto(stack.url);
        return notice.waitFor({ timeout: 3000 }).then(() => true, () => false);
      }, 120);
      await at("empty-state").waitFor();
      assert.equal(await at("library").count(), 0);
      await look("library-lost");
      await page.reload();
      await at("empty-state").waitFor();
      assert.equal(await notice.count(), 0);
      await at("account-menu").click();
      await page.getByTestId("sign-out").waitFor();
      assert.equal(await at("libraries").count(), 0);
      assert.equal((await shared(root)).length, 1, "what she added stays");
    });

    test("nobody else learns of it, and an admin reads what was done", async () => {
      assert.deepEqual((await eve.get("organizations")).items, []);
      const strange = await eve.call("GET", "photos", { headers: { "photure-library": family } });
      assert.equal(strange.status, 404);
      await signIn(root.credentials);
      await page.goto(`${stack.url}/admin`);
      await at("activity").getByText("root made the organisation Family").waitFor();
      await at("activity").getByText(/^root added ada’s account to the organisation The Lovelaces/).waitFor();
    });

    test("nothing went wrong in the page", () => assert.deepEqual(complaints, []));
  });
}
