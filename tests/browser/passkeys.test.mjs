// Passkeys, in Chromium with its virtual authenticator, on the one-process form and through nginx on four services. They want a host with a name.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, makeAccount } from "./chromium.mjs";
import { forms } from "../lib/stack.mjs";
import { until } from "../lib/processes.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, browser, page, complaints, devices;
    const username = `keys-${randomUUID().slice(0, 8)}`;
    const password = `a long enough ${randomUUID()}`;
    const at = (id) => page.getByTestId(id);

    /** A phone or a security key, whose owner is recognised or not. */
    async function device(isUserVerified = true) {
      const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified, automaticPresenceSimulation: true };
      return (await devices.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
    }
    const credentials = async (authenticatorId) => (await devices.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
    async function signOut() {
      if (!(await at("sign-out").isVisible())) await at("account-menu").click();
      await at("sign-out").click();
      await at("login-form").waitFor();
    }
    async function add(name) {
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await at("new-passkey").locator("[name=name]").fill(name);
      await at("new-passkey").locator("[name=password]").fill(password);
      await at("new-passkey").locator("button[type=submit]").click();
    }
    const withPasskey = () => page.getByRole("button", { name: "Sign in with a passkey" }).click();
    const look = (name) => lookAt(page, name, { heights: [2400, 2400] });

    before(async () => {
      stack = await start({ host: "localhost" });
      browser = await chromium();
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
      devices = await context.newCDPSession(page);
      await devices.send("WebAuthn.enable");
      await makeAccount(page, stack.url, { username, password });
    });
    after(async () => {
      await browser?.close();
      await stack?.stop();
    });

    let phone;
    test("adds a device, once", async () => {
      phone = await device();
      await page.goto(`${stack.url}/account`);
      await add("My phone");
      await at("passkeys").getByText("My phone").waitFor();
      assert.equal((await credentials(phone)).length, 1);
      await add("My phone again");
      await page.getByText("has a passkey for your account already").waitFor();
      await look("passkey-new");
      await page.getByRole("button", { name: "Cancel" }).click();
      await look("passkeys");
    });

    test("signs in with it alone", async () => {
      await signOut();
      await look("passkey-sign-in");
      await withPasskey();
      await at("account-menu").waitFor();
      await page.goto(`${stack.url}/account`);
      await at("passkeys").getByText("last used").waitFor();
      const [credential] = await credentials(phone);
      assert.ok(credential.signCount > 1, "it counts");
    });

    test("is not let in with a copy of it that counts backwards, nor unrecognised", async () => {
      const [credential] = await credentials(phone);
      await signOut();
      await devices.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: phone });
      const copy = await device();
      await devices.send("WebAuthn.addCredential", { authenticatorId: copy, credential: { ...credential, signCount: 0 } });
      await withPasskey();
      await page.getByText("This passkey opens no account here").waitFor();
      assert.equal(await at("account-menu").count(), 0);
      await devices.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: copy });
      phone = await device(false);
      await devices.send("WebAuthn.addCredential", { authenticatorId: phone, credential: { ...credential, signCount: credential.signCount + 10 } });
      await withPasskey();
      await page.getByText("No passkey was used").waitFor();
      await devices.send("WebAuthn.setUserVerified", { authenticatorId: phone, isUserVerified: true });
      await withPasskey();
      await at("account-menu").waitFor();
    });

    test("removes it, and it opens nothing any more", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByRole("button", { name: "Remove My phone" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await until("no passkey", async () => (await at("passkeys").locator("li").count()) === 0);
      await signOut();
      await withPasskey();
      await page.getByText("This passkey opens no account here").waitFor();
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}
