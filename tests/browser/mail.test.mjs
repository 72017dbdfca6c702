// A forgotten password, and an address that is confirmed and changed: as a person lives it, in Chromium, through a real mail server, on the
// one-process form and through nginx on four services.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, makeAccount } from "./chromium.mjs";
import { Client } from "../lib/client.mjs";
import { Mailbox } from "../lib/mailbox.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, mailbox, browser, context, page, complaints, root;
    const username = `mail-${randomUUID().slice(0, 8)}`;
    const address = `${username}@example.org`;
    const [password, chosen] = [`a long enough ${randomUUID()}`, `another one ${randomUUID()}`];
    const at = (id) => page.getByTestId(id);
    /** Wide and on a phone, in daylight and in the dark; a picture of each where somebody wants them. */
    const look = (name) => lookAt(page, name);
    /** Types `values` into the form, and sends it. */
    async function fill(form, values) {
      for (const [name, value] of Object.entries(values)) await at(form).locator(`[name=${name}]`).fill(value);
      await at(form).locator("button[type=submit]").click();
    }
    async function signOut() {
      if (!(await at("sign-out").isVisible())) await at("account-menu").click();
      await at("sign-out").click();
      await at("login-form").waitFor();
    }

    before(async () => {
      mailbox = await Mailbox.open();
      stack = await start({ env: mailbox.env });
      root = await Client.register(stack.url);
      browser = await chromium();
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
      await makeAccount(page, stack.url, { username, password });
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
      mailbox?.close();
    });

    test("confirms the address, at the press of a button", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByText("Not confirmed yet").waitFor();
      await page.goto(await mailbox.link(address, "confirm-email"));
      const confirm = page.getByRole("button", { name: "Confirm" });
      await confirm.waitFor();
      assert.equal(new URL(page.url()).hash, "", "no history keeps it");
      await look("confirm-email");
      await confirm.click();
      await page.getByRole("heading", { name: "It is confirmed" }).waitFor();
      await page.goto(`${stack.url}/account`);
      await at("email").getByText("Confirmed", { exact: true }).waitFor();
    });

    test("has forgotten the password, and gets in with a new one", async () => {
      await signOut();
      await look("sign-in-with-mail");
      await page.getByRole("link", { name: "Forgotten your password?" }).click();
      await look("forgot-password");
      await fill("forgot-form", { username: "nobody-of-this-name" });
      await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
      const told = await page.locator("main").innerText();
      await page.goto(`${stack.url}/forgot-password`);
      await fill("forgot-form", { username: address });
      await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
      assert.equal(await page.locator("main").innerText(), told, "the same for everyone");
      await look("forgot-password-sent");

      const asked = [];
      page.on("request", (request) => asked.push(`${request.url()} ${request.headers().referer ?? ""}`));
      const link = await mailbox.link(address, "reset-password");
      const token = new URL(link).hash.slice(1);
      await page.goto(link);
      const field = at("reset-form").locator("[name=password]");
      await field.waitFor();
      assert.ok(!page.url().includes(token), "it is taken out of the address");
      assert.equal(await field.getAttribute("autocomplete"), "new-password");
      await fill("reset-form", { password: "short" });
      await page.getByText("Must have at least 10 characters.").waitFor();
      await look("reset-password");
      await fill("reset-form", { password: chosen });
      await page.getByRole("heading", { name: "That is your password now" }).waitFor();
      assert.deepEqual(asked.filter((said) => said.includes(token)), [], "no address that was asked for has it");
      await page.getByRole("link", { name: "Sign in with it" }).click();
      await fill("login-form", { username, password });
      await page.getByRole("alert").waitFor();
      await fill("login-form", { username, password: chosen });
      await at("account-menu").waitFor();

      await page.goto(link);
      await fill("reset-form", { password: "a third long password" });
      await page.getByText("This link was used, or has run out.").waitFor();
      await look("reset-password-too-late");
      await page.goto(`${stack.url}/confirm-email`);
      await page.getByRole("heading", { name: "Half a link" }).waitFor();
    });

    test("changes the address, which counts when the new one confirms", async () => {
      const wanted = `new-${address}`;
      await page.goto(`${stack.url}/account`);
      await page.getByRole("button", { name: "Change address" }).click();
      await fill("change-email", { email: wanted, password: "not the password" });
      await page.getByText("That is not your password.").waitFor();
      await look("change-email");
      await fill("change-email", { email: wanted, password: chosen });
      await at("email").getByText("To be replaced by").waitFor();
      await look("email-pending");
      await page.getByRole("button", { name: "Send the link again" }).click();
      await page.getByText("A link is on its way", { exact: true }).waitFor();
      await page.goto(await mailbox.link(wanted, "confirm-email"));
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.getByText(wanted).waitFor();
      await mailbox.letter(address, "has another e-mail address now");
      await page.goto(`${stack.url}/account`);
      await at("email").getByText(wanted).waitFor();
    });

    test("is handed a link by an admin where no mail arrives", async () => {
      await signOut();
      await fill("login-form", root.credentials);
      await at("account-menu").waitFor();
      await page.goto(`${stack.url}/admin`);
      await page.getByLabel(`Password link: ${username}`).click();
      await page.getByRole("button", { name: "Make the link" }).click();
      const link = await at("password-link").innerText();
      await look("password-link");
      await page.getByRole("button", { name: "I have it" }).click();
      const other = await browser.newContext();
      const elsewhere = await other.newPage();
      await elsewhere.goto(link);
      await elsewhere.getByTestId("reset-form").locator("[name=password]").fill(password);
      await elsewhere.getByRole("button", { name: "Set the password" }).click();
      await elsewhere.getByRole("heading", { name: "That is your password now" }).waitFor();
      await other.close();
      await page.reload();
      await at("activity").getByText("asked for a link to a new password").first().waitFor();
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}
