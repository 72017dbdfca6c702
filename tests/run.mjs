#!/usr/bin/env node
// Runs every level of tests, or those that are named: `node tests/run.mjs rust page`. Ends with one line: how many passed, how many
// failed. What cannot run has failed; nothing is skipped in silence. `--verbose` shows everything as it comes.
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as mongod from "../scripts/mongod.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const logs = path.join(root, ".cache/test-logs");
const page = path.join(root, "frontend");
const tools = path.join(root, ".cache/tools");
const cargoDeny = "0.20.2";
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const verbose = process.argv.includes("--verbose");

process.env.PATH += `:${tools}/bin:/usr/sbin:/sbin`;
process.env.PHOTURE_BIN_DIR ??= path.join(root, "target/debug");

// --- processes: each in a group of its own, so that the end of a step is the end of all it started ---

const groups = new Set();
const atEnd = [];

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false; // nobody is left
  }
}

async function endGroups() {
  for (const pid of groups) endGroup(pid, "SIGTERM");
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && [...groups].some((pid) => endGroup(pid, 0))) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const pid of groups) endGroup(pid, "SIGKILL");
  groups.clear();
}

/** Runs a command to its end, its output into the log called `log`. Never rejects. */
function run(log, command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve) => {
    const file = path.join(logs, `${log}.log`);
    const out = createWriteStream(file, { flags: "a" });
    out.write(`\n$ ${[command, ...args].join(" ")}\n`);
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid) groups.add(child.pid);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part) => {
        out.write(part);
        text += part;
        if (verbose) process.stdout.write(part);
      });
    }
    const end = (ok, reason) => {
      if (child.pid && endGroup(child.pid, "SIGKILL")) text += `\n(${log}: ended processes that were left behind)`;
      groups.delete(child.pid);
      out.end(() => resolve({ ok, reason, text, file }));
    };
    child.once("error", (error) => end(false, error.message));
    child.once("close", (code, signal) => end(code === 0, code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
}

// --- counting ---

class Level {
  constructor(name) {
    Object.assign(this, { name, passed: 0, failed: 0, trouble: [] });
  }

  /** A step that is one test by itself. */
  async step(name, command, args, options) {
    const result = await run(`${this.name}-${name}`.replace(/[^a-z0-9-]+/gi, "-"), command, args, options);
    this.count(result.ok ? 1 : 0, result.ok ? 0 : 1, name, result);
    return result.ok;
  }

  /** A step that others need; only its failure counts. */
  async prepare(name, command, args, options) {
    const result = await run(`${this.name}-${name}`, command, args, options);
    if (!result.ok) this.count(0, 1, name, result);
    return result.ok;
  }

  count(passed, failed, name, result) {
    this.passed += passed;
    this.failed += failed;
    if (failed > 0) this.trouble.push({ name, ...result });
  }

  fail(name, reason) {
    this.count(0, 1, name, { reason, text: "" });
  }
}

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

/** `node --test` on the tests in a folder: so many files at once, but those that measure how long something takes `alone`, afterwards. */
async function nodeTests(level, folder, { env, timeout = 600_000, atOnce = 1, alone = [] } = {}) {
  const files = readdirSync(path.join(root, folder), { recursive: true }).filter((name) => name.endsWith(".test.mjs")).sort();
  if (files.length === 0) return level.fail(folder, "there are no tests in it");
  const isAlone = (name) => alone.includes(name);
  await nodeTestFiles(level, level.name, folder, files.filter((name) => !isAlone(name)), { env, timeout, atOnce });
  if (alone.length > 0) await nodeTestFiles(level, `${level.name}-alone`, folder, alone, { env, timeout, atOnce: 1 });
}

async function nodeTestFiles(level, log, folder, files, { env, timeout, atOnce }) {
  const tap = path.join(logs, `${log}.tap`);
  const args = [
    "--test", `--test-concurrency=${atOnce}`, `--test-timeout=${timeout}`,
    "--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap", `--test-reporter-destination=${tap}`,
    ...files.map((name) => path.join(root, folder, name)),
  ];
  rmSync(tap, { force: true });
  const result = await run(log, process.execPath, args, { env });
  const counts = existsSync(tap) ? readFileSync(tap, "utf8") : "";
  const passed = sum(counts, /^# pass (\d+)$/gm);
  const notRun = sum(counts, /^# (?:skipped|todo|cancelled) (\d+)$/gm);
  const failed = sum(counts, /^# fail (\d+)$/gm) + notRun;
  if (notRun > 0) result.reason = `${result.reason ?? ""} ${notRun} skipped, todo or cancelled`;
  level.count(passed, failed === 0 && (!result.ok || passed === 0) ? 1 : failed, folder, result);
}

// --- what levels need ---

const newer = (file, than) => existsSync(file) && statSync(file).mtimeMs >= statSync(than).mtimeMs;

async function modules(level) {
  if (newer(path.join(page, "node_modules/.package-lock.json"), path.join(page, "package-lock.json"))) return true;
  return level.prepare("npm-ci", "npm", ["ci", "--no-audit", "--no-fund"], { cwd: page });
}

let built;
/** The page, and the five programs: as the Rust tests have built them, which the container level does for releases. */
function binaries(level) {
  built ??= (async () => {
    if (!(await modules(level))) return false;
    if (!(await level.prepare("page-build", "make", ["--silent", "page"]))) return false;
    return level.prepare("cargo-build", "cargo", ["build", "--workspace", "--bins", "--tests", "--example", "s3_server", "--locked"]);
  })();
  return built;
}

let database;
/** One MongoDB for all Rust tests; each makes databases of its own in it. */
function mongo() {
  database ??= (async () => {
    if (process.env.PHOTURE_TEST_MONGODB_URI) return process.env.PHOTURE_TEST_MONGODB_URI;
    const dir = mkdtempSync(path.join(os.tmpdir(), "photure-mongod-"));
    const { child, url } = await mongod.start({ dir });
    atEnd.push(async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      rmSync(dir, { recursive: true, force: true });
    });
    return url;
  })();
  return database;
}

// --- the levels ---

const levels = {
  async lint(level) {
    await level.step("cargo fmt", "cargo", ["fmt", "--check"]);
    await level.step("cargo clippy", "cargo", ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    const deny = path.join(tools, "bin/cargo-deny");
    const install = ["install", "--quiet", "--locked", "--debug", "--root", tools, `cargo-deny@${cargoDeny}`];
    const present = existsSync(deny) || (await run("lint-cargo-deny", "cargo", ["deny", "--version"])).ok;
    if (present || (await level.prepare("cargo-deny", "cargo", install, { env: { CARGO_TARGET_DIR: path.join(root, ".cache/tools-target") } }))) {
      rmSync(path.join(root, ".cache/tools-target"), { recursive: true, force: true });
      await level.step("cargo deny", "cargo", ["deny", "--locked", "check", "bans", "licenses", "sources"]);
    }
    if (!(await modules(level))) return;
    for (const script of ["typecheck", "lint", "schema:check"]) await level.step(`npm run ${script}`, "npm", ["run", "--silent", script], { cwd: page });
  },

  async rust(level) {
    const env = { PHOTURE_TEST_MONGODB_URI: await mongo(), PHOTURE_MONGOD: mongod.find() ?? "" };
    const result = await run("rust", "cargo", ["test", "--workspace", "--locked", "--no-fail-fast"], { env });
    const passed = sum(result.text, /^test result: .*? (\d+) passed;/gm);
    const failed = sum(result.text, /^test result: .*? (\d+) failed;/gm);
    level.count(passed, failed === 0 && (!result.ok || passed === 0) ? 1 : failed, "cargo test", result);
    const ignored = sum(result.text, /^test result: .*? (\d+) ignored;/gm);
    if (ignored > 0) console.log(`        ${ignored} marked #[ignore] were not run`);
  },

  async page(level) {
    if (!(await modules(level))) return;
    const report = path.join(logs, "page.json");
    rmSync(report, { force: true });
    const result = await run("page", "npx", ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`], { cwd: page });
    const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : { numPassedTests: 0, numTotalTests: 0 };
    const failed = counts.numTotalTests - counts.numPassedTests;
    level.count(counts.numPassedTests, failed === 0 && (!result.ok || counts.numPassedTests === 0) ? 1 : failed, "vitest", result);
  },

  edge: (level) => nodeTests(level, "tests/edge", { timeout: 120_000 }),

  async platform(level) {
    mongod.fetch();
    // Most of theirs is waiting.
    if (await binaries(level)) await nodeTests(level, "tests/platform", { atOnce: 2, alone: ["parallel.test.mjs"] });
  },

  async browser(level) {
    mongod.fetch();
    if (await binaries(level)) await nodeTests(level, "tests/browser", { atOnce: 2 });
  },

  async container(level) {
    mongod.fetch();
    atEnd.push(() => run("container-stop", process.execPath, [path.join(root, "tests/container/engine.mjs"), "stop"]));
    await nodeTests(level, "tests/container", { timeout: 1_800_000 });
  },

  /** A minute for each parser, two at a time, on the corpora that earlier runs have grown. Without clang, so that it is the same on each machine. */
  async fuzz(level) {
    const args = ["-n", "10", process.execPath, "scripts/fuzz.mjs", process.env.PHOTURE_FUZZ_SECONDS ?? "60"];
    const result = await run("fuzz", "nice", args, { env: { PHOTURE_FUZZ_CLANG: "off", PHOTURE_FUZZ_JOBS: "2" } });
    const [, passed = 0, failed = 0] = /^(\d+) passed, (\d+) failed$/m.exec(result.text) ?? [];
    level.count(Number(passed), Number(failed) === 0 && !result.ok ? 1 : Number(failed), "fuzz", result);
  },
};

/** It needs nothing but a processor, of which the levels after this one leave some: it runs beside them. */
const BESIDE = { name: "fuzz", after: "rust" };

// --- from the first to the last ---

function duration(since) {
  const seconds = Math.round((performance.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function report({ name, trouble }) {
  for (const { name: step, reason, text, file } of trouble) {
    console.log(`\n--- ${name}: ${step}${reason ? ` (${reason.trim()})` : ""}${file ? `, all of it in ${path.relative(root, file)}` : ""}`);
    if (!verbose) console.log(text.trimEnd().split("\n").slice(-150).join("\n"));
    console.log("");
  }
}

let ending;
function tidy() {
  ending ??= (async () => {
    await endGroups();
    for (const end of atEnd.reverse()) await end().catch((error) => console.error(error.message));
    await endGroups();
  })();
  return ending;
}
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => {
    console.log(`\n${signal}: ending what runs`);
    tidy().finally(() => process.exit(code));
  });
}

const unknown = names.filter((name) => !(name in levels));
if (unknown.length > 0) {
  console.error(`there is no level ${unknown.join(", ")}; there are ${Object.keys(levels).join(", ")}`);
  process.exit(64);
}
rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });
let passed = 0;
let failed = 0;
const start = performance.now();

/** Runs a level to its end; what is called then tells of it. */
async function goThrough(name) {
  const level = new Level(name);
  const since = performance.now();
  try {
    await levels[name](level);
  } catch (error) {
    level.fail(name, error.message);
  }
  const took = duration(since);
  return () => tell(name, level, took);
}

function tell(name, level, took) {
  if (level.passed + level.failed === 0) level.fail(name, "it ran nothing");
  report(level);
  console.log(`${name.padEnd(10)} ${String(level.passed).padStart(4)} passed ${String(level.failed).padStart(3)} failed   ${took}`);
  passed += level.passed;
  failed += level.failed;
}

const wanted = names.length > 0 ? names : Object.keys(levels);
const beside = names.length === 0 ? BESIDE : {};
let meanwhile;
for (const name of wanted.filter((name) => name !== beside.name)) {
  const told = await goThrough(name);
  if (ending) break;
  told();
  if (name === beside.after) meanwhile = goThrough(beside.name);
}
const told = await meanwhile;
if (!ending) told?.();
if (ending) await ending;
else {
  await tidy();
  console.log(`all levels took ${duration(start)}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
