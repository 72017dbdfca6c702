// What is refused: with the right status, a problem document, and nothing changed.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { assertProblem, Client } from "../lib/client.mjs";
import { another, padded, photos, png, pngThatDeclares, samples, smallPhoto } from "../lib/pictures.mjs";
import { forms } from "../lib/stack.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const headerOf = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));

/** A request whose path no client library tidies up. */
function rawStatus(url, target, token) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`);
    });
    let answer = "";
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.on("error", reject);
    socket.on("end", () => resolve({ status: Number(answer.slice(9, 12)), answer }));
  });
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, client, other, photo, state;
    /** All that a refused request could have changed. */
    const look = async () => ({
      photos: (await client.photos()).map(({ urls, ...kept }) => kept),
      trash: (await client.get("trash")).items.length,
      timeline: await client.get("timeline"),
      me: await client.get("users/me"),
      others: (await other.photos()).length,
      staged: stack.staged(),
    });
    before(async () => {
      stack = await start();
      client = await Client.register(stack.url);
      other = await Client.register(stack.url);
      photo = await client.uploadSurely(smallPhoto(), "mine.jpg");
      state = await look();
    });
    after(() => stack?.stop());
    const unchanged = async () => assert.deepEqual(await look(), state);

    const jpegOf = async () => (samples ? smallPhoto() : client.bytes(photo.urls.preview));
    const files = {
      "an empty file": async () => [Buffer.alloc(0), 422, "empty_file"],
      "a text file named .jpg": async () => [Buffer.from("This is no picture.\n".repeat(50)), 415, "unsupported_media_type"],
      "a truncated JPEG": async () => [(await jpegOf()).subarray(0, (await jpegOf()).length / 2), 422, "truncated_image"],
      "a PNG that declares 17,000×17,000 pixels": async () => [pngThatDeclares(17_000, 17_000), 422, "too_many_pixels"],
      "an SVG": async () => [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 415, "unsupported_media_type"],
      "a PNG cut off": async () => [png(600, 400).subarray(0, 900), 422, /truncated_image|corrupt_image/],
    };
    if (samples) {
      files["an AVIF of 1,340 bytes that declares 17,000×17,000 pixels"] = async () =>
        [readFileSync(path.join(samples, "hostile/bomb-17000x17000.avif")), [415, 422], /unsupported_media_type|too_many_pixels/];
    }
    for (const [what, make] of Object.entries(files)) {
      test(what, async () => {
        const [bytes, status, code] = await make();
        const response = await client.upload(bytes, "innocent.jpg");
        assert.ok([status].flat().includes(response.status), `${what}: ${response.status}`);
        await assertProblem(response, response.status, code, what);
        await unchanged();
      });
    }

    test("101 MB", async () => {
      const response = await client.upload(padded(await jpegOf(), 101 << 20), "huge.jpg");
      await assertProblem(response, 413, "payload_too_large");
      await unchanged();
    });

    test("wrong multipart", async () => {
      const boundary = { "content-type": "multipart/form-data; boundary=x" };
      const cases = {
        "no multipart at all": [smallPhoto(), { "content-type": "image/jpeg" }],
        "no boundary": ["--x--", { "content-type": "multipart/form-data" }],
        "nothing in it": ["--x--\r\n", boundary],
        "no file": ['--x\r\nContent-Disposition: form-data; name="taken_at"\r\n\r\n2024-01-01T00:00:00Z\r\n--x--\r\n', boundary],
        "a part that is not known": ['--x\r\nContent-Disposition: form-data; name="fle"; filename="a.jpg"\r\n\r\nabc\r\n--x--\r\n', boundary],
        "cut off": ['--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc', boundary],
        "a time that is none": ['--x\r\nContent-Disposition: form-data; name="taken_at"\r\n\r\nyesterday\r\n--x--\r\n', boundary],
      };
      for (const [what, [body, headers]] of Object.entries(cases)) {
        const response = await client.call("POST", "photos", { body, headers });
        assert.ok([400, 415, 422].includes(response.status), `${what}: ${response.status}`);
        await assertProblem(response, response.status, undefined, what);
      }
      await unchanged();
    });

    test("a digest that does not fit the bytes", async () => {
      const wrong = { "repr-digest": `sha-256=:${Buffer.alloc(32, 7).toString("base64")}:` };
      await assertProblem(await client.upload(another(smallPhoto()), "a.jpg", { headers: wrong }), 422, "digest_mismatch");
      await unchanged();
    });

    test("wrong JSON types, unknown fields and operators in every string", async () => {
      const operator = { $gt: "" };
      const patch = `photos/${photo.id}`;
      const cases = [
        ["PATCH", patch, { title: 7 }], ["PATCH", patch, { favorite: "yes" }], ["PATCH", patch, { colour: "red" }],
        ["PATCH", patch, { title: operator }], ["PATCH", patch, { description: operator }], ["PATCH", patch, { favorite: operator }],
        ["PATCH", patch, []], ["PATCH", patch, "text"], ["PATCH", patch, { title: "x".repeat(100_000) }],
        ["POST", "photos/check", { items: [{ ref: operator, sha256: "0".repeat(64), bytes: 1 }] }],
        ["POST", "photos/check", { items: "all" }], ["POST", "photos/check", {}],
        ["POST", "photos/check", { items: [], more: true }],
        ["POST", "auth/login", { username: operator, password: operator }], ["POST", "auth/login", { username: "a", password: operator }],
        ["POST", "auth/login", { username: "a", password: "b", remember: true }],
        ["POST", "auth/register", { username: operator, email: "a@example.org", password: "long enough for all" }],
        ["POST", "auth/register", { username: "abc", email: operator, password: "long enough for all" }],
        ["POST", "auth/register", { username: "abc", email: "a@example.org", password: operator }],
        ["POST", "auth/register", { username: "abc", email: "a@example.org", password: "long enough for all", role: "admin" }],
        ["POST", "auth/token/refresh", { refresh: operator }],
      ];
      for (const [method, where, json] of cases) {
        const what = `${method} ${where} ${JSON.stringify(json).slice(0, 80)}`;
        const response = await client.call(method, where, { json });
        assert.equal(response.status, 422, `${what}: ${response.status} ${await response.clone().text()}`);
        await assertProblem(response, 422, undefined, what);
      }
      await assertProblem(await client.call("PATCH", patch, { body: "{", headers: { "content-type": "application/json" } }), 400, "malformed_json");
      await assertProblem(await client.call("PATCH", patch, { body: "title=x", headers: { "content-type": "application/x-www-form-urlencoded" } }), 415);
      await unchanged();
    });

    test("operators in the query", async () => {
      for (const query of ["favorite[$gt]=", "limit[$gt]=1", "order={$gt:1}", "cursor={\"$gt\":\"\"}", "limit=0", "limit=501", "limit=many", "nonsense=1"]) {
        const response = await client.call("GET", `photos?${encodeURI(query)}`);
        await assertProblem(response, 422, undefined, query);
      }
    });

    test("ids that are none, and ids of somebody else", async () => {
      const theirs = await other.uploadSurely(another(smallPhoto()), "theirs.jpg");
      state = await look();
      const routes = (id) => [
        ["GET", `photos/${id}`], ["PATCH", `photos/${id}`, { title: "mine now" }], ["DELETE", `photos/${id}`],
        ["DELETE", `photos/${id}?permanent=true`], ["POST", `photos/${id}/restore`], ["GET", `photos/${id}/metadata`],
        ["GET", `photos/${id}/original`], ["GET", `timeline/segments/${id}`],
      ];
      const segment = (await other.get("timeline")).segments[0].id;
      for (const id of [theirs.id, segment, "0197f000-0000-7000-8000-000000000000", "nonsense", "1", "%7B%22$gt%22%3A%22%22%7D"]) {
        for (const [method, where, json] of routes(id)) {
          const response = await client.call(method, where, { json });
          assert.ok([404, 422].includes(response.status), `${method} ${where}: ${response.status}`);
          if (id === theirs.id || id === segment) assert.equal(response.status, 404, `${method} ${where}`);
          await assertProblem(response, response.status, undefined, `${method} ${where}`);
        }
      }
      await unchanged();
      assert.equal((await other.get(`photos/${theirs.id}`)).title, null);
    });

    test("tokens that are none of ours", async () => {
      const [head, body, signature] = client.access.split(".");
      const claims = claimsOf(client.access);
      const stranger = generateKeyPairSync("ed25519").privateKey;
      const by = (header, payload) => {
        const signed = `${encode(header)}.${encode(payload)}`;
        return `${signed}.${sign(null, Buffer.from(signed), stranger).toString("base64url")}`;
      };
      const tokens = {
        "none at all": null,
        nonsense: "nonsense",
        "alg none": `${encode({ ...headerOf(client.access), alg: "none" })}.${body}.`,
        "alg none, signature kept": `${encode({ ...headerOf(client.access), alg: "none" })}.${body}.${signature}`,
        "HS256 with the public key": `${encode({ ...headerOf(client.access), alg: "HS256" })}.${body}.${signature}`,
        "another subject": `${head}.${encode({ ...claims, sub: other.user.id })}.${signature}`,
        "more scope": `${head}.${encode({ ...claims, scope: "admin photos:read photos:write" })}.${signature}`,
        "a later end": `${head}.${encode({ ...claims, exp: claims.exp + 9999 })}.${signature}`,
        "a foreign issuer's key, our kid": by(headerOf(client.access), claims),
        "a foreign issuer": by({ alg: "EdDSA", typ: "JWT", kid: "theirs" }, { ...claims, iss: "https://elsewhere.example" }),
        "a bit of the signature": `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      };
      for (const [what, token] of Object.entries(tokens)) {
        for (const where of ["photos", "timeline", "users/me", "trash"]) {
          await assertProblem(await client.call("GET", where, { token }), 401, undefined, `${what} at ${where}`);
        }
        const form = new FormData();
        form.append("file", new Blob([another(smallPhoto())]), "a.jpg");
        await assertProblem(await client.call("POST", "photos", { body: form, token }), 401, undefined, `${what} at upload`);
        if (token) {
          const verdict = await (await client.call("GET", "auth/verify-token", { token })).json();
          assert.equal(verdict.valid, false, what);
        }
      }
      await unchanged();
    });

    test("signatures of addresses that are forged, changed or too old", async () => {
      const address = new URL(stack.url + photo.urls.thumb);
      const changed = (change) => {
        const copy = new URL(address);
        change(copy);
        return fetch(copy);
      };
      const cases = {
        "no signature": (url) => url.searchParams.delete("sig"),
        "a later expiry": (url) => url.searchParams.set("exp", String(Number(url.searchParams.get("exp")) + 3600)),
        "an expiry gone by": (url) => url.searchParams.set("exp", "1000000000"),
        "another variant": (url) => (url.pathname = url.pathname.replace("thumb", "original.jpg")),
        "another name to download": (url) => url.searchParams.set("dl", "other.jpg"),
        "a bit of the signature": (url) => url.searchParams.set("sig", `A${url.searchParams.get("sig").slice(1, -1)}A`),
      };
      for (const [what, change] of Object.entries(cases)) {
        const response = await changed(change);
        assert.ok([403, 422].includes(response.status), `${what}: ${response.status}`);
        await assertProblem(response, response.status, undefined, what);
      }
      assert.equal((await fetch(address)).status, 200);
    });

    test("dots in every path", async () => {
      const hash = photo.sha256;
      const query = photo.urls.thumb.split("?")[1];
      for (const dots of ["../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "....//"]) {
        for (const target of [
          `/media/${dots}${dots}etc/passwd?${query}`,
          `/media/${hash}/${dots}${dots}secrets/media-signing-key?${query}`,
          `/media/${hash}/${dots}thumb.webp?${query}`,
          `/api/v1/photos/${dots}${dots}internal/released`,
          `/api/v1/${dots}${dots}internal/catalogue`,
          `/api/v1/photos/${photo.id}/${dots}${dots}${dots}health/ready`,
          `/${dots}${dots}${dots}etc/passwd`,
          `/assets/${dots}${dots}.env`,
        ]) {
          const { status, answer } = await rawStatus(stack.url, target, client.access);
          assert.doesNotMatch(answer, /root:.*:0:0:/, target);
          assert.doesNotMatch(answer, /"released_at"|"checks"/, target);
          if (!target.startsWith(`/${dots}`)) assert.ok(status >= 400 && status < 500, `${target}: ${status}`);
          else assert.ok(status < 500, `${target}: ${status}`);
        }
      }
      await unchanged();
    });

    test("addresses and methods that do not exist", async () => {
      await assertProblem(await client.call("GET", "nothing/here"), 404, "not_found");
      await assertProblem(await client.call("GET", "/api/v2/photos"), 404, "not_found");
      await assertProblem(await client.call("PUT", "timeline"), 405, "method_not_allowed");
      await assertProblem(await client.call("GET", "/internal/released"), 404, "not_found").catch(async (error) => {
        // The page answers for paths it may know; then it must be the page and nothing else.
        const response = await client.call("GET", "/internal/released");
        assert.match(response.headers.get("content-type") ?? "", /^text\/html/, String(error));
      });
    });

    test("every refused upload named its reason, and the good ones beside it arrived", async () => {
      const good = photos(3);
      const results = await Promise.all([
        ...good.map((item) => client.upload(item.bytes, item.name)),
        client.upload(Buffer.from("no picture"), "broken.jpg"),
      ]);
      assert.deepEqual(results.map((result) => result.status), [201, 201, 201, 415]);
      state = await look();
    });
  });
}

test("an expired token is refused", async () => {
  const stack = await forms["one process"]({ env: { PHOTURE_ACCESS_TOKEN_SECONDS: "1" } });
  try {
    const client = await Client.register(stack.url);
    const until = claimsOf(client.access).exp * 1000;
    while (Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
    await assertProblem(await client.call("GET", "photos"), 401, "token_expired");
  } finally {
    await stack.stop();
  }
});
