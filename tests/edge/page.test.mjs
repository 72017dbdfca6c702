// The page as nginx serves it: what is cached, what falls back to it, what is nobody's business.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, raw, startEdge } from "./edge.mjs";

const headersOfAll = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; connect-src 'self'; " +
  "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

describe("the page", () => {
  let edge;
  before(async () => (edge = await startEdge()));
  after(() => edge.stop());

  it("is at / and is asked for anew each time", async () => {
    const response = await edge.get("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^text\/html; charset=utf-8$/);
    assert.equal(response.headers.get("cache-control"), "no-cache");
    assert.match(await response.text(), /<title>Photure/);
  });

  it("answers for the addresses inside it", async () => {
    for (const where of ["/trash", "/photos/0190a1b2-0000-7000-8000-000000000000", "/sign-in?next=/trash"]) {
      const response = await edge.get(where);
      assert.equal(response.status, 200, where);
      assert.equal(response.headers.get("cache-control"), "no-cache", where);
      assert.match(await response.text(), /<title>Photure/, where);
    }
  });

  it("does not stand in for a missing file", async () => {
    for (const where of ["/assets/app-old.js", "/assets/none", "/favicon.ico", "/robots.txt", "/a/b.map"]) {
      await assertProblem(await edge.get(where), 404, "not_found");
    }
  });

  it("has assets that a cache keeps for a year", async () => {
    const response = await edge.get("/assets/app-1a2b3c.js");
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.match(response.headers.get("content-type"), /^application\/javascript/);
    const unchanged = await edge.get("/assets/app-1a2b3c.js", { headers: { "if-none-match": response.headers.get("etag") } });
    assert.equal(unchanged.status, 304);
  });

  it("is compressed for who can read that", async () => {
    const response = await raw(edge.port, ["GET /assets/app-1a2b3c.js HTTP/1.1", "Host: photure", "Accept-Encoding: gzip"]);
    assert.equal(response.headers["content-encoding"], "gzip");
    assert.equal(response.headers.vary, "Accept-Encoding");
  });

  it("and every refusal carry the security headers, and no word on what runs here", async () => {
    for (const where of ["/", "/trash", "/assets/app-1a2b3c.js", "/logo.svg", "/assets/none.js", "/metrics", "/api/v1/photos"]) {
      const { headers } = await edge.get(where);
      for (const [name, value] of Object.entries(headersOfAll)) assert.equal(headers.get(name), value, `${name} of ${where}`);
      assert.equal(headers.get("content-security-policy"), pagePolicy, where);
      assert.match(headers.get("permissions-policy"), /camera=\(\)/);
      assert.equal(headers.get("server"), "nginx");
      assert.equal(headers.get("strict-transport-security"), null, "only where the connection is encrypted");
    }
  });

  it("hides files whose name begins with a dot", async () => {
    for (const where of ["/.env", "/.git/config", "/assets/.secret", "/a/.b/c"]) await assertProblem(await edge.get(where), 404, "not_found");
  });

  it("never shows how the services are doing", async () => {
    for (const where of ["/health", "/health/live", "/health/ready", "/metrics", "/metrics/", "//metrics", "/%6detrics", "/_blobs/"]) {
      await assertProblem(await edge.get(where), 404, "not_found");
    }
    assert.equal(edge.gateway.seen.filter(({ url }) => /metrics|health/.test(url)).length, 0);
  });

  it("takes no other method than reading", async () => {
    const posted = await edge.get("/", { method: "POST", body: "x" });
    assert.equal(posted.headers.get("allow"), "GET, HEAD");
    await assertProblem(posted, 405, "method_not_allowed");
    await assertProblem(await edge.get("/logo.svg", { method: "DELETE" }), 405, "method_not_allowed");
  });
});

describe("the page of people who sign in at Clerk", () => {
  let edge;
  before(async () => (edge = await startEdge({ env: { PHOTURE_CLERK_ISSUER: "https://clerk.example.org" } })));
  after(() => edge.stop());

  it("may ask there, and make a worker, and nothing else more", async () => {
    const { headers } = await edge.get("/");
    const more = "connect-src 'self' https://clerk.example.org; worker-src 'self' blob:; ";
    assert.equal(headers.get("content-security-policy"), pagePolicy.replace("connect-src 'self'; ", more));
  });
});
