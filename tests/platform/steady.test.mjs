// Who asks is known without asking the database. MongoDB itself counts what it is asked; what there is comes by the clock, not by the request.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "../lib/client.mjs";
import { identityReads } from "../lib/reads.mjs";
import { startFour } from "../lib/stack.mjs";

const REQUESTS = 300;
let stack, client, key;

before(async () => {
  stack = await startFour();
  client = await Client.register(stack.url);
  const made = await client.call("POST", "auth/api-keys", { json: { name: "steady", scopes: ["photos:read"] } });
  ({ key } = await made.json());
});
after(() => stack?.stop());

for (const [name, where, token] of [
  ["verify-token", "auth/verify-token", () => client.access],
  ["a list of photos, signed in", "photos?limit=1", () => client.access],
  ["a list of photos, by API key", "photos?limit=1", () => key],
]) {
  test(`${name}: ${REQUESTS} requests ask for nobody`, async () => {
    const ask = async () => {
      const answer = await client.call("GET", where, { token: token() });
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
