// People who share a library: what is in it is theirs together and nobody else's, each may do what they are in it, and whoever is taken out is out.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { assertProblem, Client, sha256 } from "../lib/client.mjs";
import { png } from "../lib/pictures.mjs";
import { binary, forms } from "../lib/stack.mjs";

/** Far more than it takes. */
const PATIENCE_MS = 240_000;
/** How long a token of the library may outlast what it was given for. */
const WITHIN_MS = 61_000;

async function until(what, isSo, patience = PATIENCE_MS) {
  const deadline = performance.now() + patience;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, what);
    await pause(500);
  }
}

const json = async (answer, status) => {
  assert.equal(answer.status, status, await answer.clone().text());
  return answer.json();
};
const apiKey = async (client, scopes) => (await json(await client.call("POST", "auth/api-keys", { json: { name: scopes.join(" "), scopes } }), 201)).key;
const names = async (client) => (await client.photos()).map(({ filename: name }) => name).sort();

// Much of it is waiting, which the two do at the same time.
describe("an organization", { concurrency: true }, () => {
  for (const [form, start] of Object.entries(forms)) {
    describe(form, { concurrency: false }, () => {
      let stack, admin, ada, ben, cleo, stranger, id, ours;
      const own = png(320, 240, 1);
      const [first, second, third, sent] = [2, 3, 4, 5].map((seed) => png(320, 240, seed));
      const role = (client, of, role) => client.call("PATCH", `organizations/${id}/members/${of.user.id}`, { json: { role } });

      before(async () => {
        stack = await start({ env: { PHOTURE_ACCOUNT_GRACE_DAYS: "0", PHOTURE_SWEEP_SECONDS: "1" } });
        admin = await Client.register(stack.url);
        const people = [];
        for (const name of ["ada", "ben", "cleo", "stranger"]) people.push(await Client.register(stack.url, name));
        [ada, ben, cleo, stranger] = people;
        await ada.uploadSurely(own, "ada's own.png");
      });
      after(() => stack?.stop());

      test("is made by an administrator, who hands it over", async () => {
        await assertProblem(await ada.call("POST", "organizations", { json: { name: "Ours" } }), 403, "forbidden");
        await assertProblem(await admin.call("POST", "organizations", { json: { name: " \n" } }), 422, "invalid_fields");
        const made = await json(await admin.call("POST", "organizations", { json: { name: "  Familie Ådahl " } }), 201);
        ({ id } = made);
        assert.deepEqual([made.name, made.role, made.closes_at], ["Familie Ådahl", "owner", null]);
        const added = await json(await admin.call("POST", `organizations/${id}/members`, { json: { username: "ADA", role: "owner" } }), 201);
        assert.deepEqual([added.user_id, added.username, added.role], [ada.user.id, "ada", "owner"]);
        await assertProblem(await admin.call("POST", `organizations/${id}/members`, { json: { username: "ada", role: "member" } }), 409, "already_member");
        assert.equal((await admin.call("DELETE", `organizations/${id}/members/${admin.user.id}`)).status, 204);
        assert.deepEqual((await admin.get("organizations")).items, []);
        const [listed] = (await admin.get("admin/organizations")).items;
        assert.deepEqual([listed.id, listed.members], [id, 1]);
        assert.deepEqual((await ada.get("organizations")).items.map(({ name, role }) => [name, role]), [["Familie Ådahl", "owner"]]);
      });

      test("has members, who are what its owners and admins say", async () => {
        const add = (by, username, role) => by.call("POST", `organizations/${id}/members`, { json: { username, role } });
        await assertProblem(await add(stranger, "stranger", "member"), 404, "not_found");
        await assertProblem(await add(ada, "nobody-at-all", "member"), 404, "user_not_found");
        await json(await add(ada, "ben", "admin"), 201);
        await json(await add(ben, `${cleo.credentials.username}@example.org`, "member"), 201);
        await assertProblem(await add(ben, "stranger", "owner"), 403, "forbidden");
        await assertProblem(await add(cleo, "stranger", "member"), 403, "forbidden");
        await assertProblem(await role(ben, ada, "member"), 403, "forbidden");
        await assertProblem(await role(ada, ada, "admin"), 409, "last_owner");
        await assertProblem(await ada.call("DELETE", `organizations/${id}/members/${ada.user.id}`), 409, "last_owner");
        await assertProblem(await ben.call("DELETE", `organizations/${id}`), 403, "forbidden");
        assert.deepEqual((await cleo.get(`organizations/${id}/members`)).items.map(({ username, role }) => [username, role]), [["ada", "owner"], ["ben", "admin"], ["cleo", "member"]]);
        await assertProblem(await stranger.call("GET", `organizations/${id}/members`), 404, "not_found");
        assert.equal((await json(await ben.call("PATCH", `organizations/${id}`, { json: { name: "Ådahls" } }), 200)).name, "Ådahls");
      });

      test("has a library of its own, whoever adds to it", async () => {
        ours = Object.fromEntries(Object.entries({ ada, ben, cleo }).map(([name, person]) => [name, person.within(id)]));
        const photo = await ours.cleo.uploadSurely(first, "cleo's.png");
        assert.equal((await ours.ada.uploadSurely(first, "again.png")).id, photo.id, "the same file is the same photo");
        await ours.ben.uploadSurely(second, "ben's.png");
        for (const person of Object.values(ours)) {
          assert.deepEqual(await names(person), ["ben's.png", "cleo's.png"]);
          assert.equal((await person.get("timeline")).total, 2);
        }
        assert.deepEqual(await names(ada), ["ada's own.png"]);
        assert.deepEqual(await names(cleo), []);
        await assertProblem(await cleo.call("GET", `photos/${photo.id}`), 404, "not_found");
        assert.equal((await ours.ben.call("PATCH", `photos/${photo.id}`, { json: { title: "By all" }, headers: { "if-match": "*" } })).status, 200);
        const original = await fetch(new URL((await ours.ada.get(`photos/${photo.id}`)).urls.original, stack.url));
        assert.equal(sha256(Buffer.from(await original.arrayBuffer())), sha256(first));
      });

      test("takes resumable uploads and gives archives", async () => {
        const begun = await ours.cleo.call("POST", "uploads", {
          headers: { "tus-resumable": "1.0.0", "upload-length": `${third.length}`, "upload-metadata": `filename ${Buffer.from("third.png").toString("base64")}` },
        });
        assert.equal(begun.status, 201, await begun.clone().text());
        const upload = `uploads/${begun.headers.get("location").split("/").pop()}`;
        await assertProblem(await cleo.call("GET", upload), 404, "not_found");
        const headers = { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" };
        await assertProblem(await cleo.call("PATCH", upload, { headers, body: third }), 404, "not_found");
        assert.equal((await ours.cleo.call("PATCH", upload, { headers, body: third })).status, 204);
        await until("it is not ready", async () => (await ours.cleo.get(upload)).status === "ready");
        const photo_ids = (await ours.ada.photos()).map(({ id }) => id);
        assert.equal(photo_ids.length, 3);
        await assertProblem(await ada.call("POST", "archives", { json: { photo_ids } }), 404, "not_found");
        const { id: archive } = await json(await ours.ada.call("POST", "archives", { json: { photo_ids } }), 201);
        await assertProblem(await ada.call("GET", `archives/${archive}`), 404, "not_found");
        assert.equal((await ours.ben.call("GET", `archives/${archive}`)).status, 200);
      });

      test("takes what the command line sends, there and nowhere else", async () => {
        const folder = path.join(stack.dir, "to-send");
        mkdirSync(folder);
        writeFileSync(path.join(folder, "sent.png"), sent);
        const env = { PATH: process.env.PATH, XDG_STATE_HOME: path.join(stack.dir, "state"), PHOTURE_PASSWORD: cleo.credentials.password };
        const run = (...more) => promisify(execFile)(binary("photure"), ["upload", "--server", stack.url, "--user", "cleo", "--json", ...more, folder], { env });
        await run("--library", id);
        assert.ok((await names(ours.ada)).includes("sent.png"));
        assert.deepEqual(await names(cleo), []);
        const [{ id: photo }] = (await ours.ada.photos()).filter(({ filename }) => filename === "sent.png");
        assert.equal((await ours.ben.call("DELETE", `photos/${photo}?permanent=true`)).status, 204);
        await assert.rejects(run("--library", randomUUID()), ({ stdout }) => /you are not in it/.test(stdout));
      });

      test("lets nobody purge but its owners and admins", async () => {
        const [{ id: photo }] = await ours.cleo.photos();
        await assertProblem(await ours.cleo.call("DELETE", `photos/${photo}?permanent=true`), 403, "forbidden");
        assert.equal((await ours.cleo.call("DELETE", `photos/${photo}`)).status, 204);
        await assertProblem(await ours.cleo.call("POST", "trash/empty"), 403, "forbidden");
        assert.equal((await ours.cleo.call("POST", `photos/${photo}/restore`)).status, 200);
        assert.equal((await ours.cleo.call("DELETE", `photos/${photo}`)).status, 204);
        assert.equal((await ours.ben.call("POST", "trash/empty")).status, 204);
        assert.equal((await ours.ada.photos()).length, 2);
        assert.deepEqual(await names(ada), ["ada's own.png"]);
      });

      test("is closed to everybody else, at every door", async () => {
        const doors = [stack.url, ...(stack.services ? [stack.services.gallery] : [])];
        for (const door of doors) {
          const at = (person, library) => Object.assign(person.within(library), { url: door });
          for (const other of [stranger, admin]) {
            for (const where of ["photos", "timeline", "trash"]) await assertProblem(await at(other, id).call("GET", where), 404, "library_not_found");
          }
          await assertProblem(await at(ada, randomUUID()).call("GET", "photos"), 404, "library_not_found");
          await assertProblem(await at(ada, stranger.user.id).call("GET", "photos"), 404, "library_not_found");
          await assertProblem(await at(ada, "ours").call("GET", "photos"), 400, "malformed_header");
          assert.equal((await at(cleo, id).call("GET", "timeline")).status, 200);
        }
        await assertProblem(await stranger.within(id).upload(first, "mine.png"), 404, "library_not_found");
        assert.equal((await ours.ada.call("GET", "users/me")).status, 200, "one's account is one's own wherever one looks");
      });

      test("takes API keys as far as they go", async () => {
        const [reads, writes] = [await apiKey(cleo, ["photos:read"]), await apiKey(cleo, ["photos:write"])];
        assert.equal((await json(await ours.cleo.call("GET", "photos", { token: reads }), 200)).items.length, 2);
        await assertProblem(await ours.cleo.call("POST", "photos/check", { token: writes, json: { items: [] } }), 403, "forbidden");
        const [{ id: photo }] = await ours.cleo.photos();
        await assertProblem(await ours.cleo.call("DELETE", `photos/${photo}`, { token: reads }), 403, "forbidden");
        await assertProblem(await ours.cleo.call("DELETE", `photos/${photo}?permanent=true`, { token: writes }), 403, "forbidden");
        await assertProblem(await cleo.call("DELETE", `organizations/${id}/members/${cleo.user.id}`, { token: writes }), 403, "forbidden");
      });

      test("has a quota of its own", async () => {
        const held = (await ours.ada.photos()).reduce((total, { bytes }) => total + bytes, 0);
        const limited = { quota: "limited", quota_bytes: held + 10 };
        assert.equal((await admin.call("PUT", `admin/storage/${id}`, { json: limited })).status, 200);
        await assertProblem(await ours.cleo.upload(png(320, 240, 9), "more.png"), 413, "quota_exceeded");
        await cleo.uploadSurely(png(320, 240, 9), "cleo's own.png");
        assert.equal((await admin.get(`admin/storage/${id}`)).bytes, held);
        assert.deepEqual(await ours.cleo.get("usage"), { photos: 2, bytes: held, quota_bytes: held + 10 });
        assert.deepEqual(await cleo.get("usage"), (await cleo.get("users/me")).usage);
        await assertProblem(await stranger.within(id).call("GET", "usage"), 404, "library_not_found");
      });

      test("a member who is taken out is out within a minute, and what they added stays", async () => {
        assert.equal((await ours.cleo.call("GET", "photos")).status, 200);
        assert.equal((await ben.call("DELETE", `organizations/${id}/members/${cleo.user.id}`)).status, 204);
        await until("still in", async () => (await ours.cleo.call("GET", "photos")).status === 404, WITHIN_MS);
        assert.deepEqual((await cleo.get("organizations")).items, []);
        assert.equal((await ours.ada.photos()).length, 2);
        assert.deepEqual(await names(cleo), ["cleo's own.png"]);
      });

      test("outlives its owner, whose heir is its admin", async () => {
        assert.equal((await ada.call("DELETE", "users/me", { json: { password: ada.credentials.password } })).status, 202);
        await until("the account is not forgotten", async () => (await admin.call("GET", `users/${ada.user.id}`)).status === 404);
        await until("nobody inherits it", async () => (await ben.get("organizations")).items[0]?.role === "owner");
        assert.equal((await ours.ben.photos()).length, 2);
      });

      test("is deleted with everything in it, and nothing else", async () => {
        const lies = (bytes) => readdirSync(stack.files, { recursive: true }).some((name) => String(name).includes(sha256(bytes)));
        const kept = [first, second, third].filter(lies);
        assert.equal(kept.length, 2);
        const { closes_at: at } = await json(await ben.call("DELETE", `organizations/${id}`), 202);
        assert.ok(at !== null);
        await until("it is there", async () => (await admin.call("GET", `organizations/${id}`)).status === 404);
        await until("bytes still lie there", () => kept.every((bytes) => !lies(bytes)));
        await until("a member still reads", async () => (await ours.ben.call("GET", "photos")).status === 404, WITHIN_MS);
        const actions = (await admin.get("admin/audit?limit=200")).items.filter(({ action }) => action.startsWith("organization."));
        await until("it is not written down", async () => (await admin.get("admin/audit?limit=5&action=organization.deleted")).items.length === 1);
        for (const action of ["created", "renamed", "member_added", "member_removed", "inherited", "closing", "closed"]) {
          assert.ok(actions.some((entry) => entry.action === `organization.${action}`), action);
        }
        assert.equal((await ben.call("GET", "photos")).status, 200, "people stay");
      });
    });
  }
});
