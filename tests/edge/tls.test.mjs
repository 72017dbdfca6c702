// With a certificate: encrypted, remembered by browsers, plain HTTP only points there. And behind a load balancer.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { freePort, until } from "../lib/processes.mjs";
import { raw, startEdge } from "./edge.mjs";

describe("with a certificate", () => {
  let edge, port, tls;
  before(async () => {
    tls = mkdtempSync(path.join(tmpdir(), "photure-tls-"));
    const out = ["-keyout", path.join(tls, "privkey.pem"), "-out", path.join(tls, "fullchain.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", ...out], { stdio: "ignore" });
    port = await freePort();
    edge = await startEdge({
      env: { PHOTURE_TLS_DIR: tls, PHOTURE_NGINX_LISTEN_TLS: `127.0.0.1:${port}`, PHOTURE_TLS_PUBLIC_PORT: String(port) },
      answersAt: "", // plain HTTP leads to a certificate that nobody vouches for
    });
    await until("nginx answers", () => raw(edge.port, ["GET / HTTP/1.1", "Host: photure"]));
  });
  after(async () => {
    await edge?.stop();
    rmSync(tls, { recursive: true, force: true });
  });

  it("plain HTTP leads to HTTPS", async () => {
    const { status, headers } = await raw(edge.port, ["GET /trash?a=b HTTP/1.1", "Host: photos.example"]);
    assert.equal(status, 308);
    assert.equal(headers.location, `https://photos.example:${port}/trash?a=b`);
  });

  it("HTTPS tells browsers to stay, and the services that it is HTTPS", async () => {
    const { headers, body } = await new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", path: "/api/v1/photos", rejectUnauthorized: false }, (response) => {
        let text = "";
        response.on("data", (part) => (text += part));
        response.on("end", () => resolve({ headers: response.headers, body: JSON.parse(text) }));
      }).on("error", reject);
    });
    assert.match(headers["strict-transport-security"], /^max-age=\d{8}/);
    assert.equal(body.headers["x-forwarded-proto"], "https");
  });
});

describe("behind a load balancer that is trusted", () => {
  let edge;
  before(async () => (edge = await startEdge({ env: { PHOTURE_NGINX_TRUSTED_PROXIES: "127.0.0.0/8 10.0.0.0/8" } })));
  after(() => edge.stop());

  it("the last address that it does not vouch for is the caller", async () => {
    const response = await edge.get("/api/v1/photos", { headers: { "x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.1.2.3", "x-forwarded-proto": "https" } });
    const { headers } = await response.json();
    assert.equal(headers["x-forwarded-for"], "203.0.113.7");
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.ok(response.headers.get("strict-transport-security"));
  });
});
