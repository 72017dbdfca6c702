// An account is deleted and kept, by its owner and by an admin, in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, signInAs } from "./chromium.mjs";
import { Client } from "../lib/client.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack, browser, page, complaints, root, ada;
    const at = (id) => page.getByTestId(id);
    const look = (name) => lookAt(page, name);

    const signIn = (credentials) => signInAs(page, stack.url, credentials);

    before(async () => {
      stack = await start();
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

    test("a name is changed, and signs in from then on", async () => {
      await signIn(ada.credentials);
      await page.goto(`${stack.url}/account`);
      const name = at("username").locator("[name=username]:visible");
      await name.fill("root");
      await at("username").getByRole("button", { name: "Change name" }).click();
      await page.getByText("This user name is taken").waitFor();
      await name.fill("lovelace");
      await at("username").getByRole("button", { name: "Change name" }).click();
      await page.getByText("You are lovelace from now on").waitFor();
      ada.credentials.username = "lovelace";
      await signIn(ada.credentials);
    });

    test("an owner deletes their account with the password, is told on every page, and keeps it", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByRole("button", { name: "Delete account" }).click();
      const form = at("delete-account");
      const submit = form.locator("button[type=submit]");
      await submit.click();
      await form.getByText("Enter your password.").waitFor();
      await form.locator("[name=password]").fill("not my password");
      await submit.click();
      await form.getByText("That is not your password.").waitFor();
      await look("delete-account");
      await form.locator("[name=password]").fill(ada.credentials.password);
      await submit.click();
      await at("closing").waitFor();
      assert.match(await at("closing").innerText(), /is deleted on \w+ \d+ \w+ \d{4}/);
      await page.getByRole("heading", { name: "Delete account" }).scrollIntoViewIfNeeded();
      await look("account-closing");
      await page.goto(stack.url);
      await at("closing").waitFor();
      await look("timeline-closing");
      await signIn(ada.credentials);
      await at("closing").getByRole("button", { name: "Keep my account" }).click();
      await page.getByText("Your account stays").waitFor();
      await at("closing").waitFor({ state: "detached" });
      assert.equal((await ada.get("users/me")).closes_at, null);
    });

    test("an admin deletes an account, which cannot be signed in to, and keeps it", async () => {
      await signIn(root.credentials);
      await page.goto(`${stack.url}/admin`);
      await page.getByRole("button", { name: "Delete: lovelace" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await at("accounts").getByText(/^To be deleted on/).waitFor();
      await look("admin-account-closing");
      const refused = await ada.call("POST", "auth/login", { json: ada.credentials, token: null });
      assert.equal(refused.status, 403);
      await page.getByRole("button", { name: "Keep: lovelace" }).click();
      await page.getByText("lovelace stays").waitFor();
      await at("accounts").getByText(/^To be deleted on/).waitFor({ state: "detached" });
      await ada.login();
    });

    test("nothing went wrong in the page", () => assert.deepEqual(complaints, []));
  });
}
