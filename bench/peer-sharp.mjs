// sharp as a candidate: reads a file's name a line, answers with the processor time it took.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, kind] = process.argv.slice(2);
const from = createRequire(path.join(folder, "package.json"));
const sharp = from("sharp");
const { rgbaToThumbHash } = await import(pathToFileURL(path.join(folder, "node_modules/thumbhash/thumbhash.js")).href);
sharp.concurrency(1);
sharp.cache(false);

/** One decode to the preview's size, the rest of that: what Immich 3 does with a photo whose colours are sRGB. */
async function immich(bytes) {
  const size = { width: 1440, height: 1440, fit: "outside", withoutEnlargement: true };
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: false, unlimited: true }).autoOrient().resize(size).raw().toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  await sharp(data, raw).resize({ width: 250, height: 250, fit: "outside", withoutEnlargement: true }).webp({ quality: 80 }).toBuffer();
  await sharp(data, raw).jpeg({ quality: 80 }).toBuffer();
  await thumbhash(sharp(data, raw));
}

/** The sizes that Photure makes. */
async function sizes(bytes) {
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: false }).autoOrient().resize({ width: 1440, height: 1440, fit: "inside", withoutEnlargement: true }).raw().toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  await sharp(data, raw).resize({ width: 512, height: 512, fit: "inside" }).webp({ quality: 80, effort: 2 }).toBuffer();
  await sharp(data, raw).jpeg({ quality: 80 }).toBuffer();
  await thumbhash(sharp(data, raw));
}

async function thumbhash(picture) {
  const { data, info } = await picture.resize({ width: 100, height: 100, fit: "inside" }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  rgbaToThumbHash(info.width, info.height, data);
}

for await (const file of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  try {
    await (kind === "immich" ? immich : sizes)(readFileSync(file));
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ ms: (user + system) / 1000 }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
