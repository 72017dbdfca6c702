// nginx with the configuration that ships, a small page, a few blobs, and stand-ins for the services behind it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { nginxProgram } from "../lib/nginx.mjs";
import { freePort } from "../lib/processes.mjs";
import { startUpstream } from "./upstream.mjs";

export const hash = "ab".repeat(32);
export const blob = `originals/ab/ab/${hash}`;

export async function startEdge({ gateway: answerOfGateway, media: answerOfMedia, env, answersAt } = {}) {
  const dir = mkdtempSync(path.join(tmpdir(), "photure-edge-"));
  const put = (name, content) => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  put("page/index.html", "<!doctype html><title>Photure</title>");
  put("page/logo.svg", "<svg/>");
  put("page/.env", "secret");
  put("page/assets/app-1a2b3c.js", `export const big = "${"x".repeat(5000)}";`);
  put(`files/${blob}`, Buffer.alloc(100_000, "original"));
  put("files/staging/under-way", "half a photo");
  put("secret", "beside the page");

  const gateway = await startUpstream(answerOfGateway);
  const media = await startUpstream(answerOfMedia);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = nginxProgram(
    { dir },
    { port, gateway: gateway.url, media: media.url, page: path.join(dir, "page"), files: path.join(dir, "files"), ready: answersAt ?? url, env },
  );
  await program.start();
  return {
    dir, port, url, gateway, media, program, put,
    get: (where, options = {}) => fetch(url + where, { redirect: "manual", ...options }),
    log: () => readFileSync(path.join(dir, "nginx-access.log"), "utf8"),
    async stop() {
      await program.stop();
      await Promise.all([gateway.stop(), media.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A request byte by byte as written, past the folding that `fetch` does to paths. Answers `{status, headers, body}`. */
export function raw(port, lines) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write([...lines, "Connection: close", "", ""].join("\r\n")));
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    let received = "";
    const answer = () => {
      const [head, ...rest] = received.split("\r\n\r\n");
      const [first, ...fields] = head.split("\r\n");
      const headers = Object.fromEntries(fields.map((field) => /^([^:]+):\s*(.*)$/.exec(field)).map(([, name, value]) => [name.toLowerCase(), value]));
      return { status: Number(first.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
    };
    socket.setEncoding("latin1").on("data", (part) => {
      received += part;
      const { headers, body } = answer();
      if (body.length >= Number(headers["content-length"])) socket.end(); // nginx lingers where a body was announced
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer()));
  });
}

/** That this is a problem document as the services write them. */
export async function assertProblem(response, status, code) {
  const problem = await response.json();
  assert.equal(response.status, status, JSON.stringify(problem));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(Object.keys(problem), ["type", "title", "status", "code", "detail", "instance", "errors"]);
  assert.equal(problem.status, status);
  assert.equal(problem.code, code);
  assert.equal(problem.type, `/api/docs#problem-${code}`);
  assert.equal(problem.instance, `urn:photure:request:${response.headers.get("x-request-id")}`);
  assert.ok(problem.detail.length > 10 && problem.title !== "Error", JSON.stringify(problem));
}
