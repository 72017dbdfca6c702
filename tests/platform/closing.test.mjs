// An account that is deleted: nobody gets in any more, what was in it goes wherever it lay, and what others have stays.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client, sha256 } from "../lib/client.mjs";
import { png } from "../lib/pictures.mjs";
import { forms } from "../lib/stack.mjs";

/** Far more than it takes. */
const PATIENCE_MS = 240_000;

async function until(what, isSo) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, what);
    await pause(500);
  }
}

const files = (folder) => readdirSync(folder, { recursive: true }).map(String);

// Most of it is waiting, which the two do at the same time.
describe("an account that is deleted", { concurrency: true }, () => {
  for (const [form, start] of Object.entries(forms)) {
    describe(form, { concurrency: false }, () => {
      let stack, admin, ada, key;
      const [shared, own, trashed] = [1, 2, 3].map((seed) => png(320, 240, seed));
      const lies = (photo) => files(stack.files).some((name) => name.includes(sha256(photo)));

      before(async () => {
        stack = await start({ env: { PHOTURE_ACCOUNT_GRACE_DAYS: "0", PHOTURE_SWEEP_SECONDS: "1" } });
        admin = await Client.register(stack.url);
        ada = await Client.register(stack.url, "ada");
        await admin.uploadSurely(shared, "shared.png");
        for (const photo of [shared, own]) await ada.uploadSurely(photo, "mine.png");
        const { id } = await ada.uploadSurely(trashed, "trashed.png");
        assert.equal((await ada.call("DELETE", `photos/${id}`)).status, 204);
        const upload = await ada.call("POST", "uploads", { headers: { "tus-resumable": "1.0.0", "upload-length": "9" } });
        assert.equal(upload.status, 201);
        ({ key } = await (await ada.call("POST", "auth/api-keys", { json: { name: "cron", scopes: ["photos:read"] } })).json());
      });
      after(() => stack?.stop());

      test("only the owner's password deletes an account", async () => {
        const id = ada.user.id;
        await assertProblem(await ada.call("DELETE", "users/me", { json: { password: "another password" } }), 422, "invalid_fields");
        const other = await Client.register(stack.url);
        await assertProblem(await other.call("DELETE", `users/${id}`, { json: { password: other.credentials.password } }), 404, "not_found");
        await assertProblem(await admin.call("DELETE", "users/me", { json: { password: admin.credentials.password } }), 409, "last_admin");
        const closing = await ada.call("DELETE", "users/me", { json: { password: ada.credentials.password } });
        assert.equal(closing.status, 202);
        assert.ok(new Date((await closing.json()).closes_at) <= new Date(Date.now() + 1000), "at once, here");
      });

      test("nobody gets in any more", async () => {
        await until("the session has not ended", async () => (await ada.call("GET", "timeline")).status === 401);
        await until("the key still counts", async () => (await ada.call("GET", "timeline", { token: key })).status === 401);
        const again = await ada.call("POST", "auth/login", { json: ada.credentials, token: null });
        assert.ok([401, 403].includes(again.status), String(again.status));
      });

      test("all that was in it goes, and what others have stays", async () => {
        await until("the account is not forgotten", async () => (await admin.call("GET", `users/${ada.user.id}`)).status === 404);
        await until("bytes still lie there", () => !lies(own) && !lies(trashed));
        await until("something still says whose it was", () => !files(stack.files).some((name) => name.includes(ada.user.id)));
        assert.deepEqual(files(stack.staging).filter((name) => name.endsWith(".open") || name.endsWith(".bytes")), [], "nor is anything left of what was on its way");
        assert.ok(lies(shared));
        const [kept] = await admin.photos();
        const original = await fetch(new URL(kept.urls.original, stack.url));
        assert.equal(sha256(Buffer.from(await original.arrayBuffer())), sha256(shared));
        assert.deepEqual((await admin.get("users/me")).usage, { photos: 1, bytes: shared.length, quota_bytes: null });
      });

      test("it is written down, and the name is free", async () => {
        const { items } = await admin.get(`admin/audit?account=${ada.user.id}&limit=10`);
        const actions = items.map(({ action }) => action).filter((action) => action.startsWith("account."));
        assert.deepEqual(actions, ["account.deleted", "account.closed", "account.closing", "account.created"]);
        const again = await Client.register(stack.url, "ada");
        assert.notEqual(again.user.id, ada.user.id);
        assert.deepEqual(await again.photos(), []);
        await again.uploadSurely(own, "mine.png");
        assert.ok(lies(own));
      });
    });
  }
});
