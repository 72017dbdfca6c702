// Resumable uploads by the clients that others use, over a line that breaks and with a media that is killed: every file is
// there in the end, byte by byte, and once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, sha256 } from "../lib/client.mjs";
import { CuttingLine } from "../lib/cutting.mjs";
import { another, isJpeg, padded, smallPhoto } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { startFour, startOneProcess } from "../lib/stack.mjs";
import { tuspy } from "../lib/tuspy.mjs";

const { Upload } = createRequire(new URL("../../frontend/package.json", import.meta.url))("tus-js-client");
const EACH = 100;
const MOST_KILLS = 40;
const AT_ONCE = 4;

/** Photos of up to two megabytes, so that a line has time to break within one. */
function files(count) {
  const photo = smallPhoto();
  return Array.from({ length: count }, (_, n) => {
    const size = Math.floor(Math.random() * 2_000_000);
    const bytes = another(isJpeg(photo) ? padded(photo, size) : photo);
    return { name: `tus-${n}.jpg`, bytes, sha256: sha256(bytes) };
  });
}

/**
 * One file by tus-js-client, to its end. It does not try again itself where the request that joins parallel parts breaks; whoever uses
 * it does.
 */
async function byTusJs(client, url, file, n) {
  for (let tries = 0; ; tries++) {
    try {
      return await once(client, url, file, n);
    } catch (error) {
      if (error.originalResponse || tries > 50) throw error;
      await pause(200);
    }
  }
}

function once(client, url, file, n) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file.bytes, {
      endpoint: `${url}/api/v1/uploads`,
      headers: { authorization: `Bearer ${client.access}` },
      metadata: { filename: file.name, filetype: "image/jpeg", sha256: file.sha256 },
      // Small pieces, one request, parts in parallel, a length that is said at the end: whatever the client can do.
      chunkSize: n % 3 === 0 ? Infinity : 100_000 + Math.floor(Math.random() * 400_000),
      parallelUploads: n % 5 === 0 ? 2 : 1,
      uploadDataDuringCreation: n % 4 === 0 && n % 5 !== 0,
      storeFingerprintForResuming: false,
      retryDelays: Array.from({ length: 200 }, (_, tries) => Math.min(50 * 2 ** tries, 1000)),
      onError: reject,
      onSuccess: () => resolve(upload.url),
    });
    upload.start();
  });
}

/** All of a folder by tuspy, several at once. */
async function byTuspy(python, client, url, folder) {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), "tuspy_upload.py");
  const child = spawn(python.command, [script, url, client.access, folder, String(AT_ONCE)], { env: { ...process.env, ...python.env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, text.slice(-3000));
}

async function each(items, work) {
  const queue = items.entries();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const [n, item] of queue) await work(item, n);
  }));
}

async function compare(client, sent) {
  const library = await client.photos();
  const byHash = new Map(library.map((photo) => [photo.sha256, photo]));
  assert.equal(byHash.size, library.length, "a photo is there twice");
  assert.equal(library.length, sent.length);
  await each(sent, async (file) => {
    const photo = byHash.get(file.sha256);
    assert.ok(photo, `${file.name} is gone`);
    assert.equal(photo.filename, file.name);
    assert.equal(sha256(await client.bytes(photo.urls.original)), file.sha256);
  });
}

describe("four services behind nginx", () => {
  let stack, python;
  before(async () => {
    python = await tuspy();
    stack = await startFour();
  });
  after(() => stack?.stop());

  test(`${2 * EACH} files over a breaking line to a media that is killed`, { timeout: 900_000 }, async (t) => {
    const client = await Client.register(stack.url);
    const line = await CuttingLine.to(Number(new URL(stack.url).port));
    const [forJs, forPython] = [files(EACH), files(EACH).map((file) => ({ ...file, name: file.name.replace("tus", "tuspy") }))];
    const folder = path.join(stack.dir, "to-send");
    mkdirSync(folder);
    for (const file of forPython) writeFileSync(path.join(folder, file.name), file.bytes);
    let over = false;
    let kills = 0;
    const killing = (async () => {
      // A slow machine gets little done between two kills: at some time it is left alone.
      while (!over && kills < MOST_KILLS) {
        await pause(300 + Math.random() * 2500);
        await stack.programs.media.kill();
        await stack.programs.media.start();
        kills++;
      }
    })();
    try {
      await Promise.all([each(forJs, (file, n) => byTusJs(client, line.url, file, n)), byTuspy(python, client, line.url, folder)]);
    } finally {
      over = true;
      line.cutting = false;
      await killing;
      await line.stop();
    }
    t.diagnostic(`${line.cuts} cuts, ${kills} kills`);
    assert.ok(line.cuts > 20 && kills > 3, "too quiet a line");
    await compare(client, [...forJs, ...forPython]);
    await until("staging empty", () => stack.staged().length === 0, 100);
  });
});

describe("one process", () => {
  let stack;
  before(async () => (stack = await startOneProcess()));
  after(() => stack?.stop());

  test("files over a breaking line to a process that is killed", { timeout: 600_000 }, async (t) => {
    const client = await Client.register(stack.url);
    const line = await CuttingLine.to(Number(new URL(stack.url).port));
    const sent = files(24);
    const killing = (async () => {
      for (let kill = 0; kill < 4; kill++) {
        await pause(200 + Math.random() * 800);
        await stack.programs.photure.kill();
        await stack.programs.photure.start();
      }
    })();
    await Promise.all([killing, each(sent, (file, n) => byTusJs(client, line.url, file, n))]);
    line.cutting = false;
    t.diagnostic(`${line.cuts} cuts`);
    await compare(client, sent);
    await line.stop();
  });
});
