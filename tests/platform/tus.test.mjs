// Resumable uploads by the clients that others use, over a line that breaks and with a media that is killed: every file is
// there in the end, byte by byte, and once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "../lib/client.mjs";
import { until } from "../lib/processes.mjs";
import { startFour, startOneProcess } from "../lib/stack.mjs";
import { tuspy } from "../lib/tuspy.mjs";
import { AT_ONCE, byTusJs, compare, each, files, overRoughLine } from "../lib/uploads.mjs";

const EACH = 100;

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
    const send = async (url) => {
      const [forJs, forPython] = [files(EACH), files(EACH).map((file) => ({ ...file, name: file.name.replace("tus", "tuspy") }))];
      const folder = mkdtempSync(path.join(stack.dir, "to-send-"));
      for (const file of forPython) writeFileSync(path.join(folder, file.name), file.bytes);
      await Promise.all([each(forJs, (file, n) => byTusJs(client, url, file, n)), byTuspy(python, client, url, folder)]);
      return [...forJs, ...forPython];
    };
    const { sent, said } = await overRoughLine({ to: stack.url, program: stack.programs.media, longest: 2500, leastCuts: 21, leastKills: 4 }, send);
    t.diagnostic(said);
    await compare(client, sent);
    await until("staging empty", () => stack.staged().length === 0, 100);
  });
});

describe("one process", () => {
  let stack;
  before(async () => (stack = await startOneProcess()));
  after(() => stack?.stop());

  test("files over a breaking line to a process that is killed", { timeout: 600_000 }, async (t) => {
    const client = await Client.register(stack.url);
    const { sent, said } = await overRoughLine({ to: stack.url, program: stack.programs.photure, longest: 800, leastCuts: 4, leastKills: 3 }, async (url) => {
      const some = files(24);
      await each(some, (file, n) => byTusJs(client, url, file, n));
      return some;
    });
    t.diagnostic(said);
    await compare(client, sent);
  });
});
