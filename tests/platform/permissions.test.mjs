// Every route of the API asked by every kind of caller, and the answers held against the table in permissions.table.mjs.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { Client } from "../lib/client.mjs";
import { smallPhoto } from "../lib/pictures.mjs";
import { forms } from "../lib/stack.mjs";
import { callers, forbidden, table } from "./permissions.table.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));
/** How long an ended session may go on. */
const WITHIN_MS = 30_000;

async function apiKey(client, scopes, rest = {}) {
  const made = await client.call("POST", "auth/api-keys", { json: { name: scopes.join(" "), scopes, ...rest } });
  assert.equal(made.status, 201, await made.clone().text());
  return made.json();
}

async function login(client) {
  const device = Object.assign(new Client(client.url), { credentials: client.credentials, user: client.user });
  return device.login();
}

/** What belongs to one person, an id of each kind. */
async function belongings(client) {
  const photo = await client.uploadSurely(smallPhoto(), "mine.jpg");
  const [segment] = (await client.get("timeline")).segments;
  const archive = await (await client.call("POST", "archives", { json: { photo_ids: [photo.id] } })).json();
  return { photo: photo.id, segment: segment.id, archive: archive.id };
}

/** Those that the calls of the table use up are made anew for each. */
const spare = {
  session: async (client) => decode((await login(client)).access.split(".")[1]).sid,
  apiKey: async (client) => (await apiKey(client, ["photos:read"])).id,
  invitation: async (client) => {
    const made = await client.call("POST", "admin/invitations", { json: {} });
    assert.equal(made.status, 201, await made.clone().text());
    return (await made.json()).id;
  },
  self: (client) => client.user.id,
  organization: async (client, admin) => {
    const made = await admin.call("POST", "organizations", { json: { name: "Ours" } });
    assert.equal(made.status, 201, await made.clone().text());
    const { id } = await made.json();
    if (client !== admin) {
      const added = await admin.call("POST", `organizations/${id}/members`, { json: { username: client.user.username, role: "owner" } });
      assert.equal(added.status, 201, await added.clone().text());
    }
    return id;
  },
  account: async (client) => (await Client.register(client.url)).user.id,
  upload: async (client) => {
    const headers = { "tus-resumable": "1.0.0", "upload-length": "9" };
    const made = await client.call("POST", "uploads", { headers });
    assert.equal(made.status, 201, await made.clone().text());
    return made.headers.get("location").split("/").pop();
  },
};

/** Tokens and keys that say who they are, and are not. */
async function impostors(member, admin) {
  const shutOut = await disabled(member.url, admin);
  const demoted = await demotedAdmin(member.url, admin);
  const device = await login(member);
  const [head, body, signature] = device.access.split(".");
  const [header, claims] = [decode(head), decode(body)];
  const { privateKey } = generateKeyPairSync("ed25519");
  const forged = (says) => {
    const signed = `${encode(says.header)}.${encode(says.claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
  };
  const tampered = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  const deleted = await apiKey(member, ["photos:read", "photos:write"]);
  const brief = await apiKey(member, ["photos:read"], { expires_at: new Date(Date.now() + 2000).toISOString() });
  const ended = await login(member);
  assert.equal((await ended.call("POST", "auth/logout")).status, 204);
  assert.equal((await member.call("DELETE", `auth/api-keys/${deleted.id}`)).status, 204);
  await pause(2100);
  return {
    "nobody": null,
    "nonsense": "nonsense",
    "somebody whose account was disabled": shutOut.access,
    "a key of a disabled account": shutOut.key,
    "an admin who is one no more": demoted.access,
    "a token of a session that was ended": ended.access,
    "a tampered token": `${head}.${body}.${tampered}`,
    "a token that claims more scope": `${head}.${encode({ ...claims, scope: `${claims.scope} admin` })}.${signature}`,
    "a token without a signature (alg none)": `${encode({ ...header, alg: "none" })}.${body}.`,
    "a token of HS256": `${encode({ ...header, alg: "HS256" })}.${body}.${signature}`,
    "a token of a foreign issuer": forged({ header: { ...header, kid: "theirs" }, claims: { ...claims, iss: "https://elsewhere.example" } }),
    "a foreign key under our key's id": forged({ header, claims }),
    "a key that was deleted": deleted.key,
    "a key that has run out": brief.key,
    "an invented key": deleted.key.replace(/[0-9a-f]{48}$/, () => keyBody()),
    "half a key": deleted.key.slice(0, 40),
  };
}

async function change(admin, account, patch) {
  const changed = await admin.call("PATCH", `admin/users/${account.user.id}`, { json: patch });
  assert.equal(changed.status, 200, await changed.clone().text());
}

/** Signed in, and with a key that can do all, when their account is disabled. */
async function disabled(url, admin) {
  const person = await Client.register(url);
  const { key } = await apiKey(person, ["photos:read", "photos:write"]);
  await change(admin, person, { disabled: true });
  return { access: person.access, key };
}

/** Their token still says that they may administer. */
async function demotedAdmin(url, admin) {
  const person = await Client.register(url);
  await change(admin, person, { role: "admin" });
  await person.login();
  assert.equal((await person.call("GET", "admin/users")).status, 200);
  await change(admin, person, { role: "member" });
  return person;
}

/** 40 random digits and their checksum, as every key ends. */
function keyBody() {
  const secret = randomBytes(20).toString("hex");
  return secret + createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** One that auth has signed itself, for gallery alone: what media brings there. */
async function forAnotherAudience(stack) {
  const body = { service: "media", credential: stack.env.PHOTURE_SERVICE_CREDENTIAL, audience: "gallery", scope: "catalogue:read" };
  const answer = await fetch(`${stack.services.auth}/internal/service-token`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return (await answer.json()).access;
}

/** Where a route is served: through the gateway and, where each service has an address of its own, past it. */
function doors({ url, services }, method, route) {
  if (!services || route === "/api/health") return [url];
  const auth = /^\/(api\/v1\/(auth|users|admin\/(users|audit|invitations|organizations)|organizations)|\.well-known)\b/.test(route);
  const media = /^\/(media|api\/v1\/(uploads|archives|admin\/integrity))\b/.test(route) || `${method} ${route}` === "POST /api/v1/photos";
  return [url, auth ? services.auth : media ? services.media : services.gallery];
}

const isKey = (credential) => credential?.startsWith("photure_") ?? false;

/** One route, with one credential: a token as a bearer, a key either way. */
function ask(base, [method, route, , , sent], id, credential) {
  const where = route.replace("{id}", id).replace("{user_id}", randomUUID()).replace("{sha256}", "0".repeat(64)).replace("{file}", "thumb.webp");
  const asHeader = isKey(credential) && method !== "GET";
  const headers = { ...sent.headers, ...(asHeader ? { "x-api-key": credential } : {}) };
  return new Client(base).call(method, where, { ...sent, headers, token: asHeader ? null : credential });
}

async function assertRefused(row, caller, credential, base, isAtHome = false) {
  const [method, route, who] = row;
  const response = await ask(base, row, randomUUID(), credential);
  const what = `${caller}: ${method} ${route} at ${base}: ${response.status}`;
  const { status, code } = isAtHome ? forbidden : callers[caller][who === "anonymous" ? "someone" : who];
  assert.equal(response.status, status, what);
  if (method !== "HEAD") assert.equal((await response.json()).code, code, what);
}

/** Who brings nothing that could be good or bad, or something that is good. */
const isWelcome = (caller) => caller === "nobody" || callers[caller].someone === "in";
const isOpen = ([, , who]) => who === "everyone" || who === "anonymous";

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack, admin, member, other, credentials, mine;
    before(async () => {
      stack = await start();
      admin = await Client.register(stack.url);
      [member, other] = [await Client.register(stack.url), await Client.register(stack.url)];
      mine = new Map([[member, await belongings(member)], [admin, await belongings(admin)]]);
      const ofMembers = ["photos:read", "photos:write", "albums:write", "shares:manage"];
      const key = async (client, scopes) => (await apiKey(client, scopes)).key;
      credentials = {
        "a member": member.access,
        "another member": other.access,
        "an admin": admin.access,
        "a key that may read": await key(member, ["photos:read"]),
        "a key that may write": await key(member, ["photos:write"]),
        "a key that may do all a member may": await key(member, ofMembers),
        "an admin's key that may do all": await key(admin, [...ofMembers, "admin"]),
        "an admin's key that may not administer": await key(admin, ofMembers),
        ...await impostors(member, admin),
      };
      if (stack.services) credentials["a token for another audience"] = await forAnotherAudience(stack);
    });
    after(() => stack?.stop());

    test("the table names every route of the document and no other", async () => {
      const { paths } = await (await fetch(`${stack.url}/api/openapi.json`)).json();
      const routes = Object.entries(paths).flatMap(([route, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${route}`));
      assert.deepEqual(table.map(([method, route]) => `${method} ${route}`).sort(), routes.sort());
    });

    test("a session that was ended has ended at every door", async () => {
      const deadline = performance.now() + WITHIN_MS;
      for (const row of table.filter((row) => !isOpen(row))) {
        for (const base of doors(stack, ...row)) {
          for (;;) {
            const response = await ask(base, row, randomUUID(), credentials["a token of a session that was ended"]);
            if (response.status === 401) break;
            assert.ok(performance.now() < deadline, `${row[0]} ${row[1]} at ${base}: ${response.status}`);
            await pause(500);
          }
        }
      }
    });

    // Only past the gateway auth gives away a token for somebody else; and only a clock can make one run out, below.
    const elsewhere = new Set(["an expired token", ...(form === "one process" ? ["a token for another audience"] : [])]);
    for (const caller of Object.keys(callers).filter((caller) => !elsewhere.has(caller))) {
      test(caller, async () => {
        const owner = caller.startsWith("an admin") ? admin : member;
        for (const row of table) {
          const [method, route, who, thing, , passes, { ends = false } = {}] = row;
          for (const base of doors(stack, method, route)) {
            const atTheEdge = who === "anonymous" && base === stack.url && !isWelcome(caller);
            if (atTheEdge || (!isOpen(row) && callers[caller][who] !== "in")) {
              // That token is good at gallery, for what media does there and nothing that is in the table.
              const isAtHome = caller === "a token for another audience" && base === stack.services?.gallery;
              await assertRefused(row, caller, credentials[caller], base, isAtHome);
              continue;
            }
            // What ends sessions is asked by somebody of whom nothing else is asked.
            const isPerson = ["a member", "another member", "an admin"].includes(caller);
            const credential = ends && isPerson ? (await Client.register(stack.url)).access : credentials[caller];
            const id = thing && (mine.get(owner)[thing] ?? await spare[thing](owner, admin));
            const response = await ask(base, row, id, credential);
            const expected = thing && caller === "another member" ? 404 : passes;
            assert.equal(response.status, expected, `${caller}: ${method} ${route} at ${base}: ${await response.text()}`);
          }
        }
      });
    }
  });
}

test("an expired token", async () => {
  const stack = await forms["one process"]({ env: { PHOTURE_ACCESS_TOKEN_SECONDS: "1" } });
  try {
    const { access } = await Client.register(stack.url);
    while (Date.now() < decode(access.split(".")[1]).exp * 1000) await pause(100);
    for (const row of table.filter((row) => !isOpen(row))) await assertRefused(row, "an expired token", access, stack.url);
  } finally {
    await stack.stop();
  }
});
