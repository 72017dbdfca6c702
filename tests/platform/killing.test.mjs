// kill -9 at random moments of a running upload batch: what was acknowledged is there, once, with its pictures.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Client, sha256 } from "../lib/client.mjs";
import { another, smallPhoto } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { startFour, startOneProcess } from "../lib/stack.mjs";

const KILLS = 32;
const UPLOADERS = 4;

/** Uploads one new photo after the other until `over()`; what was acknowledged goes into `acknowledged`. */
async function uploader(client, acknowledged, over) {
  for (let n = 0; !over(); n++) {
    const bytes = another(smallPhoto());
    const photo = await client.uploadSurely(bytes, `batch-${n}.jpg`);
    assert.equal(photo.sha256, sha256(bytes));
    acknowledged.push({ id: photo.id, sha256: photo.sha256 });
  }
}

async function killAndCompare(stack, victim) {
  const client = await Client.register(stack.url);
  const acknowledged = [];
  let over = false;
  const uploads = Promise.all(Array.from({ length: UPLOADERS }, () => uploader(client, acknowledged, () => over)));
  let broken;
  uploads.catch((error) => (broken = error));
  for (let kill = 0; kill < KILLS && !broken; kill++) {
    await pause(20 + Math.random() * 700);
    await stack.programs[victim].kill();
    await stack.programs[victim].start();
    // The same account; a token lives longer than the test, a one-process form keeps its keys.
  }
  over = true;
  await uploads;

  assert.ok(acknowledged.length >= UPLOADERS, `only ${acknowledged.length} photos`);
  const library = await client.photos();
  const hashes = library.map((photo) => photo.sha256);
  assert.equal(new Set(hashes).size, hashes.length, "a photo is there twice");
  const byHash = new Map(library.map((photo) => [photo.sha256, photo]));
  for (const { id, sha256: hash } of acknowledged) {
    const photo = byHash.get(hash);
    assert.ok(photo, `acknowledged and gone: ${hash}`);
    assert.equal(photo.id, id);
    assert.equal(sha256(await client.bytes(photo.urls.original)), hash);
    assert.ok((await client.bytes(photo.urls.thumb)).length > 100);
    assert.ok((await client.bytes(photo.urls.preview)).length > 100);
  }
  const timeline = await client.get("timeline");
  assert.equal(timeline.total, library.length);
  assert.equal(timeline.segments.reduce((sum, segment) => sum + segment.count, 0), library.length);
  assert.equal((await client.get("users/me")).usage.photos, library.length);
  await until("staging empty", () => stack.staged().length === 0, 100);
  return { acknowledged: acknowledged.length, library: library.length };
}

describe("one process", () => {
  let stack;
  before(async () => (stack = await startOneProcess()));
  after(() => stack?.stop());

  test(`killed ${KILLS} times, it loses and doubles nothing`, async (t) => {
    const { acknowledged, library } = await killAndCompare(stack, "photure");
    t.diagnostic(`${acknowledged} acknowledged, ${library} in the library`);
  });
});

describe("four services", () => {
  let stack;
  before(async () => (stack = await startFour()));
  after(() => stack?.stop());

  for (const victim of ["media", "gallery"]) {
    test(`${victim} killed ${KILLS} times, nothing is lost or doubled`, async (t) => {
      const { acknowledged, library } = await killAndCompare(stack, victim);
      t.diagnostic(`${acknowledged} acknowledged, ${library} in the library`);
    });
  }
});
