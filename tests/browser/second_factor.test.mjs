// Two-step sign-in, as a person lives it: in Chromium, on the one-process form and through nginx on four services.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, makeAccount, platforms } from "./chromium.mjs";
import { forms } from "../lib/stack.mjs";
import { code } from "../lib/totp.mjs";

for (const [form, start] of Object.entries(platforms(forms))) {
  describe(form, () => {
    let stack, browser, context, page, complaints, secret, recovery;
    const username = `steps-${randomUUID().slice(0, 8)}`;
    const password = `a long enough ${randomUUID()}`;
    const at = (id) => page.getByTestId(id);
    /** Wide and on a phone, in daylight and in the dark; a picture of each where somebody wants them. */
    const look = (name) => lookAt(page, name);
    async function enterPassword() {
      const login = at("login-form");
      await login.locator("[name=username]").fill(username);
      await login.locator("[name=password]").fill(password);
      await login.locator("button[type=submit]").click();
      await at("second-step").waitFor();
    }
    async function enterCode(typed) {
      await at("second-step").locator("[name=code]").fill(typed);
      await at("second-step").locator("button[type=submit]").click();
    }
    async function signOut() {
      if (!(await at("sign-out").isVisible())) await at("account-menu").click();
      await at("sign-out").click();
      await at("login-form").waitFor();
    }
    const showBoth = async (typed) => {
      await at("show-both").locator("[name=password]").fill(password);
      await at("show-both").locator("[name=code]").fill(typed);
      await at("show-both").locator("button[type=submit]").click();
    };

    before(async () => {
      stack = await start();
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
    });

    test("sets an app up with what the page shows", async () => {
      await page.goto(`${stack.url}/account`);
      await at("two-step-off").waitFor();
      await page.getByRole("button", { name: "Set up" }).click();
      await at("enrol-password").locator("[name=password]").fill("not the password");
      await at("enrol-password").locator("button[type=submit]").click();
      await page.getByText("That is not your password.").waitFor();
      await at("enrol-password").locator("[name=password]").fill(password);
      await at("enrol-password").locator("button[type=submit]").click();
      await at("totp-secret").waitFor();
      secret = (await at("totp-secret").innerText()).replaceAll(" ", "");
      assert.match(await page.locator("a[href^='otpauth:']").getAttribute("href"), new RegExp(`secret=${secret}&`));
      const drawn = page.locator("img[alt^='QR code']");
      assert.ok(await drawn.evaluate((image) => image.complete && image.naturalWidth > 0), "the policy lets the picture in");
      await look("two-step-enrol");
      await at("enrol-confirm").locator("[name=code]").fill("000000");
      await at("enrol-confirm").locator("button[type=submit]").click();
      await page.getByText("This is not the code").waitFor();
      await at("enrol-confirm").locator("[name=code]").fill(code(secret, 0));
      await at("enrol-confirm").locator("button[type=submit]").click();
      await at("recovery-codes").waitFor();
      recovery = await at("recovery-codes").locator("li").allInnerTexts();
      assert.equal(new Set(recovery).size, 10);
      await look("two-step-recovery-codes");
      await page.emulateMedia({ media: "print" });
      assert.ok(await at("recovery-codes").isVisible());
      assert.equal(await at("sessions").isVisible(), false, "the page behind is not printed");
      await page.emulateMedia({ media: "screen" });
      await page.getByRole("button", { name: "I have them" }).click();
      await page.getByText("10 recovery codes left").waitFor();
      await look("two-step-on");
    });

    test("is asked for a code from then on; the same one opens nothing twice", async () => {
      await signOut();
      await enterPassword();
      const field = at("second-step").locator("[name=code]");
      assert.equal(await field.getAttribute("autocomplete"), "one-time-code");
      assert.ok(await field.evaluate((input) => document.activeElement === input), "nothing else is to be done");
      await look("second-step");
      await enterCode("123");
      await page.getByText("This code is wrong").waitFor();
      const next = code(secret, 1);
      await enterCode(next);
      await at("account-menu").waitFor();
      await signOut();
      await enterPassword();
      await enterCode(next);
      await page.getByText("This code is wrong or was used before").waitFor();
    });

    test("gets in with a recovery code, once", async () => {
      await page.getByRole("button", { name: "Use a recovery code" }).click();
      await enterCode(recovery[0].replaceAll("-", " ").toUpperCase());
      await at("account-menu").waitFor();
      await signOut();
      await enterPassword();
      await page.getByRole("button", { name: "Use a recovery code" }).click();
      await enterCode(recovery[0]);
      await page.getByText("This is none of your codes").waitFor();
      await look("second-step-recovery");
      await enterCode(recovery[1]);
      await at("account-menu").waitFor();
    });

    test("makes new recovery codes, which end the old ones, and turns it off", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByText("8 recovery codes left").waitFor();
      await page.getByRole("button", { name: "New recovery codes" }).click();
      await at("show-both").getByRole("button", { name: "Use a recovery code" }).click();
      await showBoth(recovery[2]);
      await at("recovery-codes").waitFor();
      const renewed = await at("recovery-codes").locator("li").allInnerTexts();
      await page.getByRole("button", { name: "I have them" }).click();
      await page.getByText("10 recovery codes left").waitFor();
      await page.getByRole("button", { name: "Turn off" }).click();
      await at("show-both").getByRole("button", { name: "Use a recovery code" }).click();
      await showBoth(recovery[3]);
      await page.getByText("This is none of your codes").waitFor();
      await look("two-step-disable");
      await showBoth(renewed[0]);
      await at("two-step-off").waitFor();
      await signOut();
      const login = at("login-form");
      await login.locator("[name=username]").fill(username);
      await login.locator("[name=password]").fill(password);
      await login.locator("button[type=submit]").click();
      await at("account-menu").waitFor();
    });

    test("the page had nothing to complain about", () => assert.deepEqual(complaints, []));
  });
}
