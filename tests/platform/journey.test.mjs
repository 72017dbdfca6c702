// One photo's whole life at the REST API, in both forms.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { another, photos, smallPhoto } from "../lib/pictures.mjs";
import { forms } from "../lib/stack.mjs";

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, client;
    before(async () => {
      stack = await start();
      client = await Client.register(stack.url);
    });
    after(() => stack?.stop());

    test("the first account is admin, the next a member", async () => {
      assert.equal(client.user.role, "admin");
      const other = await Client.register(stack.url);
      assert.equal(other.user.role, "member");
    });

    test("a photo is uploaded, seen, changed, trashed, restored and purged", async () => {
      const [photo] = photos(1);
      const before = await client.get("users/me");
      const created = await client.upload(photo.bytes, photo.name);
      assert.equal(created.status, 201, await created.clone().text());
      const made = await created.json();
      assert.equal(created.headers.get("location"), `/api/v1/photos/${made.id}`);
      assert.equal(made.sha256, sha256(photo.bytes));
      assert.equal(made.bytes, photo.bytes.length);
      assert.ok(created.headers.get("x-request-id"));

      const again = await client.upload(photo.bytes, photo.name);
      assert.equal(again.status, 200);
      assert.equal((await again.json()).id, made.id);

      assert.equal(sha256(await client.bytes(made.urls.original)), made.sha256);
      assert.ok((await client.bytes(made.urls.thumb)).length > 100);
      assert.ok((await client.bytes(made.urls.preview)).length > 100);
      const part = await fetch(stack.url + made.urls.original, { headers: { range: "bytes=10-19" } });
      assert.equal(part.status, 206);
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), photo.bytes.subarray(10, 20));

      const timeline = await client.get("timeline");
      assert.equal(timeline.total, 1);
      const segment = await client.get(`timeline/segments/${timeline.segments[0].id}`);
      assert.deepEqual(segment.id, [made.id]);

      const got = await client.call("GET", `photos/${made.id}`);
      const etag = got.headers.get("etag");
      const named = await client.call("PATCH", `photos/${made.id}`, {
        json: { title: "Čaj o páté 🫖", favorite: true },
        headers: { "if-match": etag },
      });
      assert.equal(named.status, 200, await named.clone().text());
      assert.equal((await named.json()).title, "Čaj o páté 🫖");
      const late = await client.call("PATCH", `photos/${made.id}`, { json: { title: "late" }, headers: { "if-match": etag } });
      assert.equal(late.status, 412);
      assert.equal((await client.get("timeline?favorite=true")).total, 1);

      const me = await client.get("users/me");
      assert.equal(me.usage.photos, before.usage.photos + 1);
      assert.equal(me.usage.bytes, before.usage.bytes + photo.bytes.length);

      assert.equal((await client.call("DELETE", `photos/${made.id}`)).status, 204);
      assert.equal((await client.get("timeline")).total, 0);
      assert.equal((await client.get("trash")).items[0].id, made.id);
      assert.equal((await client.call("POST", `photos/${made.id}/restore`)).status, 200);
      assert.equal((await client.get("timeline")).total, 1);
      assert.equal((await client.call("DELETE", `photos/${made.id}?permanent=true`)).status, 204);
      assert.equal((await client.call("GET", `photos/${made.id}`)).status, 404);
      assert.deepEqual((await client.get("users/me")).usage.bytes, before.usage.bytes);

      const anew = await client.uploadSurely(photo.bytes, photo.name);
      assert.notEqual(anew.id, made.id);
      assert.equal(sha256(await client.bytes(anew.urls.original)), made.sha256);
      await client.call("DELETE", `photos/${anew.id}?permanent=true`);
    });

    test("photos/check says what is there, of one's own alone", async () => {
      const bytes = another(smallPhoto());
      const made = await (await client.upload(bytes)).json();
      const ask = async (who) => {
        const items = [{ ref: "a", sha256: sha256(bytes), bytes: bytes.length }, { ref: "b", sha256: sha256("new"), bytes: 3 }];
        const answer = await who.call("POST", "photos/check", { json: { items } });
        return (await answer.json()).items.map((item) => [item.ref, item.result, item.photo_id ?? null]);
      };
      assert.deepEqual(await ask(client), [["a", "duplicate", made.id], ["b", "accept", null]]);
      const other = await Client.register(stack.url);
      assert.deepEqual(await ask(other), [["a", "accept", null], ["b", "accept", null]]);
    });

    test("pages follow each other newest first while photos come and go", async () => {
      const reader = await Client.register(stack.url);
      const count = 12;
      for (let n = 0; n < count; n++) await reader.uploadSurely(another(smallPhoto()), `page-${n}.jpg`);
      const first = await reader.get("photos?limit=5&order=uploaded_at");
      await reader.call("DELETE", `photos/${first.items[4].id}?permanent=true`);
      await reader.uploadSurely(another(smallPhoto()), "newer.jpg");
      const second = await reader.get(`photos?limit=100&order=uploaded_at&cursor=${encodeURIComponent(first.next_cursor)}`);
      assert.equal(first.items.length + second.items.length, count);
      const ids = [...first.items, ...second.items].map((photo) => photo.id);
      assert.equal(new Set(ids).size, count);
      const times = [...first.items, ...second.items].map((photo) => photo.uploaded_at);
      assert.deepEqual(times, [...times].sort().reverse());
    });

    test("a trailing slash is tolerated", async () => {
      assert.equal((await client.call("GET", "users/me/")).status, 200);
      assert.equal((await client.call("GET", "photos/")).status, 200);
    });

    test("the platform tells its health and its contract", async () => {
      const health = await client.call("GET", "/api/health", { token: null });
      assert.equal(health.status, 200);
      assert.deepEqual(Object.keys((await health.json()).services).sort(), ["auth", "gallery", "media"]);
      const document = await (await client.call("GET", "/api/openapi.json", { token: null })).json();
      for (const where of ["/api/v1/auth/login", "/api/v1/photos", "/api/v1/timeline"]) assert.ok(document.paths[where], where);
      const docs = await fetch(`${stack.url}/api/docs`);
      assert.equal(docs.status, 200, await docs.text());
      const keys = await (await fetch(`${stack.url}/.well-known/jwks.json`)).json();
      assert.equal(keys.keys[0].alg, "EdDSA");
    });

    test("a refresh token is good once, but for an answer that was lost", async () => {
      const guest = await Client.register(stack.url);
      const turn = (refresh) => guest.call("POST", "auth/token/refresh", { json: { refresh }, token: null });
      const answers = [await turn(guest.refresh), await turn(guest.refresh)];
      const [first, again] = await Promise.all(answers.map((answer) => answer.json()));
      assert.equal(again.refresh, first.refresh, "who asks again soon gets the same successor, and no second line of them");
      const next = await (await turn(first.refresh)).json();
      assert.equal((await turn(guest.refresh)).status, 401, "its successor has been used: somebody else has it");
      assert.equal((await turn(next.refresh)).status, 401, "and that ends the session");
    });
  });
}
