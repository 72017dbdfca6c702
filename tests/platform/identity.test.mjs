// Sessions that are ended, refresh tokens that come back, and API keys: what every service makes of them, addressed directly too.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client } from "../lib/client.mjs";
import { png } from "../lib/pictures.mjs";
import { forms, photure } from "../lib/stack.mjs";

/** What the page promises, and what the issue allows. */
const WITHIN_S = 30;

/** Where each service may be asked something that wants a token: past the gateway too, where it has an address of its own. */
const doors = (stack) => {
  const { services } = stack;
  const through = { "users/me": stack.url, photos: stack.url, uploads: stack.url };
  if (!services) return Object.entries(through);
  return [...Object.entries(through), ["users/me", services.auth], ["photos", services.gallery], ["uploads", services.media]];
};

const knock = (base, what, headers) =>
  what === "uploads"
    ? fetch(`${base}/api/v1/uploads`, { method: "POST", headers: { "tus-resumable": "1.0.0", "upload-length": "0", ...headers } })
    : fetch(`${base}/api/v1/${what}`, { headers });

const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** Seconds until every door refuses `headers` with `code`. */
async function refusedEverywhere(stack, headers, code, within) {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  for (const [what, base] of doors(stack)) {
    for (;;) {
      const response = await knock(base, what, headers);
      if (response.status === 401) {
        await assertProblem(response, 401, code, `${what} at ${base}`);
        break;
      }
      assert.ok(seconds() < within, `${what} at ${base} still answers ${response.status} after ${within} s`);
      await pause(250);
    }
  }
  return seconds();
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack;
    before(async () => { stack = await start(); });
    after(() => stack?.stop());

    test("a session that is ended on one device ends on every service", async (t) => {
      const here = await Client.register(stack.url);
      const there = Object.assign(new Client(stack.url), { credentials: here.credentials });
      await there.login();
      for (const [what, base] of doors(stack)) assert.notEqual((await knock(base, what, bearer(there.access))).status, 401, `${what} at ${base}`);
      const { items } = await here.get("auth/sessions");
      assert.equal(items.length, 2);
      assert.ok(items.every(({ address, device }) => address === "127.0.0.1" && device === "node"));
      const other = items.find(({ current }) => !current);
      assert.equal((await here.call("DELETE", `auth/sessions/${other.id}`)).status, 204);
      const seconds = await refusedEverywhere(stack, bearer(there.access), "session_ended", WITHIN_S);
      t.diagnostic(`refused everywhere after ${seconds.toFixed(1)} s`);
      await assertProblem(await there.call("POST", "auth/token/refresh", { json: { refresh: there.refresh }, token: null }), 401, "refresh_token_invalid");
      for (const [what, base] of doors(stack)) assert.notEqual((await knock(base, what, bearer(here.access))).status, 401, `${what} at ${base}`);
    });

    test("a stolen refresh token ends the session everywhere, and its owner learns of it", async () => {
      const client = await Client.register(stack.url);
      const refresh = (token, agent) =>
        client.call("POST", "auth/token/refresh", { json: { refresh: token }, token: null, headers: { "user-agent": agent } });
      const first = await (await refresh(client.refresh, "owner")).json();
      const again = await (await refresh(client.refresh, "owner")).json();
      assert.equal(again.refresh, first.refresh, "whoever lost the answer gets the same");
      await assertProblem(await refresh(client.refresh, "thief"), 401, "refresh_token_reused");
      await assertProblem(await refresh(first.refresh, "owner"), 401, "refresh_token_invalid");
      await refusedEverywhere(stack, bearer(first.access), "session_ended", WITHIN_S);
      await client.login();
      const { items } = await client.get("auth/sessions");
      const alarms = items.filter(({ alarm }) => alarm);
      assert.deepEqual(alarms.map(({ device }) => device), ["owner"]);
      assert.equal((await client.call("DELETE", `auth/sessions/${alarms[0].id}`)).status, 204);
      assert.ok((await client.get("auth/sessions")).items.every(({ alarm }) => !alarm));
    });

    test("an API key opens every service as far as its scopes reach, and none within a minute after it was deleted", async (t) => {
      const client = await Client.register(stack.url);
      const make = async (scopes) => (await client.call("POST", "auth/api-keys", { json: { name: "test", scopes } })).json();
      const [both, reading] = [await make(["photos:read", "photos:write"]), await make(["photos:read"])];
      const ways = (key) => [bearer(key), { "x-api-key": key }];
      for (const headers of ways(both.key)) {
        for (const [what, base] of doors(stack)) assert.equal((await knock(base, what, headers)).status, what === "uploads" ? 422 : 200, `${what} at ${base}`);
      }
      for (const headers of ways(reading.key)) {
        for (const [what, base] of doors(stack)) {
          const response = await knock(base, what, headers);
          if (what === "uploads") await assertProblem(response, 403, "forbidden", base);
          else assert.equal(response.status, 200, `${what} at ${base}`);
        }
      }
      const { items } = await client.get("auth/api-keys");
      assert.deepEqual(items.map(({ name, last_used_at, ...rest }) => [name, last_used_at !== null, "key" in rest]), [["test", true, false], ["test", true, false]]);
      assert.equal((await client.call("DELETE", `auth/api-keys/${both.id}`)).status, 204);
      const seconds = await refusedEverywhere(stack, bearer(both.key), "api_key_invalid", 60);
      t.diagnostic(`refused everywhere after ${seconds.toFixed(1)} s`);
    });

    test("photure upload works with an API key", async () => {
      const client = await Client.register(stack.url);
      const made = await (await client.call("POST", "auth/api-keys", { json: { name: "upload", scopes: ["photos:read", "photos:write"] } })).json();
      const folder = mkdtempSync(path.join(tmpdir(), "photure-key-"));
      writeFileSync(path.join(folder, "a.png"), png(40, 30));
      const run = (key) =>
        promisify(execFile)(photure(), ["upload", "--server", stack.url, "--json", folder], { env: { PATH: process.env.PATH, HOME: folder, PHOTURE_API_KEY: key } });
      await run(made.key);
      assert.equal((await client.photos()).length, 1);
      await assert.rejects(run(made.key.slice(0, -1)), /no API key, or not all of it/);
      rmSync(folder, { recursive: true });
    });

    test("who signs out everywhere is signed out everywhere", async () => {
      const client = await Client.register(stack.url);
      assert.equal((await client.call("DELETE", "auth/sessions")).status, 204);
      await refusedEverywhere(stack, bearer(client.access), "session_ended", WITHIN_S);
    });
  });
}
