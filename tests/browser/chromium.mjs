// Debian's Chromium, driven by the playwright-core that the page's own tests use.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { watch } from "../lib/secrets.mjs";

const ofPage = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { chromium: driver } = ofPage("playwright-core");

export async function chromium() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!executablePath) throw new Error("no Chromium: install Debian's package `chromium`");
  const browser = await driver.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  browser.on("context", watch);
  return browser;
}

/** The forms to test: both, or the Photure that PHOTURE_TEST_URL names, which runs already. */
export function platforms(forms) {
  const running = process.env.PHOTURE_TEST_URL;
  return running ? { [running]: async () => ({ url: running, stop: async () => {} }) } : forms;
}

/** What a page itself does wrong, as it comes; refusals by the server are logged by the browser too and are expected. */
export function complaintsOf(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/** What axe finds fault with. The debugger gives it to the page, whose own policy would not let it in. */
export async function faultsOf(page) {
  await page.evaluate(readFileSync(ofPage.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("; ")}`);
}

/** Nothing is at fault and nothing sticks out, wide and on a phone, light and dark. With PHOTURE_SCREENSHOTS each is kept there as a picture. */
export async function lookAt(page, name, { heights = [900, 844] } = {}) {
  for (const [width, height] of [[1280, heights[0]], [390, heights[1]]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      // What comes while it is looked at comes at once, and is not seen half faded in.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));
      assert.deepEqual(await faultsOf(page), [], `${name}, ${width} wide, ${colorScheme}`);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${name}: ${beyond} pixels stick out at ${width}`);
      if (!process.env.PHOTURE_SCREENSHOTS) continue;
      mkdirSync(process.env.PHOTURE_SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: path.join(process.env.PHOTURE_SCREENSHOTS, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
}

/** Somebody else than before, or nobody was. */
export async function signInAs(page, url, { username, password }) {
  await page.context().clearCookies();
  await page.goto(`${url}/sign-in`);
  const form = page.getByTestId("login-form");
  await form.locator("[name=username]").fill(username);
  await form.locator("[name=password]").fill(password);
  await form.locator("button[type=submit]").click();
  await page.getByTestId("account-menu").waitFor();
}

/** A new account, made in the page, and signed in there. */
export async function makeAccount(page, url, { username, password }) {
  await page.goto(`${url}/register`);
  const register = page.getByTestId("register-form");
  await register.locator("[name=username]").fill(username);
  await register.locator("[name=email]").fill(`${username}@example.org`);
  await register.locator("[name=password]").fill(password);
  await register.locator("button[type=submit]").click();
  await page.getByTestId("account-menu").waitFor();
}
