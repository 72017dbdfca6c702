// People who are signed in at Clerk: its session tokens, right and wrong in every way, at the gateway and at each service directly.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "../lib/client.mjs";
import { Issuer, SigningKey } from "../lib/issuer.mjs";
import { freePort, until } from "../lib/processes.mjs";
import { forms } from "../lib/stack.mjs";

/** Asked of media, which verifies before it looks. */
const NO_UPLOAD = `uploads/${randomUUID()}`;

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, issuer, admin, doors;
    const subject = () => `user_${randomUUID().replaceAll("-", "")}`;
    const claims = (more) => issuer.claims(stack.url, more);
    const token = (more) => issuer.keys[0].sign(claims(more));
    const ask = (base, where, credential) => new Client(base).call("GET", where, { token: credential });
    const me = async (credential) => (await ask(stack.url, "users/me", credential)).json();

    before(async () => {
      issuer = await Issuer.start(await freePort());
      stack = await start({ env: { PHOTURE_CLERK_ISSUER: issuer.url } });
      admin = await Client.register(stack.url, "admin");
      const { auth, gallery, media } = stack.services ?? {};
      doors = [[stack.url, "users/me"], [stack.url, "timeline"], [stack.url, NO_UPLOAD]];
      if (auth) doors.push([auth, "users/me"], [gallery, "timeline"], [media, NO_UPLOAD], [stack.services.gateway, "timeline"]);
    });
    after(async () => {
      await stack?.stop();
      await issuer?.stop();
    });

    test("makes an account for whom Clerk has signed in, once", async () => {
      const sub = subject();
      const at = await Promise.all(Array.from({ length: 8 }, () => me(token({ sub }))));
      assert.equal(new Set(at.map(({ id }) => id)).size, 1);
      assert.equal(at[0].email, `${sub}@clerk.invalid`, "Clerk does not tell an address unless it is made to");
      assert.equal(at[0].role, "member");
      const named = await me(token({ sub: subject(), email: "zoe@example.org", username: "zoe" }));
      assert.deepEqual([named.username, named.email], ["zoe", "zoe@example.org"]);
    });

    test("never makes one person another by an address", async () => {
      const victim = await Client.register(stack.url);
      const email = `${victim.credentials.username}@example.org`;
      const other = await me(token({ sub: subject(), email }));
      assert.notEqual(other.id, victim.user.id);
      assert.match(other.email, /@clerk\.invalid$/);
    });

    test("lets it in at every door, and lets it do what a person may", async () => {
      const credential = token({ sub: subject() });
      for (const [base, where] of doors) {
        const answer = await ask(base, where, credential);
        assert.ok([200, 404].includes(answer.status), `${base}/${where}: ${answer.status} ${await answer.text()}`);
      }
      const person = new Client(stack.url);
      person.access = credential;
      const key = await person.call("POST", "auth/api-keys", { json: { name: "frame", scopes: ["photos:read"] } });
      assert.equal(key.status, 201, await key.text());
      assert.equal((await ask(stack.url, "admin/users", credential)).status, 403);
      const verdict = await (await ask(stack.url, "auth/verify-token", credential)).json();
      assert.equal(verdict.valid, true);
    });

    test("refuses whatever is wrong with it, at every door", async () => {
      const [key] = issuer.keys;
      const now = Math.floor(Date.now() / 1000);
      const theirs = new SigningKey(key.kid);
      const [head, , signature] = token().split(".");
      const wrong = {
        "for another page": token({ azp: "https://evil.example" }),
        "for a page that only begins like ours": token({ azp: `${stack.url}.evil.example` }),
        "for no page": token({ azp: undefined }),
        "of another issuer": token({ iss: "https://clerk.evil.example" }),
        "of an issuer that only looks like ours": token({ iss: `${issuer.url}/` }),
        "run out": token({ exp: now - 6, iat: now - 66, nbf: now - 76 }),
        "not good yet": token({ nbf: now + 60 }),
        "that never runs out": token({ exp: undefined }),
        "without a subject": token({ sub: "" }),
        "of a session with something left to do": token({ sts: "pending" }),
        "of HS256 with the public key": key.signAsSecret(claims()),
        "of no algorithm": key.unsigned(claims()),
        "of another key under the same id": theirs.sign(claims()),
        "of a key that nobody knows": new SigningKey().sign(claims()),
        "with its own key in the header": theirs.sign(claims(), { kid: "mine", jwk: theirs.jwk }),
        "with other claims under the signature": `${head}.${Buffer.from(JSON.stringify(claims({ sub: subject() }))).toString("base64url")}.${signature}`,
        "without a key's id": key.sign(claims(), { kid: undefined }),
      };
      for (const [what, credential] of Object.entries(wrong)) {
        for (const [base, where] of doors) {
          const answer = await ask(base, where, credential);
          assert.equal(answer.status, 401, `${what}, at ${base}/${where}`);
          const { code } = await answer.json();
          assert.equal(code, what === "run out" ? "token_expired" : "token_invalid", what);
        }
        const verdict = await (await ask(stack.url, "auth/verify-token", credential)).json();
        assert.equal(verdict.valid, false, what);
      }
    });

    test("forgives a clock that is a little off", async () => {
      const now = Math.floor(Date.now() / 1000);
      for (const off of [{ exp: now - 1 }, { nbf: now + 4 }]) {
        const answer = await ask(stack.url, "users/me", token({ sub: subject(), ...off }));
        assert.equal(answer.status, 200, JSON.stringify(off));
      }
    });

    test("asks for keys seldom, and finds new ones all the same", async () => {
      const before = issuer.asked;
      const unknown = new SigningKey("unknown");
      for (let n = 0; n < 50; n += 1) {
        const answer = await ask(stack.url, "users/me", unknown.sign(claims()));
        assert.equal(answer.status, 401);
      }
      assert.ok(issuer.asked - before <= 2, `asked ${issuer.asked - before} times`);
      const old = issuer.keys[0];
      issuer.keys = [new SigningKey(), old];
      const begun = performance.now();
      await until("the new key counts", async () => (await ask(stack.url, "users/me", issuer.keys[0].sign(claims()))).status === 200, 40);
      assert.ok(performance.now() - begun < 30_000);
      assert.equal((await ask(stack.url, "users/me", old.sign(claims()))).status, 200, "the old one goes on");
    });

    test("counts no more within half a minute after the account is disabled", async () => {
      const sub = subject();
      const { id } = await me(token({ sub }));
      const kept = token({ sub });
      for (const [base, where] of doors) assert.notEqual((await ask(base, where, kept)).status, 401);
      const changed = await admin.call("PATCH", `admin/users/${id}`, { json: { disabled: true } });
      assert.equal(changed.status, 200);
      const fresh = await ask(stack.url, "users/me", token({ sub }));
      assert.deepEqual([fresh.status, (await fresh.json()).code], [401, "account_disabled"], "a new token is of no use at once");
      await pause(31_000);
      for (const [base, where] of doors) assert.equal((await ask(base, where, kept)).status, 401, `${base}/${where}`);
    });
  });
}

describe("where no accounts are made", () => {
  let stack, issuer;
  before(async () => {
    issuer = await Issuer.start(await freePort());
    stack = await forms["one process"]({ env: { PHOTURE_CLERK_ISSUER: issuer.url, PHOTURE_CLERK_AUTHORIZED_PARTIES: "https://page.example", PHOTURE_REGISTRATION: "closed" } });
    await Client.register(stack.url, "admin");
  });
  after(async () => {
    await stack?.stop();
    await issuer?.stop();
  });

  test("a stranger is told so, and only the pages that are named count", async () => {
    const ask = (azp) => new Client(stack.url).call("GET", "users/me", { token: issuer.keys[0].sign(issuer.claims(azp)) });
    const stranger = await ask("https://page.example");
    assert.deepEqual([stranger.status, (await stranger.json()).code], [401, "registration_closed"]);
    assert.equal((await (await ask(stack.url)).json()).code, "token_invalid");
  });
});
