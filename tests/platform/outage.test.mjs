// What it stands on goes away, and comes back.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client } from "../lib/client.mjs";
import { another, padded, photos, samples, smallPhoto } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { startFour, startOneProcess } from "../lib/stack.mjs";

describe("MongoDB stopped while running", () => {
  let stack, client;
  before(async () => {
    stack = await startFour();
    client = await Client.register(stack.url);
    await client.uploadSurely(smallPhoto(), "before.jpg");
  });
  after(() => stack?.stop());

  test("requests answer 503 problems, readiness says why, and all recovers by itself", async () => {
    await stack.programs.mongod.kill();
    const signal = () => AbortSignal.timeout(20_000);
    for (const [method, where, options] of [
      ["GET", "photos", {}],
      ["GET", "timeline", {}],
      ["POST", "auth/login", { json: client.credentials, token: null }],
    ]) {
      const response = await client.call(method, where, { ...options, signal: signal() });
      await assertProblem(response, 503, "unavailable", where);
    }
    await assertProblem(await client.upload(another(smallPhoto()), "during.jpg"), 503, "unavailable", "upload");
    for (const name of ["auth", "gallery"]) {
      const readiness = await fetch(`${stack.services[name]}/health/ready`);
      assert.equal(readiness.status, 503, name);
      const { checks } = await readiness.json();
      assert.equal(checks.database.status, "failing");
      assert.ok(checks.database.reason.length > 0);
      assert.equal((await fetch(`${stack.services[name]}/health/live`)).status, 200);
    }
    assert.equal((await fetch(`${stack.url}/api/health`)).status, 503);

    stack.programs.mongod.spawn();
    await until("recovery", async () => (await client.call("GET", "photos")).status === 200, 60);
    await client.uploadSurely(another(smallPhoto()), "after.jpg");
    for (const name of ["auth", "gallery"]) await stack.programs[name].ready();
    await until("staging empty", () => stack.staged().length === 0, 100);
    assert.equal((await client.get("timeline")).total, 3, "before, during (recovered from staging), after");
  });

  for (const name of ["auth", "gallery", "media"]) {
    test(`${name} away is a 503 problem at the gateway, and passes`, async () => {
      await stack.programs[name].kill();
      const asked = { auth: ["GET", "users/me"], gallery: ["GET", "photos"], media: ["POST", "photos"] }[name];
      const response = name === "media" ? await client.upload(smallPhoto()) : await client.call(...asked);
      await assertProblem(response, 503, "unavailable", name);
      const health = await (await fetch(`${stack.url}/api/health`)).json();
      assert.notEqual(health.services[name].status, "ok");
      await stack.programs[name].start();
      const answered = name === "media" ? await client.upload(smallPhoto()) : await client.call(...asked);
      assert.equal(answered.status, 200);
    });
  }
});

describe("a full disk", () => {
  let stack, client;
  const size = 24 << 20;
  before(async () => {
    // A small file system of its own, seen by this process alone.
    const mount = 'mkdir -p "$PHOTURE_DATA_DIR" && mount -t tmpfs -o size=' + size + ' none "$PHOTURE_DATA_DIR" && exec "$@"';
    stack = await startOneProcess({ wrap: ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh"] });
    client = await Client.register(stack.url);
  });
  after(() => stack?.stop());

  const inside = (...parts) => path.join("/proc", String(stack.programs.photure.pid), "root", stack.dataDir, ...parts);

  test("an upload that does not fit is a 507 problem, and nothing half-written is visible", async () => {
    const first = await client.upload(smallPhoto(), "fits.jpg");
    assert.equal(first.status, 201, await first.clone().text());
    const kept = (await first.json()).id;
    const jpeg = samples ? smallPhoto() : await client.bytes((await client.get(`photos/${kept}`)).urls.preview);
    const response = await client.upload(padded(jpeg, 2 * size), "too-big.jpg");
    await assertProblem(response, 507, "storage_full");
    assert.deepEqual((await client.photos()).map((photo) => photo.id), [kept]);
    assert.deepEqual(readdirSync(inside("staging")).filter((name) => !name.startsWith(".") && name !== "resumable"), []);

    // Up to the brim with photos that do fit, until one does not.
    let refused;
    for (let n = 0; n < 40 && !refused; n++) {
      const answer = await client.upload(padded(another(jpeg), 1 << 20), `fill-${n}.jpg`);
      if (answer.status !== 201) refused = answer;
    }
    assert.ok(refused, "the disk never filled");
    await assertProblem(refused, 507, "storage_full");
    const library = await client.photos();
    for (const photo of library) assert.equal((await client.bytes(photo.urls.original)).length, photo.bytes);
    assert.deepEqual(readdirSync(inside("staging")).filter((name) => !name.startsWith(".") && name !== "resumable"), []);

    // Room is made, and it goes on.
    for (const photo of library) await client.call("DELETE", `photos/${photo.id}?permanent=true`);
    await until("room again", async () => (await client.upload(another(jpeg), "again.jpg")).status === 201, 100);
  });
});
