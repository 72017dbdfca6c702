// Variants from a bucket: nginx keeps what media has let it have, and media is still asked each time whether it may be had.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, blob, hash, raw, startEdge } from "./edge.mjs";

const thumb = Buffer.alloc(10_000, "thumb");
const etag = `"${hash}-thumb"`;

describe("variants from a bucket", () => {
  let edge;
  const filled = () => edge.media.seen.filter(({ headers }) => headers["x-photure-fill"]).length;
  const asked = () => edge.media.seen.length - filled();
  before(async () => {
    edge = await startEdge({
      media(request, response) {
        const { pathname, searchParams } = new URL(request.url, "http://media");
        const variant = pathname.split("/").pop();
        if (searchParams.get("sig") !== "good") {
          response.writeHead(403, { "content-type": "application/problem+json", "cache-control": "no-store" });
          response.end('{"code":"address_invalid"}');
        } else if (!request.headers["x-photure-fill"]) {
          response.writeHead(200, {
            "content-type": "image/webp",
            "cache-control": `private, max-age=${searchParams.get("exp")}, immutable`,
            "content-disposition": searchParams.has("dl") ? `attachment; filename="${searchParams.get("dl")}"` : "inline",
            etag,
            vary: "accept",
            "x-accel-redirect": `/_blobs/cached/variants/ab/ab/${hash}/${variant}.webp`,
          });
          response.end();
        } else if (variant === "gone") {
          response.writeHead(404, { "content-type": "application/problem+json", "cache-control": "no-store" });
          response.end('{"code":"not_found"}');
        } else {
          response.writeHead(200, { "content-type": "image/webp", "content-length": thumb.length, "accept-ranges": "bytes", etag });
          // Slowly, so that others come meanwhile.
          setTimeout(() => response.end(thumb), 200);
        }
        return true;
      },
    });
  });
  after(() => edge.stop());

  it("are asked of media once, however many ask, and media is asked by each", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => edge.get(`/media/${hash}/thumb?exp=60&sig=good`)));
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), thumb);
    }
    assert.deepEqual([asked(), filled()], [6, 1]);
    assert.equal(edge.media.seen.find(({ headers }) => headers["x-photure-fill"]).url, `/media/${hash}/thumb?exp=60&sig=good`);
  });

  it("bear the headers of the request, not those of the one that filled the cache", async () => {
    const response = await edge.get(`/media/${hash}/thumb?exp=42&sig=good&dl=a.webp`);
    assert.equal(response.status, 200);
    for (const [name, value] of Object.entries({
      "content-type": "image/webp",
      "content-length": String(thumb.length),
      "cache-control": "private, max-age=42, immutable",
      "content-disposition": 'attachment; filename="a.webp"',
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      etag,
      vary: "accept",
      "accept-ranges": "bytes",
    })) {
      assert.equal(response.headers.get(name), value, name);
    }
    assert.equal(filled(), 1);
  });

  it("are sent in parts, as heads, and not at all where they are known", async () => {
    const where = `/media/${hash}/thumb?exp=60&sig=good`;
    const part = await edge.get(where, { headers: { range: "bytes=10-19", "if-range": etag } });
    assert.deepEqual([part.status, part.headers.get("content-range")], [206, "bytes 10-19/10000"]);
    assert.equal((await part.arrayBuffer()).byteLength, 10);
    const other = await edge.get(where, { headers: { range: "bytes=10-19", "if-range": '"another"' } });
    assert.deepEqual([other.status, (await other.arrayBuffer()).byteLength], [200, thumb.length]);
    const head = await edge.get(where, { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(thumb.length)]);
    assert.equal((await edge.get(where, { headers: { "if-none-match": etag } })).status, 304);
    assert.equal(filled(), 1);
  });

  it("are for nobody whom media refuses, kept or not", async () => {
    const refused = await edge.get(`/media/${hash}/thumb?exp=60&sig=bad`);
    assert.deepEqual([refused.status, (await refused.json()).code], [403, "address_invalid"]);
    assert.equal(refused.headers.get("cache-control"), "no-store");
    await assertProblem(await edge.get(`/_blobs/cached/variants/ab/ab/${hash}/thumb.webp`), 404, "not_found");
    const pretended = await raw(edge.port, [`GET /media/${hash}/thumb?exp=60&sig=bad HTTP/1.1`, "Host: photure", "X-Photure-Fill: 1"]);
    assert.equal(pretended.status, 403);
    assert.equal(edge.media.seen.at(-1).headers["x-photure-fill"], undefined, "a stranger's word was passed on");
  });

  it("that are not there are asked for again, and no refusal is kept", async () => {
    for (const times of [1, 2]) {
      const gone = await edge.get(`/media/${hash}/gone?exp=60&sig=good`);
      assert.deepEqual([gone.status, (await gone.json()).code], [404, "not_found"]);
      assert.match(gone.headers.get("cache-control"), /no-store/);
      assert.equal(filled(), 1 + times);
    }
  });
});

describe("variants in a folder", () => {
  let edge;
  before(async () => {
    edge = await startEdge({
      media(request, response) {
        const { pathname, searchParams } = new URL(request.url, "http://media");
        if (searchParams.get("sig") !== "good") {
          response.writeHead(403, { "content-type": "application/problem+json" }).end('{"code":"address_invalid"}');
          return true;
        }
        const headers = {
          "content-type": request.headers.accept === "image/jpeg" ? "image/jpeg" : "image/webp",
          "cache-control": "private, max-age=40000, immutable",
          "content-disposition": "inline",
          "accept-ranges": "bytes",
          etag,
          vary: "accept",
          "x-accel-expires": searchParams.get("kept") ?? "60",
        };
        if (pathname.includes("/original")) headers["x-accel-redirect"] = `/_blobs/${blob}`;
        response.writeHead(200, { ...headers, "content-length": thumb.length }).end(thumb);
        return true;
      },
    });
  });
  after(() => edge.stop());
  const asked = (where) => edge.media.seen.filter(({ url }) => url === where).length;
  const image = (where, accept, options = {}) => edge.get(where, { ...options, headers: { accept, ...options.headers } });

  it("that are asked for again and again are asked of media twice", async () => {
    const where = `/media/${hash}/thumb?exp=60&sig=good`;
    for (let n = 0; n < 5; n++) {
      const response = await image(where, "image/webp");
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), thumb);
      for (const [name, value] of Object.entries({
        "content-type": "image/webp",
        "cache-control": "private, max-age=40000, immutable",
        "content-disposition": "inline",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        vary: "accept",
        etag,
        "x-accel-expires": null,
      })) {
        assert.equal(response.headers.get(name), value, name);
      }
    }
    assert.equal(asked(where), 2);
    const part = await image(where, "image/webp", { headers: { range: "bytes=10-19", "if-range": etag } });
    assert.deepEqual([part.status, part.headers.get("content-range"), (await part.arrayBuffer()).byteLength], [206, "bytes 10-19/10000", 10]);
    assert.equal((await image(where, "image/webp", { headers: { "if-none-match": etag } })).status, 304);
    assert.equal(asked(where), 2);
    const head = await image(where, "image/webp", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(thumb.length)]);
    assert.equal(edge.media.seen.at(-1).method, "HEAD");
    assert.match(edge.log(), new RegExp(`"path":"/media/${hash}/thumb"`));
  });

  it("are kept for one address and one `Accept`, and for as long as media says", async () => {
    const where = `/media/${hash}/preview?exp=60&sig=good`;
    for (let n = 0; n < 3; n++) await image(where, "image/webp");
    const jpeg = await image(where, "image/jpeg");
    assert.equal(jpeg.headers.get("content-type"), "image/jpeg");
    assert.equal(asked(where), 3);
    for (const other of [where.replace("good", "bad"), `/media/${hash}/preview`]) assert.equal((await image(other, "image/webp")).status, 403, other);
    const never = `/media/${hash}/preview?exp=60&sig=good&kept=0`;
    for (let n = 0; n < 4; n++) await image(never, "image/webp");
    assert.equal(asked(never), 4);
  });

  it("are not what originals are: media is asked for each, and names the file", async () => {
    const where = `/media/${hash}/original.jpg?exp=60&sig=good`;
    for (let n = 0; n < 4; n++) {
      const response = await edge.get(where);
      assert.equal((await response.arrayBuffer()).byteLength, 100_000);
    }
    assert.equal(asked(where), 4);
  });
});

describe("the page of a media that sends browsers to the bucket", () => {
  it("may show pictures from there, and from nowhere else", async () => {
    const origin = "https://photos.fra1.digitaloceanspaces.com";
    const edge = await startEdge({ env: { PHOTURE_S3_REDIRECT_ORIGIN: origin } });
    try {
      const policy = (await edge.get("/")).headers.get("content-security-policy");
      assert.match(policy, new RegExp(`img-src 'self' blob: data: ${origin};`));
      assert.match(policy, /connect-src 'self';/);
    } finally {
      await edge.stop();
    }
  });
});
