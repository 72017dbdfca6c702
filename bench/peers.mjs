// The peers of the picture benchmarks: installed once, and spoken to a line at a time.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { run } from "./lib.mjs";

/** A process that is told a line and answers with one of JSON. */
export class Lines {
  constructor(name, command, args, env = {}) {
    Object.assign(this, { name });
    this.child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(line) {
    this.child.stdin.write(`${line}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name} died of ${line}`);
    return JSON.parse(value);
  }

  stop() {
    this.child.stdin.end();
  }
}

/** Installs sharp, libvips, Pillow and SSIMULACRA 2, and builds our own programs. */
export async function pictureTools(cache, root) {
  const npm = path.join(cache, "node");
  if (!existsSync(path.join(npm, "node_modules/sharp"))) {
    await run("npm", ["install", "--prefix", npm, "--no-audit", "--no-fund", "sharp@0.35", "thumbhash@0.1"]);
  }
  const pip = path.join(cache, "python");
  if (!existsSync(path.join(pip, "ssimulacra2"))) {
    await run("python3", ["-m", "pip", "install", "--quiet", "--upgrade", "--target", pip, "pyvips[binary]", "pillow", "ssimulacra2==0.3.0"]);
  }
  await run("cargo", ["build", "--release", "--locked", "-p", "photure-imaging", "--examples"], { cwd: root, maxBuffer: 1 << 26 });
  const examples = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "release/examples");
  return { npm, rust: path.join(examples, "bench"), measure: path.join(examples, "measure"), python: { PYTHONPATH: pip, VIPS_CONCURRENCY: "1" } };
}
