#!/usr/bin/env node
// Measures Photure beside what others use, in one run: `node bench/bench.mjs [imaging] [quality] [platform] [serving] [accounts]` (all by
// default), and writes docs/benchmarks.md. Peers are installed into .cache/bench. Wants a quiet machine.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { accounts } from "./accounts.mjs";
import { imaging } from "./imaging.mjs";
import { quality } from "./quality.mjs";
import { platform } from "./platform.mjs";
import { serving } from "./serving.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cache = path.join(root, ".cache/bench");
mkdirSync(cache, { recursive: true });
process.env.PHOTURE_BIN_DIR ??= path.join(root, "target/release");

const samples = process.env.PHOTURE_SAMPLES;
if (!samples || !existsSync(samples)) {
  console.error("set PHOTURE_SAMPLES to a folder with photos in `camera/`: figures of made-up pictures would say nothing");
  process.exit(64);
}

const parts = { imaging, quality, platform, serving, accounts };
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(64);
}

const results = path.join(cache, "results.json");
const all = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
for (const name of named.length > 0 ? named : Object.keys(parts)) {
  console.error(`--- ${name}`);
  all[name] = await parts[name]({ root, cache, samples });
  writeFileSync(results, JSON.stringify(all));
}
writeFileSync(path.join(root, "docs/benchmarks.md"), document(all));
console.error("written to docs/benchmarks.md");

function document(sections) {
  const processor = /model name\s*: (.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown";
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const rust = execFileSync("rustc", ["--version"], { encoding: "utf8" }).trim();
  const head = `# Benchmarks

Made by \`make bench\`, which installs the peers and writes this page; nothing here was typed by hand. Medians of interleaved runs: ratios
within one run hold, milliseconds belong to this machine and this day.

${os.availableParallelism()} × ${processor}, ${memory}, Linux ${os.release()}, ${rust}, Node ${process.version}.
`;
  return [head, ...Object.keys(parts).map((name) => sections[name]).filter(Boolean)].join("\n");
}
