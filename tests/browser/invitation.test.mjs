// By invitation: an admin invites somebody by mail and somebody by a link, and both make an account, in Chromium.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt } from "./chromium.mjs";
import { assertProblem, Client } from "../lib/client.mjs";
import { Mailbox } from "../lib/mailbox.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, mailbox, browser, page, complaints, root;
    const password = `a long enough ${randomUUID()}`;
    const at = (id) => page.getByTestId(id);
    const look = (name) => lookAt(page, name);
    async function fill(form, values) {
      for (const [name, value] of Object.entries(values)) await at(form).locator(`[name=${name}]`).fill(value);
      await at(form).locator("button[type=submit]").click();
    }
    /** Somebody else, in a browser of their own, opens `link` and makes an account. */
    async function accept(link, username) {
      const context = await browser.newContext();
      const theirs = await context.newPage();
      await theirs.goto(link);
      const form = theirs.getByTestId("register-form");
      await form.waitFor();
      assert.ok(!theirs.url().includes(new URL(link).hash), "it is taken out of the address");
      for (const [name, value] of Object.entries({ username, email: `${username}@example.org`, password })) await form.locator(`[name=${name}]`).fill(value);
      await form.locator("button[type=submit]").click();
      return { theirs, context };
    }

    before(async () => {
      mailbox = await Mailbox.open();
      stack = await start({ env: { ...mailbox.env, PHOTURE_REGISTRATION: "invitation" } });
      root = await Client.register(stack.url);
      browser = await chromium();
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
      mailbox?.close();
    });

    test("nobody makes an account uninvited", async () => {
      await page.goto(`${stack.url}/register`);
      await page.getByRole("heading", { name: "By invitation" }).waitFor();
      await look("register-by-invitation");
      const json = { username: "uninvited", email: "uninvited@example.org", password };
      await assertProblem(await new Client(stack.url).call("POST", "auth/register", { json }), 403, "invitation_required");
    });

    test("whoever is invited by mail makes an account, and has confirmed the address", async () => {
      await page.goto(`${stack.url}/sign-in`);
      await fill("login-form", root.credentials);
      await at("account-menu").waitFor();
      await page.goto(`${stack.url}/admin`);
      await page.getByRole("button", { name: "Invite someone" }).click();
      await fill("new-invitation", { email: "nowhere" });
      await page.getByText("Must be an e-mail address").waitFor();
      await look("invite");
      await fill("new-invitation", { email: "ada@example.org" });
      await at("invitations").getByText("ada@example.org").waitFor();
      const { theirs, context } = await accept(await mailbox.link("ada@example.org", "register"), "ada");
      await theirs.getByTestId("account-menu").waitFor();
      await theirs.goto(`${stack.url}/account`);
      await theirs.getByTestId("email").getByText("Confirmed", { exact: true }).waitFor();
      await context.close();
    });

    test("a link that is handed over is good once, and not when it was withdrawn", async () => {
      await page.reload();
      await page.getByText("Nobody is invited right now.").waitFor();
      const links = [];
      for (const nth of [1, 2]) {
        await page.getByRole("button", { name: "Invite someone" }).click();
        await fill("new-invitation", {});
        links.push(await at("invitation-link").innerText());
        if (nth === 1) await look("invitation-link");
        await page.getByRole("button", { name: "I have it" }).click();
      }
      await look("invitations");
      const bob = await accept(links[0], "bob");
      await bob.theirs.getByTestId("account-menu").waitFor();
      await bob.context.close();
      const again = await accept(links[0], "eve");
      await again.theirs.getByText("This invitation was used or withdrawn").waitFor();
      await again.context.close();
      await page.reload();
      await page.getByRole("button", { name: /^Withdraw the invitation/ }).click();
      await page.getByText("Nobody is invited right now.").waitFor();
      const withdrawn = await accept(links[1], "eve");
      await withdrawn.theirs.getByText("This invitation was used or withdrawn").waitFor();
      await withdrawn.context.close();
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}
