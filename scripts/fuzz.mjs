#!/usr/bin/env node
// Fuzzes every parser of what users send: `node scripts/fuzz.mjs [seconds a target] [targets…]`, as many at a time as there are cores
// (PHOTURE_FUZZ_JOBS). The stable toolchain is enough, clang makes it see more. Corpora stay in .cache/fuzz and grow from run to run; a finding
// is kept there, and ends with exit 1. docs/fuzzing.md says more.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./fuzzing/build.mjs";
import { seeds, sow } from "./fuzzing/seeds.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cache = path.join(root, ".cache/fuzz");
const [seconds = "60", ...wanted] = process.argv.slice(2);

const program = build(root);
if (!program) process.exit(1);

const listed = spawnSync(program, { encoding: "utf8" }).stdout.trim().split("\n");
const targets = listed.map((line) => line.split("\t")).map(([name, kinds, longest]) => ({
  name, kinds: kinds.split(" ").filter(Boolean), longest: Number(longest),
}));
const unknown = wanted.filter((name) => !targets.some((target) => target.name === name));
if (unknown.length > 0) {
  console.error(`unknown targets: ${unknown.join(" ")}; there are: ${targets.map(({ name }) => name).join(" ")}`);
  process.exit(2);
}

/** Runs one target to its end; its line, and whether something was found. */
function fuzz(target) {
  const [corpus, found] = ["corpus", "findings"].map((name) => path.join(cache, target.name, name));
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  sow(allSeeds, corpus, target);
  const child = spawn(program, [
    // One allocation, and all of them: `small()` in imaging's fuzz.rs allows a decoder 16 MB.
    "-malloc_limit_mb=128", "-rss_limit_mb=1536", "-timeout=60", "-report_slow_units=5", `-max_total_time=${seconds}`, `-max_len=${target.longest}`,
    "-print_final_stats=1", `-artifact_prefix=${found}/`, corpus,
  ], {
    env: { ...process.env, PHOTURE_FUZZ_TARGET: target.name, ASAN_OPTIONS: "quarantine_size_mb=32:allocator_may_return_null=1:detect_leaks=1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (part) => (log += part));
  return new Promise((resolve) => child.on("close", (status) => resolve(told(target.name, log, status === 0))));
}

function told(name, log, clean) {
  writeFileSync(path.join(cache, name, "log"), log);
  const all = (pattern) => [...log.matchAll(pattern)].map(([, number]) => number);
  const [tries, rate] = [/number_of_executed_units:\s+(\d+)/g, /average_exec_per_sec:\s+(\d+)/g].map((pattern) => all(pattern).at(-1) ?? "?");
  const places = all(/cov: (\d+)/g);
  const [first, last] = [all(/INITED\s+cov: (\d+)/g).at(-1) ?? places.at(0) ?? "?", places.at(-1) ?? "?"];
  const caught = all(/^caught: .*? panicked at (.*?):$/gm);
  console.log([
    `${name}: ${tries} tries, ${rate} a second`, `${last} places reached, ${first} by the corpus`,
    ...(caught.length > 0 ? [`panics of others caught: ${caught.map((place) => place.split("/").slice(-3).join("/")).join(" ")}`] : []),
    clean ? "nothing found" : `FOUND SOMETHING (.cache/fuzz/${name}/log)`,
  ].join("; "));
  if (!clean) console.log(log.split("\n").filter((line) => /panicked|ERROR|SUMMARY|Test unit written/.test(line)).slice(0, 8).join("\n"));
  return clean;
}

const allSeeds = seeds(root, process.env.PHOTURE_SAMPLES);
const chosen = targets.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results = [];
const left = [...chosen];
async function work() {
  for (let target = left.shift(); target; target = left.shift()) results.push(await fuzz(target));
}
await Promise.all(Array.from({ length: Number(process.env.PHOTURE_FUZZ_JOBS ?? os.availableParallelism()) }, work));
const failed = results.filter((clean) => !clean).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
