// What people may keep: refused when it is full and not before, by whatever way it comes, and nothing that is there is touched.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client, sha256 } from "../lib/client.mjs";
import { noise } from "../lib/pictures.mjs";
import { binary, forms, photure } from "../lib/stack.mjs";

/** Pictures of the same size, to the byte. */
const picture = () => noise(120, 90);
const EACH = picture().length;
const DEFAULT = 3 * EACH + 10;

const check = async (client, ...pictures) => {
  const items = pictures.map((bytes, nth) => ({ ref: `${nth}`, sha256: sha256(bytes), bytes: bytes.length }));
  const answer = await client.call("POST", "photos/check", { json: { items } });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).items.map(({ result, code }) => code ?? result);
};

const begin = (client, bytes, said = {}) => {
  const metadata = Object.entries(said).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(",");
  return client.call("POST", "uploads", { headers: { "tus-resumable": "1.0.0", "upload-length": `${bytes.length}`, "upload-metadata": metadata } });
};

/** The command line's word on a folder. */
async function uploaded(client, stack, folder) {
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: path.join(stack.dir, "state"), PHOTURE_PASSWORD: client.credentials.password };
  const child = spawn(binary("photure"), ["upload", "--server", stack.url, "--user", client.credentials.username, "--json", folder], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const events = text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  return { code, text, summary: events.find(({ event }) => event === "summary") };
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, admin;
    before(async () => {
      stack = await start({ env: { PHOTURE_DEFAULT_QUOTA_BYTES: `${DEFAULT}` } });
      admin = await Client.register(stack.url);
    });
    after(() => stack?.stop());
    const usage = async (client) => (await client.get("users/me")).usage;
    const allow = async (client, choice) => {
      const answer = await admin.call("PUT", `admin/storage/${client.user.id}`, { json: choice });
      assert.equal(answer.status, 200, await answer.clone().text());
      return answer.json();
    };

    test("what does not fit is refused, what is there is a duplicate, and what is deleted makes room", async () => {
      const client = await Client.register(stack.url);
      assert.deepEqual(await usage(client), { photos: 0, bytes: 0, quota_bytes: DEFAULT });
      const kept = [picture(), picture(), picture()];
      const photos = [];
      for (const bytes of kept) photos.push(await client.uploadSurely(bytes, "kept.png"));
      const more = picture();
      const told = await assertProblem(await client.upload(more, "more.png"), 413, "quota_exceeded");
      assert.match(told.detail, /trash/);
      assert.deepEqual(await check(client, kept[0], more), ["duplicate", "quota_exceeded"]);
      assert.equal((await client.upload(kept[0], "again.png")).status, 200);
      assert.deepEqual(stack.staged(), []);

      await client.call("DELETE", `photos/${photos[0].id}`);
      await assertProblem(await client.upload(more, "more.png"), 413, "quota_exceeded");
      assert.equal((await client.call("POST", `photos/${photos[0].id}/restore`)).status, 200);
      await client.call("DELETE", `photos/${photos[0].id}?permanent=true`);
      assert.equal((await client.upload(more, "more.png")).status, 201);
      assert.deepEqual(await usage(client), { photos: 3, bytes: 3 * EACH, quota_bytes: DEFAULT });
    });

    test("of many at once as many come in as fit", async () => {
      const client = await Client.register(stack.url);
      await allow(client, { quota: "limited", quota_bytes: 5 * EACH });
      const answers = await Promise.all(Array.from({ length: 12 }, (_, nth) => client.upload(picture(), `${nth}.png`)));
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [...Array(5).fill(201), ...Array(7).fill(413)]);
      assert.deepEqual(await usage(client), { photos: 5, bytes: 5 * EACH, quota_bytes: 5 * EACH });
      assert.equal((await client.photos()).length, 5);
      assert.deepEqual(stack.staged(), []);
    });

    test("a resumable upload is refused before it is begun where its hash is said, and ends failed where it is not", async () => {
      const client = await Client.register(stack.url);
      await allow(client, { quota: "limited", quota_bytes: EACH });
      const [kept, more] = [picture(), picture()];
      await client.uploadSurely(kept, "kept.png");
      await assertProblem(await begin(client, more, { sha256: sha256(more) }), 413, "quota_exceeded");
      assert.equal((await begin(client, kept, { sha256: sha256(kept) })).status, 201, "it is there already");

      const begun = await begin(client, more, { filename: "more.png" });
      assert.equal(begun.status, 201);
      const address = begun.headers.get("location");
      const headers = { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" };
      await assertProblem(await client.call("PATCH", address, { headers, body: more }), 413, "quota_exceeded");
      const state = await client.get(address);
      assert.deepEqual([state.status, state.problem.code], ["failed", "quota_exceeded"]);
      assert.deepEqual(stack.staged(), []);
    });

    test("an administrator decides, it is written down, and nothing is deleted", async () => {
      const client = await Client.register(stack.url);
      const [first] = await Promise.all([picture(), picture()].map((bytes) => client.uploadSurely(bytes, "kept.png")));
      const own = { owner_id: client.user.id, photos: 2, bytes: 2 * EACH };
      assert.deepEqual(await admin.get(`admin/storage/${client.user.id}`), { ...own, quota: "default", quota_bytes: DEFAULT });
      assert.deepEqual(await allow(client, { quota: "limited", quota_bytes: EACH }), { ...own, quota: "limited", quota_bytes: EACH });
      assert.equal((await client.photos()).length, 2);
      assert.equal((await client.call("PATCH", `photos/${first.id}`, { json: { title: "Harbour" } })).status, 200);
      await assertProblem(await client.upload(picture(), "more.png"), 413, "quota_exceeded");
      assert.deepEqual(await allow(client, { quota: "unlimited" }), { ...own, quota: "unlimited", quota_bytes: null });
      for (let n = 0; n < 3; n++) await client.uploadSurely(picture(), "more.png");
      assert.equal((await usage(client)).quota_bytes, null);

      const listed = await admin.get("admin/storage?limit=500");
      assert.equal(listed.default_quota_bytes, DEFAULT);
      assert.equal(listed.items.find(({ owner_id }) => owner_id === client.user.id).bytes, 5 * EACH);
      const { items } = await admin.get(`admin/audit?account=${client.user.id}&action=quota.changed`);
      assert.deepEqual(items.map(({ detail }) => detail), ["unlimited", `${EACH}`]);
      assert.ok(items.every(({ actor }) => actor.user_id === admin.user.id));
      const refused = await client.call("PUT", `admin/storage/${client.user.id}`, { json: { quota: "unlimited" } });
      await assertProblem(refused, 403, "forbidden");
    });

    test("the command line sends what fits, says what did not, and is done", async () => {
      const client = await Client.register(stack.url);
      const folder = path.join(stack.dir, `${client.user.id}-folder`);
      mkdirSync(folder);
      for (let n = 0; n < 5; n++) writeFileSync(path.join(folder, `${n}.png`), picture());
      const { code, text, summary } = await uploaded(client, stack, folder);
      assert.equal(code, 1, text);
      assert.equal(summary.uploaded, 3, text);
      assert.equal(summary.failed.length, 2, text);
      for (const { reason } of summary.failed) assert.match(reason, /room|keep/i);
      assert.equal((await client.photos()).length, 3);
    });

    test("a catalogue is made again from the storage whatever the quotas", async () => {
      const client = await Client.register(stack.url);
      await allow(client, { quota: "unlimited" });
      for (let n = 0; n < 4; n++) await client.uploadSurely(picture(), `${n}.png`);
      await stack.stopServices();
      await stack.loseDatabase();
      const env = { PATH: process.env.PATH, ...stack.env, PHOTURE_DEFAULT_QUOTA_BYTES: "1" };
      const operate = (...args) => new Promise((resolve) => {
        execFile(photure(), args, { env }, (error, stdout, stderr) => resolve({ status: error ? error.code : 0, said: stdout + stderr }));
      });
      const { status, said } = await operate("rebuild");
      assert.equal(status, 0, said);
      await stack.startServices();
      const again = await Client.register(stack.url);
      const made = await operate("admin", "make-admin", again.credentials.username);
      assert.equal(made.status, 0, made.said);
      await again.login();
      const { items } = await again.get("admin/storage?limit=500");
      assert.equal(items.find(({ owner_id }) => owner_id === client.user.id)?.bytes, 4 * EACH, said);
    });
  });
}
