// `npm run look [folder]`: opens the built page with a made-up library in Chromium, lives through what people do with it, and
// takes pictures (into docs/screenshots where no folder is named). Fails where the page logs an error, breaks its
// Content-Security-Policy, moves under the eye, or where axe finds fault.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
mkdirSync(folder, { recursive: true });
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const dark = { colorScheme: "dark" };
const faults = [];
const running = new Set();
let looks = 0;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A demo of its own, with so many photos. */
async function demo(photos, variables = {}) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("demo.mjs", import.meta.url)), `${photos}`], {
    env: { ...process.env, PORT: "0", DEMO_DELAY_MS: "20", ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve) => child.stdout.on("data", (line) => resolve(/http:\S+/.exec(`${line}`)?.[0])));
  running.add(child);
  return { url, stop: () => child.kill() };
}

async function open({ url }, options, address = "/") {
  const context = await browser.newContext(options);
  // Axe is given to the page by the debugger, which its policy does not stop; the page's own scripts stay under it.
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`${address}: ${error.stack}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(`${address}: ${message.text()}`);
  });
  await page.goto(url + address);
  page.at = (id) => page.getByTestId(id);
  return page;
}

async function look(page, name, { picture = true } = {}) {
  looks += 1;
  // What fades or rises is looked at when it has arrived.
  await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));
  if (picture) await page.screenshot({ path: `${folder}/${name}.png` });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const { id, nodes } of violations) faults.push(`${name}: ${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
}

const expect = (holds, what) => { if (!holds) faults.push(what); };
const tiles = (page) => page.at("photo-tile").first().waitFor();
const pictures = (page) => page.waitForFunction(() => [...document.querySelectorAll("[data-photo-id] img")].filter((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}).every((image) => image.complete && "shown" in image.dataset));

async function signIn(page) {
  await page.at("login-form").locator("[name=username]").fill("ada");
  await page.at("login-form").locator("[name=password]").fill("right");
  await page.keyboard.press("Enter");
}

const looksAt = {
  async "the door"() {
    const here = await demo(0);
    const page = await open(here, wide);
    await page.at("login-form").waitFor();
    await look(page, "sign-in");
    await page.at("login-form").locator("[name=username]").fill("ada");
    await page.at("login-form").locator("[name=password]").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.at("register-form").locator("[name=username]").fill("ada");
    await page.at("register-form").locator("[name=email]").fill("nowhere");
    await page.at("register-form").locator("[name=password]").fill("short");
    await page.keyboard.press("Enter");
    await page.getByText("This is no e-mail address.").waitFor();
    await look(page, "register", { picture: false });
    await page.at("register-form").locator("[name=email]").fill("ada@example.org");
    await page.at("register-form").locator("[name=password]").fill("a long enough one");
    await page.keyboard.press("Enter");
    await page.at("empty-state").waitFor();
    await look(page, "empty");
    const small = await open(here, { ...phone, ...dark });
    await signIn(small);
    await small.at("empty-state").waitFor();
    await look(small, "empty-phone", { picture: false });
    here.stop();
  },

  async "thousands of photos"() {
    const here = await demo(4000, { DEMO_SIGNED_IN: "1" });
    const page = await open(here, wide);
    await tiles(page);
    await pictures(page);
    await look(page, "timeline");
    await page.emulateMedia(dark);
    await look(page, "timeline-dark");
    await page.at("photo-tile").nth(1).click();
    await page.keyboard.press("i");
    await page.getByText("ƒ/2.8").waitFor();
    await page.getByText("All metadata").click();
    await page.getByText("Creator tool").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll("[data-slide] img")].every((image) => image.complete));
    await look(page, "viewer");
    const first = page.url();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL((url) => url.href !== first);
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(first);
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "Remove from favourites" }).waitFor();
    await page.keyboard.press("Escape");
    await page.at("viewer").waitFor({ state: "detached" });
    const id = first.split("/").at(-1);
    expect(await page.evaluate(() => document.activeElement?.dataset.photoId) === id, "the focus does not return to the photo that was open");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.dataset.photoId) !== id, "an arrow does not move the focus");

    await page.locator(`[data-select]`).nth(2).click({ force: true });
    await page.locator(`[data-select]`).nth(4).click();
    await look(page, "picked", { picture: false });
    await page.getByRole("toolbar").getByRole("button", { name: "Move to trash" }).click();
    await page.getByText("2 photos moved to trash").waitFor();
    await page.at("nav-trash").filter({ visible: true }).click();
    await page.at("trash-item").first().waitFor();
    await look(page, "trash");
    await page.getByRole("button", { name: "Empty trash" }).click();
    await look(page, "trash-confirm", { picture: false });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.at("trash-restore").first().click();
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=trash-item]").length === 1);

    const small = await open(here, phone);
    await tiles(small);
    await pictures(small);
    await look(small, "timeline-phone");
    await small.at("photo-tile").nth(2).tap();
    await small.at("viewer").waitFor();
    const before = small.url();
    await swipe(small, 320, 60);
    await small.waitForURL((url) => url.href !== before, { timeout: 5000 }).catch(() => faults.push("a swipe does not turn the page"));
    await small.at("viewer-info").tap();
    await small.getByText("ƒ/2.8").waitFor();
    await look(small, "viewer-phone");
    here.stop();
  },

  async "a hundred thousand, loading slowly"() {
    const here = await demo(100_000, { DEMO_SIGNED_IN: "1", DEMO_DELAY_MS: "200" });
    const page = await open(here, wide);
    await tiles(page);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await page.waitForFunction(() => scrollY > 1_000_000);
    await tiles(page);
    await page.evaluate(watchMoves);
    await page.mouse.move(600, 500);
    for (let turn = 0; turn < 40; turn++) {
      await page.mouse.wheel(0, -300);
      await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
    }
    await pictures(page);
    const moves = await page.evaluate(() => globalThis.moves);
    const odd = moves.filter((move) => Math.abs(move % 300) > 1 && Math.abs(Math.abs(move % 300) - 300) > 1);
    expect(moves.some((move) => move !== 0) && odd.length === 0, `photos moved under the eye by ${odd.join(", ")}`);
    const drawn = await page.locator("*").count();
    expect(drawn < 2500, `${drawn} elements are drawn for 100,000 photos`);
    here.stop();
  },

  async "uploads, refused and not"() {
    const here = await demo(300, { DEMO_SIGNED_IN: "1" });
    const page = await open(here, { ...wide, ...dark });
    await tiles(page);
    const file = (name, size) => ({ name, mimeType: "image/jpeg", buffer: Buffer.alloc(size, name) });
    await page.at("upload-input").setInputFiles([
      file("holiday.jpg", 3e6), file("broken.jpg", 2e4), file("cut.jpg", 2e4), file("notes.txt", 2e4), file("empty.jpg", 0), file("busy.jpg", 2e4),
    ]);
    await page.waitForFunction(() => {
      const states = [...document.querySelectorAll("[data-testid=upload-item]")].map((item) => item.dataset.state);
      return states.length === 6 && states.filter((state) => state === "done").length === 2 && states.filter((state) => state === "failed").length === 4;
    });
    await look(page, "upload");
    here.stop();
  },

  async "uploads under way, paused, held up and left behind"() {
    const here = await demo(300, { DEMO_SIGNED_IN: "1" });
    const files = mkdtempSync(path.join(tmpdir(), "photure-look-"));
    const names = Array.from({ length: 200 }, (_, nth) => path.join(files, `DSC_${String(nth + 1).padStart(5, "0")}.JPG`));
    for (const name of names) writeFileSync(name, Buffer.alloc(1_500_000, name));
    // A bar that never stands still is never looked at.
    const page = await open(here, { ...phone, reducedMotion: "reduce" });
    page.on("dialog", (dialog) => dialog.accept());
    await tiles(page);
    const network = await page.context().newCDPSession(page);
    await network.send("Network.emulateNetworkConditions", { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 3e6 });
    await page.at("upload-input").setInputFiles(names);
    await page.getByText(/[3-9] of 200 done/).waitFor();
    await look(page, "upload-phone");
    expect((await page.at("upload-item").count()) < 60, "rows of 200 files are drawn that nobody sees");
    await page.at("upload-panel").getByRole("group", { name: "Files" }).evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.locator("[aria-posinset='200']").waitFor();
    await page.context().setOffline(true);
    await page.getByRole("heading", { name: "No network" }).waitFor();
    await look(page, "upload-offline", { picture: false });
    await page.context().setOffline(false);
    await page.at("pause-all").tap();
    await page.at("continue-all").waitFor();
    await page.emulateMedia(dark);
    await look(page, "upload-paused", { picture: false });
    await page.reload();
    await page.at("left-behind").waitFor();
    await look(page, "upload-left-behind", { picture: false });
    await page.getByRole("button", { name: "Forget them" }).tap();
    await page.at("upload-panel").waitFor({ state: "detached" });
    rmSync(files, { recursive: true });
    here.stop();
  },

  async "many tabs, and haste"() {
    const here = await demo(20);
    for (const locks of [true, false]) {
      const first = await open(here, wide, "/sign-in");
      const context = first.context();
      // As on plain http in a home network.
      if (!locks) await context.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
      await signIn(first);
      await tiles(first);
      const tabs = [first, await context.newPage(), await context.newPage(), await context.newPage(), await context.newPage()];
      for (let round = 0; round < 3; round++) await Promise.all(tabs.map((tab) => tab.goto(`${here.url}/trash`)));
      for (const tab of tabs) await tab.getByTestId("empty-state").waitFor({ timeout: 8000 }).catch(() => faults.push(`${tabs.length} tabs at once end the session (locks: ${locks})`));
      for (let turn = 0; turn < 10; turn++) await first.goto(`${here.url}/trash`, { waitUntil: "commit" });
      await first.at("empty-state").waitFor({ timeout: 8000 }).catch(() => faults.push(`hasty reloads end the session (locks: ${locks})`));
      await context.close();
    }
    here.stop();
  },

  async "what goes wrong"() {
    const broken = await demo(10, { DEMO_SIGNED_IN: "1", DEMO_FAIL: "^timeline" });
    const page = await open(broken, wide);
    await page.getByRole("button", { name: "Try again" }).waitFor({ timeout: 20_000 });
    await look(page, "error");
    broken.stop();

    const here = await demo(50, { DEMO_SIGNED_IN: "1" });
    const other = await open(here, { ...phone, ...dark });
    await tiles(other);
    await other.context().setOffline(true);
    await other.getByText("You are offline").waitFor();
    await look(other, "offline", { picture: false });
    await other.context().setOffline(false);
    await fetch(`${here.url}/api/v1/auth/logout`, { method: "POST" });
    await other.at("nav-trash").filter({ visible: true }).click();
    await other.getByText("Your session has ended").waitFor();
    await look(other, "session-ended", { picture: false });
    await signIn(other);
    await other.at("empty-state").waitFor();
    here.stop();
  },
};

/** Notes, frame by frame, how far the photos on the screen have moved. */
function watchMoves() {
  globalThis.moves = [];
  let before = new Map();
  requestAnimationFrame(function frame() {
    const now = new Map([...document.querySelectorAll("[data-photo-id]")].map((tile) => [tile.dataset.photoId, tile.getBoundingClientRect()]).filter(([, box]) => box.bottom > 56 && box.top < innerHeight));
    for (const [id, box] of now) if (before.has(id)) globalThis.moves.push(Math.round(box.top - before.get(id).top));
    before = now;
    requestAnimationFrame(frame);
  });
}

async function swipe(page, from, to) {
  const touch = await page.context().newCDPSession(page);
  const send = (type, x) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: x === null ? [] : [{ x, y: 400 }] });
  await send("touchStart", from);
  for (let part = 1; part <= 5; part++) await send("touchMove", from + ((to - from) * part) / 5);
  await send("touchEnd", null);
}

const only = process.env.LOOK_AT;
for (const [name, run] of Object.entries(looksAt).filter(([name]) => !only || name.includes(only))) {
  const known = faults.length;
  await run().catch((error) => faults.push(`${name}: ${error.message.split("\n").slice(0, 4).join(" ")}`));
  console.log(`${faults.length === known ? "✓" : "✗"} ${name}`);
}
for (const child of running) child.kill();
await browser.close();
for (const fault of faults) console.log(`  ${fault}`);
console.log(`${looks} looks, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
