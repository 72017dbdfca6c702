// The search for secrets in logs, which every other test ends with, finds them.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { keepAll, keepFiles, leaked } from "../lib/secrets.mjs";

const answers = { access: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLWluLXRoZS1hbnN3ZXI", urls: { thumb: "/media/ab/thumb?exp=1&sig=c2lnbmF0dXJlLW9mLWFuLWFkZHJlc3M" }, title: "no secret at all" };
let dir, server, url;

before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "photure-secrets-"));
  server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json", "set-cookie": "refresh=a-cookie-of-somebody; HttpOnly" }).end(JSON.stringify(answers));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
});
after(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

test("what is sent, answered and configured is found in a log, and what is no secret is not", async () => {
  const body = JSON.stringify({ username: "ada-of-the-analytical-engine", password: "correct horse battery" });
  await (await fetch(url, { method: "POST", body, headers: { authorization: "Bearer a-token-of-somebody" } })).text();
  keepAll({ PHOTURE_MEDIA_SIGNING_KEY: "bWVkaWEga2V5IG9mIHRoaXMgdGVzdA==", PHOTURE_LISTEN: "127.0.0.1:12345678" });
  mkdirSync(path.join(dir, "secrets"));
  writeFileSync(path.join(dir, "secrets/factor-key"), "a-key-that-was-made\n");
  keepFiles(path.join(dir, "secrets"));

  const log = path.join(dir, "service.log");
  writeFileSync(log, "ada-of-the-analytical-engine asked 127.0.0.1:12345678 for no secret at all\n");
  assert.deepEqual(await leaked(dir), []);
  for (const secret of [
    "correct horse battery", "a-token-of-somebody", "a-cookie-of-somebody", answers.access, "c2lnbmF0dXJlLW9mLWFuLWFkZHJlc3M", "bWVkaWEga2V5IG9mIHRoaXMgdGVzdA==",
    "a-key-that-was-made",
  ]) {
    writeFileSync(log, `{"message":"asked","with":"${secret}"}\n`);
    const [found, ...more] = await leaked(dir);
    assert.ok(found, `${secret} is not found`);
    assert.deepEqual([more, found.includes(secret)], [[], false], "once, and without saying it again");
  }
});
