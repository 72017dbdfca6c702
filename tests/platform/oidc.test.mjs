// A provider that answers as no provider should, and what Photure makes of it.
import assert from "node:assert/strict";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { Client } from "../lib/client.mjs";
import { SigningKey } from "../lib/issuer.mjs";
import { freePort, until } from "../lib/processes.mjs";
import { forms } from "../lib/stack.mjs";

const SECRET = "a client secret of the tests";
const S256 = (text) => createHash("sha256").update(text).digest("base64url");
const half = (text) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");

/** Publishes what a provider does, and answers for tokens what it is told to. */
class Rogue {
  keys = [new SigningKey()];
  /** What it was asked for tokens, and what for otherwise. */
  asked = [];
  elsewhere = 0;

  static async start(port) {
    const rogue = new Rogue();
    rogue.url = `http://127.0.0.1:${port}`;
    rogue.server = createServer((request, response) => rogue.answer(request, response));
    await new Promise((resolve) => rogue.server.listen(port, "127.0.0.1", resolve));
    return rogue;
  }

  async answer(request, response) {
    const json = (body, status = 200) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const parts = [];
    for await (const part of request) parts.push(part);
    if (request.url === "/.well-known/openid-configuration") {
      return json({
        issuer: this.url, authorization_endpoint: `${this.url}/auth`, token_endpoint: `${this.url}/token`, jwks_uri: `${this.url}/jwks`,
        response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (request.url === "/jwks") return json({ keys: this.keys.map(({ jwk }) => jwk) });
    if (request.url !== "/token") {
      this.elsewhere += 1;
      return json({}, 404);
    }
    this.asked.push({ headers: request.headers, form: new URLSearchParams(Buffer.concat(parts).toString()) });
    return this.tokens(json, response);
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, rogue;
    const call = (where, json, headers) => new Client(stack.url).call("POST", where, { json, headers });

    before(async () => {
      rogue = await Rogue.start(await freePort());
      stack = await start({
        env: { PHOTURE_OIDC_PROVIDERS: "rogue", PHOTURE_OIDC_ROGUE_ISSUER: rogue.url, PHOTURE_OIDC_ROGUE_CLIENT_ID: "photure", PHOTURE_OIDC_ROGUE_CLIENT_SECRET: SECRET },
      });
      await Client.register(stack.url, "admin");
    });
    after(async () => {
      await stack?.stop();
      await rogue?.stop();
    });

    /** To the provider and back. `tokens` is what it answers, made of what the way was begun with. */
    async function journey(tokens, said = {}) {
      const begun = await call("auth/oidc/rogue");
      assert.equal(begun.status, 200, await begun.clone().text());
      const asked = new URL((await begun.json()).url).searchParams;
      const cookie = begun.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
      rogue.tokens = (json, response) => tokens(json, asked, response);
      const answer = await call("auth/oidc/rogue/callback", { state: asked.get("state"), code: "a code", iss: rogue.url, ...said }, { cookie });
      return { asked, begun, answer, code: answer.status === 200 ? null : (await answer.clone().json()).code };
    }

    const ACCESS = "an access token";
    const claims = (asked, more = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: rogue.url, aud: "photure", sub: randomUUID(), exp: now + 60, iat: now, nonce: asked.get("nonce"), email: `${randomUUID()}@example.org`, email_verified: true, ...more };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    };
    const with_ = (id_token) => ({ access_token: ACCESS, token_type: "Bearer", id_token });
    const signed = (more, sign = (said) => rogue.keys[0].sign(said)) => (json, asked) => json(with_(sign(claims(asked, more))));

    test("a way that goes as it should opens a session", async () => {
      const { asked, begun, answer } = await journey(signed({ at_hash: half(ACCESS) }));
      assert.equal(answer.status, 200, await answer.clone().text());
      assert.ok((await answer.json()).access);
      assert.equal(asked.get("response_type"), "code");
      assert.equal(asked.get("redirect_uri"), `${stack.url}/sign-in/rogue`);
      assert.equal(asked.get("scope"), "openid profile email");
      assert.equal(asked.get("code_challenge_method"), "S256");
      const { headers, form: sent } = rogue.asked.at(-1);
      assert.equal(S256(sent.get("code_verifier")), asked.get("code_challenge"));
      assert.equal(sent.get("redirect_uri"), asked.get("redirect_uri"));
      assert.equal(headers.authorization, `Basic ${Buffer.from(`photure:${encodeURIComponent(SECRET).replaceAll("%20", "+")}`).toString("base64")}`);
      const [kept] = begun.headers.getSetCookie();
      assert.match(kept, /^photure_oidc=[^;]+; HttpOnly; SameSite=Lax; Path=\/api\/v1\/auth; Max-Age=900$/);
      for (const value of [asked.get("state"), asked.get("nonce"), sent.get("code_verifier")]) {
        assert.ok(!kept.includes(value) && !Buffer.from(kept.split(/[=.]/)[1], "base64url").toString().includes(value), "nothing tells the others");
      }
      assert.ok(answer.headers.getSetCookie().some((line) => /^photure_oidc=; .*Max-Age=0/.test(line)), "the way is over");
      const again = await journey(signed({}));
      assert.notEqual(again.asked.get("state"), asked.get("state"));
      assert.notEqual(again.asked.get("nonce"), asked.get("nonce"));
      assert.notEqual(again.asked.get("code_challenge"), asked.get("code_challenge"));
    });

    test("an ID token that is wrong in any way signs nobody in", async () => {
      const now = Math.floor(Date.now() / 1000);
      const [key] = rogue.keys;
      const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
      const withSecret = (said) => {
        const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(said)}`;
        return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
      };
      for (const [what, tokens] of Object.entries({
        "another nonce": signed({ nonce: "another" }),
        "no nonce": signed({ nonce: undefined }),
        "for another client": signed({ aud: "another" }),
        "for others too": signed({ aud: ["photure", "another"], azp: "another" }),
        "of another issuer": signed({ iss: "https://id.evil.example" }),
        "run out": signed({ exp: now - 1 }),
        "without a subject": signed({ sub: undefined }),
        "with an empty subject": signed({ sub: "" }),
        "with a subject longer than any may be": signed({ sub: "x".repeat(256) }),
        "with another access token's hash": signed({ at_hash: half("another") }),
        "signed with our own secret": signed({}, withSecret),
        "signed with the public key": signed({}, (said) => key.signAsSecret(said)),
        "not signed": signed({}, (said) => key.unsigned(said)),
        "signed with another key under the same id": signed({}, (said) => new SigningKey(key.kid).sign(said)),
        "no ID token": (json) => json({ access_token: ACCESS, token_type: "Bearer" }),
        "an error": (json) => json({ error: "invalid_grant" }, 400),
        "nothing": (json) => json(null),
        "more than anybody reads": (json) => json({ ...with_("x"), padding: "x".repeat(1 << 20) }),
        "another place to ask": (_, __, response) => {
          response.writeHead(307, { location: `${rogue.url}/elsewhere` });
          response.end();
        },
      })) {
        const { answer, code } = await journey(tokens);
        assert.ok([401, 503].includes(answer.status) && ["provider_refused", "provider_unavailable"].includes(code), `${what}: ${answer.status} ${code}`);
        assert.equal(answer.headers.getSetCookie().some((line) => /^photure_refresh=[^;]/.test(line)), false, what);
      }
      assert.equal(rogue.elsewhere, 0, "nobody was followed");
    });

    test("an answer that names another issuer, or none where it should, is not looked at", async () => {
      const before = rogue.asked.length;
      for (const iss of ["https://id.evil.example", `${rogue.url}/`, undefined]) {
        assert.equal((await journey(signed({}), { iss })).code, "provider_refused", String(iss));
      }
      assert.equal((await journey(signed({}), { error: "access_denied", code: undefined })).code, "consent_denied");
      assert.equal((await journey(signed({}), { error: "server_error", code: undefined })).code, "provider_refused");
      assert.equal(rogue.asked.length, before, "no code was shown to it");
    });

    test("a key that is new is found", async () => {
      const next = new SigningKey();
      rogue.keys = [next];
      // It is asked for its keys at most every 15 seconds.
      await until("the new key counts", async () => (await journey(signed({}, (said) => next.sign(said)))).answer.status === 200, 30);
    });

    test("somebody with two-step sign-in is asked for the second step", async () => {
      const person = await Client.register(stack.url);
      const sub = randomUUID();
      const email = `${person.credentials.username}@example.org`;
      const first = await journey(signed({ sub, email }));
      assert.equal(first.code, "link_required");
      const cookie = first.answer.headers.getSetCookie().find((line) => line.startsWith("photure_link=")).split(";")[0];
      const stranger = await Client.register(stack.url);
      const refused = await stranger.call("POST", "auth/identities/confirm", { headers: { cookie } });
      assert.deepEqual([refused.status, (await refused.json()).code], [404, "nothing_to_link"]);
      const linked = await person.call("POST", "auth/identities/confirm", { headers: { cookie } });
      assert.equal(linked.status, 201, await linked.clone().text());
      const again = await person.call("POST", "auth/identities/confirm", { headers: { cookie } });
      assert.deepEqual([again.status, (await again.json()).code], [409, "identity_taken"]);
      const given = await (await person.call("POST", "auth/totp", { json: { password: person.credentials.password } })).json();
      const confirmed = await person.call("POST", "auth/totp/confirm", { json: { code: code(given.secret) } });
      assert.equal(confirmed.status, 200, await confirmed.clone().text());
      const { answer, code: why } = await journey(signed({ sub, email }));
      assert.equal(why, "second_factor_required");
      assert.equal(answer.headers.getSetCookie().some((line) => /^photure_refresh=[^;]/.test(line)), false);
      const { second_factor } = await answer.json();
      const [recovery_code] = (await confirmed.json()).recovery_codes;
      const done = await call("auth/login/second-factor", { challenge: second_factor.challenge, recovery_code });
      assert.equal(done.status, 200, await done.clone().text());
    });
  });
}

/** What an authenticator app shows. */
function code(secret) {
  const bits = [...secret].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac("sha1", key).update(step).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
