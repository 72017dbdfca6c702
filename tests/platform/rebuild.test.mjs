// The database is lost, and what the storage holds is enough: SQLite and MongoDB, one process and four services.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { another, photos } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { forms, photure, startOneOnMongo } from "../lib/stack.mjs";

/** `photure …` beside the services, as an operator runs it. */
function run(stack, ...args) {
  return new Promise((resolve) => {
    execFile(photure(), args, { env: { PATH: process.env.PATH, ...stack.env } }, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, stdout, stderr }),
    );
  });
}

const sidecar = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="2" xmp:Label="Red">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Z paluby</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>`;

const originalOf = (stack, hash) => path.join(stack.files, "originals", hash.slice(0, 2), hash.slice(2, 4), hash);

/** What a person sees of their photos, but for what changes with every answer. */
async function seen(client) {
  const library = [...(await client.photos()), ...(await client.get("trash?limit=500")).items];
  const all = [];
  for (const { urls, etag, ...photo } of library) {
    assert.equal(sha256(await client.bytes(urls.original)), photo.sha256);
    assert.ok((await client.bytes(urls.thumb)).length > 50);
    assert.ok(etag);
    // When it was put into the trash is kept, whatever the order of the lists.
    all.push({ ...photo, metadata: await client.get(`photos/${photo.id}/metadata`) });
  }
  return all.sort((one, other) => one.id.localeCompare(other.id));
}

for (const [form, start] of Object.entries({ ...forms, "one process on MongoDB": startOneOnMongo })) {
  describe(form, () => {
    let stack, ada, bob;
    before(async () => {
      stack = await start({ env: { PHOTURE_SWEEP_SECONDS: "1" } });
      [ada, bob] = [await Client.register(stack.url, "ada"), await Client.register(stack.url, "Bob")];
    });
    after(() => stack?.stop());

    test("a catalogue made again from the storage is the one that was lost", async () => {
      const pictures = photos(6);
      const uploaded = [];
      for (const { bytes, name } of pictures.slice(0, 5)) uploaded.push(await ada.uploadSurely(bytes, name));
      const beside = await (await ada.upload(pictures[5].bytes, pictures[5].name, { sidecar })).json();
      assert.deepEqual([beside.title, beside.rating], ["Z paluby", 2]);
      uploaded.push(beside);
      for (const { bytes } of pictures.slice(0, 3)) await bob.uploadSurely(bytes, "the same.jpg");
      const spare = another(pictures[5].bytes);
      const last = await bob.uploadSurely(spare, "spare.png");
      // What is changed after the upload is written beside the photos by the next scrub, or now:
      const changed = await ada.call("PATCH", `photos/${uploaded[1].id}`, { json: { title: "Čaj o páté 🫖", favorite: true } });
      assert.equal(changed.status, 200);
      await ada.call("DELETE", `photos/${uploaded[2].id}`);
      const whole = await run(stack, "check", "--repair");
      assert.equal(whole.status, 0, whole.stdout + whole.stderr);
      // Deleted for good: by one of two owners, and by the only one.
      const purged = (await bob.photos()).find((photo) => photo.sha256 === uploaded[0].sha256);
      assert.equal((await bob.call("DELETE", `photos/${purged.id}?permanent=true`)).status, 204);
      assert.equal((await bob.call("DELETE", `photos/${last.id}?permanent=true`)).status, 204);
      await until("what was purged is forgotten", () => {
        const sidecar = `${originalOf(stack, purged.sha256)}.${bob.user.id}.json`;
        return !existsSync(sidecar) && !existsSync(originalOf(stack, last.sha256));
      });
      const expected = { ada: await seen(ada), bob: await seen(bob) };
      assert.deepEqual([expected.ada.length, expected.bob.length], [6, 2]);

      await stack.stopServices();
      await stack.loseDatabase();
      if (form === "one process") {
        const lost = await run(stack, "check");
        assert.equal(lost.status, 69, lost.stdout);
        assert.match(lost.stderr, /photure rebuild/);
      }
      const dry = await run(stack, "rebuild", "--dry-run");
      assert.equal(dry.status, 0, dry.stderr);
      assert.match(dry.stdout, /ada +6 photos/);
      assert.match(dry.stdout, /Bob +2 photos/);
      if (form === "one process") assert.ok(!existsSync(stack.database), "looking makes no database");
      const rebuilt = await run(stack, "rebuild");
      assert.equal(rebuilt.status, 0, rebuilt.stdout + rebuilt.stderr);
      assert.match(rebuilt.stdout, /^8 photos were catalogued, 0 were there already\.$/m);
      const again = await run(stack, "rebuild");
      assert.match(again.stdout, /^0 photos were catalogued, 8 were there already\.$/m);
      await stack.startServices();

      for (const [client, name, role] of [[ada, "ada", "admin"], [bob, "Bob", "member"]]) {
        const [, password] = new RegExp(`^${name} +(\\S+)`, "m").exec(rebuilt.stdout);
        client.credentials = { username: name, password };
        client.access = undefined;
        await client.login();
        const me = await client.get("users/me");
        assert.deepEqual([me.id, me.role], [client.user.id, role]);
        const photos = await seen(client);
        assert.deepEqual(photos, expected[name.toLowerCase()]);
        assert.equal(me.usage.photos, photos.filter((photo) => !photo.trashed_at).length);
        assert.equal((await client.get("timeline")).total, me.usage.photos);
      }
      const check = await run(stack, "check");
      assert.equal(check.status, 0, check.stdout + check.stderr);
      assert.match(check.stdout, /^6 originals /m);
    });

    test("what is not whole is said, and nothing is said where nothing can be seen", async () => {
      const [first, second] = (await ada.photos()).map((photo) => originalOf(stack, photo.sha256));
      const [rotten, gone] = [readFileSync(first), readFileSync(second)];
      rotten[rotten.length >> 1] ^= 1;
      unlinkSync(first); // staging may share the file
      writeFileSync(first, rotten, { mode: 0o640 });
      unlinkSync(second);
      const found = await run(stack, "check", "--json");
      assert.equal(found.status, 1, found.stderr);
      const kinds = found.stdout.trim().split("\n").map((line) => JSON.parse(line).finding?.kind).filter(Boolean);
      assert.deepEqual(kinds.sort(), ["corrupt", "missing"]);
      const repaired = await run(stack, "check", "--repair");
      assert.equal(repaired.status, 1);
      assert.deepEqual(readFileSync(first), rotten, "a damaged original stays as it is");
      rotten[rotten.length >> 1] ^= 1;
      writeFileSync(first, rotten);
      writeFileSync(second, gone, { mode: 0o640 });
      assert.equal((await run(stack, "check")).status, 0);

      await stack.stopServices();
      renameSync(stack.files, `${stack.files}.unmounted`);
      const away = await run(stack, "check");
      assert.equal(away.status, 69, away.stdout);
      assert.doesNotMatch(away.stdout, /missing/);
      assert.ok(!existsSync(stack.files), "looking begins no storage");
      assert.equal((await run(stack, "rebuild")).status, 69);
      rmSync(stack.files, { recursive: true, force: true });
      renameSync(`${stack.files}.unmounted`, stack.files);
      await stack.startServices();
    });
  });
}
