// `photure upload` as a person uses it: a folder, interrupted and run again, over a line that breaks, and watching.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { CuttingLine } from "../lib/cutting.mjs";
import { another, isJpeg, padded, smallPhoto } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { binary, forms } from "../lib/stack.mjs";

/** The command with these arguments, and what it said. */
function start(client, stack, args, { url = stack.url, password = client.credentials.password } = {}) {
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: path.join(stack.dir, "state"), PHOTURE_PASSWORD: password };
  const child = spawn(binary("photure"), ["upload", "--server", url, "--user", client.credentials.username, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const told = { child, text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (told.text += part));
  told.ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  told.events = () => told.text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  return told;
}

async function run(client, stack, args, options) {
  const told = start(client, stack, args, options);
  const code = await told.ended;
  return { code, text: told.text, summary: told.events().find(({ event }) => event === "summary") };
}

/** Photos of `bytes` each, more or less, in folders. */
function fill(folder, count, bytes = 300_000) {
  const photo = smallPhoto();
  return Array.from({ length: count }, (_, n) => {
    const content = another(isJpeg(photo) ? padded(photo, bytes) : photo);
    const file = path.join(folder, `day-${n % 3}`, `photo-${n}.jpg`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return sha256(content);
  });
}

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Čaj o páté</rdf:li></rdf:Alt></dc:title>
  <dc:subject><rdf:Bag><rdf:li>tea</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;

const hashes = async (client) => (await client.photos()).map((photo) => photo.sha256).sort();

for (const [form, begin] of Object.entries(forms)) {
  describe(form, () => {
    let stack;
    before(async () => (stack = await begin()));
    after(() => stack?.stop());

    test("what lies beside a photo goes with it", async () => {
      const client = await Client.register(stack.url);
      const folder = path.join(stack.dir, `${client.user.id}-beside`);
      const [first, second, third] = fill(folder, 3);
      writeFileSync(path.join(folder, "day-0/photo-0.xmp"), Buffer.from(`\ufeff${xmp}`, "utf16le"));
      writeFileSync(path.join(folder, "day-1/photo-1.jpg.XMP"), xmp);
      writeFileSync(path.join(folder, "day-2/photo-2.xmp"), "no XMP");
      const sent = await run(client, stack, ["--json", folder]);
      assert.equal(sent.code, 0, sent.text);
      assert.match(sent.text, /photo-2\.xmp is no XMP/);
      const byHash = Object.fromEntries((await client.photos()).map((photo) => [photo.sha256, photo]));
      const { title, rating, tags } = byHash[first];
      assert.deepEqual([title, rating, tags], ["Čaj o páté", 3, ["tea"]]);
      assert.equal(byHash[second].title, "Čaj o páté");
      assert.notEqual(byHash[third].title, "Čaj o páté");
      assert.equal((await client.get(`photos/${byHash[first].id}/metadata`)).XMP.Title, "Čaj o páté");
    });

    test("a folder is sent once, whatever else is in it", async () => {
      const client = await Client.register(stack.url);
      const folder = path.join(stack.dir, `${client.user.id}-folder`);
      const sent = fill(folder, 12);
      writeFileSync(path.join(folder, "notes.txt"), "no picture");
      writeFileSync(path.join(folder, "broken.png"), Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(40)]));
      copyFileSync(path.join(folder, "day-0/photo-0.jpg"), path.join(folder, "the same.jpg"));

      const dry = await run(client, stack, ["--dry-run", "--json", folder]);
      assert.equal(dry.code, 0, dry.text);
      assert.equal(dry.summary.uploaded, 13);
      assert.deepEqual(await hashes(client), []);

      const first = await run(client, stack, ["--json", folder]);
      assert.equal(first.code, 1, "one is broken");
      assert.deepEqual([first.summary.uploaded, first.summary.repeated, first.summary.no_pictures], [12, 1, 1]);
      assert.match(first.summary.failed[0].path, /broken\.png$/);
      assert.ok(first.summary.failed[0].reason.length > 10);
      assert.deepEqual(await hashes(client), [...sent].sort());

      rmSync(path.join(folder, "broken.png"));
      const again = await run(client, stack, [folder]);
      assert.equal(again.code, 0, again.text);
      assert.match(again.text, /0 sent .*12 there already/);
    });

    test("interrupted again and again, nothing is lost or repeated", { timeout: 300_000 }, async (t) => {
      const client = await Client.register(stack.url);
      const folder = path.join(stack.dir, `${client.user.id}-interrupted`);
      const sent = fill(folder, 40, 1_500_000);
      const line = await CuttingLine.to(Number(new URL(stack.url).port), { cutAfter: () => 200_000 + Math.random() * 8_000_000 });
      let interruptions = 0;
      try {
        for (let round = 0; ; round++) {
          const running = start(client, stack, ["--json", "--parallel", "2", folder], { url: line.url });
          const stop = setTimeout(() => running.child.kill(round % 2 === 0 ? "SIGINT" : "SIGKILL"), 150 + Math.random() * 400);
          const code = await running.ended;
          clearTimeout(stop);
          if (code === 0) break;
          interruptions++;
          assert.ok(code === 130 || code === null || code === 69, `${code}: ${running.text}`);
          // Everybody gets through in the end.
          if (round >= 12) line.cutting = false;
          assert.ok(round < 200, "it never ends");
        }
      } finally {
        await line.stop();
      }
      t.diagnostic(`${interruptions} interruptions, ${line.cuts} cuts`);
      assert.deepEqual(await hashes(client), [...sent].sort());
    });

    test("it watches, and sends what comes to rest", { timeout: 120_000 }, async () => {
      const client = await Client.register(stack.url);
      const folder = path.join(stack.dir, `${client.user.id}-watched`);
      const before = fill(folder, 2);
      const watching = start(client, stack, ["--watch", "--json", folder]);
      await until("the first two", async () => (await hashes(client)).length === 2, 30);
      const later = fill(path.join(folder, "new"), 3);
      await until("what came later", async () => (await hashes(client)).length === 5, 60);
      watching.child.kill("SIGINT");
      assert.equal(await watching.ended, 0, watching.text);
      assert.deepEqual(await hashes(client), [...before, ...later].sort());
    });

    test("without a way in it says so", async () => {
      const client = await Client.register(stack.url);
      const refused = await run(client, stack, [stack.dir], { password: "another password" });
      assert.equal(refused.code, 69);
      assert.match(refused.text, /password/i);
      const nobody = await run(client, stack, [stack.dir], { url: "http://127.0.0.1:9" });
      assert.equal(nobody.code, 69);
      assert.match(nobody.text, /does not answer/);
    });
  });
}
