// Builds the fuzzer with the stable toolchain. With clang (14 or newer, and its compiler-rt) the codecs in C are instrumented, too, and
// AddressSanitizer watches what they do with their memory and ours; without, only what is written in Rust guides the fuzzer.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

// What bolero and cargo-fuzz set, without what only nightly has. Naming the target keeps it off build scripts.
const coverage = [
  "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4", "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table", "-Cllvm-args=-sanitizer-coverage-trace-compares", "--cfg=fuzzing",
];

const said = (command, ...args) => spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";

/** The newest clang that can link libFuzzer and AddressSanitizer, with the libFuzzer that it brings; not where PHOTURE_FUZZ_CLANG is off. */
function clang() {
  if (process.env.PHOTURE_FUZZ_CLANG === "off") return undefined;
  for (const suffix of ["", ...[22, 21, 20, 19, 18, 17, 16, 15, 14].map((version) => `-${version}`)]) {
    const runtime = (name) => said(`clang${suffix}`, `--print-file-name=libclang_rt.${name}-x86_64.a`).trim();
    if (existsSync(runtime("asan")) && existsSync(runtime("fuzzer"))) return { suffix, fuzzer: runtime("fuzzer") };
  }
  return undefined;
}

function instrumented({ suffix, fuzzer }, triple) {
  const name = triple.replaceAll("-", "_");
  const flags = "-fsanitize=address,fuzzer-no-link -g1";
  return {
    // CMake, given a toolchain, hears of compilers only by these two.
    CC: `clang${suffix}`, CXX: `clang++${suffix}`, [`CFLAGS_${name}`]: flags, [`CXXFLAGS_${name}`]: flags,
    // The one that libfuzzer-sys compiles would be instrumented as well, and fuzz itself.
    CUSTOM_LIBFUZZER_PATH: fuzzer,
    RUSTFLAGS: [...coverage, `-Clinker=clang${suffix}`, "-Clink-arg=-fsanitize=address"].join(" "),
  };
}

/** The program's path; `undefined` where it does not compile. */
export function build(root) {
  const triple = /^host: (.*)$/m.exec(said("rustc", "-vV"))[1];
  const found = clang();
  if (!found) console.log("no clang: the codecs in C guide nothing, and nobody watches their memory (scripts/install.sh fuzz)");
  const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), found ? "fuzz" : "fuzz-without-clang");
  const built = spawnSync(
    "cargo", ["build", "--profile", "fuzz", "-p", "photure-fuzz", "--features", "libfuzzer", "--target", triple, "--target-dir", target],
    { cwd: root, stdio: "inherit", env: { ...process.env, ...(found ? instrumented(found, triple) : { RUSTFLAGS: coverage.join(" ") }) } },
  );
  return built.status === 0 ? path.join(target, triple, "fuzz/photure-fuzz") : undefined;
}
