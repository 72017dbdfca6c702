// Resumable uploads by the clients that others use, over a line that breaks and with a media that is killed: every file is
// there in the end, byte by byte, and once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "../lib/client.mjs";
import { CuttingLine } from "../lib/cutting.mjs";
import { until } from "../lib/processes.mjs";
import { startFour, startOneProcess } from "../lib/stack.mjs";
import { tuspy } from "../lib/tuspy.mjs";
import { AT_ONCE, byTusJs, compare, each, files } from "../lib/uploads.mjs";

const EACH = 100;
const MOST_KILLS = 40;

/** All of a folder by tuspy, several at once. */
async function byTuspy(python, client, url, folder) {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), "tuspy_upload.py");
  const child = spawn(python.command, [script, url, client.access, folder, String(AT_ONCE)], { env: { ...process.env, ...python.env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, text.slice(-3000));
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
