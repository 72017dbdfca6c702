// A client of the REST API that retries as a good client does.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

export class Client {
  constructor(url) {
    this.url = url;
  }

  /** A new account, signed in. */
  static async register(url, username = `u${randomUUID().slice(0, 12)}`) {
    const client = new Client(url);
    client.credentials = { username, password: `a long enough ${randomUUID()}` };
    const made = await client.call("POST", "auth/register", { json: { ...client.credentials, email: `${username}@example.org` } });
    assert.equal(made.status, 201, await made.clone().text());
    client.user = await made.json();
    await client.login();
    return client;
  }

  /** The same person in the library of an organization. */
  within(library) {
    return Object.assign(new Client(this.url), this, { library });
  }

  async login() {
    const response = await this.call("POST", "auth/login", { json: this.credentials });
    assert.equal(response.status, 200, await response.clone().text());
    Object.assign(this, await response.json());
    return this;
  }

  /** One request, under /api/v1 unless the path begins with a slash. */
  call(method, where, { json, body, headers = {}, token = this.access, signal = AbortSignal.timeout(60_000) } = {}) {
    const url = this.url + (where.startsWith("/") ? where : `/api/v1/${where}`);
    const all = { ...headers };
    if (json !== undefined) all["content-type"] ??= "application/json";
    if (token) all.authorization = `Bearer ${token}`;
    if (this.library) all["photure-library"] ??= this.library;
    return fetch(url, { method, headers: all, body: json === undefined ? body : JSON.stringify(json), redirect: "manual", signal });
  }

  async get(where) {
    const response = await this.call("GET", where);
    assert.equal(response.status, 200, `${where}: ${await response.clone().text()}`);
    return response.json();
  }

  upload(bytes, name = "photo.jpg", { headers, blob = new Blob([bytes]), sidecar, live } = {}) {
    const form = new FormData();
    form.append("file", blob, name);
    if (sidecar) form.append("sidecar", new Blob([sidecar]), "sidecar.xmp");
    if (live) form.append("live", new Blob([live]), "film.mov");
    return this.call("POST", "photos", { body: form, headers });
  }

  /** Until it is acknowledged, whatever breaks meanwhile. */
  async uploadSurely(bytes, name, giveUpAfter = 120) {
    const deadline = performance.now() + giveUpAfter * 1000;
    for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
      try {
        const response = await this.upload(bytes, name);
        const answer = await response.json();
        if (response.ok) return answer;
        assert.ok([429, 500, 502, 503, 504].includes(response.status), `${name}: ${response.status} ${JSON.stringify(answer)}`);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
      }
      assert.ok(performance.now() < deadline, `${name} was not taken within ${giveUpAfter} s`);
      await pause(wait);
    }
  }

  /** Every photo of the library, page by page. */
  async photos(query = "") {
    const all = [];
    for (let cursor = null; ; ) {
      const page = await this.get(`photos?limit=100${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      all.push(...page.items);
      cursor = page.next_cursor;
      if (!cursor) return all;
    }
  }

  /** What lies behind a signed address. */
  async bytes(address) {
    const response = await fetch(this.url + address);
    assert.equal(response.status, 200, `${address}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }
}

/** That `response` is a problem document of this status and code. */
export async function assertProblem(response, status, code, what = "") {
  const text = await response.text();
  assert.equal(response.status, status, `${what} ${text}`);
  assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/, `${what} ${text}`);
  const problem = JSON.parse(text);
  assert.equal(problem.status, status, what);
  if (code) assert.match(problem.code, code instanceof RegExp ? code : new RegExp(`^${code}$`), `${what} ${text}`);
  assert.ok(problem.detail.length > 10, `${what} ${text}`);
  return problem;
}
