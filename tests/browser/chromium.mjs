// Debian's Chromium, driven by the playwright-core that the page's own tests use.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";

const { chromium: driver } = createRequire(new URL("../../frontend/package.json", import.meta.url))("playwright-core");

export function chromium() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!executablePath) throw new Error("no Chromium: install Debian's package `chromium`");
  return driver.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
