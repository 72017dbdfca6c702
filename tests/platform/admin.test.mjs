// What an operator does at the command line while everything runs, and keys that are rotated under load.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client } from "../lib/client.mjs";
import { smallPhoto } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { forms, photure } from "../lib/stack.mjs";
import { code } from "../lib/totp.mjs";

const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));
const kidOf = (token) => decode(token.split(".")[0]).kid;

/** `photure admin …` on the machine; `input` is what another program would write. */
function admin(stack, args, input = "") {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...stack.env } };
    const child = execFile(photure(), ["admin", ...args], options, (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** What a command answers a program. */
async function answered(stack, args, input) {
  const { status, stdout, stderr } = await admin(stack, ["--json", ...args], input);
  assert.equal(status, 0, stdout + stderr);
  return JSON.parse(stdout);
}

const published = async (stack) => (await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()).keys.map(({ kid }) => kid);

/** Asks every service all the time with tokens new and old, until it is stopped; what was not as it should be is kept. */
class Load {
  constructor(stack) {
    Object.assign(this, { stack, failures: [], asked: 0, kids: new Set(), running: true });
  }

  async start(clients) {
    const photo = await clients[0].uploadSurely(smallPhoto(), "load.jpg");
    this.done = Promise.all(clients.map((client, nth) => this.go(client, nth, photo)));
    return this;
  }

  async go(client, nth, photo) {
    const { services, url } = this.stack;
    const at = (service) => services?.[service] ?? url;
    for (let round = 0; this.running; round++) {
      // A token in use is up to half a minute old, as a page's may be.
      if (round % 40 === nth * 3) await this.expect(200, client, "POST", `${url}/api/v1/auth/token/refresh`, client);
      await this.expect(200, client, "GET", `${url}/api/v1/users/me`);
      await this.expect(200, client, "GET", `${at("gallery")}/api/v1/photos`);
      await this.expect(200, client, "GET", `${at("auth")}/api/v1/users/me`);
      await this.expect(404, client, "GET", `${at("media")}/api/v1/uploads/${photo.id}`);
      await pause(100);
    }
  }

  async expect(status, client, method, url, renewing) {
    this.asked += 1;
    const headers = renewing ? { "content-type": "application/json" } : { authorization: `Bearer ${client.access}` };
    const body = renewing && JSON.stringify({ refresh: client.refresh });
    try {
      const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(20_000) });
      const text = await response.text();
      if (response.status !== status) this.failures.push(`${method} ${url}: ${response.status} ${text}`);
      else if (renewing) Object.assign(client, JSON.parse(text));
      this.kids.add(kidOf(client.access));
    } catch (error) {
      this.failures.push(`${method} ${url}: ${error}`);
    }
  }

  async stop() {
    this.running = false;
    await this.done;
  }
}

describe("an operator", { concurrency: true }, () => {
  for (const [form, start] of Object.entries(forms)) {
    describe(form, { concurrency: false }, () => {
      let stack;
      before(async () => {
        stack = await start();
      });
      after(() => stack?.stop());

      test("accounts are made, reset and made admin where no page can be reached", async () => {
        const file = path.join(stack.dir, "password");
        writeFileSync(file, "a password in a file\n", { mode: 0o600 });
        const { account } = await answered(stack, ["create-user", "root", "--email", "root@example.org", "--password-file", file]);
        assert.deepEqual([account.username, account.role], ["root", "admin"], "the very first");
        const made = await answered(stack, ["create-user", "ada", "--email", "ada@example.org"], "a password by a program\n");
        assert.equal(made.account.role, "member");
        const ada = Object.assign(new Client(stack.url), { credentials: { username: "ada", password: "a password by a program" } });
        await ada.login();
        assert.equal((await ada.get("users/me")).role, "member");

        await answered(stack, ["make-admin", "ada@example.org"]);
        await ada.login();
        assert.equal((await ada.get("users/me")).role, "admin");
        assert.equal((await ada.call("GET", "admin/integrity")).status, 200);

        await answered(stack, ["reset-password", "ada"], "another password altogether");
        await until("the old session has ended", async () => (await ada.call("GET", "users/me")).status === 401, 30);
        await assertProblem(await ada.call("POST", "auth/login", { json: ada.credentials, token: null }), 401, "invalid_credentials");
        ada.credentials.password = "another password altogether";
        await ada.login();

        for (const [args, input, says] of [
          [["create-user", "ADA", "--email", "else@example.org"], "long enough 123", "username_taken"],
          [["create-user", "b", "--email", "nowhere"], "short", "invalid_fields"],
          [["make-admin", "nobody"], "", "not_found"],
        ]) {
          const refused = await admin(stack, ["--json", ...args], input);
          assert.deepEqual([refused.status, JSON.parse(refused.stdout).code], [1, says], refused.stdout);
        }
        const silent = await admin(stack, ["reset-password", "ada"]);
        assert.deepEqual([silent.status, silent.stdout], [66, ""]);
        assert.match(silent.stderr, /there is no password/);
        const elsewhere = { ...stack, env: { ...stack.env, PHOTURE_DATABASE_URL: `sqlite:${path.join(stack.dir, "none.db")}` } };
        const missing = await admin(elsewhere, ["make-admin", "ada"]);
        assert.equal(missing.status, 69, missing.stderr);
        assert.match(missing.stderr, /there is no database/);
      });

      test("who has lost the app and the recovery codes is let in by the password again", async () => {
        const ada = await Client.register(stack.url);
        const { username, password } = ada.credentials;
        const { secret } = await (await ada.call("POST", "auth/totp", { json: { password } })).json();
        assert.equal((await ada.call("POST", "auth/totp/confirm", { json: { code: code(secret) } })).status, 200);
        const login = () => ada.call("POST", "auth/login", { json: ada.credentials, token: null });
        await assertProblem(await login(), 401, "second_factor_required");
        const { account } = await answered(stack, ["remove-second-factor", username]);
        assert.equal(account.id, ada.user.id);
        assert.equal((await login()).status, 200);
        const again = await admin(stack, ["--json", "remove-second-factor", username]);
        assert.deepEqual([again.status, JSON.parse(again.stdout).code], [1, "second_factor_off"], again.stdout);
      });

      test("sessions that are revoked have ended at every service within half a minute", async (t) => {
        const [here, there] = [await Client.register(stack.url), await Client.register(stack.url)];
        const live = (client, base, where) => fetch(`${base}/api/v1/${where}`, { headers: { authorization: `Bearer ${client.access}` } }).then(({ status }) => status !== 401);
        const doors = stack.services ? [["auth", "users/me"], ["gallery", "photos"], ["media", "uploads/none"], ["gateway", "users/me"]].map(([name, where]) => [stack.services[name], where]) : [[stack.url, "users/me"], [stack.url, "photos"]];
        for (const [base, where] of doors) assert.ok(await live(here, base, where), `${base} ${where}`);
        assert.equal((await answered(stack, ["revoke-sessions", here.user.username])).ended_sessions, 1);
        const begun = performance.now();
        for (const [base, where] of doors) await until(`${where} at ${base}`, async () => !(await live(here, base, where)), 30);
        t.diagnostic(`ended everywhere after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        for (const [base, where] of doors) assert.ok(await live(there, base, where), "another's goes on");
        await assertProblem(await here.call("POST", "auth/token/refresh", { json: { refresh: here.refresh }, token: null }), 401, "refresh_token_invalid");
        assert.ok((await answered(stack, ["revoke-sessions", "--all"])).ended_sessions >= 1);
        await until("everyone is signed out", async () => (await there.call("GET", "users/me")).status === 401, 30);
      });

      test("a disabled account is out of every service, and its API key with it, until it is enabled", async (t) => {
        const root = await Client.register(stack.url);
        await answered(stack, ["make-admin", root.user.username]);
        await root.login();
        const ada = await Client.register(stack.url);
        const { key } = await (await ada.call("POST", "auth/api-keys", { json: { name: "nightly", scopes: ["photos:read", "photos:write"] } })).json();
        const photo = await ada.uploadSurely(smallPhoto(), "kept.jpg");
        const doors = stack.services ? [[stack.services.auth, "users/me"], [stack.services.gallery, "photos"], [stack.services.media, `uploads/${photo.id}`]] : [[stack.url, "users/me"], [stack.url, "photos"], [stack.url, `uploads/${photo.id}`]];
        const status = async (base, where, token) => (await fetch(`${base}/api/v1/${where}`, { headers: { authorization: `Bearer ${token}` } })).status;
        // Everyone has the key's token in hand when the account is disabled.
        for (const token of [ada.access, key]) {
          for (const [base, where] of doors) assert.notEqual(await status(base, where, token), 401, `${where} at ${base}`);
        }
        const changed = await root.call("PATCH", `admin/users/${ada.user.id}`, { json: { disabled: true } });
        assert.equal(changed.status, 200, await changed.clone().text());
        const begun = performance.now();
        const seconds = () => ((performance.now() - begun) / 1000).toFixed(1);
        for (const [base, where] of doors) await until(`${where} at ${base}`, async () => (await status(base, where, ada.access)) === 401, 30);
        const ended = seconds();
        for (const [base, where] of doors) await until(`${where} at ${base}`, async () => (await status(base, where, key)) === 401, 60);
        t.diagnostic(`sessions out after ${ended} s, the key after ${seconds()} s`);
        await assertProblem(await ada.call("POST", "auth/login", { json: ada.credentials, token: null }), 403, "account_disabled");
        await assertProblem(await ada.call("POST", "auth/login", { json: { ...ada.credentials, password: "not the password" }, token: null }), 401, "invalid_credentials");

        assert.equal((await root.call("PATCH", `admin/users/${ada.user.id}`, { json: { disabled: false } })).status, 200);
        await ada.login();
        assert.deepEqual((await ada.photos()).map(({ id }) => id), [photo.id], "nothing of it was lost");
        const { items } = await root.get(`admin/audit?account=${ada.user.id}`);
        assert.deepEqual(items.map(({ action }) => action).reverse().slice(0, 4), ["account.created", "session.opened", "api_key.created", "account.disabled"]);
        assert.ok(items.some(({ action }) => action === "session.refused"));
        assert.ok(items.every(({ request_id, actor }) => request_id && ["person", "stranger"].includes(actor.kind)));
        const exported = await (await root.call("GET", "admin/audit/export?action=account.role_changed")).text();
        const lines = exported.trim().split("\n").map((line) => JSON.parse(line));
        assert.ok(lines.some(({ account_id, actor }) => account_id === root.user.id && actor.kind === "operator"), exported);
        for (const secret of [ada.credentials.password, ada.access, key]) assert.ok(!JSON.stringify(items).includes(secret));
      });

      test("keys are rotated under load, and no request fails", async (t) => {
        const clients = [];
        for (let n = 0; n < 4; n++) clients.push(await Client.register(stack.url));
        const [old] = await published(stack);
        assert.equal(kidOf(clients[0].access), old);
        const load = await new Load(stack).start(clients);
        const { key } = await answered(stack, ["rotate-keys"]);
        assert.notEqual(key, old);
        await until("the new key is published", async () => (await published(stack)).includes(key), 20);
        assert.deepEqual([...load.kids], [old], "it does not sign before everyone has it");
        await until("the new key signs", () => clients.every(({ access }) => kidOf(access) === key), 120);
        await pause(5_000);
        await load.stop();
        assert.deepEqual(load.failures, []);
        assert.deepEqual([...load.kids].sort(), [old, key].sort());
        assert.deepEqual(await published(stack), [key, old], "tokens of the old key go on counting");
        assert.ok(load.asked > 200, `${load.asked}`);
        t.diagnostic(`${load.asked} requests, none failed`);
      });

      test("keys that are withdrawn count no more, and whoever has a session goes on", async (t) => {
        const client = await Client.register(stack.url);
        const before = kidOf(client.access);
        const { key } = await answered(stack, ["rotate-keys", "--withdraw"]);
        const doors = stack.services ? [[stack.services.auth, "users/me"], [stack.services.gallery, "photos"], [stack.services.media, "uploads/none"]] : [[stack.url, "photos"]];
        const begun = performance.now();
        for (const [base, where] of doors) {
          await until(`${where} at ${base}`, async () => (await fetch(`${base}/api/v1/${where}`, { headers: { authorization: `Bearer ${client.access}` } })).status === 401, 30);
        }
        t.diagnostic(`refused everywhere after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        assert.deepEqual(await published(stack), [key]);
        const renewed = await (await client.call("POST", "auth/token/refresh", { json: { refresh: client.refresh }, token: null })).json();
        assert.notEqual(kidOf(renewed.access), before);
        Object.assign(client, renewed);
        await until("the new tokens count", async () => (await client.call("GET", "photos")).status === 200, 10);
      });
    });
  }
});
