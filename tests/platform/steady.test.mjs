// Who asks is known without asking the database. MongoDB itself counts what it is asked; what there is comes by the clock, not by the request.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "../lib/client.mjs";
import { identityReads } from "../lib/reads.mjs";
import { startFour } from "../lib/stack.mjs";

const REQUESTS = 300;
let stack, client, key, ours;

before(async () => {
  stack = await startFour();
  client = await Client.register(stack.url);
  const made = await client.call("POST", "auth/api-keys", { json: { name: "steady", scopes: ["photos:read"] } });
  ({ key } = await made.json());
  const shared = await client.call("POST", "organizations", { json: { name: "Ours" } });
  ours = client.within((await shared.json()).id);
});
after(() => stack?.stop());

for (const [name, where, who] of [
  ["verify-token", "auth/verify-token", () => [client]],
  ["a list of photos, signed in", "photos?limit=1", () => [client]],
  ["a list of photos, by API key", "photos?limit=1", () => [client, key]],
  ["a list of photos that several share", "photos?limit=1", () => [ours]],
  ["a list of photos that several share, by API key", "photos?limit=1", () => [ours, key]],
]) {
  test(`${name}: ${REQUESTS} requests ask for nobody`, async () => {
    const [by, token] = who();
    const ask = async () => {
      const answer = await by.call("GET", where, { token });
      assert.equal(answer.status, 200, await answer.text());
    };
    await ask();
    const before = await identityReads(stack);
    for (let n = 0; n < REQUESTS; n++) await ask();
    const asked = (await identityReads(stack)) - before;
    assert.ok(asked < REQUESTS / 4, `${asked} operations`);
  });
}

test("what is counted is counted", async () => {
  const before = await identityReads(stack);
  for (let n = 0; n < 5; n++) await client.login();
  assert.ok((await identityReads(stack)) - before >= 5);
});
