// Photure as people run it: in one process, or as four services on MongoDB behind nginx. Real programs, real sockets.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { nginxProgram } from "./nginx.mjs";
import { freePort, Program } from "./processes.mjs";
import { keepAll, keepFiles, leaked } from "./secrets.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const binaries = process.env.PHOTURE_BIN_DIR ?? path.join(root, "target/debug");

export function binary(name) {
  const file = path.join(binaries, name);
  if (!existsSync(file)) throw new Error(`${file} is missing: build it with \`cargo build --workspace --bins --tests --example s3_server\``);
  return file;
}

/** The command line. */
export const photure = () => binary("photure");

/** No test waits for a limit that protects against strangers; the limit has tests of its own. All is logged, and searched for secrets. */
const ofTests = { PHOTURE_RATE_LIMIT: "off", PHOTURE_LOG: "debug" };

export class Stack {
  constructor() {
    this.dir = mkdtempSync(path.join(tmpdir(), "photure-test-"));
    this.programs = {};
  }

  /** Files of uploads whose bytes are all there. */
  staged() {
    return readdirSync(this.staging).filter((name) => !name.startsWith(".") && name !== "resumable");
  }

  async stop() {
    const ends = Object.values(this.programs).reverse();
    for (const program of ends) await program.stop(program.name === "mongod" ? "SIGKILL" : "SIGTERM");
    for (const program of ends) keepAll(program.env);
    if (this.dataDir) keepFiles(path.join(this.dataDir, "secrets"));
    const leaks = await leaked(this.dir);
    rmSync(this.dir, { recursive: true, force: true });
    if (leaks.length > 0) throw new Error(`logs have secrets in them:\n${leaks.join("\n")}`);
  }

  /** What is ours and keeps nothing that others need. */
  ours() {
    return Object.values(this.programs).filter((program) => !["mongod", "nginx", "s3"].includes(program.name));
  }

  /** All but database, bucket and nginx. */
  async stopServices() {
    const services = this.ours();
    await Promise.all(services.map((program) => program.stop()));
  }

  async startServices() {
    const services = this.ours();
    for (const program of services) program.spawn();
    for (const program of services) await program.ready();
  }

  /** Resident memory of one program and of the workers it has started, in bytes: now, and at the peak of each. */
  memory(name) {
    const { pid } = this.programs[name];
    const all = [pid, ...children(pid)].map(resident);
    const sum = (field) => all.reduce((total, bytes) => total + bytes[field], 0);
    return { now: sum("now"), peak: sum("peak") };
  }
}

/** Processes that `pid` has started and that live. */
export function children(pid) {
  const lists = readdirSync(`/proc/${pid}/task`).map((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, "utf8");
    } catch {
      return ""; // a thread that has just ended
    }
  });
  return lists.join(" ").split(/\s+/).filter(Boolean).map(Number);
}

function resident(pid) {
  let status = "";
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // a worker that has just ended
  }
  const kilobytes = (field) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
  return { now: kilobytes("VmRSS") * 1024, peak: kilobytes("VmHWM") * 1024 };
}

/** The one-process form. `wrap` is a command to run it under, `host` what people call it. */
export async function startOneProcess({ env = {}, wrap = [], dataDir, host = "127.0.0.1", stack = new Stack() } = {}) {
  stack.form = "one process";
  const port = await freePort();
  stack.url = `http://${host}:${port}`;
  stack.dataDir = dataDir ?? path.join(stack.dir, "data");
  stack.staging = path.join(stack.dataDir, "staging");
  const [command, ...args] = [...wrap, binary("photure"), "serve"];
  stack.files = path.join(stack.dataDir, "files");
  stack.database = path.join(stack.dataDir, "photure.db");
  stack.loseDatabase = () => {
    for (const ending of ["", "-wal", "-shm"]) rmSync(stack.database + ending, { force: true });
  };
  stack.env = {
    PHOTURE_LISTEN: `127.0.0.1:${port}`,
    PHOTURE_DATA_DIR: stack.dataDir,
    PHOTURE_PUBLIC_URL: stack.url,
    ...ofTests,
    ...env,
  };
  stack.programs.photure = new Program("photure", command, args, {
    env: stack.env,
    ready: `${stack.url}/health/ready`,
    log: path.join(stack.dir, "photure.log"),
  });
  await stack.programs.photure.start();
  return stack;
}

/** A MongoDB of its own for one stack: a one-node replica set. */
async function mongod(stack) {
  const given = [process.env.PHOTURE_MONGOD, path.join(root, ".cache/mongod/bin/mongod"), "/usr/bin/mongod"];
  const program = given.find((file) => file && existsSync(file));
  if (!program) throw new Error("no mongod: set PHOTURE_MONGOD, or let `make test` fetch one");
  const port = await freePort();
  const folder = path.join(stack.dir, "mongo");
  mkdirSync(folder);
  const args = ["--replSet", "rs0", "--port", port, "--bind_ip", "127.0.0.1", "--dbpath", folder, "--wiredTigerCacheSizeGB", "0.25"];
  stack.programs.mongod = new Program("mongod", program, args.map(String), {
    env: {},
    log: path.join(stack.dir, "mongod.log"),
  });
  stack.programs.mongod.spawn();
  const { initiate } = await import("../../scripts/mongod.mjs");
  await initiate(port);
  return `mongodb://127.0.0.1:${port}/photure?replicaSet=rs0`;
}

const dropper = (database) => async () => {
  const { command } = await import("../../scripts/mongo-wire.mjs");
  const dropped = await command(Number(new URL(database).port), { dropDatabase: 1, $db: "photure" });
  if (dropped.ok !== 1) throw new Error(`the database cannot be dropped: ${JSON.stringify(dropped)}`);
};

/** One process, and MongoDB all the same. */
export async function startOneOnMongo({ env = {} } = {}) {
  const stack = new Stack();
  const database = await mongod(stack);
  await startOneProcess({ env: { ...env, PHOTURE_DATABASE_URL: database }, stack });
  return Object.assign(stack, { form: "one process on MongoDB", loseDatabase: dropper(database) });
}

/** Four services on MongoDB behind nginx. `storage` starts another than a folder, and says how it is reached; `edge` is what is different at nginx. */
export async function startFour({ env = {}, host = "127.0.0.1", storage = () => ({}), edge = {} } = {}) {
  const stack = new Stack();
  stack.form = "four services";
  const names = ["auth", "gallery", "media", "gateway"];
  const ports = Object.fromEntries(await Promise.all([...names, "nginx"].map(async (name) => [name, await freePort()])));
  const at = (name) => `http://127.0.0.1:${ports[name]}`;
  stack.url = `http://${host}:${ports.nginx}`;
  stack.services = Object.fromEntries(names.map((name) => [name, at(name)]));
  stack.files = path.join(stack.dir, "files");
  stack.staging = path.join(stack.dir, "staging");
  const database = await mongod(stack);
  const shared = {
    PHOTURE_DATABASE_URL: database,
    PHOTURE_STORAGE_URL: `file:${stack.files}`,
    PHOTURE_STAGING_DIR: stack.staging,
    PHOTURE_AUTH_URL: at("auth"),
    PHOTURE_GALLERY_URL: at("gallery"),
    PHOTURE_MEDIA_URL: at("media"),
    PHOTURE_PUBLIC_URL: stack.url,
    PHOTURE_MEDIA_SIGNING_KEY: randomBytes(32).toString("base64"),
    PHOTURE_SERVICE_CREDENTIAL: randomBytes(32).toString("base64"),
    PHOTURE_FACTOR_KEY: randomBytes(32).toString("base64"),
    PHOTURE_ACCEL_REDIRECT: "/_blobs/",
    PHOTURE_TRUSTED_PROXIES: "127.0.0.1/32",
    ...ofTests,
    ...(await storage(stack)),
    ...env,
  };
  stack.env = { ...shared, PHOTURE_DATA_DIR: path.join(stack.dir, "data") };
  stack.loseDatabase = dropper(database);
  for (const name of names) {
    stack.programs[name] = new Program(name, binary(`photure-${name}`), [], {
      env: { ...shared, PHOTURE_LISTEN: `127.0.0.1:${ports[name]}` },
      ready: `${at(name)}/health/ready`,
      log: path.join(stack.dir, `${name}.log`),
    });
    stack.programs[name].spawn();
  }
  for (const name of names) await stack.programs[name].ready();
  stack.programs.nginx = nginxProgram(stack, { port: ports.nginx, gateway: at("gateway"), media: at("media"), files: stack.files, ...edge });
  await stack.programs.nginx.start();
  return stack;
}

/** Both forms, for tests that hold for either. */
export const forms = { "one process": startOneProcess, "four services": startFour };
