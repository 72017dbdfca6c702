#!/usr/bin/env node
// Fuzzes every parser that faces users' bytes: `node scripts/fuzz.mjs [seconds a target] [targets…]`. The stable toolchain is
// enough. Corpora stay in .cache/fuzz and grow from run to run; a finding is kept there, and ends with exit 1.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cache = path.join(root, ".cache/fuzz");
const [seconds = "60", ...wanted] = process.argv.slice(2);
const triple = /^host: (.*)$/m.exec(spawnSync("rustc", ["-vV"], { encoding: "utf8" }).stdout)[1];

// What bolero and cargo-fuzz set, without a sanitizer, which only nightly has. Naming the target keeps it off build scripts.
const flags = [
  "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4", "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table", "-Cllvm-args=-sanitizer-coverage-trace-compares", "-Ccodegen-units=1", "-Cdebug-assertions=on",
  "-Coverflow-checks=on", "--cfg=fuzzing",
];
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
const built = spawnSync(
  "cargo", ["build", "-p", "photure-imaging-fuzz", "--features", "libfuzzer", "--target", triple, "--target-dir", path.join(target, "fuzz")],
  { cwd: root, stdio: "inherit", env: { ...process.env, RUSTFLAGS: flags.join(" ") } },
);
if (built.status !== 0) process.exit(1);
const program = path.join(target, "fuzz", triple, "debug/photure-fuzz");

const source = readFileSync(path.join(root, "crates/imaging/src/fuzz.rs"), "utf8");
const targets = [...source.matchAll(/ target\("([a-z-]+)", "([a-z]*)"/g)].map(([, name, seeds]) => ({ name, seeds }));
const unknown = wanted.filter((name) => !targets.some((target) => target.name === name));
if (targets.length === 0 || unknown.length > 0) {
  console.error(`unknown targets: ${unknown.join(" ")}; there are: ${targets.map(({ name }) => name).join(" ")}`);
  process.exit(2);
}

/** Small files to begin with: the fixtures, and hostile samples where there are any. */
function seeds() {
  const folders = [path.join(root, "crates/imaging/tests/fixtures")];
  if (process.env.PHOTURE_SAMPLES) folders.push(...["hostile", "metadata"].map((folder) => path.join(process.env.PHOTURE_SAMPLES, folder)));
  return folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
    .filter((file) => !file.endsWith(".md") && statSync(file).size < 200_000);
}

const findings = [];
for (const { name, seeds: ending } of targets.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const corpus = path.join(cache, name, "corpus");
  const found = path.join(cache, name, "findings");
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  for (const file of seeds().filter((file) => ending === "" || file.endsWith(ending) || ending === "exif" || ending === "iptc" || ending === "raw")) {
    const seed = path.join(corpus, `seed-${path.basename(file)}`);
    if (existsSync(seed)) continue;
    // EXIF and IPTC begin within JPEGs.
    const bytes = readFileSync(file);
    const marker = { exif: "Exif\0\0", iptc: "Photoshop 3.0\0" }[ending];
    const at = marker ? bytes.indexOf(marker) : 0;
    if (marker === undefined) copyFileSync(file, seed);
    else if (at >= 0) writeFileSync(seed, bytes.subarray(at + marker.length, at + 20_000));
  }
  const result = spawnSync(program, [
    `-max_total_time=${seconds}`, "-rss_limit_mb=1024", "-timeout=20", "-max_len=65536", "-print_final_stats=1", `-artifact_prefix=${found}/`, corpus,
  ], { env: { ...process.env, PHOTURE_FUZZ_TARGET: name }, encoding: "utf8", maxBuffer: 1 << 28 });
  const number = (pattern) => pattern.exec(result.stderr)?.[1] ?? "?";
  const tries = number(/number_of_executed_units:\s+(\d+)/);
  const reached = [...result.stderr.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? "?";
  console.log(`${name}: ${tries} tries, ${reached} places reached, ${result.status === 0 ? "nothing found" : "FOUND SOMETHING"}`);
  if (result.status !== 0) {
    findings.push(name);
    writeFileSync(path.join(cache, name, "log"), result.stderr);
    console.log(result.stderr.split("\n").filter((line) => /panicked|ERROR|SUMMARY|Test unit written/.test(line)).slice(0, 8).join("\n"));
  }
}
console.log(`${targets.length - findings.length} passed, ${findings.length} failed`);
process.exit(findings.length === 0 ? 0 : 1);
