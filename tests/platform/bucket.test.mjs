// Photos in a bucket: four services behind nginx, and an S3 server that checks signatures.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { another, photos } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { s3 } from "../lib/s3.mjs";
import { photure, startFour } from "../lib/stack.mjs";
import { byTusJs, compare, each, files, overRoughLine } from "../lib/uploads.mjs";

const BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

/** `photure check`, with what it says at the end. */
function check(stack) {
  return new Promise((resolve) => {
    execFile(photure(), ["check", "--json"], { env: { PATH: process.env.PATH, ...stack.env } }, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, lines: stdout.trim().split("\n").map((line) => JSON.parse(line)), stderr }),
    );
  });
}

describe("photos in a bucket", () => {
  let stack, client, photo;
  before(async () => {
    stack = await startFour({ storage: s3 });
    client = await Client.register(stack.url);
    photo = await client.uploadSurely(another(photos(1)[0].bytes), "one.jpg");
  });
  after(() => stack?.stop());

  const get = (address, headers = {}, options = {}) => fetch(stack.url + address, { headers, redirect: "manual", ...options });
  const bytesOf = async (response) => Buffer.from(await response.arrayBuffer());
  const reads = () => stack.bucket.asked().filter((line) => /^(GET|HEAD) .*\/variants\//.test(line)).length;

  test("resumable uploads over a breaking line to a media that is killed come whole, and once", { timeout: 600_000 }, async (t) => {
    const other = await Client.register(stack.url);
    const { sent, said } = await overRoughLine({ to: stack.url, program: stack.programs.media, leastCuts: 4, leastKills: 3 }, async (url) => {
      const some = files(30);
      await each(some, (file, n) => byTusJs(other, url, file, n));
      return some;
    });
    t.diagnostic(said);
    await compare(other, sent);
    await until("staging empty", () => stack.staged().length === 0, 100);
    const keys = new Set(stack.bucket.keys());
    for (const { sha256: hash } of sent) {
      const shards = `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`;
      for (const key of [`originals/${shards}`, `variants/${shards}/thumb.webp`, `variants/${shards}/preview.jpg`]) assert.ok(keys.has(key), key);
    }
    const whole = await check(stack);
    assert.equal(whole.status, 0, JSON.stringify(whole));
    assert.equal(whole.lines.length, 1, "nothing was found");
    const library = await client.photos();
    assert.equal(whole.lines[0].tally.originals, sent.length + library.length, JSON.stringify(whole.lines));
  });

  test("the second request for a variant does not touch the bucket, and is still asked of media", async () => {
    const first = await get(photo.urls.thumb, { accept: BROWSER });
    assert.deepEqual([first.status, first.headers.get("content-type"), first.headers.get("vary")], [200, "image/webp", "accept"]);
    const bytes = await bytesOf(first);
    const before = reads();
    assert.ok(before > 0);
    for (const headers of [{ accept: BROWSER }, { accept: "*/*" }, { accept: "image/webp" }]) {
      assert.deepEqual(await bytesOf(await get(photo.urls.thumb, headers)), bytes);
    }
    const part = await get(photo.urls.thumb, { range: "bytes=4-9", "if-range": first.headers.get("etag") });
    assert.deepEqual([part.status, await bytesOf(part)], [206, bytes.subarray(4, 10)]);
    const head = await get(photo.urls.thumb, {}, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(bytes.length));
    assert.equal((await get(photo.urls.thumb, { "if-none-match": first.headers.get("etag") })).status, 304);
    assert.equal(reads(), before);

    const forged = photo.urls.thumb.replace("sig=", "sig=A");
    assert.equal((await get(forged, { accept: BROWSER })).status, 403);
    await stack.programs.media.stop();
    try {
      assert.equal((await get(photo.urls.thumb, { accept: BROWSER })).status, 502);
    } finally {
      await stack.programs.media.start();
    }
  });

  test("a form that was never asked for is made once, whoever asks at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => get(photo.urls.thumb, { accept: "image/jpeg" })));
    const bodies = await Promise.all(answers.map(bytesOf));
    for (const [n, answer] of answers.entries()) {
      assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "image/jpeg"]);
      assert.deepEqual(bodies[n], bodies[0]);
    }
    assert.deepEqual([...bodies[0].subarray(0, 3)], [0xff, 0xd8, 0xff]);
    const puts = stack.bucket.asked().filter((line) => line.startsWith("PUT ") && line.includes(`${photo.sha256}/thumb.jpg`));
    assert.equal(puts.length, 1);
    const named = await get(photo.urls.thumb.replace("?", ".jpg?"), { accept: BROWSER });
    assert.deepEqual(await bytesOf(named), bodies[0]);
    assert.equal((await get(photo.urls.thumb, { accept: "text/html" })).status, 406);
    assert.equal((await check(stack)).status, 0, "it is known to those who look after the storage");
  });

  test("browsers are sent to the bucket where that is wanted", async () => {
    const { media } = stack.programs;
    await media.stop();
    media.env = { ...media.env, PHOTURE_S3_REDIRECT: "true" };
    await media.start();

    for (const [address, type, disposition] of [
      [photo.urls.thumb, "image/webp", "inline"],
      [photo.urls.preview, "image/jpeg", "inline"],
      [photo.urls.original, photo.media_type, "attachment"],
    ]) {
      const sent = await get(address);
      assert.equal(sent.status, 302);
      assert.match(sent.headers.get("cache-control"), /^private, max-age=\d+$/);
      const location = sent.headers.get("location");
      assert.equal(new URL(location).origin, stack.bucket.origin);
      const got = await fetch(location);
      assert.equal(got.status, 200, await got.clone().text());
      assert.deepEqual([got.headers.get("content-type"), got.headers.get("content-disposition")], [type, disposition]);
      assert.match(got.headers.get("cache-control"), /immutable/);
      const bytes = await bytesOf(got);
      if (address === photo.urls.original) assert.equal(sha256(bytes), photo.sha256);
      const part = await fetch(location, { headers: { range: "bytes=1-3" } });
      assert.deepEqual([part.status, await bytesOf(part)], [206, bytes.subarray(1, 4)]);
      assert.equal((await get(address)).headers.get("location"), location, "a browser would not find it in its cache");

      // Nothing of it can be changed.
      const hostile = location.replace(/response-content-type=[^&]*/, "response-content-type=text%2Fhtml");
      assert.notEqual(hostile, location);
      const elsewhere = location.replace(/(variants|originals)\//, "records/");
      for (const changed of [hostile, elsewhere, location.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=604800")]) {
        assert.equal((await fetch(changed)).status, 403, changed);
      }
      const head = await get(address, {}, { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(bytes.length)]);
    }
    assert.equal((await get(photo.urls.thumb.replace("sig=", "sig=A"))).status, 403);
  });
});
