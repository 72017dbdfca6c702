// Signing in with as many accounts as a company has, and what an authorised request costs the database for knowing who asks.
import { randomInt } from "node:crypto";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Client } from "../tests/lib/client.mjs";
import { identityReads } from "../tests/lib/reads.mjs";
import { startFour, startOneProcess } from "../tests/lib/stack.mjs";
import { quantile, run, table } from "./lib.mjs";

const ACCOUNTS = 10_000;
const AT_ONCE = 4;
const LOGINS = 400;
const REQUESTS = 1000;
const password = "correct horse battery";
const name = (n) => `person-${n}`;

async function argon2(binaries) {
  const { stdout } = await run(path.join(binaries, "examples/passwords"), [String(LOGINS / 4)]);
  return stdout.trim().split("\n").map(Number);
}

async function register(client, from, to) {
  const numbers = Array.from({ length: to - from }, (_, n) => from + n).values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const n of numbers) {
      const made = await client.call("POST", "auth/register", { json: { username: name(n), email: `${name(n)}@example.org`, password } });
      if (made.status !== 201) throw new Error(await made.text());
      await made.arrayBuffer();
    }
  }));
}

/** Milliseconds of sign-ins, one after the other, each of anybody. */
async function logins(client, accounts, many) {
  const took = [];
  for (let n = 0; n < many; n++) {
    const since = performance.now();
    const answer = await client.call("POST", "auth/login", { json: { username: name(randomInt(accounts)), password } });
    if (answer.status !== 200) throw new Error(await answer.text());
    await answer.arrayBuffer();
    took.push(performance.now() - since);
  }
  return took;
}

/** Argon2 by itself and sign-ins, by turns. */
async function measure(client, accounts, binaries) {
  const [alone, whole] = [[], []];
  await logins(client, accounts, 20);
  for (let round = 0; round < 4; round++) {
    alone.push(...(await argon2(binaries)));
    whole.push(...(await logins(client, accounts, LOGINS / 4)));
  }
  return { alone, whole };
}

/** Operations on what identity is kept in, a thousand requests of each kind. MongoDB counts them itself. */
async function reads(stack, client) {
  const { key } = await (await client.call("POST", "auth/api-keys", { json: { name: "bench", scopes: ["photos:read"] } })).json();
  const { id } = await (await client.call("POST", "organizations", { json: { name: "bench" } })).json();
  const photos = "photos?limit=1";
  const kinds = [
    ["`auth/verify-token`", client, "auth/verify-token"],
    ["`photos`, signed in", client, photos],
    ["`photos`, by API key", client, photos, key],
    ["`photos` that several share", client.within(id), photos],
  ];
  const rows = [];
  for (const [kind, by, where, token] of kinds) {
    const ask = async () => {
      const answer = await by.call("GET", where, { token });
      if (answer.status !== 200) throw new Error(await answer.text());
      await answer.arrayBuffer();
    };
    await ask();
    const before = await identityReads(stack);
    const since = performance.now();
    for (let n = 0; n < REQUESTS; n++) await ask();
    const seconds = (performance.now() - since) / 1000;
    rows.push([kind, (await identityReads(stack)) - before, seconds.toFixed(1)]);
  }
  return rows;
}

export async function accounts() {
  const binaries = process.env.PHOTURE_BIN_DIR;
  const rows = [];
  let asked;
  for (const [form, start] of [["one process, SQLite", startOneProcess], ["four services, MongoDB, nginx", startFour]]) {
    const stack = await start({ env: { PHOTURE_LOG: "info" } });
    try {
      const client = await Client.register(stack.url);
      let made = 0;
      for (const accounts of [10, ACCOUNTS]) {
        await register(client, made, accounts);
        made = accounts;
        const { alone, whole } = await measure(client, accounts, binaries);
        const cells = [0.5, 0.95].flatMap((part) => [quantile(alone, part), quantile(whole, part), quantile(whole, part) - quantile(alone, part)]);
        console.error(form, accounts, cells.map((cell) => cell.toFixed(2)).join(" "));
        rows.push([form, accounts.toLocaleString("en"), ...cells.map((cell) => cell.toFixed(1))]);
      }
      if (stack.services) asked = await reads(stack, client);
    } finally {
      await stack.stop();
    }
  }
  return `## Accounts

Milliseconds of ${LOGINS} sign-ins over HTTP, one after the other, each of anybody, by turns with Argon2 alone (m = 19 MiB, t = 2, p = 1, in memory that
comes from the system each time and goes back to it, as in the services; \`cargo run --release --example passwords\`).

${table(["", "accounts", "Argon2, median", "sign-in, median", "the rest", "Argon2, 95 %", "sign-in, 95 %", "the rest"], rows)}

How often MongoDB was asked for users, sessions, API keys, second factors or organizations while four services answered ${REQUESTS.toLocaleString("en")} requests of each kind. What there is does
not grow with the requests: every few seconds auth looks which sessions have ended, the gateway whether an API key still counts, and gallery who is in an organization.

${table([`${REQUESTS.toLocaleString("en")} requests`, "operations for identity", "within, s"], asked)}
`;
}
