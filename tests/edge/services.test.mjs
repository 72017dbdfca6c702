// The way to gateway and media: what passes, what is added, what is stripped, what is refused here.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assertProblem, blob, hash, raw, startEdge } from "./edge.mjs";

const mebibyte = 1024 * 1024;

describe("the way to the services", () => {
  let edge;
  let firstPart; // called with each part of a body as it arrives at /api/v1/photos/streamed
  before(async () => {
    edge = await startEdge({
      gateway(request, response) {
        if (request.url === "/api/v1/photos/streamed") {
          request.on("data", (part) => firstPart?.(part));
          request.on("end", () => response.end("all"));
          return true;
        }
        if (request.url === "/api/v1/redirecting") {
          response.setHeader("x-accel-redirect", `/_blobs/${blob}`);
          response.end("from the gateway");
          return true;
        }
        if (request.url === "/api/v1/problem") {
          response.writeHead(409, { "content-type": "application/problem+json", "cache-control": "no-store", "x-request-id": "from-the-gateway" });
          response.end('{"code":"its_own"}');
          return true;
        }
        return false;
      },
      media(request, response) {
        if (request.url.startsWith("/media/streamed")) return false;
        response.writeHead(200, {
          "content-type": "image/jpeg",
          "cache-control": "private, max-age=3600, immutable",
          "content-disposition": 'attachment; filename="a.jpg"',
          "x-accel-redirect": request.url.includes("staging") ? "/_blobs/staging/under-way" : `/_blobs/${blob}`,
        });
        response.end();
        return true;
      },
    });
  });
  after(() => edge.stop());

  it("leads /api and the public keys to the gateway, unchanged", async () => {
    for (const where of ["/api/v1/photos?cursor=a%2Bb&limit=5", "/api/v1/photos/", "/api/docs", "/api", "/.well-known/jwks.json"]) {
      const answer = await (await edge.get(where)).json();
      assert.equal(answer.url, where);
    }
    const posted = await (await edge.get("/api/v1/photos", { method: "POST", body: "four" })).json();
    assert.equal(posted.bytes, 4);
  });

  it("believes no stranger about who asks", async () => {
    const response = await edge.get("/api/v1/photos", {
      headers: { "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "x-real-ip": "1.2.3.4", forwarded: "for=1.2.3.4" },
    });
    const { headers } = await response.json();
    assert.equal(headers["x-forwarded-for"], "127.0.0.1");
    assert.equal(headers["x-forwarded-proto"], "http");
    assert.equal(headers["x-real-ip"], undefined);
    assert.equal(headers.forwarded, undefined);
    assert.equal(headers.host, `127.0.0.1:${edge.port}`);
  });

  it("gives each request an id, the same behind and in the answer", async () => {
    const response = await edge.get("/api/v1/photos");
    const id = response.headers.get("x-request-id");
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal((await response.json()).headers["x-request-id"], id);
    assert.notEqual((await edge.get("/")).headers.get("x-request-id"), id);
  });

  it("keeps a caller's own short plain id and replaces any other", async () => {
    const idOf = async (said) => (await edge.get("/api/v1/photos", { headers: { "x-request-id": said } })).headers.get("x-request-id");
    assert.equal(await idOf("my-own-id-0001"), "my-own-id-0001");
    for (const bad of ["short", "x".repeat(65), 'quote"in-it-123', "new line 12345", "${jndi:ldap://x}"]) {
      assert.match(await idOf(bad), /^[0-9a-f]{32}$/, bad);
    }
  });

  it("leaves a service's own refusal as it is", async () => {
    const response = await edge.get("/api/v1/problem");
    assert.equal(response.status, 409);
    assert.equal(await response.text(), '{"code":"its_own"}');
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.match(response.headers.get("x-request-id"), /^[0-9a-f]{32}$/, "one id, not two");
  });

  it("hands a body on while it is still arriving", async () => {
    const request = httpRequest(`${edge.url}/api/v1/photos/streamed`, { method: "POST", headers: { "content-length": 2 * mebibyte } });
    const arrived = new Promise((resolve) => (firstPart = resolve));
    const answered = once(request, "response");
    request.write(Buffer.alloc(mebibyte, "a"));
    const part = await Promise.race([arrived, pause(5000, "nothing arrived", { ref: false })]);
    assert.notEqual(part, "nothing arrived", "the other half has not even been sent");
    request.end(Buffer.alloc(mebibyte, "b"));
    const [response] = await answered;
    assert.equal(response.statusCode, 200);
    response.resume();
  });

  it("takes a photo of 100 MiB", async () => {
    const response = await edge.get("/api/v1/photos", { method: "POST", body: new Uint8Array(100 * mebibyte + 500) });
    assert.equal((await response.json()).bytes, 100 * mebibyte + 500);
  });

  it("refuses more than that with a problem, announced or not", async () => {
    const before = edge.gateway.seen.length;
    const announced = await raw(edge.port, ["POST /api/v1/photos HTTP/1.1", "Host: photure", `Content-Length: ${101 * mebibyte + 1}`]);
    assert.equal(announced.status, 413);
    assert.equal(announced.headers["content-type"], "application/problem+json");
    assert.equal(JSON.parse(announced.body).code, "payload_too_large");
    assert.equal(edge.gateway.seen.length, before, "no service was troubled");

    await assertProblem(await edge.get("/api/v1/photos", { method: "POST", body: new Uint8Array(101 * mebibyte + 1) }), 413, "payload_too_large");
    const parts = new ReadableStream({
      start: (controller) => (controller.left = 102),
      pull(controller) {
        if (controller.left-- > 0) controller.enqueue(new Uint8Array(mebibyte));
        else controller.close();
      },
    });
    await assertProblem(await edge.get("/api/v1/photos", { method: "POST", body: parts, duplex: "half" }), 413, "payload_too_large");
  });

  it("passes WebSockets", async () => {
    const socket = connect(edge.port, "127.0.0.1");
    socket.write("GET /api/v1/events HTTP/1.1\r\nHost: photure\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    const [head] = await once(socket, "data");
    assert.match(head.toString(), /^HTTP\/1.1 101 /);
    socket.write("hello");
    const [echo] = await once(socket, "data");
    assert.equal(echo.toString(), "echo hello");
    socket.destroy();
  });

  it("sends the file that media names, with media's headers", async () => {
    const response = await edge.get(`/media/${hash}/original.jpg?exp=1&sig=2&dl=a.jpg`);
    assert.equal(response.status, 200);
    assert.equal((await response.arrayBuffer()).byteLength, 100_000);
    assert.equal(response.headers.get("content-type"), "image/jpeg");
    assert.equal(response.headers.get("content-disposition"), 'attachment; filename="a.jpg"');
    assert.equal(response.headers.get("cache-control"), "private, max-age=3600, immutable");
    assert.equal(response.headers.get("content-security-policy"), "default-src 'none'; sandbox");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("x-accel-redirect"), null);
    assert.equal(edge.media.seen.at(-1).url, `/media/${hash}/original.jpg?exp=1&sig=2&dl=a.jpg`);
  });

  it("sends a part of it, and nothing where it is known already", async () => {
    const where = `/media/${hash}/original.jpg`;
    const part = await edge.get(where, { headers: { range: "bytes=10-19" } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get("content-range"), "bytes 10-19/100000");
    assert.equal((await part.arrayBuffer()).byteLength, 10);
    const known = await edge.get(where, { headers: { "if-none-match": part.headers.get("etag") } });
    assert.equal(known.status, 304);
  });

  it("sends nothing that is still being uploaded, and nothing that is asked for directly", async () => {
    const staged = await edge.get("/media/staging");
    assert.equal(staged.status, 404);
    assert.match(staged.headers.get("cache-control"), /no-store/);
    assert.equal((await staged.json()).code, "not_found");
    await assertProblem(await edge.get(`/_blobs/${blob}`), 404, "not_found");
    await assertProblem(await edge.get("/_blobs/staging/under-way"), 404, "not_found");
  });

  it("lets no other service name a file", async () => {
    assert.equal(await (await edge.get("/api/v1/redirecting")).text(), "from the gateway");
  });

  it("refuses crooked paths, plain and encoded, before anyone sees them", async () => {
    const before = edge.gateway.seen.length + edge.media.seen.length;
    const crooked = [
      "/api/v1/photos/../../../secret", "/api/../metrics", "/api/v1/%2e%2e/%2e%2e/secret", "/api/v1/..%2f..%2fsecret", "/api/v1/photos/%2e%2e",
      "/media/../secret", "/media/..%2f..%2fsecret", "/media/%2e%2e%2fsecret", "/media/%2E%2E/secret", "/media/%252e%252e%252fsecret",
      "/assets/../secret", "/assets/..%2f..%2fsecret", "/assets/%2e%2e/%2e%2e/secret", "/..%5csecret", "/assets/..\\..\\secret",
      "/api/v1/photos/..;/secret", "/api/./v1", "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/a%00.js", "/api/v1/photos/..",
    ];
    for (const where of crooked) {
      const { status, headers, body } = await raw(edge.port, [`GET ${where} HTTP/1.1`, "Host: photure"]);
      assert.equal(status, 400, `${where}: ${body}`);
      assert.equal(headers["content-type"], "application/problem+json", where);
      assert.equal(JSON.parse(body).code, "bad_request", where);
    }
    assert.equal(edge.gateway.seen.length + edge.media.seen.length, before);
  });

  it("minds only the path, not what a query or a name holds", async () => {
    for (const where of ["/api/v1/photos?q=../%2e%2e/..%2f", "/api/v1/photos/a..b", "/api/v1/x/...", "/api/v1/a.b"]) {
      assert.equal((await (await edge.get(where)).json()).url, where);
    }
  });

  it("refuses a head that is too large, and a request that is none, with a problem", async () => {
    const { status, body } = await raw(edge.port, ["GET /api/v1/photos HTTP/1.1", "Host: photure", `X-Long: ${"x".repeat(40_000)}`]);
    assert.equal(status, 431);
    assert.equal(JSON.parse(body).code, "bad_request");
    const none = await raw(edge.port, ["GET /api/v1/photos HTTP/1.1"]);
    assert.equal(none.status, 400);
    assert.equal(JSON.parse(none.body).code, "bad_request");
  });

  it("writes one line of JSON for each request, with its id and without the query", async () => {
    await (await edge.get("/api/v1/photos?token=do-not-log", { headers: { "x-request-id": "to-be-found-in-the-log" } })).text();
    let line;
    for (const deadline = Date.now() + 5000; !line && Date.now() < deadline; await pause(20)) {
      line = edge.log().split("\n").find((text) => text.includes("to-be-found-in-the-log"));
    }
    const entry = JSON.parse(line);
    assert.equal(entry.request_id, "to-be-found-in-the-log");
    assert.equal(entry.path, "/api/v1/photos");
    assert.equal(entry.status, 200);
    assert.ok(!edge.log().includes("do-not-log"));
  });

  it("says that a service is away, as the services would", async () => {
    await edge.gateway.stop();
    const response = await edge.get("/api/v1/photos");
    assert.equal(response.headers.get("retry-after"), "2");
    await assertProblem(response, 502, "unavailable");
    assert.equal((await edge.get("/")).status, 200, "the page is still there");
  });
});
